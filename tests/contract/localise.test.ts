// Are a patient's holders found, whatever the sources do? The same promises on SQLite and PostgreSQL.
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Entered } from '../../src/exchange/exchange.ts';
import { answer, type ExchangeDeps } from '../../src/exchange/index.ts';
import type { DataEndpoint, FhirResource, Participant } from '../../src/model.ts';
import { createOutgoing, type Outgoing } from '../../src/outgoing/outgoing.ts';
import { createTokens } from '../../src/outgoing/tokens.ts';
import { createDirectory } from '../../src/routing/directory.ts';
import type { LocateQuestion } from '../../src/routing/localisation.ts';
import { localisationSettings } from '../../src/routing/localisationSettings.ts';
import { createLocalise, type LocaliseDeps } from '../../src/routing/localise.ts';
import { registeredHolders } from '../../src/routing/regionalIndex.ts';
import type { Store } from '../../src/store/store.ts';
import { asking, participant } from '../world/cast.ts';
import { type Behaviour, hang, reset, status } from './faultyReceiver.ts';
import { endpointAt, json } from './holderServer.ts';
import { listOf, type NationalIndex, recipient, searchset, startNationalIndex } from './nationalIndex.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const bsn = '999911120';
const otherBsn = '999998298';
const now = new Date('2026-05-01T10:00:00.000Z');

const dataEndpoint = (change: Partial<DataEndpoint> = {}) =>
  endpointAt('https://holder.example/fhir', change);
const holder = (id: string, ura: string, ...endpoints: Partial<DataEndpoint>[]): Participant => ({
  ...participant({ id, name: `Holder ${id}`, ura }),
  dataEndpoints: endpoints.map(dataEndpoint),
});

const gp = holder('gp', '90000001', {});
const home = holder('home', '90000002', { id: 'r4' }, { id: 'stu3', fhirVersion: 'stu3' });
const pharmacy = holder('pharmacy', '90000003', { exchanges: ['medication'] });
const asleep = holder('asleep', '90000004', { status: 'suspended' });
const past = holder('past', '90000005', { period: { end: '2026-04-30' } });
const off = holder('off', '90000006', { status: 'off' });
const closed: Participant = { ...holder('closed', '90000007', {}), active: false };
const ambulance = participant({ id: 'ambulance', name: 'Ambulance', ura: '90000009' });
const region = [gp, home, pharmacy, asleep, past, off, closed, ambulance];

describe.each(storeKinds)('localisation on %s', (kind) => {
  let ground: Ground;
  let store: Store;
  let outgoing: Outgoing;
  let index: NationalIndex;
  let noted: unknown[];

  beforeEach(async () => {
    ground = await prepareGround(kind);
    store = await ground.open({ clock: () => now });
    outgoing = createOutgoing({
      allowPrivate: ['127.0.0.0/8'],
      timeoutMs: 1_000,
      maxBytes: 100_000,
      connectionsPerHost: 8,
    });
    index = await startNationalIndex();
    noted = [];
  });
  afterEach(async () => {
    await index.end();
    await outgoing.close();
    await ground.end();
  });

  type Sources = { order: string[]; policy?: string; askRequester?: boolean; timeoutMs?: number };
  type Making = { search?: 'get' | 'post'; tokenEndpoint?: string } & Partial<LocaliseDeps>;
  const make = (sources: Sources, { search = 'get', tokenEndpoint, ...change }: Making = {}) => {
    const auth = tokenEndpoint
      ? { kind: 'private_key_jwt', tokenEndpoint, clientId: 'sluis', targetAudience: 'nvi' }
      : { kind: 'none' };
    return createLocalise({
      settings: localisationSettings.parse({
        exchanges: [{ exchange: 'wishes', ...sources }],
        nvi: {
          address: `${index.nvi.address}/fhir`,
          search,
          auth,
          pseudonyms: { address: index.prs.address, recipient },
        },
      }),
      directory: createDirectory(region),
      store,
      outgoing,
      tokens: createTokens({
        outgoing,
        clock: () => now,
        signAssertion: async () => 'assertion',
        timeoutMs: 500,
      }),
      clock: () => now,
      askMitzOpen: undefined,
      noteFault: (error) => noted.push(error),
      ...change,
    });
  };
  const question = (change: Partial<LocateQuestion> = {}): LocateQuestion => ({
    exchange: 'wishes',
    patientBsn: bsn,
    requester: asking(ambulance),
    categories: ['GGC002'],
    requestId: 'request-1',
    signal: AbortSignal.timeout(5_000),
    ...change,
  });
  const found = (by: Awaited<ReturnType<ReturnType<typeof make>>>) =>
    by.holders.map((one) => [one.participant.id, one.endpoint.id, one.foundBy.join('+')]);

  const deps = (): ExchangeDeps => {
    const unused = (): never => {
      throw new Error('not asked here');
    };
    return {
      store,
      clock: () => now,
      directory: createDirectory(region),
      baseUrl: 'https://gateway.example',
      wakeDelivery: unused,
      checkProfiles: () => [],
    } as Partial<ExchangeDeps> as ExchangeDeps;
  };
  const parameters = (...parameter: object[]): FhirResource => ({ resourceType: 'Parameters', parameter });
  const patientPart = (value: string) => ({
    name: 'patient',
    valueIdentifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value },
  });
  const entry = (of = bsn, exchange = 'wishes') =>
    parameters(patientPart(of), { name: 'exchange', valueString: exchange });
  const tellWith =
    (more: Partial<ExchangeDeps>) =>
    (operation: string, who: Participant, resource = entry()) =>
      answer(
        {
          version: 'r4',
          method: 'POST',
          path: [operation],
          query: new Map(),
          language: 'nl',
          resource,
          requestId: 'request-1',
        },
        asking(who, ['localisation']),
        { ...deps(), ...more },
      );
  const tell = tellWith({});

  describe('the fixed list', () => {
    test('is every participant with a data endpoint for the exchange; who is asleep makes the answer incomplete', async () => {
      const all = await make({ order: ['list'] })(question());
      expect(found(all)).toEqual([
        ['gp', 'fhir', 'list'],
        ['home', 'r4', 'list'],
        ['home', 'stu3', 'list'],
      ]);
      expect(all.unreachable).toEqual([
        { ura: '90000004', name: 'Holder asleep', reason: 'endpoint-suspended' },
        { ura: '90000005', name: 'Holder past', reason: 'outside-period' },
      ]);
      expect(all.sources).toEqual([{ source: 'list', state: 'answered' }]);
      const medication = await make({ order: ['list'] })(question({ exchange: 'medication' }));
      expect(found(medication)).toEqual([['pharmacy', 'fhir', 'list']]);
    });

    test('tells of an endpoint that is asleep beside one that is asked', async () => {
      const half = holder('half', '90000008', { id: 'new' }, { id: 'old', status: 'suspended' });
      const over = holder('over', '90000012', { id: 'new' }, { id: 'old', period: { end: '2026-04-30' } });
      const directory = createDirectory([half, over]);
      const told = await make({ order: ['list'] }, { directory })(question());
      expect(found(told)).toEqual([
        ['half', 'new', 'list'],
        ['over', 'new', 'list'],
      ]);
      expect(told.unreachable).toEqual([
        { ura: '90000008', name: 'Holder half', reason: 'endpoint-suspended' },
      ]);
    });

    test('leaves out who asks, when the settings say so', async () => {
      const of = async (askRequester: boolean) =>
        found(await make({ order: ['list'], askRequester })(question({ requester: asking(gp) }))).map(
          ([id]) => id,
        );
      expect(await of(true)).toEqual(['gp', 'home', 'home']);
      expect(await of(false)).toEqual(['home', 'home']);
    });
  });

  describe('the regional index', () => {
    const regional = () => make({ order: ['regional'] });

    test('names who registered itself, until it withdraws', async () => {
      expect(found(await regional()(question()))).toEqual([]);
      expect((await tell('$register-patient', gp)).status).toBe(201);
      expect((await tell('$register-patient', gp)).status).toBe(200);
      await tell('$register-patient', home);
      expect(found(await regional()(question())).map(([id]) => id)).toEqual(['gp', 'home', 'home']);
      expect(found(await regional()(question({ patientBsn: otherBsn })))).toEqual([]);
      expect(await registeredHolders({ patientBsn: bsn, exchange: 'medication' }, store)).toEqual([]);
      expect((await tell('$withdraw-patient', home)).status).toBe(200);
      expect(found(await regional()(question()))).toEqual([['gp', 'fhir', 'regional']]);
      const again = await tell('$withdraw-patient', home);
      expect(again.resource).toMatchObject({ parameter: [{}, { name: 'changed', valueBoolean: false }] });
      expect(await registeredHolders({ patientBsn: bsn, exchange: 'wishes' }, store)).toEqual(['gp']);
    });

    test('ends what follows consent with the last entry, in the same write, and once', async () => {
      const ended: string[] = [];
      const unfollowConsent = async (_: unknown, { patientBsn, holder, isEntered }: Entered) => {
        if (!(await isEntered())) ended.push(`${patientBsn} ${holder.id}`);
      };
      const both = ['wishes', 'medication'];
      const holdsBoth = {
        ...gp,
        dataEndpoints: gp.dataEndpoints?.map((one) => ({ ...one, exchanges: both })) ?? [],
      };
      const tellOf = (operation: string, exchange: string, more: Partial<ExchangeDeps> = {}) =>
        tellWith({ unfollowConsent, ...more })(operation, holdsBoth, entry(bsn, exchange));
      for (const exchange of both) await tellOf('$register-patient', exchange);
      await Promise.all(both.map((exchange) => tellOf('$withdraw-patient', exchange)));
      expect(ended).toEqual([`${bsn} gp`]);
      await tellOf('$withdraw-patient', 'wishes');
      expect(ended).toHaveLength(1);

      await tellOf('$register-patient', 'wishes');
      const crash = { unfollowConsent: () => Promise.reject(new Error('gone')) };
      await expect(tellOf('$withdraw-patient', 'wishes', crash)).rejects.toThrow();
      expect(await registeredHolders({ patientBsn: bsn, exchange: 'wishes' }, store)).toEqual(['gp']);
    });

    test('is written with a record, and names no patient in the clear', async () => {
      await Promise.all([tell('$register-patient', gp), tell('$register-patient', gp)]);
      await tell('$withdraw-patient', gp);
      const rows = await store.read.selectFrom('audit').selectAll().orderBy('seq').execute();
      const bodies = rows.map((row) => JSON.parse(row.body));
      expect(bodies.map(({ event, detail }) => [event, detail.changed]).sort()).toEqual([
        ['localisation.registered', false],
        ['localisation.registered', true],
        ['localisation.withdrawn', true],
      ]);
      expect(bodies[0]).toMatchObject({
        participantId: 'gp',
        exchange: 'localisation',
        requestId: 'request-1',
      });
      expect(rows.every((row) => row.patient_hash === store.hash('bsn', bsn))).toBe(true);
      await tell('$register-patient', gp);
      const kept = await store.read.selectFrom('holder_index').selectAll().execute();
      expect(JSON.stringify([bodies, kept])).not.toContain(bsn);
    });

    test.each<[string, FhirResource | undefined, string]>([
      ['nothing', undefined, 'parameters-missing'],
      ['a BSN that is none', entry('999911121'), 'patient-bsn'],
      ['no exchange', parameters(patientPart(bsn)), 'exchange-missing'],
      ['an exchange that it does not answer for', entry(bsn, 'medication'), 'exchange-not-held'],
      ['somebody else as holder', parameters({ name: 'holder', valueString: 'home' }), 'parameter-unknown'],
    ])('refuses %s, keeps nothing and records the refusal', async (_, resource, rule) => {
      const body = resource ? { resource } : {};
      const refused = answer(
        {
          version: 'r4',
          method: 'POST',
          path: ['$register-patient'],
          query: new Map(),
          language: 'nl',
          requestId: 'request-1',
          ...body,
        },
        asking(gp, ['localisation']),
        deps(),
      );
      await expect(refused).rejects.toMatchObject({ kind: 'unprocessable', reason: rule });
      expect(await store.read.selectFrom('holder_index').selectAll().execute()).toEqual([]);
      const [record] = await store.read.selectFrom('audit').select('body').execute();
      expect(JSON.parse(record?.body ?? '{}')).toMatchObject({ outcome: 'refused', reason: rule });
    });

    test('a token without the scope does not get in', async () => {
      const refused = answer(
        {
          version: 'r4',
          method: 'POST',
          path: ['$register-patient'],
          query: new Map(),
          language: 'nl',
          resource: entry(),
          requestId: 'request-1',
        },
        asking(gp, ['wishes']),
        deps(),
      );
      await expect(refused).rejects.toMatchObject({ kind: 'denied', reason: 'scope-missing' });
    });

    test('still tells of a participant that has gone from the settings', async () => {
      await tell('$register-patient', gp);
      const alone = make({ order: ['regional'] }, { directory: createDirectory([home]) });
      expect((await alone(question())).unreachable).toEqual([
        { participantId: 'gp', name: 'gp', reason: 'not-registered' },
      ]);
    });

    test('that cannot be read is a source that failed', async () => {
      await store.write((unit) => sql`drop table holder_index`.execute(unit.db));
      const told = await regional()(question());
      expect(told.sources).toEqual([{ source: 'regional', state: 'failed', reason: 'fault' }]);
      expect(noted).toHaveLength(1);
    });
  });

  describe('the national referral index', () => {
    beforeEach(() => index.records.set(bsn, ['90000001', '90000003', '90000007', '12345678']));

    test.each(['get', 'post'] as const)('finds holders by a pseudonym for one use (%s)', async (search) => {
      const localise = make({ order: ['nvi'] }, { search });
      const told = await localise(question());
      expect(found(told)).toEqual([['gp', 'fhir', 'nvi']]);
      expect(told.unreachable).toEqual([
        { ura: '90000003', name: 'Holder pharmacy', reason: 'no-endpoint' },
        { ura: '90000007', name: 'Holder closed', reason: 'participant-inactive' },
        { ura: '12345678', name: 'URA 12345678', reason: 'not-registered' },
      ]);
      expect(found(await localise(question({ patientBsn: otherBsn })))).toEqual([]);
      await localise(question());
      const asked = index.nvi.seen.map((one) => one.url + one.body);
      expect(new Set(asked).size).toBe(3);
      const said = JSON.stringify([...index.prs.seen, ...index.nvi.seen]);
      for (const form of [bsn, Buffer.from(bsn).toString('base64url')]) expect(said).not.toContain(form);
      expect(index.nvi.seen[0]?.headers['x-request-id']).toBe('request-1');
    });

    test('is asked with a token, fresh after a 401', async () => {
      let given = 0;
      const authorisation = index.prs.standard;
      index.prs.standard = (seen, response) =>
        seen.url === '/token'
          ? json({ access_token: `t${++given}`, token_type: 'Bearer' }, 'application/json')(seen, response)
          : authorisation(seen, response);
      const usual = index.nvi.standard;
      index.nvi.standard = (seen, response) =>
        seen.headers.authorization === 'Bearer t2' ? usual(seen, response) : status(401)(seen, response);
      const localise = make({ order: ['nvi'] }, { tokenEndpoint: `${index.prs.address}/token` });
      expect(found(await localise(question()))).toEqual([['gp', 'fhir', 'nvi']]);
      const form = new URLSearchParams(index.prs.seen.find((one) => one.url === '/token')?.body);
      expect(form.get('target_audience')).toBe('nvi');
    });

    test('is not asked without a token', async () => {
      const authorisation = index.prs.standard;
      index.prs.standard = (seen, response) =>
        (seen.url === '/token' ? status(400) : authorisation)(seen, response);
      const localise = make({ order: ['nvi'] }, { tokenEndpoint: `${index.prs.address}/token` });
      const { sources } = await localise(question());
      expect(sources).toMatchObject([{ source: 'nvi', state: 'failed', reason: 'nvi-token' }]);
      expect(index.nvi.seen).toEqual([]);
    });

    const answering = (body: unknown, type = 'application/fhir+json') => json(body, type);
    test.each<[string, 'prs' | 'nvi', Behaviour, string, string]>([
      ['503', 'nvi', status(503), 'failed', 'nvi-status-503'],
      ['a redirect', 'nvi', status(302, { location: 'http://127.0.0.1:1/' }), 'failed', 'nvi-status-302'],
      ['a lost connection', 'nvi', reset, 'failed', 'reset'],
      ['silence', 'nvi', hang, 'timeout', 'deadline'],
      ['HTML', 'nvi', answering('<html>', 'text/html'), 'failed', 'nvi-not-json'],
      ['no Bundle', 'nvi', answering([]), 'failed', 'nvi-not-understood'],
      [
        'a history',
        'nvi',
        answering({ resourceType: 'Bundle', type: 'history' }),
        'failed',
        'nvi-not-understood',
      ],
      ['503 of the pseudonym service', 'prs', status(503), 'failed', 'prs-status-503'],
      ['no pseudonym', 'prs', answering({ jwe: 'x' }, 'application/json'), 'failed', 'prs-not-understood'],
      ['silence of the pseudonym service', 'prs', hang, 'timeout', 'deadline'],
    ])('%s is told, and the other sources count', async (...given) => {
      const [, where, behaviour, state, reason] = given;
      index[where].standard = behaviour;
      const localise = make({ order: ['nvi', 'list'], timeoutMs: 1_000 });
      const told = await localise(question());
      expect(found(told).map(([id]) => id)).toEqual(['gp', 'home', 'home']);
      expect(told.sources).toEqual([
        { source: 'nvi', state, reason },
        { source: 'list', state: 'answered' },
      ]);
      expect(noted).toEqual([]);
    });

    const pageTo = (next: string, ...uras: string[]) =>
      answering(
        searchset(
          uras.map((ura) => listOf(ura)),
          { link: [{ relation: 'next', url: next }] },
        ),
      );

    test('is read page by page, each with its token and its request id', async () => {
      const pages: Behaviour[] = [
        pageTo('List?page=2', '90000001'),
        pageTo(`${index.nvi.address}/fhir/List?page=3`),
        answering(searchset([listOf('90000002')])),
      ];
      index.nvi.standard = (seen, response) => pages.shift()?.(seen, response);
      const told = await make({ order: ['nvi'] }, { search: 'post' })(question());
      expect(found(told).map(([id]) => id)).toEqual(['gp', 'home', 'home']);
      expect(told.sources).toEqual([{ source: 'nvi', state: 'answered' }]);
      const asked = index.nvi.seen.map(({ method, url }) => `${method} ${url}`);
      expect(asked).toEqual(['POST /fhir/List/_search', 'GET /fhir/List?page=2', 'GET /fhir/List?page=3']);
      expect(index.nvi.seen.map(({ headers }) => headers['x-request-id'])).toEqual(
        Array.from({ length: 3 }, () => 'request-1'),
      );
      expect(index.nvi.seen.map(({ body }) => body).slice(1)).toEqual(['', '']);
    });

    test.each<[string, string, Behaviour, string]>([
      ['leads elsewhere', 'http://127.0.0.1:1/List', status(500), 'nvi-next-elsewhere'],
      ['has no address', '', status(500), 'nvi-next-elsewhere'],
      ['leads back', 'List?page=2', pageTo('List?page=2'), 'nvi-next-again'],
      ['names the patient', `List?bsn=${bsn}`, status(500), 'nvi-next-names-patient'],
      ['fails', 'List?page=2', status(503), 'nvi-status-503'],
      ['is no page', 'List?page=2', answering([]), 'nvi-not-understood'],
    ])('whose next page %s named who counts, and is told as not whole', async (...given) => {
      const [, next, second, reason] = given;
      let asked = 0;
      index.nvi.standard = (seen, response) =>
        (asked++ === 0 ? pageTo(next, '90000001') : second)(seen, response);
      const localise = make({ order: ['nvi', 'list'], policy: 'first' });
      const told = await localise(question());
      expect(found(told)[0]).toEqual(['gp', 'fhir', 'nvi+list']);
      expect(told.sources).toEqual([
        { source: 'nvi', state: 'failed', reason },
        { source: 'list', state: 'answered' },
      ]);
    });

    test('with a next page that is said without an address is not whole', async () => {
      index.nvi.standard = answering(searchset([listOf('90000001')], { link: [{ relation: 'next' }] }));
      const told = await make({ order: ['nvi'] })(question());
      expect(told.sources).toEqual([{ source: 'nvi', state: 'failed', reason: 'nvi-next-elsewhere' }]);
      expect(found(told)).toEqual([['gp', 'fhir', 'nvi']]);
    });

    test('with fewer Lists than it says that there are is not whole', async () => {
      index.nvi.standard = json(searchset([listOf('90000001')], { total: 2 }));
      const told = await make({ order: ['nvi'] })(question());
      expect(told.sources).toEqual([{ source: 'nvi', state: 'failed', reason: 'nvi-fewer-than-total' }]);
      expect(found(told)).toEqual([['gp', 'fhir', 'nvi']]);
    });

    test('is not read for ever, and what came by the end of its time counts', async () => {
      let page = 0;
      index.nvi.standard = (seen, response) => pageTo(`List?page=${++page}`, '90000001')(seen, response);
      const endless = await make({ order: ['nvi'], timeoutMs: 10_000 })(question());
      expect(endless.sources).toEqual([{ source: 'nvi', state: 'failed', reason: 'nvi-too-many-pages' }]);
      expect(page).toBe(20);
      page = 0;
      index.nvi.standard = (seen, response) =>
        (page++ === 0 ? pageTo('List?page=2', '90000001') : hang)(seen, response);
      const late = await make({ order: ['nvi'], timeoutMs: 2_000 })(question());
      expect(late.sources).toEqual([{ source: 'nvi', state: 'timeout', reason: 'deadline' }]);
      expect([endless, late].map((told) => found(told).map(([id]) => id))).toEqual([['gp'], ['gp']]);
    });

    test('a List that is not current, or of another kind of number, names nobody', async () => {
      const agb = { system: 'http://fhir.nl/fhir/NamingSystem/agb-z', value: '90000001' };
      const url = 'x/nl-gf-localization-custodian';
      index.nvi.standard = json(
        searchset([
          listOf('90000001', { status: 'retired' }),
          listOf('90000001', { extension: [{ url, valueReference: { identifier: agb } }] }),
          listOf('../../etc', {}),
          listOf('90000002', { extension: null }),
          listOf('90000002'),
        ]),
      );
      expect(found(await make({ order: ['nvi'] })(question())).map(([id]) => id)).toEqual(['home', 'home']);
    });
  });

  describe('a page of the referral index', () => {
    const outcome = (severity: string, code = 'informational') => ({
      resourceType: 'OperationOutcome',
      issue: [{ severity, code }],
    });
    test.each<[string, object, 'answered' | 'failed']>([
      ['a List without a custodian', listOf('90000001', { extension: [] }), 'failed'],
      ['a List with a custodian of no number', listOf('kade'), 'failed'],
      ['nothing', {}, 'failed'],
      ['a word of its own that it failed', outcome('error'), 'failed'],
      ['a word of its own that something is missing', outcome('warning', 'suppressed'), 'failed'],
      ['a word of its own', outcome('information'), 'answered'],
      ['a List that has ended', listOf('kade', { status: 'retired' }), 'answered'],
    ])('beside a List that names a holder, with %s', async (_, other, state) => {
      index.nvi.standard = json(searchset([other, listOf('90000001')]));
      const told = await make({ order: ['nvi'] })(question());
      const reason = state === 'failed' ? { reason: 'nvi-not-understood' } : {};
      expect(told.sources).toEqual([{ source: 'nvi', state, ...reason }]);
      expect(found(told)).toEqual([['gp', 'fhir', 'nvi']]);
    });
  });

  describe('Mitz', () => {
    const mitz = (...holders: { ura: string; categories: string[] }[]) => ({
      askMitzOpen: async () => ({ holders }),
    });

    test('names holders whose categories are asked for', async () => {
      const told = await make(
        { order: ['mitz'] },
        mitz(
          { ura: '90000001', categories: ['GGC002', 'GGC013'] },
          { ura: '90000002', categories: ['GGC013'] },
          { ura: '90000001', categories: ['GGC002'] },
        ),
      )(question());
      expect(found(told)).toEqual([['gp', 'fhir', 'mitz']]);
    });

    test('that is not configured, refuses or breaks is a source that failed', async () => {
      const refusing = {
        askMitzOpen: () => Promise.reject(Object.assign(new Error(), { reason: 'input-role' })),
      };
      const broken = { askMitzOpen: () => Promise.reject(new TypeError('ours')) };
      const state = async (change: Partial<LocaliseDeps>) =>
        (await make({ order: ['mitz'] }, change)(question())).sources;
      expect(await state({})).toEqual([{ source: 'mitz', state: 'failed', reason: 'not-configured' }]);
      expect(await state(refusing)).toEqual([{ source: 'mitz', state: 'failed', reason: 'input-role' }]);
      expect(noted).toEqual([]);
      expect(await state(broken)).toEqual([{ source: 'mitz', state: 'failed', reason: 'fault' }]);
      expect(noted).toHaveLength(1);
    });

    test('that answers too late is a timeout, and nobody waits for it', async () => {
      const silent = { askMitzOpen: () => new Promise<never>(() => undefined) };
      const began = performance.now();
      const told = await make({ order: ['mitz', 'list'], timeoutMs: 100 }, silent)(question());
      expect(performance.now() - began).toBeLessThan(5_000);
      expect(told.sources[0]).toEqual({ source: 'mitz', state: 'timeout', reason: 'deadline' });
      const gone = await make({ order: ['mitz'] }, silent)(question({ signal: AbortSignal.abort() }));
      expect(gone.sources[0]?.state).toBe('timeout');
    });
  });

  test('a source that fails again and again is left alone, then probed', async () => {
    const settings = localisationSettings.parse({
      exchanges: [{ exchange: 'wishes', order: ['mitz', 'list'], timeoutMs: 50 }],
      breakerFailures: 2,
      breakerOpenMs: 150,
    });
    let silent = true;
    let asked = 0;
    const askMitzOpen = () => {
      asked++;
      return silent ? new Promise<never>(() => undefined) : Promise.resolve({ holders: [] });
    };
    const localise = make({ order: ['list'] }, { settings, askMitzOpen });
    const told = async () => (await localise(question())).sources[0];
    for (let time = 0; time < 2; time++) expect(await told()).toMatchObject({ state: 'timeout' });
    expect(await told()).toEqual({ source: 'mitz', state: 'failed', reason: 'breaker-open' });
    expect(asked).toBe(2);
    silent = false;
    await new Promise((resolve) => setTimeout(resolve, 180));
    expect(await told()).toEqual({ source: 'mitz', state: 'answered' });
  });

  describe('several sources', () => {
    test('of a union are all asked, and a holder is named once with all who know it', async () => {
      index.records.set(bsn, ['90000001']);
      await tell('$register-patient', gp);
      const told = await make({ order: ['nvi', 'regional', 'list'] })(question());
      expect(found(told)).toEqual([
        ['gp', 'fhir', 'nvi+regional+list'],
        ['home', 'r4', 'list'],
        ['home', 'stu3', 'list'],
      ]);
    });

    test('in turn stop at the first that names somebody', async () => {
      const localise = make({ order: ['regional', 'nvi', 'list'], policy: 'first' });
      expect((await localise(question())).sources.map((one) => one.source)).toEqual([
        'regional',
        'nvi',
        'list',
      ]);
      index.records.set(bsn, ['12345678']);
      const stranger = await localise(question());
      expect(stranger).toMatchObject({ holders: [], unreachable: [{ ura: '12345678' }] });
      expect(stranger.sources.map((one) => one.source)).toEqual(['regional', 'nvi']);
      await tell('$register-patient', gp);
      expect((await localise(question())).sources.map((one) => one.source)).toEqual(['regional']);
    });

    test('in turn go past one that fails', async () => {
      index.prs.standard = status(500);
      const told = await make({ order: ['nvi', 'list'], policy: 'first' })(question());
      expect(told.sources.map((one) => one.state)).toEqual(['failed', 'answered']);
      expect(told.holders).toHaveLength(3);
    });
  });
});
