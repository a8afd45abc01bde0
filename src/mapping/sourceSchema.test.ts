// Does a finding about a source say what to do where a schema says what may not be?
import { expect, it } from 'vitest';
import { compileSchema } from './sourceSchema.ts';

const check = compileSchema(
  {
    type: 'object',
    properties: {
      status: { type: 'string' },
      code: { if: { type: 'string' }, else: { type: 'object', required: ['system'] } },
    },
    if: { properties: { status: { const: 'active' } }, required: ['status'] },
    // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
    then: { description: 'what is active has no until', not: { required: ['until'] } },
  },
  'x.schema.json',
);

const told = (source: unknown, language: 'nl' | 'en' = 'en'): string[] =>
  check(source).map(({ text }) => text[language]);

it('gives the words of the schema, and the place', () => {
  expect(told({ status: 'active', until: '2026' })).toEqual(['$this: what is active has no until']);
  expect(told({ status: 'active', until: '2026' }, 'nl')).toEqual(['$this: what is active has no until']);
  expect(told({ status: 'active' })).toEqual([]);
});

it('names what does not fit, and not the condition beside it', () => {
  expect(told({ code: {} })).toEqual(['code.system is missing']);
});
