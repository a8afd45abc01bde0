// What does a crew see, what is each holder asked, and where does the patient's number go? With real processes on SQLite.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askCard, stateOf } from '../../src/cli/demo/crewCard.ts';
import { tellWishes } from '../../src/cli/demo/wishesStory.ts';
import { entriesOf } from '../../src/fhir/bundles.ts';
import type { Fault } from '../../src/sandbox/faults.ts';
import { otherPatientBsn, patientBsn } from '../../src/sandbox/fixtures.ts';
import { gp, mentalCare } from '../../src/sandbox/regionCast.ts';
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

describe('the story of the wishes', () => {
  let cast: RegionCast;
  let story: string;
  beforeAll(async () => {
    cast = await startRegionCast();
    story = await printed(cast, tellWishes);
  });
  afterAll(() => cast.close());

  it('goes as it must, from the first card to the audit record', () => {
    expect(story).toMatch(/\d+ steps as expected, 0 not$/);
  });

  it('asks the nursing home in STU3, by GET and with Patient/id, as its vendor wants', () => {
    const asked = searches(holderOf(cast, nursingHome)).filter(({ path }) => path === '/fhir/Consent');
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every(({ method, status }) => method === 'GET' && status === 200)).toBe(true);
    const [first] = asked;
    expect(first && askedFor(first).get('patient')).toBe('Patient/p100');
    expect(first && askedFor(first).get('category')).toBe('http://snomed.info/sct|11291000146105');
  });

  it('asks the hospital for its form alone, by the bare id', () => {
    const asked = searches(holderOf(cast, hospital));
    const types = new Set(asked.map(({ path }) => path));
    expect(types).toEqual(new Set(['/fhir/Patient/_search', '/fhir/QuestionnaireResponse/_search']));
    const form = asked.find(({ path }) => path.startsWith('/fhir/QuestionnaireResponse'));
    expect(form && askedFor(form).get('subject')).toBe('100045');
  });

  it('asks the GP by POST alone, and reads on where its pages end', () => {
    const { log } = holderOf(cast, gp);
    expect(searches({ log }).every(({ method }) => method === 'POST')).toBe(true);
    expect(log.some(({ method, path }) => method === 'GET' && path.startsWith('/fhir/page/'))).toBe(true);
  });

  it('asks the holder that the patient refused only after break-glass', () => {
    expect(story).toMatch(/and was not asked +0 requests +ok/);
    const paths = holderOf(cast, mentalCare).log.map(({ path }) => path);
    expect(paths.slice(0, 2)).toEqual(['/oauth/token', '/fhir/Patient/_search']);
  });

  it('never let the number of a patient stand in an address', () => {
    const addresses = addressesOf(cast);
    expect(addresses).toContain('/fhir/Consent');
    for (const form of [...formsOf(patientBsn), ...formsOf(otherPatientBsn)])
      expect(addresses).not.toContain(form);
  });

  it('sent the number only to holders and to Mitz, in bodies', () => {
    const bodies = holderOf(cast, gp).log.filter(({ body }) => body?.includes(patientBsn));
    expect(new Set(bodies.map(({ path }) => path))).toEqual(new Set(['/fhir/Patient/_search']));
    expect(JSON.stringify(cast.sandbox.ecd.log)).not.toContain(patientBsn);
  });

  it('left neither number nor name in what the gateway printed, nor in its database', () => {
    expect(leaksOf(cast, [], ['Sluis listens on'])).toEqual(['Sluis listens on']);
    const texts = ['Dijkgraaf', 'Neeltje', 'Found unconscious', 'niet via een infuus', '06-00000127'];
    expect(leaksOf(cast, [patientBsn, otherPatientBsn], texts)).toEqual([]);
  });
});

describe('a holder that misbehaves', () => {
  let cast: RegionCast;
  beforeAll(async () => {
    cast = await startRegionCast({
      settings: {
        wishes: { deadlineMs: 1_000 },
        holder: { breakerFailures: 1_000 },
      },
    });
    await cast.region.enterPatient();
    await cast.region.consent.change(mentalCare.id, true);
    // the first one compiles what makes it, which takes its time on a busy machine
    await askCard(cast.region.ambulance);
  });
  afterAll(() => cast.close());

  it('is the only reason why a card is not complete', async () => {
    const { card } = await askCard(cast.region.ambulance);
    expect([card.incomplete, card.holders.map(({ state }) => state)]).toEqual([
      false,
      ['answered', 'answered', 'answered', 'answered', 'answered', 'answered'],
    ]);
  });

  it('is asked once more when the connection broke before its answer', async () => {
    holderOf(cast, gp).faults.set({ kind: 'drop', times: 1, path: '/fhir/Consent' });
    const { card } = await askCard(cast.region.ambulance);
    expect([stateOf(card, gp), card.incomplete]).toEqual(['answered', false]);
  });

  const faults: readonly (readonly [state: string, fault: Fault])[] = [
    ['failed', { kind: 'fail' }],
    ['failed', { kind: 'busy' }],
    ['failed', { kind: 'reject' }],
    ['failed', { kind: 'drop' }],
    ['failed', { kind: 'redirect' }],
    ['failed', { kind: 'garbage' }],
    ['failed', { kind: 'wrongType' }],
    ['failed', { kind: 'outcome' }],
    ['failed', { kind: 'refuse' }],
    ['timeout', { kind: 'hang' }],
    ['timeout', { kind: 'slow', delayMs: 3_000 }],
    ['partial', { kind: 'elsewhere', path: '/fhir/Consent' }],
    ['partial', { kind: 'leak', path: '/fhir/Consent' }],
    ['partial', { kind: 'fail', path: '/fhir/Goal' }],
  ];

  it.each(faults)('is %s on the card, which then is not complete: %o', async (state, fault) => {
    const holder = holderOf(cast, gp);
    holder.faults.set(fault);
    try {
      const { card } = await askCard(cast.region.ambulance);
      expect(stateOf(card, gp)).toBe(state);
      expect(card.incomplete).toBe(true);
      expect(card.lines.find(({ key }) => key === 'cpr')?.holder).toBe(nursingHome.name);
      expect(stateOf(card, nursingHome)).toBe('answered');
    } finally {
      holder.faults.set({ kind: 'none' });
    }
  });

  it('never brings another patient’s record out, not even into the answer with all resources', async () => {
    holderOf(cast, gp).faults.set({ kind: 'leak', path: '/fhir/Consent' });
    const called = await cast.region.ambulance.operation('wishes', patientBsn);
    holderOf(cast, gp).faults.set({ kind: 'none' });
    expect(called.status).toBe(200);
    const text = Buffer.from(called.bytes).toString('utf8');
    expect(text.includes('cpr-2020')).toBe(true);
    const strange = [...formsOf(otherPatientBsn), 'Polderman', 'cpr-other'];
    expect(strange.filter((form) => text.includes(form))).toEqual([]);
    expect(called.resource && entriesOf(called.resource).length).toBeGreaterThan(5);
  });

  it('gives the condition of the form in the Consent that is made of it', async () => {
    const called = await cast.region.ambulance.operation('wishes', patientBsn);
    const made = called.resource ? entriesOf(called.resource).map(({ resource }) => resource) : [];
    const texts = made
      .filter(({ resourceType }) => resourceType === 'Consent')
      .map(({ modifierExtension }) => JSON.stringify(modifierExtension ?? ''));
    expect(texts.filter((text) => text.includes('niet via een infuus'))).toHaveLength(1);
  });

  it('is not followed to another host', () => {
    expect(holderOf(cast, gp).log.map(({ path }) => path)).not.toContain('/fhir/page/elsewhere');
  });
});

describe.skipIf(!(await isThere()))('the story of the wishes on PostgreSQL', () => {
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
    expect(await printed(cast, tellWishes)).toMatch(/\d+ steps as expected, 0 not$/);
  });
});
