// Does break-glass open only what it must, for whom it must, as long as it must, and is everybody told?
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findAudit } from '../../src/audit/find.ts';
import { endGrants } from '../../src/consent/breakGlassGrants.ts';
import { createDecideConsent } from '../../src/consent/decide.ts';
import { registerConsent } from '../../src/consent/ownRecords.ts';
import { listGrants, markReviewed } from '../../src/consent/review.ts';
import { consentSettings } from '../../src/consent/settings.ts';
import { announceBreakGlass, answer, type ExchangeDeps } from '../../src/exchange/index.ts';
import type { FhirResource, Participant, Requester } from '../../src/model.ts';
import type { Store } from '../../src/store/store.ts';
import { endpoint } from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import {
  ambulance,
  bsn,
  gp,
  hospital,
  otherBsn,
  pharmacy,
  question,
  requesterOf,
  uzi,
} from './consentStage.ts';
import { storeKinds } from './storesUnderTest.ts';

const told: Participant = { ...gp, endpoints: [endpoint('notification')] };
const settings = consentSettings.parse({
  policy: { sources: ['own', 'mitz'] },
  breakGlass: { enabled: true, facilityTypes: ['AMB'], roles: ['01.071'], minutes: 60 },
});
const why = 'Reanimatie op straat, patient is niet aanspreekbaar';
const crew = (more: Partial<Requester> = {}): Requester => ({
  ...requesterOf(ambulance),
  practitioner: uzi('000095254'),
  purposeOfUse: 'ETREAT',
  ...more,
});
const patientIs = (value: string) => ({
  name: 'patient',
  valueIdentifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value },
});
const asked = (reason: string | undefined, more: object[] = [patientIs(bsn)]): FhirResource => ({
  resourceType: 'Parameters',
  parameter: [...more, ...(reason === undefined ? [] : [{ name: 'reason', valueString: reason }])],
});

describe.each(storeKinds)('break-glass on %s', (kind) => {
  let stage: Stage;
  let deps: ExchangeDeps;
  let mitzAsked: number;
  beforeEach(async () => {
    stage = await openStage({ kind, participants: [told, pharmacy, ambulance, hospital] });
    mitzAsked = 0;
    deps = { ...stage.deps, settings: { ...stage.deps.settings, consent: settings } };
  });
  afterEach(() => stage.end());

  const post = (path: string, resource: FhirResource, who = crew()) =>
    answer(
      {
        version: 'r4',
        method: 'POST',
        path: [path],
        query: new Map(),
        language: 'nl',
        requestId: 'r',
        resource,
      },
      who,
      deps,
    );
  const read = (id: string, who: Requester) =>
    answer(
      { version: 'r4', method: 'GET', path: ['Task', id], query: new Map(), language: 'nl', requestId: 'r' },
      who,
      deps,
    );
  const grantIn = (resource: FhirResource | undefined) => {
    const rows = (resource?.parameter ?? []) as { name: string; valueId?: string }[];
    return rows.find((row) => row.name === 'breakGlass')?.valueId ?? '';
  };
  const open = async (who = crew()) => grantIn((await post('$break-glass', asked(why), who)).resource);
  const decideOn = (store: Store, offsetMs = 0) =>
    createDecideConsent({
      store,
      clock: () => new Date(deps.clock().getTime() + offsetMs),
      settings,
      sources: {
        mitz: async () => {
          mitzAsked += 1;
          return { state: 'answered', decisions: new Map([['GGC002', 'permit']]) };
        },
      },
    });
  const decide = (more: object = {}) =>
    decideOn(deps.store)(question({ requester: crew(), purposeOfUse: 'ETREAT', ...more }));
  const events = async () => {
    const found = [];
    for await (const { entry } of findAudit(deps.store, {})) found.push(entry);
    return found;
  };

  test('a grant opens the minimum at once, more after the second step, and Mitz hears of neither', async () => {
    expect(await decide()).toMatchObject({ reason: 'break-glass-grant-missing' });
    const id = await open();
    const categories = ['GGC002', 'GGC013'];
    expect(await decide({ categories })).toMatchObject({
      kind: 'permit',
      basis: 'breakGlass',
      permit: { categories: ['GGC002'] },
    });
    expect(await decide({ categories, exchange: 'medication' })).toMatchObject({ kind: 'configuration' });
    const wider = asked(why, [patientIs(bsn), { name: 'breakGlass', valueId: id }]);
    await post('$break-glass-widen', wider);
    expect(await decide({ categories, exchange: 'medication' })).toMatchObject({
      permit: { categories: ['GGC002', 'GGC013'] },
    });
    expect(mitzAsked).toBe(0);
    const decided = (await events()).filter(({ event }) => event === 'consent.decided');
    expect(decided.map(({ purposeOfUse }) => purposeOfUse)).toEqual(Array(4).fill('ETREAT'));
    expect(decided.at(-1)?.detail).toMatchObject({ basis: 'breakGlass', breakGlass: id });
  });

  test('it is for one patient, one organisation and one professional', async () => {
    await open();
    const others = [
      { patientBsn: otherBsn },
      { requester: { ...crew(), participant: hospital } },
      { practitioner: uzi('000095255') },
      { breakGlass: 'another' },
    ];
    for (const other of others) {
      const reason = { reason: expect.stringMatching(/^break-glass-(grant-missing|not-allowed)$/) };
      expect(await decide(other), JSON.stringify(other)).toMatchObject(reason);
    }
    expect(await decide()).toMatchObject({ kind: 'permit' });
  });

  test('it ends in its time, also at a gateway whose clock is five minutes slow', async () => {
    await open();
    stage.later(60 * 60_000 + 1_000);
    const slow = decideOn(deps.store, -5 * 60_000);
    expect(await decide()).toMatchObject({ reason: 'break-glass-grant-missing' });
    expect(await slow(question({ requester: crew(), purposeOfUse: 'ETREAT' }))).toMatchObject({
      reason: 'break-glass-grant-missing',
    });
  });

  test('a sweep marks what has ended', async () => {
    await open();
    expect(await endGrants(deps.store, deps.clock())).toBe(0);
    stage.later(60 * 60_000);
    expect(await endGrants(deps.store, deps.clock())).toBe(1);
    expect(await endGrants(deps.store, deps.clock())).toBe(0);
  });

  test('asking again does not prolong it', async () => {
    const first = await post('$break-glass', asked(why));
    stage.later(30 * 60_000);
    expect((await post('$break-glass', asked(why))).resource).toEqual(first.resource);
  });

  test.each<[string, string | undefined, string]>([
    ['no reason', undefined, 'break-glass-reason-missing'],
    ['spaces', ' '.repeat(100), 'break-glass-reason-too-short'],
    ['one letter over and over', 'a'.repeat(100), 'break-glass-reason-too-short'],
    ['a book', `${why} `.repeat(20_000), 'break-glass-reason-too-long'],
    ['a BSN', `${why}, bsn 9999.11.120`, 'break-glass-reason-bsn'],
    ['a BSN between slashes', `${why}, 999/911/120`, 'break-glass-reason-bsn'],
    ['a BSN over two lines', `${why}, 9999\r\n11120`, 'break-glass-reason-bsn'],
    ['a BSN in full width', `${why}, ９９９９１１１２０`, 'break-glass-reason-bsn'],
  ])('a reason of %s is refused by name and recorded without its text', async (_name, reason, code) => {
    await expect(post('$break-glass', asked(reason))).rejects.toMatchObject({
      kind: 'unprocessable',
      reason: code,
    });
    const records = await events();
    expect(records).toMatchObject([{ event: 'break-glass.open', outcome: 'refused', reason: code }]);
    expect(JSON.stringify(records)).not.toContain('Reanimatie');
    expect(await open()).not.toBe('');
  });

  test('a reason with a number of nine digits that is no BSN is taken', async () => {
    const { status } = await post('$break-glass', asked(`${why}, ritnummer 123456789`));
    expect(status).toBeLessThan(300);
  });

  test.each<[string, Partial<Requester>, string]>([
    ['another role', { practitioner: uzi('000095254', '01.015') }, 'break-glass-not-allowed'],
    ['another kind of organisation', { participant: pharmacy }, 'break-glass-not-allowed'],
    ['a purpose that is no emergency', { purposeOfUse: 'TREAT' }, 'break-glass-purpose'],
    ['the scope of another exchange', { scopes: ['wishes'] }, 'scope-missing'],
  ])('%s is refused by name', async (_name, who, reason) => {
    await expect(open(crew(who))).rejects.toMatchObject({ kind: 'denied', reason });
    expect(await listGrants(deps.store)).toEqual([]);
  });

  test('where the region has not switched it on, it does not exist', async () => {
    deps = { ...deps, settings: { ...deps.settings, consent: consentSettings.parse({}) } };
    await expect(open()).rejects.toMatchObject({ kind: 'denied', reason: 'break-glass-off' });
  });

  test('an objection of the patient is kept to', async () => {
    await open();
    const consent = {
      permits: false,
      status: 'active',
      holder: { kind: 'any' as const },
      requester: { kind: 'any' as const },
      categories: [],
      purposes: [],
    };
    const by = { requester: requesterOf(hospital), requestId: 'r', now: deps.clock() };
    await registerConsent(
      deps.store,
      { patientBsn: bsn, consent, resource: { resourceType: 'Consent' } },
      by,
    );
    expect(await decide()).toMatchObject({ kind: 'denied', reason: 'no-consent' });
  });

  test('each opened holder is told once, and reads who, when and why; nobody else does', async () => {
    await open();
    await Promise.all([decide({ holder: told }), decide({ holder: told }), decide({ holder: pharmacy })]);
    const counts = await Promise.all([announceBreakGlass(deps), announceBreakGlass(deps)]);
    expect(counts[0] + counts[1]).toBe(1);
    const rows = await deps.store.read.selectFrom('outbox').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ participant_id: 'gp', exchange: 'break-glass', kind: 'announce' });
    expect(JSON.stringify(rows)).not.toContain(bsn);
    const id = rows[0]?.subject ?? '';
    const { resource } = await read(id, requesterOf(told));
    expect(resource).toMatchObject({
      resourceType: 'Task',
      for: { identifier: { value: bsn } },
      requester: { display: 'ambulance' },
      reasonCode: { text: why },
    });
    await expect(read(id, requesterOf(pharmacy))).rejects.toMatchObject({ kind: 'notFound' });
    expect((await events()).filter(({ event }) => event === 'breakGlass.noticeRead')).toMatchObject([
      { action: 'R', outcome: 'success', participantId: 'gp', object: `Task/${id}` },
    ]);
    const [{ notices }] = (await listGrants(deps.store)) as [Awaited<ReturnType<typeof listGrants>>[number]];
    expect(notices).toMatchObject([
      { holder_id: 'gp', read_at: expect.any(String) },
      { holder_id: 'pharmacy', queued_at: null },
    ]);
  });

  test('it stays on the review list until somebody has looked, and after the second step once more', async () => {
    const id = await open();
    const review = () => markReviewed(deps.store, id, { by: 'command:officer', now: deps.clock() });
    expect(await review()).toBe(true);
    expect(await review()).toBe(false);
    expect(await listGrants(deps.store)).toEqual([]);
    await post('$break-glass-widen', asked(why, [patientIs(bsn), { name: 'breakGlass', valueId: id }]));
    expect(await listGrants(deps.store)).toHaveLength(1);
    const names = (await events()).map(({ event }) => event);
    expect(names).toEqual(['breakGlass.opened', 'breakGlass.reviewed', 'breakGlass.widened']);
  });

  test('it comes back on the review list when it opens a holder that nobody has seen there', async () => {
    const id = await open();
    const review = () => markReviewed(deps.store, id, { by: 'command:officer', now: deps.clock() });
    await decide({ holder: told });
    expect(await review()).toBe(true);
    await decide({ holder: told });
    expect(await listGrants(deps.store)).toEqual([]);
    await decide({ holder: pharmacy });
    expect(await listGrants(deps.store)).toMatchObject([{ notices: [{}, { holder_id: 'pharmacy' }] }]);
  });

  test('only who opened it may widen it, for that patient', async () => {
    const id = await open();
    const body = (value: string) => asked(why, [patientIs(value), { name: 'breakGlass', valueId: id }]);
    await expect(post('$break-glass-widen', body(otherBsn))).rejects.toMatchObject({ kind: 'denied' });
    await expect(
      post('$break-glass-widen', body(bsn), crew({ practitioner: uzi('000095255') })),
    ).rejects.toMatchObject({ kind: 'denied', reason: 'break-glass-grant-missing' });
  });
});
