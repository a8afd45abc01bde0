// Who saw, changed or destroyed this patient's handover, or tried to? The records alone tell, by the patient's number.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findAudit } from '../../src/audit/find.ts';
import {
  cancelHandover,
  expireGrants,
  forgetHandovers,
  handoverStatus,
  purgeContent,
} from '../../src/exchange/index.ts';
import { asking, hospital, stranger, testBsns } from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { nursingHandoff } from '../world/nursingHandoff.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.end());

const day = 24 * 60 * 60 * 1000;
const quietly = (work: Promise<unknown>) => work.catch(() => undefined);

async function recordsOf(patientBsn: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { entry } of findAudit(stage.deps.store, { patientBsn })) {
    const { event, action, outcome, participantId = 'gateway', object = '' } = entry;
    const [type = ''] = object.split('/');
    found.push(`${event} ${action} ${outcome} ${participantId} ${type}`);
  }
  return found;
}

test('each access to a handover, each refused one, and its end are found by the number of its patient', async () => {
  const push = nursingHandoff({ case: randomUUID(), bsn: testBsns.other });
  const response = await stage.push(push);
  const question = { id: stage.handoverId(response), requester: asking(hospital) };
  const { taskId, compositionId } = await stage.served(response);
  const document = `Composition/${compositionId}/$document`;
  await stage.push(push);
  await stage.get(document);
  const { resource } = await stage.get(`Task/${taskId}`);
  await quietly(stage.get(document, asking(stranger)));
  await quietly(stage.get(`Task/${taskId}`, asking(stranger)));
  await quietly(cancelHandover({ ...question, requester: asking(stranger) }, stage.deps));
  await handoverStatus(question, stage.deps);
  await stage.put(`Task/${taskId}`, { resourceType: 'Task', ...resource, status: 'completed' });
  await quietly(stage.get(document));
  stage.later(31 * day);
  await purgeContent(stage.deps.store, stage.deps.clock());
  stage.later(366 * day);
  await forgetHandovers(stage.deps.store, stage.deps.clock());
  expect(await recordsOf(testBsns.other)).toEqual([
    'handover.received C success hospital Handover',
    'handover.received E success hospital Handover',
    'handover.contentRead R success home Composition',
    'handover.taskRead R success home Task',
    'handover.readDocument E refused stranger Composition',
    'handover.readTask R refused stranger Task',
    'handover.cancelled U refused stranger Handover',
    'handover.statusRead R success hospital Handover',
    'handover.taskUpdated U success home Task',
    'handover.readDocument E refused home Composition',
    'handover.contentRemoved D success gateway Handover',
    'handover.forgotten D success gateway Handover',
  ]);
});

test('a grant that ran out is, too, and an end that nobody can name any more is recorded all the same', async () => {
  const response = await stage.push(nursingHandoff({ case: randomUUID(), bsn: testBsns.no }));
  stage.later(31 * day);
  await expireGrants(stage.deps);
  expect((await recordsOf(testBsns.no)).at(-1)).toBe('handover.expired U success gateway Handover');
  await stage.deps.store.write(({ db }) => db.deleteFrom('payload').execute());
  stage.later(366 * day);
  expect(await forgetHandovers(stage.deps.store, stage.deps.clock())).toBe(1);
  const object = `Handover/${stage.handoverId(response)}`;
  expect((await stage.audit()).at(-1)).toMatchObject({ event: 'handover.forgotten', object });
});
