import { describe, expect, it } from 'vitest';
import { errorsOf, findingsOf } from './fixtures.ts';

const url = 'http://example.org/Questionnaire/q';
const form = (item: unknown[]): never =>
  ({ resourceType: 'Questionnaire', url, status: 'active', item }) as never;
const filled = (item: unknown[], status = 'completed'): unknown => ({
  resourceType: 'QuestionnaireResponse',
  status,
  questionnaire: url,
  item,
});
const check = (questions: unknown[], answers: unknown[], status?: string): string[] =>
  errorsOf(filled(answers, status), { definitions: [form(questions)] });
const first = 'QuestionnaireResponse.item[0]';

describe('a filled form', () => {
  it('whose form is not known is not held against it, and says so', () => {
    const found = findingsOf(filled([{ linkId: 'x' }]));
    expect(found.map((one) => one.rule)).toContain('form-unknown');
    expect(found.filter((one) => one.severity === 'error')).toEqual([]);
  });
  it('names questions that the form does not have, or has elsewhere', () => {
    const group = [{ linkId: 'g', type: 'group', item: [{ linkId: 'q', type: 'string' }] }];
    expect(check(group, [{ linkId: 'x' }])).toEqual([`linkid-unknown ${first}`]);
    expect(check(group, [{ linkId: 'q', answer: [{ valueString: 'a' }] }])).toEqual([
      `linkid-place ${first}`,
    ]);
  });
  it('misses required answers only when it is finished', () => {
    const required = [{ linkId: 'q', type: 'string', required: true }];
    expect(check(required, [{ linkId: 'q' }])).toEqual(['form-required QuestionnaireResponse']);
    expect(check(required, [{ linkId: 'q' }], 'in-progress')).toEqual([]);
  });
  it('answers once unless the question repeats', () => {
    const two = [{ linkId: 'q', answer: [{ valueString: 'a' }, { valueString: 'b' }] }];
    expect(check([{ linkId: 'q', type: 'string' }], two)).toEqual([`form-repeats ${first}`]);
    expect(check([{ linkId: 'q', type: 'string', repeats: true }], two)).toEqual([]);
  });
  it('keeps the order of the form', () => {
    const questions = ['a', 'b'].map((linkId) => ({ linkId, type: 'string' }));
    const answer = (linkId: string): unknown => ({ linkId, answer: [{ valueString: 'x' }] });
    expect(check(questions, [answer('a'), answer('b')])).toEqual([]);
    expect(check(questions, [answer('b'), answer('a')])).toEqual(['form-order QuestionnaireResponse']);
  });
});

describe('an answer', () => {
  const one = (question: Record<string, unknown>, answer: Record<string, unknown>): string[] =>
    check([{ linkId: 'q', ...question }], [{ linkId: 'q', answer: [answer] }]).map(
      (line) => line.split(' ')[0] ?? '',
    );
  const extension = (name: string, value: Record<string, unknown>): unknown => [
    { url: `http://hl7.org/fhir/StructureDefinition/${name}`, ...value },
  ];
  it.each([
    ['answer-type', { type: 'date' }, { valueString: 'x' }],
    [
      'answer-option',
      { type: 'choice', answerOption: [{ valueCoding: { code: 'a' } }] },
      { valueCoding: { code: 'b' } },
    ],
    ['answer-length', { type: 'string', maxLength: 2 }, { valueString: 'abc' }],
    [
      'answer-regex',
      { type: 'string', extension: extension('regex', { valueString: '[a-z]+' }) },
      { valueString: 'A1' },
    ],
    [
      'answer-minimum',
      { type: 'integer', extension: extension('minValue', { valueInteger: 3 }) },
      { valueInteger: 2 },
    ],
    [
      'answer-maximum',
      { type: 'date', extension: extension('maxValue', { valueDate: '2024' }) },
      { valueDate: '2025-01-01' },
    ],
    [
      'answer-places',
      { type: 'decimal', extension: extension('maxDecimalPlaces', { valueInteger: 1 }) },
      { valueDecimal: 1.25 },
    ],
    [
      'answer-reference',
      {
        type: 'reference',
        extension: extension('questionnaire-referenceResource', { valueCode: 'Patient' }),
      },
      { valueReference: { reference: 'Group/1' } },
    ],
  ])('is refused: %s', (rule, question, answer) => {
    expect(one(question, answer)).toEqual([rule]);
  });
  it('of an open choice may be words', () => {
    expect(
      one({ type: 'open-choice', answerOption: [{ valueCoding: { code: 'a' } }] }, { valueString: 'else' }),
    ).toEqual([]);
  });
});

describe('a condition', () => {
  const when = (rest: Record<string, unknown>): unknown[] => [
    { linkId: 'a', type: 'boolean' },
    { linkId: 'b', type: 'string', required: true, enableWhen: [{ question: 'a', ...rest }] },
  ];
  const said = (value: boolean): unknown => ({ linkId: 'a', answer: [{ valueBoolean: value }] });
  const b = { linkId: 'b', answer: [{ valueString: 'x' }] };
  it('that is met makes a required question required', () => {
    expect(check(when({ operator: '=', answerBoolean: true }), [said(true)])).toEqual([
      'form-required QuestionnaireResponse',
    ]);
    expect(check(when({ operator: '=', answerBoolean: true }), [said(true), b])).toEqual([]);
  });
  it('that is not met leaves no room for an answer', () => {
    expect(check(when({ operator: '=', answerBoolean: true }), [said(false)])).toEqual([]);
    expect(check(when({ operator: 'exists', answerBoolean: false }), [said(false), b])).toEqual([
      'form-disabled QuestionnaireResponse.item[1]',
    ]);
  });
});
