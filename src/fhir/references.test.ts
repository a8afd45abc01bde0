import { describe, expect, it } from 'vitest';
import type { FhirResource } from '../model.ts';
import { parseJson, printJson } from './json.ts';
import {
  eachReference,
  isReferenceText,
  referenceParts,
  rewriteReferences,
  rewriteTexts,
} from './references.ts';

const task: FhirResource = {
  resourceType: 'Task',
  contained: [{ resourceType: 'Patient', managingOrganization: { reference: '#o' } }],
  extension: [{ url: 'u', valueReference: { reference: 'Location/1' } }],
  for: { identifier: { system: 's', value: 'v' }, display: 'd' },
  owner: { reference: 'Organization/1', identifier: { value: 'x' } },
  code: { coding: [{ display: 'only' }] },
  input: [{ type: { text: 'a' }, valueReference: { reference: 'Composition/1' } }],
};

const paths = (resource: unknown): string[] => {
  const found: string[] = [];
  eachReference(resource, (_, path) => found.push(path));
  return found;
};

describe('eachReference', () => {
  it('visits references in extensions, contained resources, inputs, and by identifier', () => {
    expect(paths(task)).toEqual([
      'Task.contained[0].managingOrganization',
      'Task.extension[0].valueReference',
      'Task.for',
      'Task.owner',
      'Task.input[0].valueReference',
    ]);
  });

  it('visits neither an Expression, nor a relation by identifier, nor a search parameter called reference', () => {
    expect(paths({ resourceType: 'X', e: { language: 'text/cql', reference: 'http://x' } })).toEqual([]);
    expect(paths({ resourceType: 'Claim', related: [{ reference: { system: 's', value: 'v' } }] })).toEqual(
      [],
    );
    expect(paths({ resourceType: 'X', identifier: { system: 's' }, status: 'active' })).toEqual([]);
  });

  it('visits nothing in what is no object', () => {
    for (const value of [null, 1, 'Patient/1', undefined]) expect(paths(value)).toEqual([]);
  });
});

describe('rewriteReferences', () => {
  it('gives new references, and changes nothing else, nor the source', () => {
    const before = JSON.stringify(task);
    const result = rewriteReferences(task, (text) => `${text}@`);
    expect(JSON.stringify(task)).toBe(before);
    expect(JSON.stringify(result)).toBe(
      before
        .replace('"#o"', '"#o@"')
        .replace('Location/1', 'Location/1@')
        .replace('Organization/1', 'Organization/1@')
        .replace('Composition/1', 'Composition/1@'),
    );
  });

  it('shares with the source what it does not change', () => {
    const result = rewriteReferences(task, (text) => (text === 'Location/1' ? 'Location/2' : text));
    expect(result.extension).toEqual([{ url: 'u', valueReference: { reference: 'Location/2' } }]);
    expect(result.owner).toBe(task.owner);
    expect(rewriteReferences(task, (text) => text)).toBe(task);
  });

  it('passes over an Expression, and takes addresses where they are asked for', () => {
    const tree = { expression: { language: 'text/cql', reference: 'a' }, part: [{ url: 'b' }, { url: 1 }] };
    const all = { reference: () => 'x', url: (text: string, within: object) => `${text}${within === tree}` };
    expect(rewriteTexts(tree, all)).toEqual({ ...tree, part: [{ url: 'bfalse' }, { url: 1 }] });
    expect(rewriteReferences(tree, () => 'x')).toBe(tree);
  });

  it('keeps the text of decimals', () => {
    const text = '{"resourceType":"Observation","subject":{"reference":"a"},"valueQuantity":{"value":1.10}}';
    const parsed = parseJson(Buffer.from(text)) as FhirResource;
    expect(printJson(rewriteReferences(parsed, () => 'b'))).toBe(text.replace('"a"', '"b"'));
  });
});

describe('reference forms', () => {
  it.each([
    '#',
    '#a',
    'Patient/1',
    'Patient/1/_history/2',
    'Patient?identifier=a|b',
    'https://a.example/fhir/Patient/1',
    'urn:uuid:a',
    'urn:oid:1.2',
  ])('takes %s', (text) => expect(isReferenceText(text)).toBe(true));
  it.each([
    '',
    'Patient',
    'Patient/',
    'patient/1',
    'Patient/a b',
    'Patient/1/',
    '/Patient/1',
    'javascript:alert(1)',
    'file:///etc/passwd',
    '#a b',
    'http://',
  ])('refuses %j', (text) => expect(isReferenceText(text)).toBe(false));

  it('gives base, type and id', () => {
    expect(referenceParts('https://a.example/fhir/Patient/1/_history/3')).toEqual({
      base: 'https://a.example/fhir',
      type: 'Patient',
      id: '1',
    });
    expect(referenceParts('Patient/1')).toEqual({ base: '', type: 'Patient', id: '1' });
    expect(referenceParts('urn:uuid:x')).toBeUndefined();
  });
});
