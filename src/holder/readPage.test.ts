// Does any answer at all break the reading of it?
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownPlaces } from './ownPlaces.ts';
import { readPage } from './readPage.ts';

const answer = (body: string, type = 'application/fhir+json') => ({
  status: 200,
  headers: { 'content-type': type },
  body: Buffer.from(body),
});
const own = ownPlaces('https://asked.example/fhir');
const reading = { version: 'r4', most: 3, own } as const;

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

  test('with a byte order mark before its JSON or XML is read as without', () => {
    const xml = '<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/></Bundle>';
    const json = JSON.stringify({ resourceType: 'Bundle', type: 'searchset' });
    for (const [text, type] of [
      [json, 'application/fhir+json'],
      [xml, 'application/fhir+xml'],
    ] as const)
      expect(JSON.stringify(readPage(answer(`\ufeff${text}`, type), reading))).toEqual(
        JSON.stringify(readPage(answer(text, type), reading)),
      );
    expect(readPage(answer(`\ufeff\ufeff${json}`), reading)).toEqual({ fault: 'not-fhir' });
  });

  const pageOf = (more: object) =>
    readPage(answer(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', ...more })), reading);

  test('with odd links has no next page, but one that cannot be followed counts', () => {
    for (const link of [[null, 1, 'next', []], 'next', null, {}]) {
      expect(pageOf({ link })).toMatchObject({ resources: [], matches: [], unread: 0, faults: [] });
      expect(pageOf({ link })).not.toHaveProperty('next');
    }
    for (const next of [{ relation: 'next' }, { relation: 'next', url: 1 }])
      for (const link of [[null, next], next]) expect(pageOf({ link })).toMatchObject({ next: '' });
  });

  test('with the relation of its next page in capitals has one all the same', () => {
    expect(pageOf({ link: [{ relation: 'Next', url: 'x' }] })).toMatchObject({ next: 'x' });
  });

  const basic = { resourceType: 'Basic' };
  const bundle = { resourceType: 'Bundle', type: 'searchset' };
  test.each<[unknown, object[], number]>([
    [[null], [], 1],
    [[1, {}], [], 2],
    [[{ resource: { id: 'a' } }], [], 1],
    [[{ fullUrl: 'urn:uuid:1', search: { mode: 'match' } }, { resource: basic }], [basic], 1],
    [{ resource: basic }, [], 1],
    [[{ resource: bundle }], [bundle], 0],
  ])('with %j for entries is not whole', (entry, matches, unread) => {
    expect(pageOf({ entry })).toMatchObject({ matches, unread, faults: ['malformed'] });
  });

  test.each<[unknown, string[]]>([
    [[{ severity: 'information', code: 'informational' }], []],
    [[{ severity: 'warning', code: 'not-supported' }], []],
    [[{ severity: 'warning', code: 'unknown' }], []],
    [[{ severity: 'warning', code: 'forbidden' }], ['outcome-incomplete']],
    [[{ severity: 'information', code: 'security' }], ['outcome-incomplete']],
    [[{ severity: 'warning', code: 'incomplete' }], ['outcome-incomplete']],
    [[{ severity: 'information', code: 'suppressed' }], ['outcome-incomplete']],
    [
      [
        { severity: 'warning', code: 'timeout' },
        { severity: 'error', code: 'x' },
      ],
      ['outcome-error'],
    ],
    [{ severity: 'error', code: 'exception' }, ['outcome-error']],
    [undefined, ['outcome-error']],
    [[], ['outcome-error']],
    [[null], ['outcome-error']],
    [[{ code: 'processing' }], ['outcome-error']],
    [[{ severity: 'ERROR', code: 'processing' }], ['outcome-error']],
    [[{ severity: 'success', code: 'success' }], []],
  ])('with an OperationOutcome of %j is as whole as that says', (issue, faults) => {
    expect(pageOf({ entry: [{ resource: { resourceType: 'OperationOutcome', issue } }] })).toMatchObject({
      faults,
    });
  });

  test('of which the holder says that it left something out is not whole', () => {
    const meta = {
      tag: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }],
    };
    const part = { ...basic, meta };
    expect(pageOf({ entry: [{ resource: part }] })).toMatchObject({
      resources: [part],
      faults: ['subsetted'],
    });
    expect(pageOf({ meta, entry: [{ resource: basic }] })).toMatchObject({ faults: ['subsetted'] });
    for (const tag of [[null], [{ code: 'other' }], 'SUBSETTED', undefined])
      expect(pageOf({ meta: { tag } })).toMatchObject({ faults: [] });
  });

  test('keeps a few findings of each kind, and no resource of which there are too many to look at', () => {
    const resourceOf = (parts: number) => ({
      resource: {
        resourceType: 'Basic',
        code: Object.fromEntries(Array.from({ length: parts }, (_, part) => [`z${part}`, 1])),
      },
    });
    const page = pageOf({ entry: [resourceOf(500), resourceOf(5_000)] });
    expect(page).toMatchObject({ resources: [{ resourceType: 'Basic' }], faults: ['malformed'] });
    const found = 'shapes' in page ? [...page.shapes.values()] : [];
    expect(found).toHaveLength(1);
    expect(found[0]).toHaveLength(10);
  });

  test('says how many there are in all, in whatever form that is written', () => {
    expect(pageOf({ total: 12 })).toMatchObject({ total: 12, faults: [] });
    expect(pageOf({ total: '12' })).toMatchObject({ total: 12, faults: [] });
    expect(pageOf({})).not.toHaveProperty('total');
    expect(pageOf({ total: 'many' })).toMatchObject({ faults: ['malformed'] });
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
        const page = readPage(answer(JSON.stringify(tree)), { version, most: 10, own });
        return 'fault' in page || Array.isArray(page.resources);
      }),
    );
  });
});
