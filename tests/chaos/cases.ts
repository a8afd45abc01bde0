// What happened to one case? Everything seen of it, put together from the three sides.
import { type Arrival, type Evidence, type Operation, type Read, type Told, taskIdOf } from './history.ts';

export type CaseHistory = {
  name: string;
  receiver: string;
  pushes: Operation[];
  cancels: Operation[];
  locations: ReadonlySet<string>;
  told: Told | undefined;
  toldLater: Told | undefined;
  /** Every Task id under which it was ever shown. */
  tasks: ReadonlySet<string>;
  arrivals: Arrival[];
  reads: Read[];
  /** Its documents as they were given, in the order in which they arrived. */
  documents: Read[];
  /** What its last version may be, as nobody knows when an unanswered push takes effect. */
  lastMarkers: ReadonlySet<string>;
  markerOf(version: number): string | undefined;
  leastVersions: number;
  mostVersions: number;
  /** How often each content was acknowledged with 202. */
  created: ReadonlyMap<string, number>;
  /** The last that was asked never got an answer. */
  isOpen: boolean;
};

export function byCase(evidence: Evidence): CaseHistory[] {
  const operations = Map.groupBy(evidence.operations, (operation) => operation.case);
  const arrivals = Map.groupBy(evidence.arrivals, ({ taskId }) => taskId);
  const reads = Map.groupBy(evidence.reads, ({ taskId }) => taskId);
  const taskIds = Map.groupBy(
    evidence.reads.filter((read) => read.case !== undefined),
    (read) => read.case ?? '',
  );
  return [...operations].map(([name, own]) => {
    const locations = new Set(own.flatMap(({ location }) => (location === undefined ? [] : [location])));
    const [location] = locations;
    const told = evidence.told.get(location ?? '');
    const tasks = new Set((taskIds.get(name) ?? []).map(({ taskId }) => taskId));
    if (told) tasks.add(taskIdOf(told));
    return caseOf({
      name,
      own,
      locations,
      told,
      toldLater: evidence.toldLater.get(location ?? ''),
      tasks,
      arrivals: [...tasks].flatMap((task) => arrivals.get(task) ?? []),
      reads: [...tasks].flatMap((task) => reads.get(task) ?? []),
    });
  });
}

type Sides = Pick<
  CaseHistory,
  'name' | 'locations' | 'told' | 'toldLater' | 'tasks' | 'arrivals' | 'reads'
> & {
  own: Operation[];
};

function caseOf({ own, ...sides }: Sides): CaseHistory {
  const pushes = own.filter(({ kind }) => kind === 'push');
  const documents = sides.reads
    .filter(({ what, status }) => what === 'document' && status === 200)
    .sort((a, b) => a.ended - b.ended);
  const ok = pushes.filter(({ outcome }) => outcome === 'ok');
  const unknown = pushes.filter(({ outcome }) => outcome === 'unknown');
  const distinct = new Set(ok.map(({ marker }) => marker)).size;
  return {
    ...sides,
    receiver: own[0]?.receiver ?? '',
    pushes,
    cancels: own.filter(({ kind }) => kind === 'cancel'),
    documents,
    lastMarkers: lastMarkers(ok, unknown),
    markerOf: (version) => documents.find((read) => read.version === version)?.marker,
    leastVersions: distinct,
    mostVersions: new Set(pushes.filter(isPossible).map(({ marker }) => marker)).size + lateRepeats(pushes),
    created: timesCreated(ok),
    isOpen: isOpen(own),
  };
}

/** An unanswered one after which nothing more was answered. */
const isOpen = (own: readonly Operation[]): boolean =>
  own.some(
    ({ outcome, invoked }) =>
      outcome === 'unknown' && !own.some((other) => other.outcome !== 'unknown' && other.ended > invoked),
  );

const isPossible = ({ outcome }: Operation) => outcome !== 'refused';

function timesCreated(ok: readonly Operation[]): Map<string, number> {
  const created = new Map<string, number>();
  for (const { marker, status } of ok)
    if (status === 202) created.set(marker, (created.get(marker) ?? 0) + 1);
  return created;
}

/** Acknowledged and not surely before another that was acknowledged; or never answered. */
function lastMarkers(ok: readonly Operation[], unknown: readonly Operation[]): Set<string> {
  const latest = Math.max(...ok.map(({ invoked }) => invoked));
  const last = ok.filter(({ ended, status }) => ended >= latest || status === undefined);
  return new Set([...last, ...unknown].map(({ marker }) => marker));
}

/** An unanswered push may take effect late, after another content came in between: a version of its own. */
const lateRepeats = (pushes: readonly Operation[]): number =>
  pushes.filter(
    (push) =>
      push.outcome === 'unknown' &&
      pushes.some(({ marker, invoked }) => marker !== push.marker && invoked > push.invoked),
  ).length;
