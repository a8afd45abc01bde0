// Does a holder whose answer is small to send and large to read leave the other holders' answers alone? One thread asks them all.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AskingHolders, createAskingHolders } from '../../src/app/askingHolders.ts';
import { handoverSettings, medicationSettings, wishesSettings } from '../../src/exchange/index.ts';
import { holderSettings } from '../../src/holder/settings.ts';
import { outgoingSettings } from '../../src/outgoing/settings.ts';
import { validationSettings } from '../../src/validation/index.ts';
import { endpointAt, type HolderServer, patient, permitAt, startHolder } from './holderServer.ts';

const bsn = '999911120';
const now = new Date('2026-05-01T10:00:00.000Z');
const wishes = wishesSettings.parse({});

let costly: HolderServer;
let other: HolderServer;
let asking: AskingHolders;

beforeAll(async () => {
  const observation = { resourceType: 'Observation', id: 'o1', status: 'final', code: { text: 'x' } };
  const found = { Patient: [patient('p1', bsn)] };
  costly = await startHolder(found);
  other = await startHolder({
    ...found,
    Observation: [{ ...observation, subject: { reference: 'Patient/p1' } }],
  });
  asking = createAskingHolders({
    config: {
      gateway: { askingThreads: 1 },
      outgoing: outgoingSettings.parse({ allowPrivate: ['127.0.0.0/8'] }),
      holder: holderSettings.parse({}),
      handover: handoverSettings.parse({}),
      wishes,
      medication: medicationSettings.parse({}),
      validation: validationSettings.parse({}),
    },
    participants: [{ dataEndpoints: [endpointAt(costly.base, {})] }],
    tokens: { get: async () => ({ header: undefined }) },
    clock: () => now,
  });
});
afterAll(async () => {
  await asking.close();
  await costly.end();
  await other.end();
});

const ask = ({ base }: HolderServer) =>
  asking.readElsewhere({
    endpoint: endpointAt(base, {}),
    permit: permitAt(now, { holderId: 'gp', patientBsn: bsn }),
    holderId: 'gp',
    queries: [{ resourceType: 'Observation', parameters: [] }],
    requestId: 'request-1',
    settings: wishes,
    findingsUnused: false,
    signal: AbortSignal.timeout(10_000),
  });

const emptyParts = (count: number): string =>
  `{"resource":{"resourceType":"OperationDefinition","parameter":[${'{},'.repeat(count - 1)}{}]}}`;
const searchset = (entries: string): Buffer =>
  gzipSync(`{"resourceType":"Bundle","type":"searchset","entry":[${entries}]}`);

test.each([
  { what: 'more values than are read', body: searchset(emptyParts(3_400_000)), reason: 'not-fhir' },
  {
    what: 'as many faults as fit in one resource',
    body: searchset(emptyParts(490_000)),
    reason: 'malformed',
  },
  {
    what: 'as many faults as fit in thousands',
    body: searchset(Array.from({ length: 2_400 }, () => emptyParts(190)).join()),
    reason: 'withheld',
  },
])('$what', async ({ body, reason }) => {
  await expect.poll(() => ask(other), { timeout: 10_000 }).toBeDefined();
  costly.found.Observation = (_, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/fhir+json', 'content-encoding': 'gzip' })
      .end(body);
  const readings = await Promise.all([ask(costly), ask(other)]);
  // undefined: the thread has ended, and the question would be put on this one
  const last = await ask(other);
  expect(readings[0]).toMatchObject({ reason });
  for (const reading of [readings[1], last]) {
    expect(reading?.resources.map(({ resourceType }) => resourceType)).toContain('Observation');
    expect(reading?.state).toBe('answered');
  }
});
