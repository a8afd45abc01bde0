// Can one participant take all the room? Its requests under way are counted, on one connection as on many.
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Store } from '../../src/store/store.ts';
import { type HttpStage, raw, startHttp, statusesIn, task, taskId } from './httpStage.ts';
import { recordsOf } from './identityCast.ts';
import { type Ground, prepareGround } from './storesUnderTest.ts';

let ground: Ground;
let store: Store;
let stage: HttpStage;

beforeAll(async () => {
  ground = await prepareGround('sqlite');
  store = await ground.open();
  stage = await startHttp(store, { underWayPerParticipant: 3 });
});
afterAll(async () => {
  await stage.end();
  await ground.end();
});

it('lets in as many requests as the cap, says 429 to the rest, and lets in again when answers are out', async () => {
  const release: (() => void)[] = [];
  stage.plan.current = () =>
    new Promise((resolve) => release.push(() => resolve({ status: 200, resource: task })));
  const authorization = `Bearer ${await stage.token()}`;
  const get = () => fetch(`${stage.url}/stu3/Task/${taskId}`, { headers: { authorization } });

  const running = [get(), get(), get()];
  await expect.poll(() => release.length).toBe(3);
  const refused = await get();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
  for (const one of release) one();
  expect((await Promise.all(running)).map(({ status }) => status)).toEqual([200, 200, 200]);

  stage.plan.current = () => ({ status: 200, resource: task });
  await expect.poll(async () => (await get()).status).toBe(200);
});

it('counts what is pipelined on one connection', async () => {
  const authorization = `Bearer ${await stage.token()}`;
  stage.plan.current = async () => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { status: 200, resource: task };
  };
  const one = `GET /stu3/Task/${taskId} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`;
  const statuses = statusesIn(await raw(stage.port, one.repeat(8), 400));
  expect(statuses.filter((status) => status === 200)).toHaveLength(3);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
});

/** Sends it and is gone while it is still being found out whose it is. */
async function hangUp(text: string): Promise<void> {
  const prove = stage.identity.authenticate;
  const ended = Promise.withResolvers<void>();
  const slow = vi.spyOn(stage.identity, 'authenticate').mockImplementationOnce(async (...given) => {
    caller.destroy();
    await new Promise((resolve) => setTimeout(resolve, 50));
    ended.resolve();
    return prove(...given);
  });
  const caller = connect(stage.port, '127.0.0.1', () => caller.write(text));
  await ended.promise;
  slow.mockRestore();
}

it('does not count who hung up before it was known whose request it was', async () => {
  stage.plan.current = () => ({ status: 200, resource: task });
  const authorization = `Bearer ${await stage.token()}`;
  const lines = `Host: x\r\nAuthorization: ${authorization}\r\n`;
  const asked = stage.seen.length;
  for (let turn = 0; turn < 3; turn += 1) await hangUp(`GET /stu3/Task/${taskId} HTTP/1.1\r\n${lines}\r\n`);
  await expect.poll(() => stage.seen.length).toBe(asked + 3);
  expect(stage.seen.slice(asked).map(({ request }) => request.gone?.aborted)).toEqual([true, true, true]);

  const body = `${lines}Content-Type: application/fhir+json\r\nContent-Length: 2\r\n\r\n{}`;
  for (let turn = 0; turn < 3; turn += 1) await hangUp(`PUT /stu3/Task/${taskId} HTTP/1.1\r\n${body}`);
  // its body can come no more: that ends the work, and is recorded
  const refusals = async () => (await recordsOf(store)).filter(({ event }) => event === 'request.refused');
  await expect
    .poll(async () => (await refusals()).map(({ reason }) => reason))
    .toEqual(Array(3).fill('invalid'));
  const { status } = await fetch(`${stage.url}/stu3/Task/${taskId}`, { headers: { authorization } });
  expect(status).toBe(200);
});
