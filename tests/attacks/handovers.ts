// How does a case get a handover to attack? Pushed by EPD-A, for whom it likes, with everything that later reads need.
import { setTimeout as wait } from 'node:timers/promises';
import type { FhirResource } from '../../src/model.ts';
import { must } from './attack.ts';
import { ecdB, epd, type Known } from './cast.ts';
import { type Content, handoff } from './content.ts';
import type { Ask, Seen, Stage } from './stage.ts';

export const fhirJson = { 'content-type': 'application/fhir+json' };
export const fhirXml = { 'content-type': 'application/fhir+xml' };

export type HandedOver = {
  seen: Seen;
  /** Path of the status resource. */
  location: string;
  taskId: string;
  compositionId: string;
  task: FhirResource;
  etag: string;
  receiver: Known;
  bundle: FhirResource;
};

export const push = (stage: Stage, body: FhirResource | string, more: Partial<Ask> = {}): Promise<Seen> =>
  stage.ask({
    method: 'POST',
    path: '/stu3/$handover',
    as: epd,
    headers: fhirJson,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...more,
  });

export const locationOf = (seen: Seen): string => new URL(seen.headers.location ?? 'http://none/').pathname;

const askStatus = (stage: Stage, location: string): Promise<Seen> => stage.ask({ path: location, as: epd });

export const statusOf = async (stage: Stage, location: string): Promise<Record<string, unknown>> =>
  JSON.parse((await askStatus(stage, location)).text);

/** Waits as it is told where EPD-A has asked too often just before: other cases poll what it pushed. */
async function firstStatus(stage: Stage, location: string): Promise<Record<string, unknown>> {
  let seen = await askStatus(stage, location);
  for (let again = 0; again < 3 && seen.status === 429; again += 1) {
    await wait(Math.min(Number(seen.headers['retry-after']), 10) * 1_000);
    seen = await askStatus(stage, location);
  }
  must(seen.status === 200, `the status: ${seen.status} ${seen.text.slice(0, 300)}`);
  return JSON.parse(seen.text);
}

export const readTask = (stage: Stage, id: string, as: Known = ecdB): Promise<Seen> =>
  stage.ask({ path: `/stu3/Task/${id}`, as });

export const putTask = (
  stage: Stage,
  id: string,
  ...[task, more = {}]: [unknown, Partial<Ask>?]
): Promise<Seen> =>
  stage.ask({
    method: 'PUT',
    path: `/stu3/Task/${id}`,
    as: ecdB,
    headers: fhirJson,
    body: typeof task === 'string' ? task : JSON.stringify(task),
    ...more,
  });

export async function handedOver(stage: Stage, content: Content = {}): Promise<HandedOver> {
  const receiver = (content.receiver ?? ecdB) as Known;
  const bundle = handoff(content);
  const seen = await push(stage, bundle);
  must(seen.status === 202, `the push: ${seen.status} ${seen.text.slice(0, 300)}`);
  const location = locationOf(seen);
  const status = await firstStatus(stage, location);
  const taskId = String(status.task).split('/').at(-1) ?? '';
  const read = await readTask(stage, taskId, receiver);
  must(read.status === 200, `the Task: ${read.status}`);
  const task: FhirResource = JSON.parse(read.text);
  const input = task.input as { valueReference: { reference: string } }[];
  const compositionId = input[0]?.valueReference.reference.split('/').at(-1) ?? '';
  return { seen, location, taskId, compositionId, task, etag: read.headers.etag ?? '', receiver, bundle };
}
