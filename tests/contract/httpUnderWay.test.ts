// Can one participant take all the room? Its requests under way are counted, on one connection as on many.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpStage, raw, startHttp, statusesIn, task, taskId } from './httpStage.ts';
import { type Ground, prepareGround } from './storesUnderTest.ts';

let ground: Ground;
let stage: HttpStage;

beforeAll(async () => {
  ground = await prepareGround('sqlite');
  stage = await startHttp(await ground.open(), { underWayPerParticipant: 3 });
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
  const slow = new Promise<void>((resolve) => setTimeout(resolve, 100));
  stage.plan.current = async () => {
    await slow;
    return { status: 200, resource: task };
  };
  const one = `GET /stu3/Task/${taskId} HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n\r\n`;
  const statuses = statusesIn(await raw(stage.port, one.repeat(8), 400));
  expect(statuses.filter((status) => status === 200)).toHaveLength(3);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
});
