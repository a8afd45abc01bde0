// What does a data holder answer, whatever it does? Against real sockets, and on both stores for what the gateway keeps itself.
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { HolderAsk, HolderQuery, HolderReply } from '../../src/holder/holder.ts';
import { createHolders, type Holders } from '../../src/holder/holders.ts';
import { type HolderSettings, holderSettings } from '../../src/holder/settings.ts';
import type { DataEndpoint, FhirResource, Permit } from '../../src/model.ts';
import { createOutgoing, type Outgoing } from '../../src/outgoing/outgoing.ts';
import { createTokens } from '../../src/outgoing/tokens.ts';
import type { Store } from '../../src/store/store.ts';
import {
  type Behaviour,
  hang,
  type Receiver,
  reset,
  startReceiver,
  status,
  until,
} from './faultyReceiver.ts';
import {
  endpointAt,
  type HolderServer,
  json,
  parametersOf,
  patient,
  permitAt,
  searchset,
  startHolder,
  xml,
} from './holderServer.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const bsn = '999911120';
const strangersBsn = '999998298';
const now = new Date('2026-05-01T10:00:00.000Z');

const consent = (id: string, of = 'p1'): FhirResource => ({
  resourceType: 'Consent',
  id,
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'treatment' }] },
  category: [{ coding: [{ system: 'http://snomed.info/sct', code: '129125009' }] }],
  patient: { reference: `Patient/${of}` },
  policy: [{ uri: 'https://wetten.overheid.nl/' }],
});
const goal = (id: string): FhirResource => ({
  resourceType: 'Goal',
  id,
  lifecycleStatus: 'active',
  description: { text: 'comfort' },
  subject: { reference: 'Patient/p1' },
});
const consents: HolderQuery = {
  resourceType: 'Consent',
  parameters: [
    ['category', 'http://snomed.info/sct|129125009'],
    ['_include', 'Consent:actor'],
  ],
};
const goals: HolderQuery = { resourceType: 'Goal', parameters: [] };

const permitFor = (holderId: string, change: Partial<Permit> = {}): Permit =>
  permitAt(now, { holderId, patientBsn: bsn, ...change });

describe('asking a data holder', () => {
  let ground: Ground;
  let store: Store;
  let outgoing: Outgoing;
  let server: HolderServer;
  let holders: Holders;
  const ending: (() => unknown)[] = [];

  const make = (settings: Partial<HolderSettings> = {}): Holders =>
    createHolders({
      outgoing,
      tokens: createTokens({
        outgoing,
        clock: () => now,
        signAssertion: async () => 'assertion',
        timeoutMs: 500,
      }),
      clock: () => now,
      store,
      settings: holderSettings.parse({ timeoutMs: 2_000, ...settings }),
    });

  beforeEach(async () => {
    ground = await prepareGround('sqlite');
    store = await ground.open();
    outgoing = createOutgoing({
      allowPrivate: ['127.0.0.0/8'],
      timeoutMs: 1_000,
      maxBytes: 100_000,
      connectionsPerHost: 8,
    });
    server = await startHolder({ Patient: [patient('p1', bsn)], Consent: [consent('c1')] });
    holders = make();
  });
  afterEach(async () => {
    for (const end of ending.splice(0).reverse()) await end();
    holders.close();
    await server.end();
    await outgoing.close();
    await ground.end();
  });

  const endpoint = (change: Partial<DataEndpoint> = {}) => endpointAt(server.base, change);
  type Ask = Partial<HolderAsk> & { at?: Partial<DataEndpoint>; with?: Holders };
  const ask = ({ at, with: by = holders, ...change }: Ask = {}): Promise<HolderReply> =>
    by.fetchFrom(endpoint(at), permitFor('gp'), {
      holderId: 'gp',
      queries: [consents],
      requestId: 'request-1',
      signal: AbortSignal.timeout(5_000),
      ...change,
    });
  const other = async (): Promise<Receiver> => {
    const started = await startReceiver();
    ending.push(started.end);
    return started;
  };
  const idsOf = ({ resources }: HolderReply) => resources.map((one) => `${one.resourceType}/${one.id}`);
  const nextTo = (url: string, resources = [consent('c1')]): Behaviour =>
    json(searchset(resources, { link: [{ relation: 'next', url }] }));

  describe('what is asked', () => {
    test('the patient by BSN in a body, then each search for the patient that was found', async () => {
      const reply = await ask({ queries: [consents, goals] });
      expect(server.asked()).toEqual(['POST Patient/_search', 'POST Consent/_search', 'POST Goal/_search']);
      const [first, second] = server.seen.map((one) => Object.fromEntries(parametersOf(one)));
      expect(first).toEqual({ identifier: `http://fhir.nl/fhir/NamingSystem/bsn|${bsn}` });
      expect(second).toEqual({
        patient: 'Patient/p1',
        category: 'http://snomed.info/sct|129125009',
        _include: 'Consent:actor',
      });
      expect(server.seen.map((one) => one.headers['x-request-id'])).toEqual(Array(3).fill('request-1'));
      expect(reply).toMatchObject({ state: 'answered', retrieved: now.toISOString() });
      expect(idsOf(reply)).toEqual(['Patient/p1', 'Consent/c1']);
    });

    test('no address ever holds the BSN, also where searches are put as GET', async () => {
      await ask({ at: { search: 'get', patientParameter: 'id' }, queries: [consents, goals] });
      expect(server.asked()).toEqual(['POST Patient/_search', 'GET Consent', 'GET Goal']);
      expect(parametersOf(server.seen[1]!).get('patient')).toBe('p1');
      expect(server.seen.map((one) => decodeURIComponent(one.url)).join()).not.toContain(bsn);
    });

    test('nor does one where a holder gives its Patients the BSN for an id', async () => {
      const spelled = `${bsn.slice(0, 3)}-${bsn.slice(3, 6)}-${bsn.slice(6)}`;
      for (const id of [bsn, `p${bsn}`, spelled]) {
        server.found.Patient = [patient(id, bsn)];
        await ask({ at: { search: 'get' }, queries: [goals] });
      }
      expect(server.asked().filter((one) => one.endsWith('Goal/_search'))).toHaveLength(3);
      for (const { url } of server.seen) expect(url.replaceAll('-', '')).not.toContain(bsn);
    });

    test('the form is asked for by its subject', async () => {
      const queries = [{ resourceType: 'QuestionnaireResponse', parameters: [] }];
      await ask({ queries, at: { method: 'form' } });
      expect(parametersOf(server.seen[1]!).get('subject')).toBe('Patient/p1');
    });

    test('a BSN that is not known is an answer, and nothing more is asked', async () => {
      server.found.Patient = [];
      expect(await ask()).toMatchObject({ state: 'answered', resources: [] });
      expect(server.seen).toHaveLength(1);
    });

    test('each of several Patients of one BSN is asked for, up to a limit that is told', async () => {
      server.found.Patient = [patient('p1', bsn), patient('p2', bsn), patient('p3', bsn)];
      server.found.Consent = [];
      const reply = await ask({ with: make({ patients: 2 }) });
      const asked = server.seen.slice(1).map((one) => parametersOf(one).get('patient'));
      expect(asked).toEqual(['Patient/p1', 'Patient/p2']);
      expect(reply).toMatchObject({ state: 'partial', reason: 'too-many-patients' });
    });

    test('a Patient that was replaced by one that the holder does not give is asked for, and told', async () => {
      const link = [{ type: 'replaced-by', other: { reference: 'Patient/p2' } }];
      const old = { ...patient('p1', bsn), active: false, link };
      server.found = { Patient: [old], Consent: [consent('c1')] };
      const reply = await ask();
      expect(reply).toMatchObject({ state: 'partial', reason: 'patient-elsewhere' });
      expect(idsOf(reply)).toEqual(['Patient/p1', 'Consent/c1']);
      server.found = { Patient: [old, patient('p2', bsn)], Consent: [] };
      expect(await ask()).toMatchObject({ state: 'answered' });
    });

    test('a Patient that does not carry the BSN is not asked for, and told', async () => {
      server.found.Patient = [patient('stranger', strangersBsn), { resourceType: 'Patient', id: 'bare' }];
      expect(await ask()).toMatchObject({ state: 'failed', reason: 'other-patient' });
      expect(server.seen).toHaveLength(1);
      server.found.Patient = [patient('stranger', strangersBsn), patient('p1', bsn)];
      expect(await ask()).toMatchObject({ state: 'partial', reason: 'other-patient' });
      expect(server.seen.slice(2).map((one) => parametersOf(one).get('patient'))).toEqual(['Patient/p1']);
    });

    test('searches are side by side, but not more than the settings allow', async () => {
      let under = 0;
      let most = 0;
      server.found.Goal = (seen, response) => {
        most = Math.max(most, ++under);
        setTimeout(() => {
          under--;
          json(searchset([]))(seen, response);
        }, 30);
      };
      await ask({ queries: Array(9).fill(goals), with: make({ concurrency: 3 }) });
      expect(most).toBe(3);
      expect(server.seen).toHaveLength(10);
    });
  });

  describe('what comes back', () => {
    test('XML of a STU3 server is read as well as JSON', async () => {
      const { scope: _, policy: _policy, category, ...rest } = consent('c1');
      const stu3 = { ...rest, category };
      server.found.Patient = xml(searchset([patient('p1', bsn)]), 'stu3');
      server.found.Consent = xml(searchset([stu3]), 'stu3');
      const reply = await ask({ at: { fhirVersion: 'stu3' } });
      expect(reply).toMatchObject({ state: 'answered' });
      expect(reply.resources.at(-1)).toEqual(stu3);
    });

    test('what several searches bring comes once, included resources too', async () => {
      const practitioner = { resourceType: 'PractitionerRole', id: 'r1' };
      server.found.Consent = [consent('c1'), practitioner];
      server.found.Goal = [goal('g1'), practitioner];
      const reply = await ask({ queries: [consents, goals] });
      expect(idsOf(reply)).toEqual(['Patient/p1', 'Consent/c1', 'PractitionerRole/r1', 'Goal/g1']);
    });

    test('pages are followed with the token, below the address of the endpoint', async () => {
      server.found.Consent = (seen, response) => {
        const page = Number(parametersOf(seen).get('page') ?? 1);
        const here = searchset([consent(`c${page}`)]);
        const link = [{ relation: 'next', url: `${server.base}/Consent?page=${page + 1}` }];
        json(page < 3 ? { ...here, link } : here)(seen, response);
      };
      expect(idsOf(await ask())).toEqual(['Patient/p1', 'Consent/c1', 'Consent/c2', 'Consent/c3']);
    });

    test('a next page elsewhere is not asked for, and told', async () => {
      const elsewhere = await other();
      const addresses = [
        '',
        `${elsewhere.address}/fhir/Consent?page=2`,
        `${server.address}/other/Consent`,
        `${server.address}/fhirs/Consent`,
        `${server.base}/../admin`,
        `${server.base}/%2e%2e/admin`,
        `${server.base}/..%2fadmin`,
        `http://user:pw@127.0.0.1:${server.port}/fhir/Consent`,
        `//127.0.0.1:${elsewhere.port}/fhir/Consent`,
        'file:///etc/passwd',
        'http://[',
      ];
      for (const url of addresses) {
        server.found.Consent = nextTo(url);
        const reply = await ask();
        expect([url, reply.state, reply.reason]).toEqual([url, 'partial', 'next-elsewhere']);
        expect(idsOf(reply)).toEqual(['Patient/p1', 'Consent/c1']);
      }
      expect(elsewhere.connections()).toBe(0);
      expect(server.seen).toHaveLength(2 * addresses.length);
    });

    test('less than the holder says that it has is not whole', async () => {
      const says = (total: unknown, next?: string) => ({
        total,
        ...(next !== undefined && { link: [{ relation: 'next', url: next }] }),
      });
      server.found.Consent = json(searchset([consent('c1')], says(2)));
      expect(await ask()).toMatchObject({ state: 'partial', reason: 'fewer-than-total' });
      for (const total of ['2', JSON.rawJSON('2.0')]) {
        server.found.Consent = json(searchset([consent('c1')], says(total)));
        expect(await ask()).toMatchObject({ state: 'partial', reason: 'fewer-than-total' });
      }
      server.found.Consent = json(searchset([consent('c1')], says('1')));
      expect(await ask()).toMatchObject({ state: 'answered' });
      for (const total of ['many', -1, {}]) {
        server.found.Consent = json(searchset([consent('c1')], says(total)));
        expect(await ask()).toMatchObject({ state: 'partial', reason: 'malformed' });
      }
      server.found.Consent = (seen, response) => {
        const first = !parametersOf(seen).has('page');
        const page = searchset([consent(first ? 'c1' : 'c2')], says(2, first ? 'Consent?page=2' : undefined));
        json(page)(seen, response);
      };
      expect(await ask()).toMatchObject({ state: 'answered' });
      server.found.Consent = json({
        ...searchset([consent('c1')]),
        entry: [{ resource: consent('c1') }, { fullUrl: 'urn:lost' }],
      });
      const unread = await ask();
      expect(unread).toMatchObject({ state: 'partial', reason: 'malformed' });
      expect(idsOf(unread)).toEqual(['Patient/p1', 'Consent/c1']);
    });

    test('a total counts matches, not what comes along, and holds where later pages say none', async () => {
      const relative = { resourceType: 'RelatedPerson', id: 'r1', patient: { reference: 'Patient/p1' } };
      const told = { resourceType: 'OperationOutcome', issue: [{ severity: 'information', code: 'x' }] };
      const entries = (...modes: readonly (readonly [FhirResource, string?])[]) => ({
        ...searchset([]),
        entry: modes.map(([resource, mode]) => ({ resource, ...(mode && { search: { mode } }) })),
      });
      const along = [[relative, 'include'], [told, 'outcome'], [told]] as const;
      server.found.Consent = json({ ...entries([consent('c1'), 'match'], ...along), total: 2 });
      expect(await ask()).toMatchObject({ state: 'partial', reason: 'fewer-than-total' });
      server.found.Consent = json({ ...entries([consent('c1'), 'match'], ...along), total: 1 });
      expect(await ask()).toMatchObject({ state: 'answered' });
      server.found.Consent = (seen, response) =>
        parametersOf(seen).has('page')
          ? json(entries([consent('c2')]))(seen, response)
          : json({
              ...entries([consent('c1')]),
              total: 3,
              link: [{ relation: 'next', url: 'Consent?page=2' }],
            })(seen, response);
      expect(await ask()).toMatchObject({ state: 'partial', reason: 'fewer-than-total' });
    });

    test('what is passed over because a record went, or comes again on the next page, is told', async () => {
      const pages = (...given: readonly (readonly [ids: readonly string[], total: number])[]) => {
        server.found.Consent = (seen, response) => {
          const page = Number(parametersOf(seen).get('page') ?? 0);
          const [ids, total] = given[page] ?? [[], 0];
          const link = [{ relation: 'next', url: `Consent?page=${page + 1}` }];
          const resources = ids.map((id) => consent(id));
          json(searchset(resources, { total, ...(page + 1 < given.length && { link }) }))(seen, response);
        };
        return ask();
      };
      const lost = { state: 'partial', reason: 'fewer-than-total' };
      expect(await pages([['c1', 'c2'], 4], [['c4'], 3])).toMatchObject(lost);
      expect(await pages([['c1', 'c2'], 3], [['c1', 'c2'], 3])).toMatchObject(lost);
      expect(await pages([['c1', 'c2'], 3], [['c2', 'c3'], 3])).toMatchObject({ state: 'answered' });
    });

    test('a next page that is a query alone is a page of the same search', async () => {
      server.found.Consent = (seen, response) => {
        const link = [{ relation: 'next', url: '?page=2' }];
        const first = !parametersOf(seen).has('page');
        json(searchset([consent(first ? 'c1' : 'c2')], first ? { link } : {}))(seen, response);
      };
      expect(idsOf(await ask())).toEqual(['Patient/p1', 'Consent/c1', 'Consent/c2']);
    });

    test('a next page that names the patient, or comes again, ends the search', async () => {
      server.found.Consent = nextTo(`${server.base}/Consent?identifier=${bsn.replace('9', '%39')}`);
      expect(await ask()).toMatchObject({ state: 'partial', reason: 'next-names-patient' });
      server.found.Consent = nextTo(`${server.base}/Consent?page=2`);
      expect(await ask()).toMatchObject({ state: 'partial', reason: 'next-again' });
    });

    test('pages, resources and bytes without end are cut off, and what came is kept', async () => {
      let page = 0;
      server.found.Consent = (seen, response) =>
        nextTo(`${server.base}/Consent?page=${++page}`, [consent(`c${page}`)])(seen, response);
      const few = await ask({ with: make({ pages: 3 }) });
      expect(few).toMatchObject({ state: 'partial', reason: 'too-many-pages' });
      expect(few.resources).toHaveLength(4);
      const small = await ask({ with: make({ resources: 4 }) });
      expect(small).toMatchObject({ state: 'partial', reason: 'too-many-resources' });
      expect(small.resources).toHaveLength(4);
      const light = await ask({ with: make({ totalBytes: 2_048 }) });
      expect(light).toMatchObject({ state: 'partial', reason: 'too-large' });
      expect(light.resources.length).toBeGreaterThan(1);
    });

    test('a resource of another patient is told, and given to whoever decides what may leave', async () => {
      server.found.Consent = [consent('c1'), consent('c2', 'p9')];
      const reply = await ask();
      expect(reply).toMatchObject({ state: 'partial', reason: 'other-patient' });
      expect(idsOf(reply)).toEqual(['Patient/p1', 'Consent/c1', 'Consent/c2']);
      const byNumber = {
        identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: strangersBsn },
      };
      server.found.Consent = [{ ...consent('c1'), patient: byNumber }];
      expect(await ask()).toMatchObject({ reason: 'other-patient' });
    });

    test('an error inside a good answer makes it partial; its text stays behind', async () => {
      const outcome = (severity: string): FhirResource => ({
        resourceType: 'OperationOutcome',
        issue: [{ severity, code: 'processing', diagnostics: `patient ${bsn} at 10.0.0.1` }],
      });
      server.found.Consent = [consent('c1'), outcome('warning')];
      expect(await ask()).toMatchObject({ state: 'answered' });
      server.found.Consent = [consent('c1'), outcome('error')];
      const reply = await ask();
      expect(reply).toMatchObject({ state: 'partial', reason: 'outcome-error' });
      expect(idsOf(reply)).toEqual(['Patient/p1', 'Consent/c1']);
      server.found.Consent = json(outcome('error'));
      expect(await ask()).toMatchObject({ state: 'failed', reason: 'outcome-error' });
    });

    test('what has not the structure of its type stays behind, and is told', async () => {
      server.found.Consent = [consent('c1'), { ...consent('c2'), provision: 'permit' }];
      const reply = await ask();
      expect(reply).toMatchObject({ state: 'partial', reason: 'malformed' });
      expect(idsOf(reply)).toEqual(['Patient/p1', 'Consent/c1']);
    });

    test.each<[string, string, string, string]>([
      ['text/html', '<html></html>', 'failed', 'not-fhir'],
      ['application/fhir+json', '{"resourceType":', 'failed', 'not-fhir'],
      ['application/fhir+json', '[]', 'failed', 'not-fhir'],
      ['application/fhir+json', '{"resourceType":"Consent"}', 'failed', 'not-searchset'],
      ['application/fhir+json', '{"resourceType":"Bundle","type":"history"}', 'failed', 'not-searchset'],
      [
        'application/fhir+json; fhirVersion=3.0',
        '{"resourceType":"Bundle","type":"searchset"}',
        'failed',
        'other-version',
      ],
      ['application/fhir+xml', '<!DOCTYPE x><Bundle xmlns="http://hl7.org/fhir"/>', 'failed', 'not-fhir'],
      ['application/fhir+json', `${'['.repeat(100_000)}`, 'failed', 'not-fhir'],
      [
        'application/fhir+json; fhirVersion=4.0',
        '{"resourceType":"Bundle","type":"searchset"}',
        'answered',
        '',
      ],
    ])('an answer of %s with %.40s: %s %s', async (...given) => {
      const [type, body, state, reason] = given;
      server.found.Consent = (_, response) =>
        void response.writeHead(200, { 'content-type': type }).end(body);
      const reply = await ask();
      expect([reply.state, reply.reason ?? '']).toEqual([state, reason]);
    });
  });

  describe('what goes wrong', () => {
    test('a silent holder holds nothing up: what came in by the deadline is kept', async () => {
      server.found.Goal = hang;
      const began = performance.now();
      const reply = await ask({ queries: [goals, consents], signal: AbortSignal.timeout(300) });
      expect(performance.now() - began).toBeLessThan(3_000);
      expect(reply).toMatchObject({ state: 'timeout', reason: 'deadline' });
      expect(idsOf(reply)).toEqual(['Patient/p1', 'Consent/c1']);
    });

    test('half an answer at the deadline is none, and a later one does not come in', async () => {
      server.found.Consent = (_, response) => {
        response.writeHead(200, { 'content-type': 'application/fhir+json' }).write('{"resourceType":');
      };
      const reply = await ask({ signal: AbortSignal.timeout(200) });
      expect(reply.state).toBe('timeout');
      expect(idsOf(reply)).toEqual(['Patient/p1']);
    });

    test('a holder that does not accept connections within its time is a timeout of its own', async () => {
      server.found.Patient = hang;
      expect(await ask({ with: make({ timeoutMs: 100 }) })).toMatchObject({
        state: 'timeout',
        reason: 'timeout',
      });
    });

    test.each<[string, Behaviour, string]>([
      ['503', status(503), 'status-503'],
      ['a redirect', status(302, { location: 'http://127.0.0.1:1/' }), 'status-302'],
      ['202', status(202), 'status-202'],
      [
        'half a body',
        (_, response) => {
          response.writeHead(200, { 'content-length': '90', 'content-type': 'application/fhir+json' });
          response.write('{}', () => response.socket?.resetAndDestroy());
        },
        'reset',
      ],
      [
        'a bomb',
        (_, response) =>
          void response
            .writeHead(200, { 'content-type': 'application/fhir+json', 'content-encoding': 'gzip' })
            .end(gzipSync(Buffer.alloc(20_000_000))),
        'too-large',
      ],
    ])('%s is a failure with its code', async (_, behaviour, reason) => {
      server.found.Consent = behaviour;
      const reply = await ask({ with: make({ pageBytes: 100_000 }) });
      expect([reply.state, reply.reason]).toEqual(['failed', reason]);
      expect(server.asked()).toEqual(['POST Patient/_search', 'POST Consent/_search']);
    });

    test('a redirect is not followed, and the token goes nowhere else', async () => {
      const elsewhere = await other();
      server.found.Patient = status(307, { location: `${elsewhere.address}/fhir/Patient/_search` });
      expect(await ask()).toMatchObject({ state: 'failed', reason: 'status-307' });
      expect(elsewhere.connections()).toBe(0);
    });

    test('a holder that refuses includes is asked again without them, and told', async () => {
      const refused: Record<string, unknown>[] = [];
      server.found.Consent = (seen, response) => {
        const parameters = parametersOf(seen);
        if (!parameters.has('_include')) return json(searchset([consent('c1')]))(seen, response);
        refused.push(Object.fromEntries(parameters));
        return status(400)(seen, response);
      };
      for (const search of ['post', 'get'] as const) {
        const reply = await ask({ at: { search } });
        expect(reply).toMatchObject({ state: 'partial', reason: 'includes-refused' });
        expect(idsOf(reply)).toEqual(['Patient/p1', 'Consent/c1']);
      }
      expect(refused).toHaveLength(2);
      server.found.Consent = status(403);
      server.seen.length = 0;
      expect(await ask()).toMatchObject({ reason: 'status-403' });
      expect(server.seen).toHaveLength(2);
      server.found.Consent = status(400);
      expect(await ask()).toMatchObject({ reason: 'status-400' });
    });

    test('one search that fails makes the answer partial', async () => {
      server.found.Goal = status(500);
      const reply = await ask({ queries: [goals, consents] });
      expect(reply).toMatchObject({ state: 'partial', reason: 'status-500' });
      expect(idsOf(reply)).toEqual(['Patient/p1', 'Consent/c1']);
    });

    test('a lost connection is tried once more, a second one is a failure', async () => {
      server.script.push(reset);
      expect(await ask()).toMatchObject({ state: 'answered' });
      expect(server.asked().filter((one) => one.startsWith('POST Patient'))).toHaveLength(2);
      server.seen.length = 0;
      server.found.Patient = reset;
      expect(await ask()).toMatchObject({ state: 'failed', reason: 'reset' });
      expect(server.seen).toHaveLength(2);
      expect(await ask({ with: make({ retryOnConnectionFailure: false }) })).toMatchObject({
        reason: 'reset',
      });
      expect(server.seen).toHaveLength(3);
    });

    test('what was answered is not asked again', async () => {
      server.found.Patient = status(503);
      await ask();
      expect(server.seen).toHaveLength(1);
    });

    test('nobody there, and an address that may not be called, are failures with a code', async () => {
      const gone = await startReceiver();
      await gone.end();
      expect(await ask({ at: { address: gone.address } })).toMatchObject({
        state: 'failed',
        reason: 'connection-refused',
      });
      expect(await ask({ at: { address: 'http://10.0.0.1/fhir', id: 'inside' } })).toMatchObject({
        state: 'failed',
        reason: 'refused-address',
      });
    });
  });

  describe('the permit', () => {
    test.each([
      ['of another holder', { holderId: 'hospital' }, 'permit-other-holder'],
      ['that has expired', { expires: now }, 'permit-expired'],
      ['without an end', { expires: new Date(Number.NaN) }, 'permit-expired'],
    ])('one %s opens nothing', async (_, change, reason) => {
      const asked = holders.fetchFrom(endpoint(), permitFor('gp', change), {
        holderId: 'gp',
        queries: [consents],
        requestId: 'request-1',
        signal: AbortSignal.timeout(1_000),
      });
      await expect(asked).rejects.toMatchObject({ kind: 'fault', reason });
      expect(server.connections()).toBe(0);
    });
  });

  describe('tokens', () => {
    let authorisation: Receiver;
    let given = 0;
    const auth = (): Partial<DataEndpoint> => ({
      auth: { kind: 'private_key_jwt', tokenEndpoint: `${authorisation.address}/token`, clientId: 'sluis' },
    });
    beforeEach(async () => {
      given = 0;
      authorisation = await other();
      authorisation.standard = (_, response) =>
        void setTimeout(() => {
          const token = { access_token: `token-${++given}`, token_type: 'Bearer', expires_in: 300 };
          response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
        }, 20);
    });

    test('one token serves all searches of one holder', async () => {
      await Promise.all([ask({ at: auth(), queries: [consents, goals] }), ask({ at: auth() })]);
      expect(given).toBe(1);
      expect(new Set(server.seen.map((one) => one.headers.authorization))).toEqual(
        new Set(['Bearer token-1']),
      );
    });

    test('a 401 is answered once with a fresh token', async () => {
      const usual = server.standard;
      server.standard = (seen, response) =>
        seen.headers.authorization === 'Bearer token-1' ? status(401)(seen, response) : usual(seen, response);
      expect(await ask({ at: auth() })).toMatchObject({ state: 'answered' });
      expect(given).toBe(2);
      server.standard = status(401);
      expect(await ask({ at: auth() })).toMatchObject({ state: 'failed', reason: 'status-401' });
      expect(given).toBe(3);
    });

    const giving = (expires: unknown): Behaviour =>
      json(
        { access_token: `token-${++given}`, token_type: 'Bearer', expires_in: expires },
        'application/json',
      );

    test.each([604_800, '604800', 86_400.5, 0, null, 'soon', undefined])(
      'a token is used whatever is said of its life: %j',
      async (expires) => {
        authorisation.standard = (seen, response) => giving(expires)(seen, response);
        expect(await ask({ at: auth() })).toMatchObject({ state: 'answered' });
        expect(await ask({ at: auth() })).toMatchObject({ state: 'answered' });
        expect(given).toBe(1);
      },
    );

    test('is asked for once more, with another assertion, when the connection failed before an answer', async () => {
      let signed = 0;
      const asking = (): Holders => {
        const signing = { outgoing, clock: () => now, timeoutMs: 500 };
        const tokens = createTokens({ ...signing, signAssertion: async () => `assertion-${++signed}` });
        return createHolders({ ...signing, tokens, store, settings: holderSettings.parse({}) });
      };
      authorisation.script.push(reset);
      expect(await ask({ at: auth(), with: asking() })).toMatchObject({ state: 'answered' });
      const said = authorisation.seen.map(({ body }) => new URLSearchParams(body).get('client_assertion'));
      expect(said).toEqual(['assertion-1', 'assertion-2']);
      authorisation.script.push(reset, reset);
      const twice = await ask({ at: auth(), with: asking() });
      expect(twice).toMatchObject({ state: 'failed', reason: 'token-reset' });
    });

    test('without a token the holder is not asked', async () => {
      authorisation.standard = status(503);
      expect(await ask({ at: auth() })).toMatchObject({ state: 'failed', reason: 'token-status-503' });
      authorisation.standard = hang;
      const reply = await ask({ at: auth(), signal: AbortSignal.timeout(100) });
      expect(reply).toMatchObject({ state: 'timeout', reason: 'deadline' });
      expect(server.seen).toHaveLength(0);
    });
  });

  describe('the breaker', () => {
    test('a holder that fails is left alone, then probed by one, and asked again when it is well', async () => {
      const careful = make({ breakerFailures: 3, breakerOpenMs: 150 });
      server.found.Patient = status(503);
      for (let time = 0; time < 3; time++) await ask({ with: careful });
      expect(await ask({ with: careful })).toMatchObject({ state: 'failed', reason: 'breaker-open' });
      expect(server.seen).toHaveLength(3);
      expect((await ask({ with: careful, at: { id: 'another' } })).reason).toBe('status-503');
      await until(async () => (await ask({ with: careful })).reason === 'status-503', 'probed');
      server.found.Patient = (seen, response) =>
        void setTimeout(() => json(searchset([]))(seen, response), 50);
      await new Promise((resolve) => setTimeout(resolve, 200));
      const before = server.seen.length;
      const herd = await Promise.all(Array.from({ length: 5 }, () => ask({ with: careful })));
      expect(herd.map((one) => one.reason ?? one.state).sort()).toEqual([
        'answered',
        ...Array(4).fill('breaker-open'),
      ]);
      expect(server.seen.length - before).toBe(1);
      expect((await ask({ with: careful })).state).toBe('answered');
    });

    test('refusals and odd answers are answers; a caller that goes away soon says nothing of the holder', async () => {
      const careful = make({ breakerFailures: 1, silentMs: 300 });
      for (const behaviour of [status(403), status(404), json([]), json({ resourceType: 'Bundle' })]) {
        server.found.Consent = behaviour;
        expect((await ask({ with: careful })).reason).not.toBe('breaker-open');
      }
      server.found.Consent = hang;
      expect((await ask({ with: careful, signal: AbortSignal.timeout(50) })).state).toBe('timeout');
      expect((await ask({ with: careful, signal: AbortSignal.timeout(400) })).state).toBe('timeout');
      expect((await ask({ with: careful })).reason).toBe('breaker-open');
    });
  });

  describe.each(['ada', 'mp612'] as const)('a regional system of kind %s', (kind) => {
    const at = () => ({ kind, address: `${server.address}/av?unit=1` });
    const answer =
      (body: string | Buffer, type = 'application/xml; charset=utf-8'): Behaviour =>
      (_, response) =>
        void response.writeHead(200, { 'content-type': type }).end(body);
    const queries = [{ resourceType: 'MedicationRequest', parameters: [['from', '2026-01-01']] as const }];

    test('is asked by one form, and its XML is handed on as it is', async () => {
      server.standard = answer('<adaxml><data/></adaxml>');
      const reply = await ask({ at: at(), queries });
      expect(reply).toMatchObject({
        state: 'answered',
        resources: [],
        documents: ['<adaxml><data/></adaxml>'],
      });
      const [seen] = server.seen;
      expect(`${seen?.method} ${seen?.url}`).toBe('POST /av?unit=1');
      expect(Object.fromEntries(parametersOf(seen!))).toEqual({ patient: bsn, from: '2026-01-01' });
    });

    test('has nothing, fails, or answers no XML', async () => {
      server.standard = status(204);
      expect(await ask({ at: at(), queries })).toEqual({
        state: 'answered',
        resources: [],
        retrieved: now.toISOString(),
      });
      server.standard = status(500);
      expect(await ask({ at: at(), queries })).toMatchObject({ state: 'failed', reason: 'status-500' });
      for (const bad of [
        answer('{}'),
        answer('<a/>', 'text/html'),
        answer('<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://127.0.0.1/"><a/>'),
        answer(Buffer.from([0x3c, 0x61, 0x3e, 0xff])),
      ]) {
        server.standard = bad;
        expect(await ask({ at: at(), queries })).toMatchObject({ state: 'failed', reason: 'not-xml' });
      }
    });
  });

  test('closing ends what is under way', async () => {
    server.found.Patient = hang;
    const asked = ask({ signal: new AbortController().signal });
    await until(() => server.seen.length === 1, 'asked');
    holders.close();
    expect((await asked).state).toBe('timeout');
  });
});

describe.each(storeKinds)('a holder whose records this gateway keeps, on %s', (kind) => {
  test('is answered from the store, under the same permit', async () => {
    const ground = await prepareGround(kind);
    const outgoing = createOutgoing({
      allowPrivate: [],
      timeoutMs: 100,
      maxBytes: 100,
      connectionsPerHost: 1,
    });
    const holders = createHolders({
      outgoing,
      tokens: { get: async () => ({ header: undefined }) },
      clock: () => now,
      store: await ground.open(),
      settings: holderSettings.parse({}),
    });
    const endpoint: DataEndpoint = {
      id: 'kept',
      exchanges: ['wishes'],
      kind: 'registered',
      address: '',
      fhirVersion: 'r4',
      method: 'form',
      search: 'post',
      patientParameter: 'reference',
      auth: { kind: 'none' },
      status: 'active',
    };
    const ask = { holderId: 'gp', queries: [consents], requestId: 'r', signal: AbortSignal.timeout(1_000) };
    try {
      const reply = await holders.fetchFrom(endpoint, permitFor('gp'), ask);
      expect(reply).toMatchObject({ state: 'answered', resources: [] });
      const wrong = holders.fetchFrom(endpoint, permitFor('hospital'), ask);
      await expect(wrong).rejects.toMatchObject({ kind: 'fault' });
    } finally {
      await outgoing.close();
      await ground.end();
    }
  });
});
