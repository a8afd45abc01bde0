// Which section does a loose resource come to stand in? What its system has withdrawn in none, and it is named.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uraSystem } from '../../src/fhir/identifiers.ts';
import type { FhirResource } from '../../src/model.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { bundle, clinicalResources, sectionIn } from '../world/nursingHandoff.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.end());

type Row = { resource: FhirResource };
const patient = { reference: 'Patient/pat-1' };

function loose(change: (list: FhirResource[]) => FhirResource[]): FhirResource {
  return {
    resourceType: 'Parameters',
    parameter: [
      { name: 'content', resource: bundle('searchset', change(clinicalResources()), null) },
      { name: 'case', valueString: randomUUID() },
      { name: 'receiver', valueIdentifier: { system: uraSystem, value: '90000202' } },
      { name: 'transferDate', valueDate: '2026-01-16' },
    ],
  };
}
const conditions = (more: Record<string, unknown>) => (list: FhirResource[]) =>
  list.map((one) => (one.resourceType === 'Condition' ? { ...one, ...more } : one));

async function served(body: FhirResource) {
  const answer = await stage.push(body);
  const { compositionId } = await stage.served(answer);
  const document = (await stage.get(`Composition/${compositionId}/$document`)).resource;
  const texts = ((document?.entry ?? []) as Row[]).map(({ resource }) => JSON.stringify(resource.code));
  return { remarks: JSON.stringify(answer.resource), texts: texts.join() };
}

const mistaken = 'entered-in-error';
test.each<[string, FhirResource]>([
  ['a refuted problem', { resourceType: 'Condition', verificationStatus: 'refuted', subject: patient }],
  ['a mistaken problem', { resourceType: 'Condition', verificationStatus: mistaken, subject: patient }],
  [
    'a problem that is over and was a mistake',
    {
      resourceType: 'Condition',
      clinicalStatus: 'resolved',
      verificationStatus: mistaken,
      subject: patient,
    },
  ],
  ['a mistaken allergy', { resourceType: 'AllergyIntolerance', verificationStatus: mistaken, patient }],
  [
    'a mistaken weight',
    {
      resourceType: 'Observation',
      status: mistaken,
      meta: { profile: ['http://nictiz.nl/fhir/StructureDefinition/zib-BodyWeight'] },
      subject: patient,
    },
  ],
])('%s stands in no section and is named', async (_, resource) => {
  const withdrawn = { ...resource, id: 'withdrawn', code: { text: 'ingetrokken' } };
  const { remarks, texts } = await served(loose((list) => [...list, withdrawn]));
  expect(remarks).toContain('handover-withdrawn');
  expect(texts).toContain('heupfractuur');
  expect(texts).not.toContain('ingetrokken');
});

test.each([mistaken, 'refuted'])(
  'with a diagnosis that is %s alone it is refused',
  async (verificationStatus) => {
    const push = stage.push(loose(conditions({ verificationStatus })));
    await expect(push).rejects.toMatchObject({
      kind: 'unprocessable',
      issues: expect.arrayContaining([expect.objectContaining({ rule: 'handover-diagnosis' })]),
    });
  },
);

test('what several searchsets of one export have is listed once, and told nothing of', async () => {
  const searchset = (list: FhirResource[]) => ({ resource: bundle('searchset', list, null) });
  const all = clinicalResources();
  const repeated = all.filter((one) => ['Condition', 'Practitioner', 'Patient'].includes(one.resourceType));
  const { parameter } = loose((list) => list);
  const rest = (parameter as unknown[]).slice(1);
  const entry = [searchset(all), searchset(repeated), searchset(structuredClone(repeated))];
  const content = { name: 'content', resource: { resourceType: 'Bundle', type: 'collection', entry } };
  const response = await stage.push({ resourceType: 'Parameters', parameter: [content, ...rest] });
  expect(JSON.stringify(response.resource)).not.toMatch(/entry\[[12]\]\.resource\.entry/);
  const { compositionId } = await stage.served(response);
  const composition = (await stage.get(`Composition/${compositionId}`)).resource;
  expect(sectionIn(composition, '52870002')?.entry).toHaveLength(1);
});

test("a problem under a vendor's own profile is a diagnosis; a wound is none", async () => {
  const profiled = (profile: string) => loose(conditions({ meta: { profile: [profile] } }));
  const { texts } = await served(profiled('https://epd.example/StructureDefinition/Probleem'));
  expect(texts).toContain('heupfractuur');
  const wound = stage.push(profiled('http://nictiz.nl/fhir/StructureDefinition/zib-Wound'));
  await expect(wound).rejects.toMatchObject({ kind: 'unprocessable' });
});

test.each([
  ['2025-01-16', 'Childcare-0-1yo'],
  ['2025-01-15', 'Childcare-1-18yo'],
  ['2008-01-16', 'Childcare-1-18yo'],
  ['2008-01-15', 'Adults'],
])('a patient born on %s gets the handoff of the age: %s', async (birthDate, profile) => {
  const born = (list: FhirResource[]) =>
    list.map((one) => (one.resourceType === 'Patient' ? { ...one, birthDate } : one));
  const { compositionId } = await stage.served(await stage.push(loose(born)));
  const { resource } = await stage.get(`Composition/${compositionId}`);
  expect(JSON.stringify(resource?.meta)).toContain(profile);
});
