// Is a push read on another thread as it is read here? The same result, the same refusals, and nothing hangs when the thread ends.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPreparing, type Preparing } from '../../src/app/preparing.ts';
import { GatewayError } from '../../src/errors.ts';
import { handoverSettings } from '../../src/exchange/index.ts';
import { printJson } from '../../src/fhir/json.ts';
import { createDirectory } from '../../src/routing/directory.ts';
import type { Store } from '../../src/store/store.ts';
import { validationSettings } from '../../src/validation/index.ts';
import { castOfParticipants, hospital } from '../world/cast.ts';
import { heavyHandoff } from '../world/nursingHandoff.ts';
import { type Ground, prepareGround } from './storesUnderTest.ts';

let ground: Ground;
let store: Store;
let here: Preparing;
let there: Preparing;

beforeAll(async () => {
  ground = await prepareGround('sqlite');
  store = await ground.open();
});
afterAll(() => ground.end());

const directory = createDirectory(castOfParticipants);
const sender = directory.byId(hospital.id) ?? hospital;
const now = new Date('2026-01-15T10:00:00.000Z');

const open = (readingThreads: number): Preparing =>
  createPreparing({
    config: {
      gateway: { readingThreads },
      handover: handoverSettings.parse({ profileChecks: 'off' }),
      validation: validationSettings.parse({}),
      participants: [...castOfParticipants],
      store: { keyFile: ground.keyFile },
    },
    store,
    directory,
    checkProfiles: () => [],
  });

beforeEach(() => {
  here = open(0);
  there = open(2);
});
afterEach(async () => {
  await there.close();
});

const question = (text: string) => ({
  content: { bytes: Buffer.from(text), form: 'json' as const },
  sender,
  now,
  profileChecks: 'off' as const,
});
const push = (name: string) => question(printJson(heavyHandoff({ case: name })));
const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) =>
      error instanceof GatewayError
        ? { kind: error.kind, message: error.message, issues: error.issues, reason: error.reason }
        : error,
  );

describe('a push that another thread reads', () => {
  it('becomes what it becomes here, also when many come at once', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `CASE-${index}`);
    const [mine, theirs] = await Promise.all(
      [here, there].map((one) => Promise.all(names.map((name) => one.prepare(push(name))))),
    );
    expect(new Set(mine?.map((one) => one.passage.handoverId)).size).toBe(8);
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
    const plain = (all: typeof mine) =>
      all?.map(({ passage: { closure, binaries, ...passage }, ...one }) => {
        const sealed = [closure, ...binaries.map(({ bytes }) => bytes)].map(text);
        return { ...one, passage, sealed, ids: binaries.map(({ id }) => id) };
      });
    expect(plain(theirs)).toEqual(plain(mine));
    expect(theirs?.[0]?.receiver.participant).toBe(mine?.[0]?.receiver.participant);
  });

  it.each([
    ['no JSON', '{"resourceType": "Bundle",'],
    ['no resource', '[]'],
    ['a structure that its type does not have', '{"resourceType": "Bundle", "entry": "x"}'],
    ['a Bundle without a handover', '{"resourceType": "Bundle", "type": "collection"}'],
  ])('is refused as here: %s', async (_, text) => {
    const refusal = await refusalOf(here.prepare(question(text)));
    expect(refusal).toMatchObject({ kind: expect.stringMatching(/^(invalid|unprocessable)$/) });
    expect(await refusalOf(there.prepare(question(text)))).toEqual(refusal);
  });

  it('is refused as unavailable when the thread ends, and the next one is read by a new thread', async () => {
    const asked = [there.prepare(push('CASE-A')), there.prepare(push('CASE-B'))].map(refusalOf);
    await there.close();
    for (const refusal of await Promise.all(asked)) expect(refusal).toMatchObject({ kind: 'unavailable' });
    expect((await there.prepare(push('CASE-A'))).passage.served).toBeGreaterThan(10);
  });
});
