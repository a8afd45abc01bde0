// Do the standards' own queries work over all holders of a region, with ids and pages that tell nothing of them? With real processes.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { entriesOf, isResource } from '../../src/fhir/bundles.ts';
import { parseJson } from '../../src/fhir/json.ts';
import type { FhirResource } from '../../src/model.ts';
import { patientBsn } from '../../src/sandbox/fixtures.ts';
import { gp, mentalCare } from '../../src/sandbox/regionCast.ts';
import { holderOf, type RegionCast, startRegionCast } from './regionStage.ts';

const bsn = `http://fhir.nl/fhir/NamingSystem/bsn|${patientBsn}`;
const directives = {
  scope: 'http://terminology.hl7.org/CodeSystem/consentscope|treatment',
  category: 'http://snomed.info/sct|129125009',
};

let cast: RegionCast;
let patient: string;
beforeAll(async () => {
  cast = await startRegionCast();
  await cast.region.enterPatient();
  const found = await search('Patient', { identifier: bsn });
  patient = `Patient/${matchesIn(found)[0]?.id}`;
});
afterAll(() => cast.close());

/** Asks as the ambulance, by POST; a page by its own address. Throws for anything but 200 with a Bundle. */
async function search(
  type: string,
  parameters: Readonly<Record<string, string>> = {},
): Promise<FhirResource> {
  const token = await cast.region.ambulance.caller.token();
  const isPage = type.startsWith('http');
  const address = isPage ? type : `${cast.folder.baseUrl}/r4/${type}/_search`;
  const answer = await fetch(address, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/fhir+json' },
    ...(isPage ? {} : { method: 'POST', body: new URLSearchParams(parameters) }),
  });
  const value = parseJson(new Uint8Array(await answer.arrayBuffer()));
  if (answer.status !== 200 || !isResource(value)) throw new Error(`status ${answer.status}`);
  return value;
}

type Entry = { resource: FhirResource; search?: { mode?: string } };
const withMode = (bundle: FhirResource, mode: string): FhirResource[] =>
  (Array.isArray(bundle.entry) ? (bundle.entry as Entry[]) : [])
    .filter((entry) => entry.search?.mode === mode)
    .map(({ resource }) => resource);
const matchesIn = (bundle: FhirResource): FhirResource[] => withMode(bundle, 'match');

const codesIn = (bundle: FhirResource): string[] =>
  withMode(bundle, 'outcome').flatMap(({ issue }) =>
    (Array.isArray(issue) ? issue : []).map((one) => String(one?.details?.coding?.[0]?.code)),
  );

const nextOf = ({ link }: FhirResource): string | undefined =>
  (Array.isArray(link) ? link : []).find(({ relation }) => relation === 'next')?.url;

it('finds one patient, whoever has records', async () => {
  const found = await search('Patient', { identifier: bsn });
  expect(matchesIn(found)).toHaveLength(1);
});

it('gives treatment directives of R4, of STU3 and of a form as one list in R4, and says who refused', async () => {
  const found = await search('Consent', { patient, ...directives, _include: 'Consent:actor' });
  const treatments = matchesIn(found).map(({ provision }) => Object(provision).code?.[0]?.coding?.[0]?.code);
  expect(treatments.filter((code) => code === '89666000')).toHaveLength(3);
  expect(new Set(treatments)).toEqual(
    new Set(['89666000', '32485007', '40617009', '305351004', '281789004', '116762002']),
  );
  expect(codesIn(found)).toContain('no-consent');
  expect(holderOf(cast, mentalCare).log).toEqual([]);
  expect(withMode(found, 'include').map(({ resourceType }) => resourceType)).toContain('RelatedPerson');
});

it('pages without losing or doubling any, under addresses without ids of holders', async () => {
  const whole = await search('Consent', { patient, ...directives });
  const ids: unknown[] = [];
  const addresses: string[] = [];
  let page = await search('Consent', { patient, ...directives, _count: '2' });
  for (;;) {
    ids.push(...matchesIn(page).map(({ id }) => id));
    const next = nextOf(page);
    if (next === undefined) break;
    addresses.push(next);
    page = await search(next);
  }
  expect(ids.sort()).toEqual(
    matchesIn(whole)
      .map(({ id }) => id)
      .sort(),
  );
  expect(new Set(ids).size).toBe(ids.length);
  for (const own of ['pat-1', 'p100', '100045', gp.id, patientBsn])
    expect(addresses.join()).not.toContain(own);
});

it('gives no address and no resource id of a holder', async () => {
  const found = await search('Consent', { patient, ...directives, _include: 'Consent:actor' });
  const ids = new Set(entriesOf(found).map(({ resource }) => resource.id));
  for (const own of ['pat-1', 'p100', '100045', 'role-zeeman', 'cpr-2020']) expect(ids).not.toContain(own);
  const text = JSON.stringify(found);
  for (const { baseUrl } of cast.region.holders.values()) expect(text.includes(baseUrl)).toBe(false);
});

it('gives medication agreements with their stops, and takes no stop for an unknown extension', async () => {
  const agreements = { 'patient.identifier': bsn, category: 'http://snomed.info/sct|33633005' };
  const found = await search('MedicationRequest', agreements);
  const stops = matchesIn(found).filter(({ modifierExtension }) => modifierExtension !== undefined);
  expect([matchesIn(found).length, stops.length]).toEqual([6, 2]);
  expect(codesIn(found)).toEqual([]);
});

it('refuses a query that is wider than the standard’s', async () => {
  await expect(search('Consent', { patient })).rejects.toThrow('status 422');
  await expect(search('Consent', { patient, ...directives, status: 'active' })).rejects.toThrow('status 422');
  await expect(search('Observation', { patient })).rejects.toThrow('status 422');
});
