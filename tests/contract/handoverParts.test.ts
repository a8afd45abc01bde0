// What do the parts beside a whole handoff do? They add what it does not say, and the transfer date wins.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FhirResource } from '../../src/model.ts';
import { home } from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import {
  bundle,
  clinicalResources,
  nursingHandoff,
  pdf,
  resourceIn,
  sectionIn,
} from '../world/nursingHandoff.ts';

type Tree = Record<string, unknown>;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.end());

const patient = { reference: 'Patient/pat-1' };
const beside = (content: FhirResource, ...parameter: Tree[]): FhirResource => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'content', resource: content }, ...parameter],
});

/** A whole handoff whose section has lost its entries. */
function without(code: string): FhirResource {
  const handoff = nursingHandoff({ case: randomUUID() });
  delete sectionIn(resourceIn(handoff, 'Composition/comp-1'), code)?.entry;
  return handoff;
}

async function served(body: FhirResource) {
  const answer = await stage.push(body);
  const { compositionId } = await stage.served(answer);
  const document = (await stage.get(`Composition/${compositionId}/$document`)).resource;
  const rows = (document?.entry ?? []) as { fullUrl: string; resource: FhirResource }[];
  const composition = rows[0]?.resource;
  const inSection = (code: string) =>
    (sectionIn(composition, code)?.entry ?? []).map(
      ({ reference }) => rows.find((row) => row.fullUrl.endsWith(`/${reference}`))?.resource,
    );
  return { status: answer.status, composition, inSection };
}

test.each([
  ['payer', '302147001', { resourceType: 'Coverage', id: 'c', beneficiary: patient }],
  ['diagnosis', '52870002', { resourceType: 'Condition', id: 'd', subject: patient, code: { text: 'x' } }],
  ['practitioner', '405623001', { resourceType: 'Practitioner', id: 'b', name: [{ text: 'B.' }] }],
])('a %s that the handoff lacks is put in its section', async (name, code, resource) => {
  const { status, inSection } = await served(beside(without(code), { name, resource }));
  expect([status, inSection(code)]).toMatchObject([202, [{ resourceType: resource.resourceType }]]);
});

test('the practitioner who sends, with the role, is put beside the organisation', async () => {
  const handoff = nursingHandoff({ case: randomUUID() });
  sectionIn(resourceIn(handoff, 'Composition/comp-1'), '185362004')?.entry?.splice(1);
  const { inSection } = await served(
    beside(
      handoff,
      { name: 'sender', resource: { resourceType: 'Practitioner', id: 's', name: [{ text: 'A.' }] } },
      {
        name: 'sender',
        resource: { resourceType: 'PractitionerRole', practitioner: { reference: 'Practitioner/s' } },
      },
    ),
  );
  expect(inSection('185362004').map((one) => one?.resourceType)).toEqual([
    'Organization',
    'Practitioner',
    'PractitionerRole',
  ]);
});

test('a further diagnosis is served beside the first, also under an id that the handoff uses', async () => {
  const further = { resourceType: 'Condition', id: 'cond-1', subject: patient, code: { text: 'tweede' } };
  const body = beside(nursingHandoff({ case: randomUUID() }), { name: 'diagnosis', resource: further });
  expect((await served(body)).inSection('52870002')).toMatchObject([
    { code: { text: 'heupfractuur links' } },
    { code: { text: 'tweede' } },
  ]);
});

test('a part that stands in the handoff already is not put there twice', async () => {
  const handoff = nursingHandoff({ case: randomUUID() });
  const resource = structuredClone(resourceIn(handoff, 'Condition/cond-1'));
  expect((await served(beside(handoff, { name: 'diagnosis', resource }))).inSection('52870002')).toHaveLength(
    1,
  );
});

const dates = (composition: FhirResource | undefined) =>
  JSON.stringify(composition)
    .match(/"valueDateTime":"[^"]+"/g)
    ?.map((one) => one.split('"')[3]);

test('the transfer date beside the handoff wins, and another one is other content', async () => {
  const content = nursingHandoff({ case: randomUUID(), transferDate: '2026-01-16' });
  const said = (date: string) => beside(content, { name: 'transferDate', valueDateTime: date });
  const first = await served(said('2026-01-20'));
  expect([first.status, dates(first.composition)]).toEqual([202, ['2026-01-20']]);
  expect((await served(said('2026-01-20'))).status).toBe(200);
  const second = await served(said('2026-01-25'));
  expect([second.status, dates(second.composition)]).toEqual([202, ['2026-01-25']]);
});

test('a transfer date that the handoff calls unknown is replaced too', async () => {
  const content = nursingHandoff({ case: randomUUID() });
  const administrative = sectionIn(resourceIn(content, 'Composition/comp-1'), '405624007')!;
  const [known] = administrative.extension ?? [];
  const absent = {
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
  };
  administrative.extension = [{ url: known?.url, _valueDateTime: absent }];
  const { composition } = await served(beside(content, { name: 'transferDate', valueDate: '2026-01-20' }));
  expect(sectionIn(composition, '405624007')).toMatchObject({
    extension: [{ url: known?.url, valueDateTime: '2026-01-20' }],
  });
  expect(dates(composition)).toEqual(['2026-01-20']);
});

test.each([
  ['beside a handoff', nursingHandoff({ case: null })],
  ['with loose resources', bundle('searchset', clinicalResources(), null)],
])(
  'a document %s is told whose it is and since when; the same again later is the same',
  async (_, content) => {
    const body = beside(
      content,
      { name: 'case', valueString: randomUUID() },
      { name: 'receiver', valueIdentifier: home.identifiers[0] },
      { name: 'transferDate', valueDate: '2026-01-16' },
      {
        name: 'document',
        valueAttachment: { contentType: 'application/pdf', data: pdf().toString('base64') },
      },
    );
    const sentAt = stage.deps.clock().toISOString();
    const { status, composition, inSection } = await served(body);
    expect([status, inSection('397966007').at(-1)]).toMatchObject([
      202,
      { resourceType: 'DocumentReference', indexed: sentAt, subject: composition?.subject },
    ]);
    stage.later(60_000);
    expect((await stage.push(body)).status).toBe(200);
  },
);
