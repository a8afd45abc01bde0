// Which section does a loose resource come to stand in? What its system has withdrawn in none, and it is named.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uraSystem } from '../../src/fhir/identifiers.ts';
import type { FhirResource } from '../../src/model.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { bundle, clinicalResources } from '../world/nursingHandoff.ts';

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

test("a problem under a vendor's own profile is a diagnosis; a wound is none", async () => {
  const profiled = (profile: string) => loose(conditions({ meta: { profile: [profile] } }));
  const { texts } = await served(profiled('https://epd.example/StructureDefinition/Probleem'));
  expect(texts).toContain('heupfractuur');
  const wound = stage.push(profiled('http://nictiz.nl/fhir/StructureDefinition/zib-Wound'));
  await expect(wound).rejects.toMatchObject({ kind: 'unprocessable' });
});
