// What does the policy of a region change? A refusal that is concealed, and an outage in which the notified copy answers. With real processes.
import { afterEach, describe, expect, it } from 'vitest';
import { askCard, stateOf } from '../../src/cli/demo/crewCard.ts';
import { sluis } from '../../src/cli/demo/steps.ts';
import { entriesOf } from '../../src/fhir/bundles.ts';
import { patientBsn } from '../../src/sandbox/fixtures.ts';
import { gp, mentalCare } from '../../src/sandbox/regionCast.ts';
import { holderOf, type RegionCast, startRegionCast } from './regionStage.ts';
import { until } from './stage.ts';

let cast: RegionCast;
afterEach(() => cast.close());

async function start(policy: Readonly<Record<string, unknown>>): Promise<void> {
  cast = await startRegionCast({ settings: { consent: { region: 'Lingewaard', policy } } });
  await cast.region.enterPatient();
}

describe('a concealed refusal', () => {
  it('leaves the holder out of card and answer, as if it had nothing', async () => {
    await start({ concealRefusal: true });
    const { card } = await askCard(cast.region.ambulance);
    expect(stateOf(card, mentalCare)).toBe('not named');
    expect(card.incomplete).toBe(false);
    const called = await cast.region.ambulance.operation('wishes', patientBsn);
    const text = Buffer.from(called.bytes).toString('utf8');
    for (const word of [mentalCare.name, mentalCare.ura, 'no-consent', 'suppressed'])
      expect([word, text.includes(word)]).toEqual([word, false]);
    expect(called.resource && entriesOf(called.resource).length).toBeGreaterThan(5);
    expect(holderOf(cast, mentalCare).log).toEqual([]);
  });

  it('is in the audit record all the same', async () => {
    await start({ concealRefusal: true });
    await askCard(cast.region.ambulance);
    const { code, text } = await sluis(cast, 'audit', 'find');
    expect([code, text]).toEqual([0, expect.stringContaining('no-consent')]);
    expect(text).not.toContain(patientBsn);
    const asked = await sluis(cast, 'audit', 'find', '--event', 'wishes.holderAsked');
    const [, id = ''] = /\S+ +(\S+) +wishes\.holderAsked +refused +no-consent/.exec(asked.text) ?? [];
    const path = await sluis(cast, 'consent', 'explain', id);
    expect(path.text).toMatch(/Answer +denied: no-consent/);
    expect(path.text).toMatch(/Holder +windroos/);
    expect(path.text).toMatch(/mitz +GGC002 deny/);
    expect(path.text).not.toContain(patientBsn);
  });
});

describe('an outage where the notified copy may answer', () => {
  it('opens what the copy allows, closed for whom it says nothing of, and follows a "no"', async () => {
    await start({ outage: 'notifiedCopy', permitCacheSeconds: 0 });
    const { consent, ambulance, holders } = cast.region;
    await until(() => consent.mitz.subscriptions.size >= holders.size, 'subscriptions');
    expect(await consent.change(gp.id, true)).toBe('told to the gateway');
    consent.outage(true);
    const { card } = await askCard(ambulance);
    expect(stateOf(card, gp)).toBe('answered');
    expect(card.holders.filter(({ state }) => state === 'answered').map(({ name }) => name)).toEqual([
      gp.name,
    ]);
    const called = await ambulance.operation('wishes', patientBsn);
    const text = Buffer.from(called.bytes).toString('utf8');
    expect(text).toMatch(/"code":"consent-copy".{0,40}Consent as Mitz notified it at 20\d\d-/);
    expect(await consent.change(gp.id, false)).toBe('told to the gateway');
    expect(stateOf((await askCard(ambulance)).card, gp)).toBe('refused');
  });
});
