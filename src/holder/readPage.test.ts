// Does any answer at all break the reading of it?
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPage } from './readPage.ts';

const answer = (body: string, type = 'application/fhir+json') => ({
  status: 200,
  headers: { 'content-type': type },
  body: Buffer.from(body),
});
const reading = { version: 'r4', most: 3 } as const;

describe('an answer', () => {
  test('of more resources than are taken is read as far as that', () => {
    const entry = Array.from({ length: 5 }, (_, id) => ({
      resource: { resourceType: 'Basic', id: `${id}` },
    }));
    const page = readPage(
      answer(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry })),
      reading,
    );
    expect(page).toMatchObject({ faults: ['too-many-resources'] });
    expect('resources' in page ? page.resources.map((one) => one.id) : []).toEqual(['0', '1', '2']);
  });

  test('with odd links and entries has no next page', () => {
    const odd = [null, 1, 'next', [], { relation: 'next' }, { relation: 'next', url: 1 }];
    for (const link of [odd, 'next', null, {}]) {
      const body = JSON.stringify({ resourceType: 'Bundle', type: 'searchset', link, entry: odd });
      expect(readPage(answer(body), reading)).toMatchObject({ resources: [], faults: [] });
      expect(readPage(answer(body), reading)).not.toHaveProperty('next');
    }
  });

  test('of any JSON is a page or a fault', () => {
    const value = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', maxDepth: 2 },
        fc.jsonValue({ maxDepth: 2 }),
        tie('resource'),
        fc.array(tie('tree')),
      ),
      resource: fc.record(
        {
          resourceType: fc.constantFrom('Bundle', 'Patient', 'Consent', 'OperationOutcome', '__proto__', 'x'),
          type: fc.constantFrom('searchset', 'history', 1),
          entry: fc.array(fc.record({ resource: tie('tree') })),
          issue: tie('tree'),
          link: tie('tree'),
          meta: tie('tree'),
          identifier: tie('tree'),
        },
        { requiredKeys: ['resourceType'] },
      ),
    })).resource;
    fc.assert(
      fc.property(value, fc.constantFrom('r4' as const, 'stu3' as const), (tree, version) => {
        const page = readPage(answer(JSON.stringify(tree)), { version, most: 10 });
        return 'fault' in page || Array.isArray(page.resources);
      }),
    );
  });
});
