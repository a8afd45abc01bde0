// Does what is sent once more reach the receiver? What it has not read of a new version, it cannot close. On both databases.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expireGrants, purgeContent } from '../../src/exchange/index.ts';
import type { FhirResource } from '../../src/model.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { nursingHandoff } from '../world/nursingHandoff.ts';
import { storeKinds } from './storesUnderTest.ts';

const completed = (task: FhirResource | undefined): FhirResource => ({
  resourceType: 'Task',
  ...task,
  status: 'completed',
});
/** With a version number of its own making, or without meta. */
const numbered = (task: FhirResource, versionId: string | undefined): FhirResource => {
  const { meta, ...rest } = task;
  return versionId ? { ...rest, meta: { ...(meta as object), versionId } } : rest;
};
const movedOn = { kind: 'conflict', reason: 'task-moved-on' };

describe.each(storeKinds)('a corrected handover on %s', (kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ kind });
  });
  afterAll(() => stage.end());

  /** The first version was read and fetched; then the sender corrects it. */
  async function corrected() {
    const name = randomUUID();
    const { taskId, compositionId } = await stage.served(await stage.push(nursingHandoff({ case: name })));
    const first = completed((await stage.get(`Task/${taskId}`)).resource);
    await stage.get(`Composition/${compositionId}/$document`);
    const again = await stage.push(nursingHandoff({ case: name, diagnosis: 'heupfractuur rechts' }));
    expect(again.status).toBe(202);
    return { first, task: `Task/${taskId}`, document: `Composition/${compositionId}/$document` };
  }

  test('is not closed with the Task as it was before, and stays open to be read', async () => {
    const { first, task, document } = await corrected();
    await expect(stage.put(task, first)).rejects.toMatchObject(movedOn);
    const second = await stage.get(task);
    expect(second.resource?.status).toBe('in-progress');
    await expect(stage.put(task, first)).rejects.toMatchObject(movedOn);
    expect(JSON.stringify((await stage.get(document)).resource)).toContain('rechts');
    expect((await stage.put(task, completed(second.resource))).status).toBe(200);
  });

  test.each([
    ['without meta', undefined],
    ['with the number of another system', '77'],
  ])('is not closed unread by a Task %s', async (_, versionId) => {
    const { first, task } = await corrected();
    await expect(stage.put(task, numbered(first, versionId))).rejects.toMatchObject(movedOn);
    await stage.get(task);
    expect((await stage.put(task, numbered(first, versionId))).status).toBe(200);
  });

  test('is closed by who read the new document and sends no meta', async () => {
    const { first, task, document } = await corrected();
    await stage.get(document);
    expect((await stage.put(task, numbered(first, undefined))).status).toBe(200);
  });

  test('once closed, the same again is 200 also with the Task as it was', async () => {
    const { first, task } = await corrected();
    await stage.put(task, completed((await stage.get(task)).resource));
    expect((await stage.put(task, first)).status).toBe(200);
  });

  test.each([
    ['its grant ended', 31],
    ['its content was removed', 62],
  ])('the same push after %s gives it to the receiver once more', async (_, days) => {
    const body = nursingHandoff({ case: randomUUID() });
    const { compositionId } = await stage.served(await stage.push(body));
    stage.later(days * 24 * 60 * 60 * 1000);
    const { store, clock } = stage.deps;
    await expireGrants(stage.deps);
    await purgeContent(store, clock());
    const [told, again] = [(await stage.outbox()).length, await stage.push(body)];
    expect([again.status, (await stage.outbox()).length]).toEqual([202, told + 1]);
    expect((await stage.get(`Composition/${compositionId}/$document`)).status).toBe(200);
    expect((await stage.push(body)).status).toBe(200);
  });

  test('the same push after completion changes nothing, also when its content was removed', async () => {
    const body = nursingHandoff({ case: randomUUID() });
    const { taskId } = await stage.served(await stage.push(body));
    await stage.put(`Task/${taskId}`, completed((await stage.get(`Task/${taskId}`)).resource));
    stage.later(31 * 24 * 60 * 60 * 1000);
    await purgeContent(stage.deps.store, stage.deps.clock());
    const told = (await stage.outbox()).length;
    expect([(await stage.push(body)).status, (await stage.outbox()).length]).toEqual([200, told]);
  });
});
