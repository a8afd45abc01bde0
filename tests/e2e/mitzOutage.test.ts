// What does a crew see, and what are holders asked, when Mitz does not answer as it must? Nothing is opened. With real processes.
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askCard } from '../../src/cli/demo/crewCard.ts';
import { entriesOf } from '../../src/fhir/bundles.ts';
import { patientBsn } from '../../src/sandbox/fixtures.ts';
import { type RegionCast, startRegionCast } from './regionStage.ts';

let cast: RegionCast;
beforeAll(async () => {
  cast = await startRegionCast();
  await cast.region.enterPatient();
});
afterAll(() => cast.close());

/** Somebody of the crew who has not asked before, so that no permit is remembered. */
let count = 0;
function newcomer() {
  count += 1;
  const practitioner = { id: `90000${String(count).padStart(4, '0')}`, role: '30.000', name: 'A. Nieuw' };
  return cast.region.ambulance.as({ practitioner });
}

const requests = (): number =>
  [...cast.region.holders.values()].reduce((sum, { log }) => sum + log.length, 0);

describe.each([
  ['fail', 'consent-unavailable'],
  ['hang', 'consent-unavailable'],
  ['reset', 'consent-unavailable'],
  ['faultReceiver', 'consent-unavailable'],
  ['html', 'consent-unavailable'],
  ['doctype', 'consent-unavailable'],
  ['otherPatient', 'consent-unavailable'],
  ['otherHolder', 'consent-unavailable'],
  ['otherCategory', 'consent-unavailable'],
  ['half', 'consent-unavailable'],
  ['twoDecisions', 'consent-unavailable'],
  ['indeterminate', 'consent-indeterminate'],
] as const)('Mitz with %s', (kind, reason) => {
  it('opens nothing: no holder is asked, and each is told as our trouble, none as a refusal', async () => {
    const { consent } = cast.region;
    const before = requests();
    consent.steer({ kind });
    const called = await newcomer().operation('wishes', patientBsn);
    consent.steer({ kind: 'none' });
    await wait(300);
    expect(called.status).toBe(200);
    expect(requests()).toBe(before);
    const outcomes = called.resource ? entriesOf(called.resource).map(({ resource }) => resource) : [];
    const reasons = outcomes
      .filter(({ resourceType }) => resourceType === 'OperationOutcome')
      .map(({ issue }) => Object(issue)[0]?.details?.coding?.[0]?.code);
    expect(reasons.filter((code) => code === reason).length).toBeGreaterThanOrEqual(5);
    expect(reasons).not.toContain('no-consent');
  });
});

describe('Mitz once it answers again', () => {
  it('is believed at once', async () => {
    const { card } = await askCard(newcomer());
    expect(card.lines.find(({ key }) => key === 'cpr')?.decision).toBe('do_not');
    expect(card.holders.filter(({ state }) => state === 'refused')).toHaveLength(1);
  });
});
