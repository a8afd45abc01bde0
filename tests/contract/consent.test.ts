// Does consent keep its promises, whichever source answers and whichever database records it?
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findAudit } from '../../src/audit/find.ts';
import type { ConsentAnswer, ConsentQuestion } from '../../src/consent/consent.ts';
import { createDecideConsent } from '../../src/consent/decide.ts';
import { dropPermits } from '../../src/consent/epoch.ts';
import { replay } from '../../src/consent/replay.ts';
import { consentSettings } from '../../src/consent/settings.ts';
import type { SourceAnswer } from '../../src/consent/source.ts';
import { forgetTraces, readTrace } from '../../src/consent/trace.ts';
import type { Store } from '../../src/store/store.ts';
import {
  bsn,
  type ConsentStage,
  gp,
  hospital,
  openConsentStage,
  otherBsn,
  pharmacy,
  question,
  requesterOf,
  type SourceKind,
  uzi,
} from './consentStage.ts';
import { storeKinds } from './storesUnderTest.ts';

const sources: readonly SourceKind[] = ['own', 'mitz'];
const stages = storeKinds.flatMap((kind) => sources.map((source) => ({ kind, source })));

async function decisionsIn(store: Store) {
  const found = [];
  for await (const record of findAudit(store, { event: 'consent.decided' }, { reveal: true }))
    found.push(record);
  return found;
}
const categoriesOf = (answer: ConsentAnswer) =>
  answer.kind === 'permit' ? answer.permit.categories : answer.reason;

describe.each(stages)('consent from $source on $kind', ({ kind, source }) => {
  let stage: ConsentStage;
  beforeEach(async () => {
    stage = await openConsentStage(kind, source);
  });
  afterEach(() => stage.end());

  test('without a choice nothing is permitted, and the record says so before the caller hears it', async () => {
    const { decide } = await stage.gateway();
    const answer = await decide(question());
    expect(answer).toMatchObject({ kind: 'denied', reason: 'no-consent', concealed: false });
    const [record] = await decisionsIn(stage.store);
    expect(record).toMatchObject({
      patientBsn: bsn,
      entry: {
        outcome: 'refused',
        reason: 'no-consent',
        participantId: 'ambulance',
        practitioner: {
          identifier: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers|000095254',
          role: '01.071',
        },
        purposeOfUse: 'TREAT',
        object: `ConsentDecision/${answer.decisionId}`,
        detail: { holder: 'gp', categories: 'GGC002' },
      },
    });
    expect(JSON.stringify(record?.entry)).not.toContain(bsn);
  });

  test('a yes makes a permit for that patient, holder and category, for a short time', async () => {
    await stage.choose({ permit: true, category: 'GGC002' });
    const { decide, clock } = await stage.gateway();
    const answer = await decide(question({ categories: ['GGC002', 'GGC013'] }));
    expect(answer).toMatchObject({
      kind: 'permit',
      basis: source,
      permit: { patientBsn: bsn, holderId: 'gp', categories: ['GGC002'], decisionId: answer.decisionId },
    });
    if (answer.kind === 'permit') {
      expect(answer.permit.expires.getTime() - clock().getTime()).toBe(30_000);
      expect(Object.isFrozen(answer.permit)).toBe(true);
    }
    const trace = await readTrace(stage.store, answer.decisionId);
    expect(trace).toMatchObject({ verdict: { rule: source }, steps: [{ source, state: 'answered' }] });
    expect(JSON.stringify(trace)).not.toContain(bsn);
  });

  test('a no and no choice look the same to the caller', async () => {
    const { decide } = await stage.gateway();
    const { decisionId: _one, ...before } = await decide(question());
    await stage.choose({ permit: false, category: 'GGC002' });
    const { decisionId: _two, ...after } = await decide(question());
    expect(after).toEqual(before);
  });

  test('a source that cannot answer is no refusal by the patient, and permits nothing', async () => {
    await stage.choose({ permit: true, category: 'GGC002' });
    await stage.breakSource();
    const { decide } = await stage.gateway();
    expect(await decide(question())).toMatchObject({ kind: 'unavailable', reason: 'consent-unavailable' });
    const [record] = await decisionsIn(stage.store);
    expect(record?.entry).toMatchObject({ outcome: 'failed', reason: 'consent-unavailable' });
  });

  test('a permit is remembered for its time, a refusal is not, and both are recorded each time', async () => {
    await stage.choose({ permit: true, category: 'GGC002' });
    const { decide } = await stage.gateway();
    const first = await decide(question());
    await stage.breakSource();
    const again = await decide(question());
    expect(again).toMatchObject({ kind: 'permit', permit: { asOf: new Date('2026-03-02T10:00:00.000Z') } });
    expect(again.decisionId).not.toBe(first.decisionId);
    stage.later(60_000);
    expect(await decide(question())).toMatchObject({ kind: 'unavailable' });
    const records = await decisionsIn(stage.store);
    expect(records.map(({ entry }) => entry.detail?.cachedAt)).toEqual([
      undefined,
      '2026-03-02T10:00:00.000Z',
      undefined,
    ]);
  });

  test('one input that differs is another question', async () => {
    await stage.choose({ permit: true, category: 'GGC002' });
    const { decide } = await stage.gateway();
    await decide(question());
    await stage.breakSource();
    const changes: Partial<ConsentQuestion>[] = [
      { exchange: 'medication' },
      { patientBsn: otherBsn },
      { holder: pharmacy },
      { holder: { ...gp, facilityType: 'N6' } },
      { requester: requesterOf(hospital) },
      { requester: requesterOf({ ...requesterOf(hospital).participant, id: 'ambulance' }) },
      { practitioner: uzi('000095255') },
      { practitioner: uzi('000095254', '01.015') },
      { mandatedBy: uzi('000095256') },
      { categories: ['GGC013'] },
      { categories: ['GGC002', 'GGC013'] },
    ];
    for (const change of changes) {
      const { kind: answered } = await decide(question(change));
      expect(answered, JSON.stringify(change)).not.toBe('permit');
    }
    expect(await decide(question())).toMatchObject({ kind: 'permit' });
  });

  test('when it cannot be recorded there is no permit', async () => {
    await stage.choose({ permit: true, category: 'GGC002' });
    const { decide } = await stage.gateway();
    await stage.store.write((unit) => sql`drop table consent_decision`.execute(unit.db));
    await expect(decide(question())).rejects.toThrow();
  });

  test('a question that is given up has no answer from the source, and is recorded as such', async () => {
    await stage.choose({ permit: true, category: 'GGC002' });
    const { decide } = await stage.gateway();
    const answer = await decide(question({ signal: AbortSignal.abort() }));
    expect(categoriesOf(answer)).toBe('consent-unavailable');
    const trace = await readTrace(stage.store, answer.decisionId);
    expect(trace?.steps).toEqual([{ source, state: 'failed', reason: 'deadline' }]);
  });

  test('questions side by side each have one record', async () => {
    await stage.choose({ permit: true, category: 'GGC002' });
    const { decide } = await stage.gateway();
    const answers = await Promise.all([gp, pharmacy, gp, gp].map((holder) => decide(question({ holder }))));
    const records = await decisionsIn(stage.store);
    expect(records.map((record) => record.entry.object).sort()).toEqual(
      answers.map(({ decisionId }) => `ConsentDecision/${decisionId}`).sort(),
    );
  });

  test('a concealed refusal says so, and only a refusal is concealed', async () => {
    const settings = { policy: { sources: [source], concealRefusal: true } };
    const { decide } = await stage.gateway({ settings });
    expect(await decide(question())).toMatchObject({ kind: 'denied', concealed: true });
    expect(await decide(question({ categories: [] }))).toMatchObject({
      kind: 'configuration',
      concealed: false,
    });
  });

  test('what needs no consent is recorded with its patient and its inputs', async () => {
    const { decide } = await stage.gateway({ settings: { policy: { sources: [source], needed: false } } });
    const { decisionId } = await decide(question());
    const [record] = await decisionsIn(stage.store);
    expect(record).toMatchObject({ patientBsn: bsn, entry: { detail: { basis: 'notNeeded' } } });
    const trace = await readTrace(stage.store, decisionId);
    expect(trace).toMatchObject({ inputs: { holder: { ura: '90000001' }, purposeOfUse: 'TREAT' } });
    const strict = consentSettings.parse({ policy: { purposes: ['COC'] } });
    expect(trace && (await replay(trace, strict))).toMatchObject({
      kind: 'flipped',
      verdict: { reason: 'purpose-not-allowed' },
    });
  });

  test('the path of a decision is forgotten in its time; the audit record stays', async () => {
    const { decide } = await stage.gateway();
    const { decisionId } = await decide(question());
    const payloads = () => stage.store.read.selectFrom('payload').select('id').execute();
    const before = (await payloads()).length;
    expect(await forgetTraces(stage.store, new Date('2026-03-05T00:00:00Z'), 3)).toBe(0);
    expect(await forgetTraces(stage.store, new Date('2026-03-06T00:00:00Z'), 3)).toBe(1);
    expect(await readTrace(stage.store, decisionId)).toBeUndefined();
    expect((await payloads()).length).toBe(before - 1);
    expect(await decisionsIn(stage.store)).toHaveLength(1);
  });
});

describe.each(storeKinds)('a changed mind on %s', (kind) => {
  let stage: ConsentStage;
  beforeEach(async () => {
    stage = await openConsentStage(kind, 'own');
  });
  afterEach(() => stage.end());
  // one SQLite file serves one gateway: there the second one is another decision on the same store
  const second = () => stage.gateway(kind === 'postgresql' ? { name: 'gateway-2' } : {});

  test('an objection ends the remembered permits of every gateway with its commit', async () => {
    await stage.choose({ permit: true, category: 'GGC002' });
    const gateways = [await stage.gateway(), await second()];
    for (const { decide } of gateways) expect(await decide(question())).toMatchObject({ kind: 'permit' });
    await stage.choose({ permit: false, category: 'GGC002' });
    for (const { decide } of gateways) {
      expect(await decide(question())).toMatchObject({ kind: 'denied', reason: 'no-consent' });
    }
  });

  test('only the permits of that patient end', async () => {
    await stage.choose({ permit: true, category: 'GGC002' });
    await stage.choose({ permit: true, category: 'GGC002', bsn: otherBsn });
    const { decide } = await second();
    await decide(question());
    await decide(question({ patientBsn: otherBsn }));
    await stage.store.write((unit) => dropPermits(unit, stage.store.hash('bsn', bsn)));
    const cached = async (patientBsn: string) => {
      const { decisionId } = await decide(question({ patientBsn }));
      return (await readTrace(stage.store, decisionId))?.cachedAt !== undefined;
    };
    expect(await cached(bsn)).toBe(false);
    expect(await cached(otherBsn)).toBe(true);
  });

  test('what changes while a source is asked is not remembered', async () => {
    const { store } = stage;
    const { clock } = await stage.gateway();
    const changeOfMind = async (): Promise<SourceAnswer> => {
      await store.write((unit) => dropPermits(unit, store.hash('bsn', bsn)));
      return { state: 'answered', decisions: new Map([['GGC002', 'permit']]) };
    };
    const settings = consentSettings.parse({ policy: { sources: ['mitz'] } });
    const decide = createDecideConsent({ store, clock, settings, sources: { mitz: changeOfMind } });
    expect(await decide(question())).toMatchObject({ kind: 'permit' });
    const { decisionId } = await decide(question());
    expect((await readTrace(store, decisionId))?.cachedAt).toBeUndefined();
  });
});
