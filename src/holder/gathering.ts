// What has come in from one endpoint so far, and what went wrong? Kept apart from the searches, so that a deadline loses nothing.
import { createOnce } from '../fhir/once.ts';
import { newestVersions } from '../fhir/versions.ts';
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
  /** Keeps resources under the number of their search, each once, of several versions the newest; false when there is no more room. */
  keep(search: number, page: Pick<Page, 'resources' | 'shapes'>): boolean;
  document(text: string): void;
  fault(code: string): void;
  /** One page or document was answered, even if with nothing. */
  answered(): void;
  reply(ended: { aborted: boolean }): HolderReply;
};

type Limits = Pick<HolderSettings, 'totalBytes' | 'resources'>;

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

/** Patients all stay: an id that two share proves nothing, and whose their records are is decided later. */
function newestRecords(given: readonly FhirResource[]): ReturnType<typeof newestVersions> {
  const isPatient = ({ resourceType }: FhirResource): boolean => resourceType === 'Patient';
  const { resources, unclear } = newestVersions(given.filter((one) => !isPatient(one)));
  const kept = new Set(resources);
  return { resources: given.filter((one) => isPatient(one) || kept.has(one)), unclear };
}

export function createGathering(limits: Limits, clock: Clock): Gathering {
  const bySearch = new Map<number, FhirResource[]>();
  const isNew = createOnce();
  const documents: string[] = [];
  const shapes = new Map<FhirResource, readonly Issue[]>();
  const faults = new Set<string>();
  let bytes = 0;
  let count = 0;
  let some = false;

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
    reply: ({ aborted }) => {
      const given = [...bySearch.entries()].sort(([a], [b]) => a - b).flatMap(([, resources]) => resources);
      const { resources, unclear } = newestRecords(given);
      if (unclear) faults.add('same-id');
      return {
        ...stateOf(faults, { aborted, some }),
        resources,
        ...(documents.length > 0 && { documents }),
        ...(bySearch.size > 0 && { shapes }),
        retrieved: clock().toISOString(),
      };
    },
  };
}
