// Is a holder asked on another thread as it is asked here? The same outcome, and nobody waits for a thread that is not there.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AskingHolders, createAskingHolders } from '../../src/app/askingHolders.ts';
import { GatewayError } from '../../src/errors.ts';
import {
  type HolderQuestion,
  type HolderReading,
  readHolder,
} from '../../src/exchange/answers/readHolder.ts';
import { handoverSettings, medicationSettings, wishesSettings } from '../../src/exchange/index.ts';
import { printJson } from '../../src/fhir/json.ts';
import { createHolders } from '../../src/holder/holders.ts';
import { holderSettings } from '../../src/holder/settings.ts';
import type { DataEndpoint, FhirResource, Permit } from '../../src/model.ts';
import { createOutgoing } from '../../src/outgoing/outgoing.ts';
import { outgoingOptions, outgoingSettings } from '../../src/outgoing/settings.ts';
import type { Tokens } from '../../src/outgoing/tokens.ts';
import { validationSettings } from '../../src/validation/index.ts';
import { codes, r4Directive } from '../world/wishes.ts';
import { hang } from './faultyReceiver.ts';
import {
  endpointAt,
  type HolderServer,
  json,
  patient,
  permitAt,
  searchset,
  startHolder,
} from './holderServer.ts';

const bsn = '999911120';
const now = new Date('2026-05-01T10:00:00.000Z');

const observation = (id: string, more: object = {}): FhirResource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://snomed.info/sct', code: '60621009' }] },
  subject: { reference: 'Patient/p1' },
  valueQuantity: { value: JSON.rawJSON('22.50'), unit: 'kg/m2' },
  ...more,
});

const permit = (change: Partial<Permit> = {}): Permit =>
  permitAt(now, { holderId: 'gp', patientBsn: bsn, ...change });

const config = {
  gateway: { askingThreads: 1 },
  outgoing: outgoingSettings.parse({ allowPrivate: ['127.0.0.0/8'], timeoutMs: 2_000 }),
  holder: holderSettings.parse({ timeoutMs: 2_000 }),
  handover: handoverSettings.parse({}),
  wishes: wishesSettings.parse({}),
  medication: medicationSettings.parse({}),
  validation: validationSettings.parse({}),
};

let server: HolderServer;
let there: AskingHolders;
let tokenCalls: unknown[];
const tokens: Tokens = {
  get: async (auth, fresh) => {
    tokenCalls.push([auth.kind, fresh?.refused]);
    return { header: `Bearer token-${tokenCalls.length}` };
  },
};

const endpoint = (change: Partial<DataEndpoint> = {}) => endpointAt(server.base, change);

const question = (change: Partial<HolderQuestion> = {}): HolderQuestion => ({
  endpoint: endpoint(),
  permit: permit(),
  holderId: 'gp',
  queries: [{ resourceType: 'Observation', parameters: [] }],
  requestId: 'request-1',
  settings: config.wishes,
  findingsUnused: false,
  signal: AbortSignal.timeout(10_000),
  ...change,
});

const open = (askingThreads = 1): AskingHolders =>
  createAskingHolders({
    config: { ...config, gateway: { askingThreads } },
    participants: [{ dataEndpoints: [endpoint()] }],
    tokens,
    clock: () => now,
  });

/** The first questions may come before the thread is up, and are left to this one. */
async function onThread(asked: HolderQuestion): Promise<HolderReading> {
  for (let turn = 0; turn < 1_000; turn += 1) {
    const reading = there.readElsewhere(asked);
    if (reading !== undefined) return reading;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('The thread never came up');
}

async function onThisOne(asked: HolderQuestion): Promise<HolderReading> {
  const outgoing = createOutgoing(outgoingOptions(config.outgoing));
  const holders = createHolders({ outgoing, tokens, clock: () => now, settings: config.holder });
  try {
    return await readHolder(asked, { ...holders, checkProfiles: () => [] });
  } finally {
    holders.close();
    await outgoing.close();
  }
}

const plain = ({ shapes, ...reading }: HolderReading) => ({
  ...reading,
  resources: printJson(reading.resources),
  shapes: [...(shapes ?? [])].map(([{ id }, issues]) => [id, issues]),
});

beforeAll(async () => {
  server = await startHolder();
  there = open();
});
beforeEach(() => {
  tokenCalls = [];
  server.found = {
    Patient: [patient('p1', bsn)],
    Observation: [
      observation('weight'),
      observation('odd', { favouriteColour: 'blue' }),
      observation('of-another', { subject: { reference: 'Patient/p2' } }),
    ],
  };
});
afterAll(async () => {
  await there.close();
  await server.end();
});

describe('a holder that another thread asks', () => {
  test('gives what it gives here: the same resources, numbers as they stood, what was kept back and why', async () => {
    const theirs = plain(await onThread(question()));
    expect(theirs).toEqual({ ...plain(await onThisOne(question())), retrieved: expect.any(String) });
    expect(theirs.resources).toContain('"value":22.50');
    expect(theirs.shapes).toEqual([['odd', [expect.objectContaining({ rule: 'shape-unknown-element' })]]]);
    expect(theirs.withheld).not.toEqual([]);
    expect(theirs.retrieved?.slice(0, 17)).toBe('2026-05-01T10:00:');
  });

  test('gives what a card needs in the place of its resources: the same as here', async () => {
    server.found.Consent = [r4Directive(codes.cpr, 'deny', '2025-01-01')];
    const asked = question({
      queries: [{ resourceType: 'Consent', parameters: [] }],
      findingsUnused: true,
      digest: { kind: 'card', holderName: 'Huisarts', at: now, bsn },
    });
    const [theirs, ours] = [await onThread(asked), await onThisOne(asked)];
    expect(theirs).toEqual({ ...ours, retrieved: expect.any(String) });
    expect(theirs).toMatchObject({ resources: [], digest: { kind: 'card', count: 2, tooMany: false } });
    expect(theirs.digest?.reading.found.records).toMatchObject([{ key: 'cpr', holder: 'Huisarts' }]);
  });

  test('is called with a token of the main thread, and a fresh one after a 401', async () => {
    const auth = { kind: 'private_key_jwt', tokenEndpoint: 'https://token.example', clientId: 'a' } as const;
    const asked = question({ endpoint: endpoint({ auth: { ...auth, audience: 'https://token.example' } }) });
    await onThread(question());
    const { Observation: found = [] } = server.found;
    server.found.Observation = (_, response) => {
      server.found.Observation = found;
      response.writeHead(401).end();
    };
    await onThread(asked);
    expect(tokenCalls).toEqual([
      ['private_key_jwt', undefined],
      ['private_key_jwt', undefined],
      ['private_key_jwt', 'Bearer token-2'],
    ]);
  });

  test.each([
    ['another holder', { holderId: 'hospital' }],
    ['a moment that has passed', { expires: new Date(now.getTime() - 1) }],
  ])('is not asked under a permit of %s', async (_, change) => {
    await onThread(question());
    const before = server.asked().length;
    await expect(onThread(question({ permit: permit(change) }))).rejects.toMatchObject({ kind: 'fault' });
    expect(server.asked().length).toBe(before);
  });

  test('is left at the deadline with what came by then', async () => {
    await onThread(question());
    server.found.Observation = hang;
    const { state, reason, resources } = await onThread(question({ signal: AbortSignal.timeout(300) }));
    expect({ state, reason, resources }).toEqual({
      state: 'timeout',
      reason: 'deadline',
      resources: [expect.objectContaining({ resourceType: 'Patient' })],
    });
  });

  test('is one that failed when the thread ends; until the next is up, this thread asks', async () => {
    await onThread(question());
    server.found.Observation = hang;
    const waiting = onThread(question()).catch((error: unknown) => error);
    await there.close();
    expect(await waiting).toBeInstanceOf(GatewayError);
    expect(there.readElsewhere(question())).toBeUndefined();
    server.found.Observation = json(searchset([observation('weight')]));
    expect((await onThread(question())).state).toBe('answered');
  });

  test('is asked here when it has registered here, and where no thread is wanted', async () => {
    await onThread(question());
    expect(
      there.readElsewhere(question({ endpoint: endpoint({ kind: 'registered', address: '' }) })),
    ).toBeUndefined();
    const none = open(0);
    expect(none.readElsewhere(question())).toBeUndefined();
    await none.close();
  });
});
