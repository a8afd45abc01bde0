// What has come in from one endpoint so far, and what went wrong? Kept apart from the searches, so that a deadline loses nothing.
import type { Clock, FhirResource, Issue } from '../model.ts';
import type { HolderReply } from './holder.ts';
import type { Page } from './readPage.ts';
import type { HolderSettings } from './settings.ts';

/** `timeout` and `aborted` are silence; every other code is a failure or an answer that is not whole. */
const silence = new Set(['timeout', 'aborted', 'connect-timeout', 'token-timeout', 'token-connect-timeout']);

export type Gathering = {
  /** Bytes that may still come. */
  room(): number;
  took(bytes: number): void;
  /** Keeps resources under the number of their search, each once; false when there is no more room. */
  keep(search: number, page: Pick<Page, 'resources' | 'shapes'>): boolean;
  document(text: string): void;
  fault(code: string): void;
  /** One page or document was answered, even if with nothing. */
  answered(): void;
  reply(ended: { aborted: boolean }): HolderReply;
};

type Limits = Pick<HolderSettings, 'totalBytes' | 'resources'>;

/** The same resource comes with several searches: each version is kept once. */
function keyOf({ resourceType, id, meta }: FhirResource): string | undefined {
  if (typeof id !== 'string') return undefined;
  const { versionId, lastUpdated } = (meta ?? {}) as { versionId?: unknown; lastUpdated?: unknown };
  return `${resourceType}/${id}/${String(versionId)}/${String(lastUpdated)}`;
}

/** The first fault is told. Nothing was answered: the whole failed; else a part. */
function stateOf(
  faults: ReadonlySet<string>,
  { aborted, some }: { aborted: boolean; some: boolean },
): Pick<HolderReply, 'state' | 'reason'> {
  if (aborted) return { state: 'timeout', reason: 'deadline' };
  const [first] = faults;
  if (first === undefined) return { state: 'answered' };
  if (some) return { state: 'partial', reason: first };
  return { state: [...faults].every((code) => silence.has(code)) ? 'timeout' : 'failed', reason: first };
}

export function createGathering(limits: Limits, clock: Clock): Gathering {
  const bySearch = new Map<number, FhirResource[]>();
  const seen = new Set<string>();
  const documents: string[] = [];
  const shapes = new Map<FhirResource, readonly Issue[]>();
  const faults = new Set<string>();
  let bytes = 0;
  let count = 0;
  let some = false;

  function isNew(resource: FhirResource): boolean {
    const key = keyOf(resource);
    if (key === undefined) return true;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  }

  return {
    room: () => Math.max(0, limits.totalBytes - bytes),
    took: (more) => {
      bytes += more;
    },
    keep(search, { resources, shapes: found }) {
      for (const [resource, issues] of found) shapes.set(resource, issues);
      const fresh = resources.filter(isNew).slice(0, limits.resources - count + 1);
      const taken = fresh.slice(0, limits.resources - count);
      count += taken.length;
      bySearch.set(search, [...(bySearch.get(search) ?? []), ...taken]);
      return taken.length === fresh.length;
    },
    document: (text) => documents.push(text),
    fault: (code) => faults.add(code),
    answered: () => {
      some = true;
    },
    reply: ({ aborted }) => ({
      ...stateOf(faults, { aborted, some }),
      resources: [...bySearch.entries()].sort(([a], [b]) => a - b).flatMap(([, resources]) => resources),
      ...(documents.length > 0 && { documents }),
      ...(bySearch.size > 0 && { shapes }),
      retrieved: clock().toISOString(),
    }),
  };
}
