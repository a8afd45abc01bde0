// What if the sender corrects a handover in the instant in which somebody looks at it? Then the look finds the new version.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import {
  cancelHandover,
  expireGrants,
  forgetHandovers,
  handoverStatus,
  purgeContent,
} from '../../src/exchange/index.ts';
import type { FhirResource } from '../../src/model.ts';
import { asking, home, hospital } from '../world/cast.ts';
import { askStage, openStage, type Stage } from '../world/exchangeStage.ts';
import { nursingHandoff } from '../world/nursingHandoff.ts';
import { hasPostgresql } from './storesUnderTest.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.end());

/** Two corrections come, each between the look at the row and the look at its content. */
async function corrected() {
  const name = randomUUID();
  const response = await stage.push(nursingHandoff({ case: name }));
  const id = stage.handoverId(response);
  const ids = await stage.served(response);
  const task = (await stage.get(`Task/${ids.taskId}`)).resource;
  const { store } = stage.deps;
  let left = 2;
  const open: typeof store.open = async (payloadId, context, isNamed) => {
    if (left > 0 && context.startsWith(`handover/${id}/`)) {
      left -= 1;
      await stage.push(nursingHandoff({ case: name, diagnosis: `correctie ${left}` }));
    }
    return store.open(payloadId, context, isNamed);
  };
  const deps = { ...stage.deps, store: { ...store, open } };
  const ask = (method: 'GET' | 'PUT', path: string, resource?: FhirResource) =>
    askStage([method, path], { who: asking(home), more: resource ? { resource } : {}, deps });
  return { id, task, deps, ask, ...ids };
}

afterEach(() => expect(stage.ground.alarms, 'nothing is missing').toEqual([]));

test('its sender sees the truth table of the last version', async () => {
  const { id, deps } = await corrected();
  expect(await handoverStatus({ id, requester: asking(hospital) }, deps)).toMatchObject({ version: 3 });
});

test('nobody reads what is taken back once the read had begun', async () => {
  const response = await stage.push(nursingHandoff({ case: randomUUID() }));
  const { compositionId } = await stage.served(response);
  const { store } = stage.deps;
  const { write } = store;
  const question = { id: stage.handoverId(response), requester: asking(hospital) };
  vi.spyOn(store, 'write').mockImplementationOnce(async (job) => {
    await cancelHandover(question, stage.deps);
    return write(job);
  });
  await expect(stage.get(`Composition/${compositionId}/$document`)).rejects.toMatchObject({
    kind: 'denied',
    reason: 'grant-ended',
  });
});

test('its sender takes it back', async () => {
  const { id, deps } = await corrected();
  const status = await cancelHandover({ id, requester: asking(hospital) }, deps);
  expect(status).toMatchObject({ state: 'cancelled', version: 3 });
});

test.runIf(hasPostgresql)('nothing leaves once the sender was told that it is taken back', async () => {
  const shared = await openStage({ kind: 'postgresql' });
  onTestFinished(() => shared.end());
  const response = await shared.push(nursingHandoff({ case: randomUUID() }));
  const { compositionId } = await shared.served(response);
  const question = { id: shared.handoverId(response), requester: asking(hospital) };
  const other = { ...shared.deps, store: await shared.ground.open({ gateway: 'gateway-2' }) };
  const { store } = shared.deps;
  const { write } = store;
  const order: string[] = [];
  let taken: Promise<unknown> = Promise.resolve();
  vi.spyOn(store, 'write').mockImplementationOnce((job) =>
    write(async (unit) => {
      const done = await job(unit);
      taken = cancelHandover(question, other).then(() => order.push('taken back'));
      await Promise.race([taken, new Promise((resolve) => setTimeout(resolve, 500))]);
      return done;
    }),
  );
  await shared.get(`Composition/${compositionId}/$document`).then(() => order.push('left'));
  await taken;
  expect(order).toEqual(['left', 'taken back']);
});

test('its receiver gets the last version, and is told that the Task has moved on', async () => {
  const first = await corrected();
  expect((await first.ask('GET', `Composition/${first.compositionId}/$document`)).headers).toEqual({
    ETag: 'W/"3"',
  });
  const second = await corrected();
  const done = { resourceType: 'Task', ...second.task, status: 'completed' };
  await expect(second.ask('PUT', `Task/${second.taskId}`, done)).rejects.toMatchObject({
    reason: 'task-moved-on',
  });
});

const day = 24 * 60 * 60 * 1000;

/** A sweep that finds a handover past its time, which is pushed again before its turn comes. */
async function sweptLate(days: number, sweep: (deps: Stage['deps']) => Promise<number>) {
  const own = await openStage();
  onTestFinished(() => own.end());
  const push = nursingHandoff({ case: randomUUID() });
  const { compositionId } = await own.served(await own.push(push));
  own.later(days * day);
  const { store } = own.deps;
  const write: typeof store.write = async (job) => {
    await own.push(push);
    return store.write(job);
  };
  const swept = await sweep({ ...own.deps, store: { ...store, write } });
  return { swept, read: await own.get(`Composition/${compositionId}/$document`) };
}

test.each([
  ['expired', 31, expireGrants],
  ['emptied', 61, ({ store, clock }: Stage['deps']) => purgeContent(store, clock())],
  ['forgotten', 400, ({ store, clock }: Stage['deps']) => forgetHandovers(store, clock())],
] as const)('what is pushed again is not %s', async (_, days, sweep) => {
  expect(await sweptLate(days, sweep)).toMatchObject({ swept: 0, read: { status: 200 } });
});

test('two cases that have one id never see each other', async () => {
  const name = randomUUID();
  const response = await stage.push(nursingHandoff({ case: name }));
  const id = stage.handoverId(response);
  const { store } = stage.deps;
  await store.write(({ db }) =>
    db.updateTable('handover').set({ case_hash: 'other' }).where('id', '=', id).execute(),
  );
  const again = stage.push(nursingHandoff({ case: name, diagnosis: 'anders' }));
  await expect(again).rejects.toMatchObject({ kind: 'fault' });
});
