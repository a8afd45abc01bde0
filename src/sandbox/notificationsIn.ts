// Which Task does an arriving notification speak of? The five shapes of the field, as a receiver reads them.
import type { NotificationShape } from '../model.ts';
import type { Answer, Arrived } from './listen.ts';

export type ReceivedNotification = {
  at: string;
  shape: NotificationShape;
  /** Absent in shape B, which names no Task. */
  taskId: string | undefined;
  /** The sender's word about it: requested or cancelled, where the shape carries one. */
  status: string | undefined;
};

type Reader = (
  arrived: Arrived,
  rest: readonly string[],
) => { seen: Partial<ReceivedNotification>; answer: Answer } | undefined;

const empty = (status: number): Answer => ({ status });
const jsonAnswer = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/fhir+json' },
  body: JSON.stringify(body),
});

const readers: Readonly<Record<NotificationShape, Reader>> = {
  A: ({ method }, rest) =>
    method === 'POST' && rest.length === 1 ? { seen: { taskId: rest[0] }, answer: empty(202) } : undefined,
  B: ({ method }, rest) =>
    method === 'POST' && rest.join('') === '' ? { seen: {}, answer: empty(202) } : undefined,
  C: ({ method }, rest) =>
    method === 'POST' && rest.length === 2 && rest[0] === 'Task'
      ? { seen: { taskId: rest[1] }, answer: jsonAnswer(200, { received: true }) }
      : undefined,
  D: readNotificationTask,
  E: (arrived, rest) =>
    arrived.method === 'POST' && rest.join('') === '' ? readHistory(arrived) : undefined,
};

/** Reads what came to `/notification/{shape}/…`; nothing when the request is not of that shape. */
export function readNotification(
  arrived: Arrived,
): { notification: ReceivedNotification; answer: Answer } | undefined {
  const [, , name, ...rest] = arrived.path.split('/');
  const shape = (['A', 'B', 'C', 'D', 'E'] as const).find((known) => known.toLowerCase() === name);
  if (shape === undefined) return undefined;
  const read = readers[shape](arrived, rest.map(decodeURIComponent));
  if (read === undefined) return undefined;
  const blank = { at: new Date().toISOString(), shape, taskId: undefined, status: undefined };
  return { notification: { ...blank, ...read.seen }, answer: read.answer };
}

/** Shape D, TA Notified Pull: a notification Task; cancelled by a conditional update. */
function readNotificationTask({ method, body }: Arrived, rest: readonly string[]): ReturnType<Reader> {
  if (rest.length !== 1 || rest[0] !== 'Task' || (method !== 'POST' && method !== 'PUT')) return undefined;
  const task = parsed(body);
  if (pick(task, 'resourceType') !== 'Task') return undefined;
  const workflowTask = String(pick(task, 'basedOn', 0, 'reference') ?? '');
  return {
    seen: { taskId: lastPart(workflowTask), status: String(pick(task, 'status') ?? '') },
    answer: jsonAnswer(method === 'POST' ? 201 : 200, task),
  };
}

/** Shape E, R4 Subscriptions Backport: a history Bundle whose Parameters hold the event and its focus. */
function readHistory({ body }: Arrived): ReturnType<Reader> {
  const bundle = parsed(body);
  if (pick(bundle, 'resourceType') !== 'Bundle' || pick(bundle, 'type') !== 'history') return undefined;
  const parameters = list(pick(bundle, 'entry', 0, 'resource', 'parameter'));
  const event = parameters.find((one) => pick(one, 'name') === 'notification-event');
  const focus = list(pick(event, 'part')).find((one) => pick(one, 'name') === 'focus');
  const reference = String(pick(focus, 'valueReference', 'reference') ?? '');
  return { seen: { taskId: lastPart(reference) }, answer: empty(200) };
}

const lastPart = (reference: string): string | undefined => reference.split('/').at(-1) || undefined;
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Follows names and places into a tree; nothing when a step is not there. */
function pick(value: unknown, ...steps: readonly (string | number)[]): unknown {
  let here = value;
  for (const step of steps) {
    if (typeof here !== 'object' || here === null) return undefined;
    here = new Map<string, unknown>(Object.entries(here)).get(String(step));
  }
  return here;
}
