// Is what happens told later to whom cannot be told now? A cancellation, an echo and a callback wait for a suspended endpoint.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelHandover } from '../../src/exchange/index.ts';
import type { Endpoint, Participant } from '../../src/model.ts';
import { createDirectory } from '../../src/routing/directory.ts';
import { asking, castOfParticipants, endpoint, home, hospital } from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { nursingHandoff } from '../world/nursingHandoff.ts';

let stage: Stage;
const directory = createDirectory(castOfParticipants);
beforeAll(async () => {
  stage = await openStage();
  Object.assign(stage.deps.directory, directory);
});
afterAll(() => stage.end());

/** Everybody's endpoints are changed after the push. */
const changed = (change: (endpoints: readonly Endpoint[]) => readonly Endpoint[]): Participant[] =>
  castOfParticipants.map((one) => ({ ...one, endpoints: change(one.endpoints) }));
const suspended = changed((all) => all.map((one) => ({ ...one, status: 'suspended' as const })));
const moved = changed((all) => [
  endpoint('notification', { id: 'new' }),
  endpoint('callback', { id: 'new-callback' }),
  ...all,
]);

async function pushed() {
  directory.reload(castOfParticipants);
  const name = randomUUID();
  const response = await stage.push(nursingHandoff({ case: name }));
  const id = stage.handoverId(response);
  const told = async () => {
    const rows = await stage.deps.store.read.selectFrom('outbox').selectAll().orderBy('seq').execute();
    return rows.filter((row) => row.subject === id).map((row) => `${row.kind} ${row.endpoint_id}`);
  };
  return { id, name, told, ...(await stage.served(response)) };
}

test('a cancellation waits for the endpoint that the handover was announced at, and its callback for its own', async () => {
  const { id, told } = await pushed();
  directory.reload(suspended);
  await cancelHandover({ id, requester: asking(hospital) }, stage.deps);
  expect(await told()).toEqual(['announce notification-1', 'cancel notification-1', 'callback callback-1']);
});

test('a cancellation goes where the handover was announced, also when another endpoint comes first now', async () => {
  const { id, told } = await pushed();
  directory.reload(moved);
  await cancelHandover({ id, requester: asking(hospital) }, stage.deps);
  expect(await told()).toEqual(['announce notification-1', 'cancel notification-1', 'callback new-callback']);
});

test('a cancellation goes to the endpoint that heard of the handover, and no other hears of it any more', async () => {
  const { id, name, told } = await pushed();
  const { store } = stage.deps;
  const [announced] = await store.read.selectFrom('outbox').select('id').where('subject', '=', id).execute();
  const heard = { outbox_id: announced?.id ?? '', number: 1, started_at: 'then', ended_at: 'then' };
  const answer = { id: randomUUID(), result: 'delivered', http_status: 202, reason: 'status-202' } as const;
  await store.write(async ({ db }) => {
    await db
      .insertInto('attempt')
      .values({ ...heard, ...answer })
      .execute();
    await db.updateTable('outbox').set({ state: 'delivered' }).where('subject', '=', id).execute();
  });
  directory.reload(moved);
  await stage.push(nursingHandoff({ case: name, diagnosis: 'correctie' }));
  await cancelHandover({ id, requester: asking(hospital) }, stage.deps);
  expect(await told()).toEqual([
    'announce notification-1',
    'announce new',
    'cancel notification-1',
    'callback new-callback',
  ]);
  const states = await store.read.selectFrom('outbox').select('state').where('subject', '=', id).execute();
  expect(states.map(({ state }) => state)).toEqual(['delivered', 'superseded', 'waiting', 'waiting']);
});

test('a cancellation goes to the endpoint in use when the announcement is no longer kept', async () => {
  const { id, told } = await pushed();
  await stage.deps.store.write(({ db }) => db.deleteFrom('outbox').where('subject', '=', id).execute());
  directory.reload(moved);
  await cancelHandover({ id, requester: asking(hospital) }, stage.deps);
  expect(await told()).toEqual(['cancel new', 'callback new-callback']);
});

test('so do the echo of a completion, and the callback', async () => {
  const { taskId, told } = await pushed();
  const { resource } = await stage.get(`Task/${taskId}`, asking(home));
  directory.reload(suspended);
  await stage.put(`Task/${taskId}`, { resourceType: 'Task', ...resource, status: 'completed' });
  expect(await told()).toEqual(['announce notification-1', 'echo notification-1', 'callback callback-1']);
});
