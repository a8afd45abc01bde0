// What does the overview say, what is each holder asked, and where does the patient's number go? With real processes on SQLite.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellMedication } from '../../src/cli/demo/medicationStory.ts';
import type { Overview } from '../../src/exchange/medication/overview.ts';
import { jsonIn } from '../../src/sandbox/ambulance.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { otherPatientBsn, patientBsn } from '../../src/sandbox/fixtures.ts';
import { gp, legacyPharmacy, pharmacy } from '../../src/sandbox/regionCast.ts';
import { hospital, nursingHome } from '../../src/sandbox/sandbox.ts';
import { isThere, type OwnDatabase, ownDatabase } from './postgresql.ts';
import {
  addressesOf,
  askedFor,
  holderOf,
  leaksOf,
  printed,
  type RegionCast,
  searches,
  startRegionCast,
} from './regionStage.ts';
import { formsOf } from './stage.ts';

async function overviewOf({ region }: RegionCast): Promise<Overview> {
  const answer = { name: 'answer', valueString: 'overview' };
  return jsonIn(await region.outOfHours.operation('medication-overview', patientBsn, [answer])) as Overview;
}

const outcomeOf = (overview: Overview, who: { name: string }): string | undefined =>
  overview.holders.find(({ name }) => name === who.name)?.outcome;

const medicines = (overview: Overview, group: 'current' | 'future' | 'ended' | 'useOnly'): string[] =>
  overview[group].map(({ medicine }) => medicine.split(' ')[0] ?? '').sort();

describe('the story of the medication overview', () => {
  let cast: RegionCast;
  let story: string;
  beforeAll(async () => {
    cast = await startRegionCast();
    story = await printed(cast, tellMedication);
  });
  afterAll(() => cast.close());

  it('goes as it must, from the whole overview to the audit record', () => {
    expect(story).toMatch(/\d+ steps as expected, 0 not$/);
  });

  it('asks hospital and GP for every kind of building block', () => {
    for (const who of [hospital, gp]) {
      const asked = searches(holderOf(cast, who)).filter(({ path }) => path !== '/fhir/Patient/_search');
      const categories = asked.map((line) => askedFor(line).get('category')?.split('|')[1]);
      const kinds = [
        '33633005',
        '395067002',
        '52711000146108',
        '422037009',
        '373784005',
        '422979000',
        '18629005',
      ];
      expect([...new Set(categories)].sort()).toEqual(kinds.sort());
      expect(asked.every(({ method, status }) => method === 'POST' && status === 200)).toBe(true);
    }
  });

  it('asks a pharmacy without FHIR by one POST with the number in its body', () => {
    for (const who of [pharmacy, legacyPharmacy]) {
      const asked = holderOf(cast, who).log.filter(({ path }) => path === '/documents');
      expect(asked.length).toBeGreaterThan(0);
      for (const line of asked) {
        expect([line.method, askedFor(line).get('patient')]).toEqual(['POST', patientBsn]);
      }
    }
  });

  it('asks nobody who holds wishes alone', () => {
    expect(holderOf(cast, nursingHome).log).toEqual([]);
  });

  it('never let the number of a patient stand in an address', () => {
    const addresses = addressesOf(cast);
    expect(addresses).toContain('/fhir/MedicationRequest/_search');
    for (const form of [...formsOf(patientBsn), ...formsOf(otherPatientBsn)])
      expect(addresses).not.toContain(form);
  });

  it('left neither number nor medicine in what the gateway printed, nor in its database', () => {
    expect(leaksOf(cast, [], ['Sluis listens on'])).toEqual(['Sluis listens on']);
    const texts = ['Dijkgraaf', 'Neeltje', 'FUROSEMIDE', 'NAPROXEN', 'trombosedienst'];
    expect(leaksOf(cast, [patientBsn, otherPatientBsn], texts)).toEqual([]);
  });
});

describe('an overview with gaps', () => {
  let cast: RegionCast;
  beforeAll(async () => {
    cast = await startRegionCast({
      settings: { medication: { deadlineMs: 1_000 }, holder: { breakerFailures: 1_000 } },
    });
    await cast.region.enterPatient();
  });
  afterAll(() => cast.close());

  const faults: readonly (readonly [outcome: string, who: { id: string; name: string }, fault: Fault])[] = [
    ['unavailable', pharmacy, { kind: 'fail' }],
    ['unavailable', pharmacy, { kind: 'garbage' }],
    ['unavailable', pharmacy, { kind: 'drop' }],
    ['unavailable', pharmacy, { kind: 'redirect' }],
    ['silent', pharmacy, { kind: 'hang', path: '/documents' }],
    ['silent', legacyPharmacy, { kind: 'slow', delayMs: 3_000 }],
    ['unavailable', legacyPharmacy, { kind: 'refuse' }],
    ['partial', hospital, { kind: 'fail', path: '/fhir/MedicationDispense' }],
    ['partial', hospital, { kind: 'leak', path: '/fhir/MedicationRequest' }],
    ['partial', hospital, { kind: 'elsewhere', path: '/fhir/MedicationRequest' }],
  ];

  it.each(faults)(
    'says %s of a holder, and gives what the others know: %o %o',
    async (outcome, who, fault) => {
      const holder = holderOf(cast, who);
      holder.faults.set(fault);
      try {
        const overview = await overviewOf(cast);
        expect(outcomeOf(overview, who)).toBe(outcome);
        expect(outcomeOf(overview, gp)).toBe('answered');
        expect(medicines(overview, 'current')).toEqual(
          expect.arrayContaining(['ACENOCOUMAROL', 'FUROSEMIDE']),
        );
        expect(JSON.stringify(overview)).not.toContain('mbh-other');
      } finally {
        holder.faults.set({ kind: 'none' });
      }
    },
  );

  it('never calls a stopped medicine current while the one who knows of the stop has answered', async () => {
    const overview = await overviewOf(cast);
    expect(medicines(overview, 'current')).not.toContain('NAPROXEN');
    expect(medicines(overview, 'ended')).toEqual(['NAPROXEN']);
  });

  it('says that the GP is missing where its stop is missing', async () => {
    const holder = holderOf(cast, gp);
    holder.faults.set({ kind: 'hang' });
    const overview = await overviewOf(cast);
    holder.faults.set({ kind: 'none' });
    expect(medicines(overview, 'current')).toContain('NAPROXEN');
    expect(outcomeOf(overview, gp)).toBe('silent');
  });
});

describe.skipIf(!(await isThere()))('the story of the medication overview on PostgreSQL', () => {
  let cast: RegionCast;
  let database: OwnDatabase;
  beforeAll(async () => {
    database = await ownDatabase();
    cast = await startRegionCast({ settings: { store: database.store } });
  });
  afterAll(async () => {
    await cast?.close();
    await database?.drop();
  });

  it('goes as it must', async () => {
    expect(await printed(cast, tellMedication)).toMatch(/\d+ steps as expected, 0 not$/);
  });
});
