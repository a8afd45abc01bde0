// How does a receiver get what it was told of? It asks whichever gateway answers, again until it knows, and looks back later.
import { setTimeout as wait } from 'node:timers/promises';
import type { FhirResource } from '../../src/model.ts';
import type { Call } from '../../src/sandbox/caller.ts';
import { compositionIdOf } from '../../src/sandbox/ecd.ts';
import type { Callers, Reached } from './callers.ts';
import { type History, now, type Read } from './history.ts';
import type { Random } from './random.ts';

export type Fetching = {
  attach(callers: Callers): void;
  /** There is something new about this Task. */
  want(taskId: string): void;
  open(): string[];
  /** Asks nothing any more, not even by itself. */
  end(): void;
};

type Options = { id: string; history: History; random: Random };
type Ask = { what: Read['what']; taskId: string; compositionId?: string; call: Call };

export function createFetching({ id, history, random }: Options): Fetching {
  const wanted = new Set<string>();
  const busy = new Set<string>();
  const seen: { taskId: string; compositionId: string }[] = [];
  const state: { callers?: Callers; ended: boolean } = { ended: false };

  async function ask({ call, ...about }: Ask): Promise<{ read: Read; reached: Reached } | undefined> {
    const began = now();
    const reached = await state.callers?.ask(call);
    if (!reached?.invoked) return undefined;
    const read: Read = {
      receiver: id,
      gateway: reached.gateway,
      ...about,
      began,
      ended: now(),
      ...(reached.called ? { status: reached.called.status } : {}),
      ...factsOf(reached),
    };
    history.reads.push(read);
    return { read, reached };
  }

  const document = (taskId: string, compositionId: string) =>
    ask({
      what: 'document',
      taskId,
      compositionId,
      call: { path: `/stu3/Composition/${compositionId}/$document` },
    });

  /** True when there is nothing left to ask. */
  async function fetchOnce(taskId: string): Promise<boolean> {
    const task = await ask({ what: 'task', taskId, call: { path: `/stu3/Task/${taskId}` } });
    if (!isKnown(task?.read)) return false;
    if (task?.read.taskStatus !== 'in-progress') return true;
    const compositionId = compositionIdOf(task.reached.called?.resource);
    if (compositionId === undefined) return true;
    const got = await document(taskId, compositionId);
    if (!isKnown(got?.read)) return false;
    seen.push({ taskId, compositionId });
    if (got?.read.status !== 200) return got?.read.status === 403;
    return random.chance(0.35) ? complete(taskId, task.reached) : true;
  }

  async function complete(taskId: string, { called }: Reached): Promise<boolean> {
    const etag = called?.headers.get('etag');
    const resource = { ...called?.resource, resourceType: 'Task', status: 'completed' };
    const headers = etag ? { 'if-match': etag } : {};
    const call = { method: 'PUT' as const, path: `/stu3/Task/${taskId}`, resource, headers };
    const done = await ask({ what: 'complete', taskId, call });
    return done?.read.status === 200;
  }

  async function pursue(taskId: string): Promise<void> {
    busy.add(taskId);
    while (wanted.delete(taskId)) {
      const done = await fetchOnce(taskId).catch(() => false);
      if (done || state.ended) continue;
      wanted.add(taskId);
      await wait(80);
    }
    busy.delete(taskId);
  }

  const probing = setInterval(() => {
    const one = seen.length > 0 ? random.pick(seen.slice(-200)) : undefined;
    if (one) void document(one.taskId, one.compositionId).catch(() => undefined);
  }, 150);

  return {
    attach(callers) {
      state.callers = callers;
    },
    want(taskId) {
      wanted.add(taskId);
      if (!busy.has(taskId)) void pursue(taskId);
    },
    open: () => [...new Set([...wanted, ...busy])],
    end() {
      state.ended = true;
      wanted.clear();
      clearInterval(probing);
    },
  };
}

const isKnown = (read: Read | undefined): boolean =>
  read?.status !== undefined && read.status < 500 && ![401, 408, 429].includes(read.status);

function factsOf({ called }: Reached): Partial<Read> {
  const etag = /"(\d+)"/.exec(called?.headers.get('etag') ?? '')?.[1];
  const resource = called?.resource;
  return {
    ...(etag ? { version: Number(etag) } : {}),
    ...(resource?.resourceType === 'Task' ? { taskStatus: String(resource.status) } : {}),
    ...markerIn(resource),
  };
}

function markerIn(resource: FhirResource | undefined): Partial<Read> {
  if (resource?.resourceType !== 'Bundle' || !Array.isArray(resource.entry)) return {};
  for (const entry of resource.entry) {
    const marker: unknown = entry?.resource?.resourceType === 'Condition' && entry.resource.code?.text;
    if (typeof marker === 'string') return { marker, case: marker.split('#')[0] ?? '' };
  }
  return {};
}
