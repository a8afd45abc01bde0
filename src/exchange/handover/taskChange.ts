// What differs between the Task as it stands and the one that came? Everything but the status must be as it was.
import { GatewayError } from '../../errors.ts';
import type { FhirResource, Issue } from '../../model.ts';
import type { HandoverRow } from './task.ts';

/** Release 4.0 and 4.2: the receiver completes, nothing else. A row per status that the Task can have here. */
export const transitions: Readonly<Record<string, readonly string[]>> = {
  'in-progress': ['completed'],
  completed: [],
  cancelled: [],
};

/** True when the status changes, false when it is what it was. Throws what the table does not allow. */
export function checkTransition(row: HandoverRow, wanted: unknown): boolean {
  const current = row.state === 'expired' ? 'in-progress' : row.state;
  if (wanted === current) return false;
  if (row.state === 'cancelled') {
    throw new GatewayError('conflict', 'The sender has cancelled this handover', {
      reason: 'handover-cancelled',
    });
  }
  if (transitions[current]?.includes(String(wanted))) return true;
  const allowed = transitions[current] ?? [];
  throw new GatewayError('unprocessable', 'The Task cannot go to that status', {
    issues: [transitionIssue(current, allowed)],
    reason: 'transition-not-allowed',
  });
}

function transitionIssue(current: string, allowed: readonly string[]): Issue {
  const [nl, en] =
    allowed.length > 0
      ? [`alleen naar ${allowed.join(', ')}`, `only to ${allowed.join(', ')}`]
      : ['nergens meer heen', 'nowhere any more'];
  return {
    severity: 'error',
    code: 'business-rule',
    rule: 'task-transition',
    text: { nl: `Van ${current} kan de Task ${nl}.`, en: `From ${current} the Task can go ${en}.` },
    expression: ['Task.status'],
  };
}

/** What the server sets itself and a caller may send back older or not at all. */
const serverOwned = new Set([
  'Task.meta.versionId',
  'Task.meta.lastUpdated',
  'Task.lastModified',
  'Task.status',
]);

/** Throws `unprocessable` naming every changed element. The order of inputs and the form (JSON, XML) do not matter. */
export function refuseOtherChanges(current: FhirResource, sent: FhirResource, baseUrl: string): void {
  const changed: string[] = [];
  compare({ base: `${baseUrl}/stu3/`, changed }, 'Task', { was: current, is: sent });
  if (changed.length === 0) return;
  throw new GatewayError('unprocessable', 'Only the status of this Task may change', {
    issues: [...new Set(changed)].map((place) => ({
      severity: 'error',
      code: 'business-rule',
      rule: 'task-changed',
      text: { nl: 'Dit element mag niet veranderen.', en: 'This element may not change.' },
      expression: [place],
    })),
    reason: 'task-changed',
  });
}

type Comparing = { base: string; changed: string[] };
type Pair = { was: unknown; is: unknown };

function compare(comparing: Comparing, path: string, pair: Pair): void {
  const { was, is } = pair;
  if (serverOwned.has(path) || (path === 'Task.meta' && is === undefined)) return;
  if (Array.isArray(was) && Array.isArray(is)) compareLists(comparing, path, { was, is });
  else if (isTree(was) && isTree(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
      compare(comparing, `${path}.${key}`, { was: was[key], is: is[key] });
    }
  } else if (!sameLeaf(comparing, was, is)) comparing.changed.push(path);
}

/** Inputs, codings and extensions are sets here: each must be found again, wherever it stands. */
function compareLists(comparing: Comparing, path: string, pair: { was: unknown[]; is: unknown[] }): void {
  const left = pair.is.map((value, index) => ({ value, index }));
  const missing: number[] = [];
  for (const [index, value] of pair.was.entries()) {
    const at = left.findIndex((one) => equal(comparing, value, one.value));
    if (at < 0) missing.push(index);
    else left.splice(at, 1);
  }
  for (const index of missing) {
    const other = left.shift();
    const place = `${path}[${other?.index ?? index}]`;
    if (other) compare(comparing, place, { was: pair.was[index], is: other.value });
    else comparing.changed.push(place);
  }
  for (const one of left) comparing.changed.push(`${path}[${one.index}]`);
}

function equal(comparing: Comparing, was: unknown, is: unknown): boolean {
  const probe: Comparing = { base: comparing.base, changed: [] };
  compare(probe, '', { was, is });
  return probe.changed.length === 0;
}

/** A reference may have been made absolute on its way. */
function sameLeaf(comparing: Comparing, was: unknown, is: unknown): boolean {
  if (was === is) return true;
  return typeof was === 'string' && typeof is === 'string' && is === comparing.base + was;
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
