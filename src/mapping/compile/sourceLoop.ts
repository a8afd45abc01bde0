// Over which items of its source does a rule run? List modes, conditions, checks, logs, in this order.
import { RunFault } from '../faults.ts';
import { type Evaluate, type Frame, step, type Touch } from '../fhirpath/frame.ts';
import { type Items, isTrue, none, plain, textOf } from '../fhirpath/values.ts';
import type { SourceMode } from '../language/syntax.ts';
import { setPlaces } from './scope.ts';

/** What a part of a rule does with the variables of the group. */
export type Action = (frame: Frame) => void;

const chosen: Readonly<Record<SourceMode, (indices: number[]) => number[]>> = {
  first: (indices) => indices.slice(0, 1),
  not_first: (indices) => indices.slice(1),
  last: (indices) => indices.slice(-1),
  not_last: (indices) => indices.slice(0, -1),
  only_one: (indices) => {
    if (indices.length > 1) throw new RunFault(`only one item is allowed, ${indices.length} were found`);
    return indices;
  },
};

type Clauses = { where: Evaluate | undefined; check: Evaluate | undefined; log: Evaluate | undefined };

const passes = (frame: Frame, where: Evaluate, item: unknown): boolean => {
  const { reading, recorder } = frame.run;
  if (!reading || !recorder) return isTrue(where(frame, [item]));
  const before = reading.touches.length;
  const passed = isTrue(where(frame, [item]));
  const touches = reading.touches.splice(before).filter((touch) => touch.live);
  if (passed) recorder.conditions.push(...touches);
  return passed;
};

const checkAndLog = (frame: Frame, item: unknown, { check, log }: Clauses): void => {
  if (check && !passes(frame, check, item))
    throw new RunFault('the check of the rule failed', { value: plain(item), reason: 'map-check' });
  if (log)
    frame.run.log(
      log(frame, [item])
        .map((one) => textOf(one) ?? '…')
        .join(', '),
    );
};

type Found = { frame: Frame; items: Items };

/** Where each item stands, in a recorded run. */
const placesOf = ({ stays }: Loop, { frame, items }: Found, index: number): readonly Touch[] => {
  if (stays !== undefined) return frame.places?.[stays] ?? [];
  const touch = frame.run.reading?.aligned.get(items)?.[index];
  return touch ? [touch] : [];
};

const bind = (loop: Loop, found: Found, index: number): void => {
  const { frame, items } = found;
  frame.run.index = index;
  frame.slots[loop.slot] = items[index];
  if (frame.places) setPlaces(frame, loop.slot, placesOf(loop, found, index));
};

export type Loop = {
  find: Evaluate;
  clauses: Clauses;
  mode: SourceMode | undefined;
  slot: number;
  /** The slot of the variable that the source is, when it follows no path from it. */
  stays: number | undefined;
};

const visitAll = (loop: Loop, { frame, items }: Found, next: Action): void => {
  const { where } = loop.clauses;
  for (let index = 0; index < items.length; index += 1) {
    bind(loop, { frame, items }, index);
    if (where && !passes(frame, where, items[index])) continue;
    checkAndLog(frame, items[index], loop.clauses);
    next(frame);
  }
};

const visitChosen = (loop: Loop & { mode: SourceMode }, { frame, items }: Found, next: Action): void => {
  const { where } = loop.clauses;
  const indices = items.flatMap((item, index) => {
    bind(loop, { frame, items }, index);
    return !where || passes(frame, where, item) ? [index] : [];
  });
  for (const index of chosen[loop.mode](indices)) {
    bind(loop, { frame, items }, index);
    checkAndLog(frame, items[index], loop.clauses);
    next(frame);
  }
};

/** Runs `next` for each item that the source gives, with the source's variable bound. */
export const loopOf =
  (loop: Loop) =>
  (next: Action): Action => {
    const { find, mode } = loop;
    const visit = mode
      ? (found: Found) => visitChosen({ ...loop, mode }, found, next)
      : (found: Found) => visitAll(loop, found, next);
    return (frame) => {
      const { reading } = frame.run;
      const before = reading?.touches.length ?? 0;
      const items = find(frame, none);
      if (reading) reading.touches.length = before;
      if (items.length === 0) return;
      step(frame.run, items.length);
      const outer = frame.run.index;
      visit({ frame, items });
      frame.run.index = outer;
    };
  };
