// What must hold, whatever was killed? One claim per invariant, judged from what was seen outside the gateway.
import { byCase, type CaseHistory } from './cases.ts';
import type { Evidence, Read, Told } from './history.ts';
import { nothingUntrue, retriesAreBounded } from './truth.ts';

export type Verdict = { name: string; seen: string; violations: string[] };
type Claim = (evidence: Evidence, cases: readonly CaseHistory[]) => Verdict;

const givenUp = new Set(['dead', 'failed', 'unknown']);
const later = (one: CaseHistory): Told | undefined => one.toldLater ?? one.told;

/** I1: what was acknowledged is fetched in its last version, cancelled, or visibly given up. */
const nothingLost: Claim = (_, cases) => {
  const acknowledged = cases.filter((one) => one.pushes.some(({ outcome }) => outcome === 'ok'));
  const violations = acknowledged.flatMap((one) => lossOf(one));
  const fetched = acknowledged.filter((one) => later(one) && fetchedVersion(one)).length;
  const pushes = acknowledged.reduce((sum, one) => sum + one.pushes.filter(isOk).length, 0);
  return {
    name: 'I1 nothing lost',
    seen: `${pushes} acknowledged pushes in ${acknowledged.length} cases, ${fetched} fetched in their last version`,
    violations,
  };
};

const isOk = ({ outcome }: { outcome: string }) => outcome === 'ok';

function lossOf(one: CaseHistory): string[] {
  const told = later(one);
  if (!told) return [`${one.name}: acknowledged, and its truth table does not answer`];
  if (one.cancels.some(isOk) && told.state !== 'cancelled')
    return [`${one.name}: cancellation acknowledged, and it is ${told.state}`];
  const completed = one.reads.some((read) => read.what === 'complete' && read.status === 200);
  if (completed && !told.history.some(({ step }) => step === 'completed'))
    return [`${one.name}: completion acknowledged, and the truth table does not know it`];
  if (!one.lastMarkers.has(one.markerOf(told.version) ?? [...one.lastMarkers][0] ?? ''))
    return [`${one.name}: its last version is ${one.markerOf(told.version)}`];
  return told.state === 'cancelled' || fetchedVersion(one) ? [] : unfetched(one, told);
}

function unfetched(one: CaseHistory, told: Told): string[] {
  const announced = told.notifications.filter(
    ({ kind, version }) => kind === 'announce' && version === told.version,
  );
  if (announced.some(({ state }) => givenUp.has(state))) return [];
  return [
    `${one.name}: version ${told.version} never fetched (${announced.map(({ state }) => state).join()})`,
  ];
}

const fetchedVersion = (one: CaseHistory): boolean =>
  one.documents.some(({ version }) => version === later(one)?.version);

/** I2: what was refused never shows. */
const nothingInvented: Claim = (evidence, cases) => {
  const refused = evidence.operations.filter(({ kind, outcome }) => kind === 'push' && outcome === 'refused');
  const violations = cases.flatMap((one) => {
    const possible = new Set(
      one.pushes.filter((push) => push.outcome !== 'refused').map(({ marker }) => marker),
    );
    return [...new Set(one.documents.map(({ marker }) => marker ?? ''))]
      .filter((marker) => !possible.has(marker))
      .map((marker) => `${marker}: fetched, and never accepted`);
  });
  return { name: 'I2 nothing invented', seen: `${refused.length} refused pushes`, violations };
};

/** I3: asked again, every unknown push proves to be there once or not at all. */
const unknownResolved: Claim = (evidence, cases) => {
  const unknown = evidence.operations.filter(({ outcome }) => outcome === 'unknown').length;
  const violations = cases.flatMap((one) => [
    ...(one.locations.size > 1 ? [`${one.name}: ${one.locations.size} locations`] : []),
    ...(one.isOpen ? [`${one.name}: its last push or cancellation never got an answer`] : []),
  ]);
  return { name: 'I3 unknown is resolved', seen: `${unknown} unknown outcomes asked again`, violations };
};

/** I4: one Task per case, one announcement per version, no version that nobody pushed. */
const nothingDoubled: Claim = (evidence, cases) => {
  const violations = cases.flatMap((one) => doublesOf(one));
  for (const [number, messages] of eventNumbers(evidence))
    if (messages.size > 1) violations.push(`event ${number} was given to ${messages.size} notifications`);
  const repeats = evidence.arrivals.length - new Set(evidence.arrivals.map((one) => one.taskId)).size;
  return {
    name: 'I4 nothing doubled',
    seen: `${evidence.arrivals.length} notifications arrived, ${repeats} of them about a known Task`,
    violations,
  };
};

function doublesOf(one: CaseHistory): string[] {
  const found: string[] = [];
  if (one.tasks.size > 1) found.push(`${one.name}: ${one.tasks.size} Tasks`);
  const told = later(one);
  if (!told) return found;
  if (told.version > one.mostVersions)
    found.push(`${one.name}: ${told.version} versions of ${one.mostVersions}`);
  if (told.version < one.leastVersions)
    found.push(`${one.name}: ${told.version} versions of at least ${one.leastVersions}`);
  for (let version = 1; version <= told.version; version++) {
    const announced = told.notifications.filter((row) => row.kind === 'announce' && row.version === version);
    if (announced.length !== 1)
      found.push(`${one.name}: version ${version} has ${announced.length} announcements`);
  }
  for (const [marker, times] of one.created)
    if (times > 1) found.push(`${marker}: ${times} times acknowledged as new`);
  return found;
}

function eventNumbers({ arrivals }: Evidence): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const { receiver, eventNumber, messageId, taskId, says } of arrivals) {
    if (eventNumber === undefined) continue;
    const key = `${receiver} ${eventNumber}`;
    found.set(key, (found.get(key) ?? new Set()).add(`${messageId} ${taskId} ${says ?? ''}`));
  }
  return found;
}

/** I5: what a receiver sees of one case never goes back. */
const orderKept: Claim = (evidence, cases) => {
  const violations = cases.flatMap((one) => [...wentBack(one), ...afterCancellation(one)]);
  const documents = evidence.reads.filter(({ what, status }) => what === 'document' && status === 200).length;
  return { name: 'I5 order per case', seen: `${documents} documents fetched`, violations };
};

function wentBack(one: CaseHistory): string[] {
  return one.documents.flatMap((read, index) => {
    const before = one.documents
      .slice(0, index)
      .find((earlier) => earlier.ended < read.began && (earlier.version ?? 0) > (read.version ?? 0));
    return before ? [`${one.name}: version ${read.version} after ${before.version}`] : [];
  });
}

function afterCancellation(one: CaseHistory): string[] {
  const numbers = one.arrivals.flatMap(({ eventNumber }) => (eventNumber === undefined ? [] : [eventNumber]));
  const backwards = numbers.some((number, index) =>
    numbers.slice(0, index).some((earlier) => earlier > number),
  );
  const cancelled = one.arrivals.findIndex(({ says }) => says === 'cancelled');
  const announcedLater =
    cancelled >= 0 && one.arrivals.slice(cancelled).some(({ says }) => says === 'requested');
  return [
    ...(backwards ? [`${one.name}: event numbers ${numbers.join(', ')}`] : []),
    ...(announcedLater ? [`${one.name}: announced after its cancellation`] : []),
  ];
}

/** I6: after the quiet period nothing is under way. */
const nothingStuck: Claim = (evidence, cases) => {
  const violations = evidence.unfinished.map((one) => `${one}: still not fetched`);
  for (const state of ['waiting', 'claimed', 'sending', 'unknown']) {
    const rows = evidence.rows[state];
    if (rows !== 0) violations.push(`${rows} rows ${state}`);
  }
  for (const one of cases)
    for (const row of later(one)?.notifications ?? [])
      if (!['delivered', 'superseded', 'dead', 'failed'].includes(row.state))
        violations.push(`${one.name}: ${row.kind} ${row.version} is ${row.state}`);
  const seen = Object.entries(evidence.rows).map(([state, rows]) => `${rows} ${state}`);
  return { name: 'I6 nothing stuck', seen: seen.join(', '), violations };
};

/** I8: from the end of a grant nothing clinical is given. */
const grantEnds: Claim = (_, cases) => {
  let ends = 0;
  const violations = cases.flatMap((one) => {
    const moment = endOfGrant(one);
    if (moment === undefined) return [];
    ends += 1;
    return one.documents
      .filter((read) => read.began > moment)
      .map((read) => `${one.name}: document given ${Math.round(read.began - moment)} ms after the end`);
  });
  return { name: 'I8 the grant ends', seen: `${ends} grants ended and probed`, violations };
};

/** Acknowledged, and after it no push that could have begun another grant. */
function endOfGrant(one: CaseHistory): number | undefined {
  const cancelled = one.cancels.find(isOk);
  if (cancelled) return cancelled.ended;
  const completed = one.reads.filter((read) => read.what === 'complete' && read.status === 200).at(-1);
  if (!completed) return undefined;
  const reopened = one.pushes.some((push) => push.outcome === 'unknown' || push.ended > completed.began);
  return reopened ? undefined : completed.ended;
}

/** I9: every document that was given is in the audit record. */
const everyReadRecorded: Claim = ({ reads, audit }) => {
  const given = new Map<string, number>();
  const isGiven = ({ what, status }: Read) => what === 'document' && status === 200;
  for (const { compositionId } of reads.filter(isGiven)) {
    const object = `Composition/${compositionId}/$document`;
    given.set(object, (given.get(object) ?? 0) + 1);
  }
  const violations = [...given].flatMap(([object, times]) => {
    const recorded = audit.contentReads.get(object) ?? 0;
    return recorded < times ? [`${object}: given ${times} times, recorded ${recorded} times`] : [];
  });
  return { name: 'I9 every read recorded', seen: `${given.size} documents`, violations };
};

/** I14: the audit chain of each gateway is whole. */
const chainWhole: Claim = ({ audit }) => ({
  name: 'I14 audit chain whole',
  seen: audit.text.trim().replaceAll('\n', '; ').slice(0, 200),
  violations: audit.verified ? [] : [audit.text.trim()],
});

const claims: readonly Claim[] = [
  nothingLost,
  nothingInvented,
  unknownResolved,
  nothingDoubled,
  orderKept,
  nothingStuck,
  nothingUntrue,
  grantEnds,
  everyReadRecorded,
  chainWhole,
  retriesAreBounded,
];

/** Every invariant with what was seen and what broke it. */
export function judge(evidence: Evidence): Verdict[] {
  const cases = byCase(evidence);
  return claims.map((claim) => claim(evidence, cases));
}
