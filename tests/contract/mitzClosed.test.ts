// Does the gateway believe Mitz only when it proves itself? The closed question against a real server, rule by rule.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClosedQuestion } from '../../src/consent/mitz/closedQuestion.ts';
import { writeClosedRequest } from '../../src/consent/mitz/closedRequest.ts';
import type { OutgoingOptions } from '../../src/outgoing/outgoing.ts';
import { writeMessage } from '../../src/outgoing/soap.ts';
import { type MitzFault, type SandboxMitz, startMitz } from '../../src/sandbox/mitz.ts';
import {
  bsn,
  type Certificates,
  client,
  doctor,
  hospital,
  makeCertificates,
  otherBsn,
  practice,
  practiceUra,
  question,
  settingsFor,
} from './mitzStage.ts';

let mitz: SandboxMitz;
const ending: (() => unknown)[] = [];
const outgoing = client();

beforeAll(async () => {
  mitz = await startMitz();
  mitz.setChoice({ bsn, holderUra: practiceUra, category: 'GGC002', permit: true });
  mitz.setChoice({ bsn, holderUra: practiceUra, category: 'GGC013', permit: false });
});
afterEach(async () => {
  mitz.setFault(undefined);
  mitz.requests.length = 0;
  for (const end of ending.splice(0).reverse()) await end();
});
afterAll(async () => {
  await outgoing.close();
  await mitz.close();
});

const ask = (change: Parameters<typeof question>[0] = {}, more = {}) =>
  createClosedQuestion({ outgoing, settings: settingsFor(mitz, more) })(question(change));

const mixed = {
  state: 'answered',
  decisions: new Map([
    ['GGC002', 'permit'],
    ['GGC013', 'deny'],
  ]),
};

describe('a question that Mitz takes', () => {
  it('is answered category by category', async () => {
    expect(await ask()).toEqual(mixed);
    expect(mitz.requests[0]).toMatchObject({ status: 200, method: 'POST' });
    expect(mitz.requests[0]?.rule).toBeUndefined();
  });

  it('is matched by what is echoed, not by order', async () => {
    mitz.setFault({ kind: 'reversed' });
    expect(await ask()).toEqual(mixed);
    expect(await ask({ categories: ['GGC013', 'GGC002'] })).toEqual(mixed);
  });

  it('names the mandating professional as responsible, and the acting one as mandated', async () => {
    const assistant = { identifier: { ...doctor.identifier, value: '900027309' }, role: '30.000' };
    expect(await ask({ practitioner: assistant, mandatedBy: doctor })).toEqual(mixed);
    const body = mitz.requests[0]?.body ?? '';
    expect(body).toMatch(
      /provider-identifier".*?extension="900027308".*?subject:mandated".*?extension="900027309"/,
    );
    expect(body).toContain('code="01.071"');
    expect(body).not.toContain('30.000');
  });

  it('may presume consent', async () => {
    expect(await ask({ patientBsn: otherBsn, categories: ['GGC002'], purposeOfUse: 'COC' })).toEqual({
      state: 'answered',
      decisions: new Map([['GGC002', 'permit']]),
    });
  });

  it('tells an answer that cannot decide apart', async () => {
    mitz.setFault({ kind: 'indeterminate' });
    expect(await ask()).toEqual({
      state: 'answered',
      decisions: new Map([
        ['GGC002', 'indeterminate'],
        ['GGC013', 'deny'],
      ]),
    });
  });

  it('carries the message id in X-Request-Id, and never the BSN in its address or headers', async () => {
    await ask();
    const { headers, path, body } = mitz.requests[0] ?? {};
    expect(body).toContain(`urn:uuid:${headers?.['x-request-id']}`);
    expect(JSON.stringify({ headers, path })).not.toContain(bsn);
  });

  it('finds a silent answer about its relation good enough', async () => {
    mitz.setFault({ kind: 'noRelation' });
    expect(await ask()).toEqual(mixed);
  });
});

const refused: readonly [MitzFault['kind'], string][] = [
  ['fail', 'status-500'],
  ['accepted', 'status-202'],
  ['empty', 'status-204'],
  ['unauthorised', 'status-401'],
  ['redirect', 'status-302'],
  ['html', 'not-soap'],
  ['garbage', 'malformed'],
  ['soap11', 'malformed'],
  ['faultSender', 'fault-sender'],
  ['faultReceiver', 'fault-receiver'],
  ['faultWithOk', 'fault-receiver'],
  ['wrongAction', 'wrong-action'],
  ['wrongRelation', 'wrong-relation'],
  ['foreignHeader', 'not-understood'],
  ['twoBodies', 'malformed'],
  ['doctype', 'malformed'],
  ['externalDoctype', 'malformed'],
  ['parameterEntity', 'malformed'],
  ['manyDoctypes', 'malformed'],
  ['instruction', 'malformed'],
  ['deep', 'malformed'],
  ['huge', 'too-large'],
  ['manyAttributes', 'malformed'],
  ['gzipBomb', 'too-large'],
  ['gzipChain', 'protocol'],
  ['noEcho', 'echo-missing'],
  ['otherPatient', 'echo-patient'],
  ['otherHolder', 'echo-holder'],
  ['otherCategory', 'category-unasked'],
  ['half', 'category-missing'],
  ['twice', 'category-twice'],
  ['twoDecisions', 'two-decisions'],
  ['decisionInDecision', 'answer-malformed'],
  ['foreignPart', 'answer-malformed'],
  ['besideResults', 'answer-malformed'],
  ['notApplicable', 'decision-unknown'],
  ['obligation', 'obligation'],
  ['contradiction', 'status-contradicts'],
  ['slow', 'timeout'],
  ['hang', 'timeout'],
  ['drip', 'timeout'],
  ['headersOnly', 'timeout'],
  ['reset', 'reset'],
];

describe('an answer that proves nothing', () => {
  it.each(refused)('%s is no decision: %s', async (kind, reason) => {
    mitz.setFault({ kind, delayMs: 1_500 });
    const answer = await ask();
    expect(answer).toEqual({ state: 'failed', reason });
    expect(mitz.requests).toHaveLength(1);
  });

  it('the first permit does not hide a missing second decision', async () => {
    mitz.setChoice({ bsn: otherBsn, holderUra: practiceUra, category: 'GGC013', permit: true });
    mitz.setFault({ kind: 'half' });
    expect(await ask({ patientBsn: otherBsn })).toEqual({ state: 'failed', reason: 'category-missing' });
  });

  it('memory stays flat when it unpacks to much', async () => {
    mitz.setFault({ kind: 'gzipBomb' });
    await ask();
    const before = process.memoryUsage().rss;
    for (let count = 0; count < 10; count += 1) await ask();
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1_048_576);
  });

  it('a caller that gives up at once is no trouble of Mitz, one that waited long is', async () => {
    mitz.setFault({ kind: 'hang' });
    expect(await ask({ signal: AbortSignal.timeout(50) })).toEqual({ state: 'failed', reason: 'aborted' });
    expect(await ask({ signal: AbortSignal.timeout(400) })).toEqual({ state: 'failed', reason: 'timeout' });
  });
});

describe('a question that cannot be asked', () => {
  const bare = { ...hospital, identifiers: [] };
  const cases: readonly [string, Parameters<typeof question>[0]][] = [
    ['input-patient', { patientBsn: '123' }],
    ['input-categories', { categories: [] }],
    ['input-categories', { categories: ['GGC002"/>'] }],
    ['input-holder', { holder: { ...practice, identifiers: [] } }],
    ['input-holder-type', { holder: { ...practice, facilityType: '' } }],
    ['input-organisation', { requester: { ...question().requester, participant: bare } }],
    [
      'input-organisation-type',
      { requester: { ...question().requester, participant: { ...hospital, facilityType: '?' } } },
    ],
    ['input-practitioner', { practitioner: { identifier: { system: 'urn:x', value: '1' }, role: '01.071' } }],
    [
      'input-practitioner',
      { practitioner: { identifier: { ...doctor.identifier, value: '1"2' }, role: '01.071' } },
    ],
    [
      'input-practitioner',
      {
        practitioner: {
          identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsn },
          role: '01.071',
        },
      },
    ],
    ['input-role', { practitioner: { identifier: doctor.identifier } }],
    ['input-mandate', { mandatedBy: doctor, practitioner: { identifier: { system: 'urn:x', value: '1' } } }],
    ['input-purpose', { purposeOfUse: 'ETREAT' }],
    ['input-purpose', { purposeOfUse: 'BTG' }],
    ['input-purpose', {}],
  ];
  it.each(cases)('%s', async (reason, change) => {
    const asked = Object.keys(change ?? {}).length > 0 ? question(change) : question();
    if (Object.keys(change ?? {}).length === 0) delete asked.purposeOfUse;
    const closed = createClosedQuestion({ outgoing, settings: settingsFor(mitz) });
    expect(await closed(asked)).toEqual({ state: 'failed', reason });
    expect(mitz.requests).toEqual([]);
  });
});

describe('when Mitz is in trouble', () => {
  it('it is left alone after a row of failures, and asked again later', async () => {
    const settings = settingsFor(mitz, { breakerFailures: 3, breakerOpenMs: 100 });
    const closed = createClosedQuestion({ outgoing, settings });
    mitz.setFault({ kind: 'fail' });
    for (let count = 0; count < 3; count += 1) await closed(question());
    expect(await closed(question())).toEqual({ state: 'failed', reason: 'breaker-open' });
    expect(mitz.requests).toHaveLength(3);
    mitz.setFault(undefined);
    await wait(120);
    expect(await closed(question())).toEqual(mixed);
  });

  it.each([
    ['our own wrong question', 'faultSender', 'fault-sender'],
    ['a yes on conditions', 'obligation', 'obligation'],
    ['a word that nobody knows', 'notApplicable', 'decision-unknown'],
  ] as const)('%s does not count against it', async (...[, kind, reason]) => {
    const closed = createClosedQuestion({ outgoing, settings: settingsFor(mitz, { breakerFailures: 1 }) });
    mitz.setFault({ kind });
    for (let count = 0; count < 3; count += 1)
      expect(await closed(question())).toEqual({ state: 'failed', reason });
  });

  it('flapping never turns one answer into another', async () => {
    mitz.setFault({ kind: 'flap' });
    const closed = createClosedQuestion({
      outgoing,
      settings: settingsFor(mitz, { breakerFailures: 5, timeoutMs: 10_000 }),
    });
    const answers = await Promise.all(Array.from({ length: 60 }, () => closed(question())));
    const states = answers.map((one) =>
      one.state === 'answered' ? [...one.decisions.values()].join() : one.reason,
    );
    expect(new Set(states)).toEqual(new Set(['permit,deny', 'status-500']));
    expect(mitz.requests).toHaveLength(60);
  });
});

describe('a question that breaks a rule', () => {
  const changes: readonly [string, (text: string) => string, Record<string, string>?][] = [
    ['X-Request-Id equals MessageID', (text) => text, { 'x-request-id': 'other' }],
    ['Content-Type with charset and action', (text) => text, { 'content-type': 'application/soap+xml' }],
    ['wsa:Action, mustUnderstand', (text) => text.replace(/(<wsa:Action) soap:mustUnderstand="1"/, '$1')],
    [
      'wsa:To is this address, mustUnderstand',
      (text) => text.replace(/(<wsa:To [^>]*>)[^<]*/, '$1http://elsewhere'),
    ],
    ['wsa:ReplyTo is anonymous', (text) => text.replace(/<wsa:ReplyTo>.*<\/wsa:ReplyTo>/, '')],
    [
      'CombinedDecision is false',
      (text) => text.replace('CombinedDecision="false"', 'CombinedDecision="true"'),
    ],
    ['blocks and their xml:id, in order', (text) => text.replace('xml:id="environment"', '')],
    ['actions are counted from 0', (text) => text.replace('xml:id="action1"', 'xml:id="action2"')],
    ['each data category once', (text) => text.replace('GGC013', 'GGC002')],
    ['OID of bsn', (text) => text.replace('2.16.840.1.113883.2.4.6.3"', '1.2.3"')],
    ['IncludeInResult of category', (text) => text.replace(/(event-code" IncludeInResult=")true/, '$1false')],
    [
      'holderUra is missing',
      (text) => text.replace(/<Attribute AttributeId="urn:ihe:iti:appc:2016:author.*?<\/Attribute>/, ''),
    ],
    ['value of purpose', (text) => text.replace('"TREAT"', '"ETREAT"')],
    [
      'data type of role',
      (text) => text.replace(/(subject:role"[^>]*><AttributeValue DataType="urn:hl7-org:v3#)CV/, '$1II'),
    ],
    ['value of consultingUra', (text) => text.replace('90000101', '101')],
  ];
  it.each(changes)('is told so by the sandbox: %s', async (rule, change, headers = {}) => {
    const message = writeMessage({
      url: mitz.closedUrl,
      action: 'XACMLAuthorizationDecisionQueryRequest',
      body: writeClosedRequest(question()).body,
    });
    const answer = await outgoing.request({
      method: 'POST',
      url: mitz.closedUrl,
      headers: { ...message.headers, ...headers },
      body: change(message.envelope),
    });
    expect([answer.status, mitz.requests[0]?.rule]).toEqual([400, rule]);
    expect(Buffer.from(answer.body).toString()).toContain('s:Sender');
  });
});

describe('over TLS', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = makeCertificates();
  });
  afterAll(() => certificates.end());

  const secured = async (tls: OutgoingOptions['tls'], fault?: MitzFault) => {
    const secure = await startMitz({ tls: certificates.mitz });
    secure.setFault(fault);
    const own = client(tls ? { tls } : {});
    ending.push(
      () => own.close(),
      () => secure.close(),
    );
    const closed = createClosedQuestion({
      outgoing: own,
      settings: settingsFor(secure, { timeoutMs: 2_000 }),
    });
    return { answer: await closed(question()), requests: secure.requests };
  };

  it('Mitz lets the gateway in by its certificate', async () => {
    const { ca, gateway } = certificates;
    const { answer, requests } = await secured({ ca, cert: gateway.cert, key: gateway.key });
    expect(answer.state).toBe('answered');
    expect(requests).toHaveLength(1);
  });

  it('an answer that breaks off is none', async () => {
    const { ca, gateway } = certificates;
    const fault = { kind: 'reset' } as const;
    const { answer } = await secured({ ca, cert: gateway.cert, key: gateway.key }, fault);
    expect(answer).toEqual({ state: 'failed', reason: 'reset' });
  });

  it.each(['none', 'stranger'] as const)('and by no other: %s', async (which) => {
    const { ca, stranger } = certificates;
    const shown = which === 'none' ? {} : { cert: stranger.cert, key: stranger.key };
    const { answer, requests } = await secured({ ca, ...shown });
    expect(answer).toMatchObject({ state: 'failed', reason: expect.stringMatching(/^(tls|reset)$/) });
    expect(requests).toEqual([]);
  });

  it.each(['expired', 'otherAuthority', 'wrongName', 'weak'] as const)(
    'a Mitz with a certificate that is %s is not asked',
    async (which) => {
      let asked = 0;
      const { cert, key } = certificates[which];
      const insecure = which === 'weak' ? { ciphers: 'DEFAULT@SECLEVEL=0' } : {};
      const server = createServer({ cert, key, ...insecure }, (_, response) => {
        asked += 1;
        response.end();
      });
      server.on('tlsClientError', () => undefined);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const own = client({ tls: { ca: certificates.ca } });
      ending.push(
        () => own.close(),
        () => server.closeAllConnections(),
        () => server.close(),
      );
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const closed = createClosedQuestion({
        outgoing: own,
        settings: { ...settingsFor(mitz), closedUrl: url },
      });
      expect(await closed(question())).toEqual({ state: 'failed', reason: 'tls' });
      expect(asked).toBe(0);
    },
  );
});

it('the fault kinds of the sandbox are all tried', () => {
  const here = readFileSync(new URL(import.meta.url), 'utf8');
  for (const kind of ['reversed', 'flap', 'indeterminate', 'noRelation'])
    expect(here).toContain(`kind: '${kind}'`);
});
