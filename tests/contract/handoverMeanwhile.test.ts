// What if the sender corrects a handover in the instant in which somebody looks at it? Then the look finds the new version.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { answer, cancelHandover, handoverStatus } from '../../src/exchange/index.ts';
import type { FhirResource } from '../../src/model.ts';
import { asking, home, hospital } from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { nursingHandoff } from '../world/nursingHandoff.ts';

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
    answer(
      {
        version: 'stu3',
        method,
        path: path.split('/'),
        query: new Map(),
        language: 'nl',
        requestId: 'r',
        ...(resource ? { resource } : {}),
      },
      asking(home),
      deps,
    );
  return { id, task, deps, ask, ...ids };
}

afterEach(() => expect(stage.ground.alarms, 'nothing is missing').toEqual([]));

test('its sender sees the truth table of the last version', async () => {
  const { id, deps } = await corrected();
  expect(await handoverStatus({ id, requester: asking(hospital) }, deps)).toMatchObject({ version: 3 });
});

test('its sender takes it back', async () => {
  const { id, deps } = await corrected();
  const status = await cancelHandover({ id, requester: asking(hospital) }, deps);
  expect(status).toMatchObject({ state: 'cancelled', version: 3 });
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
