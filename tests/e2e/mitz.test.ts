// What leaves a data holder when Mitz lies, stalls or is played by somebody else? Nothing. With real processes on SQLite.
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { askCard, stateOf } from '../../src/cli/demo/crewCard.ts';
import { until } from '../../src/cli/demo/steps.ts';
import { printResource } from '../../src/sandbox/fhirBody.ts';
import { patientBsn } from '../../src/sandbox/fixtures.ts';
import type { MitzFault } from '../../src/sandbox/mitz.ts';
import { gp } from '../../src/sandbox/regionCast.ts';
import { notice } from '../contract/mitzNotifyStage.ts';
import { type RegionCast, startRegionCast } from './regionStage.ts';

let cast: RegionCast;
let people = 0;

beforeAll(async () => {
  cast = await startRegionCast();
  await cast.region.enterPatient();
  const { subscriptions } = cast.region.consent.mitz;
  await until(() => subscriptions.size >= cast.region.holders.size);
});
afterAll(() => cast.close());
beforeEach(async () => {
  cast.region.consent.mitz.setFault(undefined);
  // A failing Mitz is left alone for a quarter of a second.
  await wait(300);
});

/** Somebody whom no remembered permit knows. */
const newcomer = () =>
  cast.region.ambulance.as({
    practitioner: { id: String(910000000 + ++people), role: '30.000', name: 'M. Onbekend' },
  });

const cardFor = async (asker = newcomer()) => (await askCard(asker)).card;

/** How often holders were asked for records. */
const searches = (): number =>
  [...cast.region.holders.values()].flatMap(({ log }) => log).filter(({ path }) => path.startsWith('/fhir/'))
    .length;

function decisions(): number {
  const db = new DatabaseSync(`${cast.folder.folder}/sluis.sqlite`, { readOnly: true });
  try {
    return Number(db.prepare("select count(*) as n from audit where event = 'consent.decided'").get()?.n);
  } finally {
    db.close();
  }
}

const faults: readonly MitzFault['kind'][] = [
  ...(['noEcho', 'otherPatient', 'otherHolder', 'otherCategory', 'twice', 'half', 'twoDecisions'] as const),
  ...(['notApplicable', 'contradiction', 'faultWithOk', 'faultSender', 'faultReceiver'] as const),
  ...(['fail', 'accepted', 'empty', 'redirect', 'unauthorised', 'html', 'garbage', 'soap11'] as const),
  ...(['wrongAction', 'wrongRelation', 'foreignHeader', 'twoBodies', 'doctype', 'externalDoctype'] as const),
  ...(['parameterEntity', 'manyDoctypes', 'instruction', 'deep', 'huge', 'manyAttributes'] as const),
  ...(['gzipBomb', 'gzipChain', 'slow', 'hang', 'drip', 'headersOnly', 'reset'] as const),
];

describe('an answer that proves nothing', () => {
  it.each(faults)(
    '%s: no holder is asked, nobody is called refused, each question is on record',
    async (kind) => {
      const [before, recorded] = [searches(), decisions()];
      cast.region.consent.mitz.setFault({ kind, of: 'closed', delayMs: 3_000 });
      const { holders } = await cardFor();
      expect(new Set(holders.map(({ state }) => state))).toEqual(new Set(['failed']));
      expect(searches()).toBe(before);
      expect(decisions() - recorded).toBe(holders.length);
    },
  );

  it('a yes on conditions opens nothing, and a no stays a no', async () => {
    const before = searches();
    cast.region.consent.mitz.setFault({ kind: 'obligation', of: 'closed' });
    const { holders } = await cardFor();
    expect(holders.filter(({ state }) => state === 'refused')).toHaveLength(1);
    expect(new Set(holders.map(({ state }) => state))).toEqual(new Set(['refused', 'failed']));
    expect(searches()).toBe(before);
  });

  it('and a right one afterwards is an answer again', async () => {
    expect(stateOf(await cardFor(), gp)).toBe('answered');
  });

  it('half of the answers failing makes no refusal, and no second record', async () => {
    cast.region.consent.mitz.setFault({ kind: 'flap', of: 'closed' });
    const before = decisions();
    const cards = await Promise.all(Array.from({ length: 20 }, () => cardFor()));
    expect(cards.map((card) => stateOf(card, gp))).not.toContain('refused');
    // a decision that came after the deadline is recorded after its card
    const asked = cards.reduce((sum, { holders }) => sum + holders.length, 0);
    await expect.poll(() => decisions() - before, { timeout: 10_000 }).toBe(asked);
  });

  it('is printed nowhere', () => {
    expect(cast.gateway.output()).not.toContain(patientBsn);
  });
});

describe('a notification', () => {
  const { ura } = gp;
  const tell = async (body: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${cast.folder.baseUrl}/mitz/notify`, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json', ...headers },
      body,
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const yes = () =>
    printResource(notice({ of: patientBsn, ura, at: new Date().toISOString() }), 'json', 'r4');

  it('that says no ends a remembered permit at once', async () => {
    const { consent, ambulance } = cast.region;
    expect(await consent.change(gp.id, true)).toBe('told to the gateway');
    expect(stateOf(await cardFor(ambulance), gp)).toBe('answered');
    expect(await consent.change(gp.id, false)).toBe('told to the gateway');
    expect(stateOf(await cardFor(ambulance), gp)).toBe('refused');
  });

  it('of somebody else is no yes', async () => {
    await cast.region.consent.change(gp.id, false);
    const bearer = { authorization: `Bearer ${await cast.region.ambulance.caller.token()}` };
    expect([await tell(yes()), await tell(yes(), { 'client-cert': 'x' }), await tell(yes(), bearer)]).toEqual(
      [401, 401, 403],
    );
    expect(stateOf(await cardFor(), gp)).toBe('refused');
  });

  it('of a year ago changes nothing, one of next year is refused', async () => {
    const { mitz } = cast.region.consent;
    const year = 365 * 86_400_000;
    const at = (ms: number) => new Date(Date.now() + ms).toISOString().replace('Z', '123456Z');
    expect(await mitz.notify(patientBsn, ura, at(-year))).toEqual([204]);
    expect(await mitz.notify(patientBsn, ura, at(year))).toEqual([422]);
  });

  it('leaves neither number nor choice to be read in the database', () => {
    const files = ['', '-wal'].map((end) => readFileSync(`${cast.folder.folder}/sluis.sqlite${end}`));
    for (const text of [patientBsn, 'RPZAC104'])
      expect(files.some((bytes) => bytes.includes(text))).toBe(false);
  });
});
