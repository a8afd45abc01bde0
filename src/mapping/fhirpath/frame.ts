// What does an expression see while a map runs? Variables, the clock, the limits, and (when asked) a record of what it read.
import { GatewayError } from '../../errors.ts';
import type { Recorder } from '../record.ts';
import type { Items, Tree } from './values.ts';

/** A leaf or part of the source: the object or array that holds it, and under which key. */
export type Touch = { container: object; key: string | number; live: boolean };

/** What was read, kept only when a trace or coverage was asked for. */
export type Reading = {
  touches: Touch[];
  /** For a result of member access: where each of its items stands. */
  aligned: WeakMap<Items, readonly (Touch | undefined)[]>;
};

/** The state of one run. */
export type Run = {
  steps: number;
  depth: number;
  readonly maxSteps: number;
  readonly maxDepth: number;
  readonly deadline: number;
  readonly at: Date;
  readonly seed: string;
  uuids: number;
  readonly source: unknown;
  readonly reading: Reading | undefined;
  readonly recorder: Recorder | undefined;
  /** Target instances by share name, per container. */
  shares: Map<object, Map<string, unknown>> | undefined;
  index: number;
  total: Items;
  /** Built at first use: every object of the source by its `id`, and references to resources. */
  byId: Map<string, Tree[]> | undefined;
  byReference: Map<string, Tree> | undefined;
  readonly log: (text: string) => void;
  /** The map's default group for Extension, which the extensions beside a primitive go through. */
  readonly extension?:
    | {
        invoke(run: Run, given: { values: readonly unknown[]; places: readonly (readonly Touch[])[] }): void;
      }
    | undefined;
};

/** The variables of one call of a group. */
export type Frame = {
  run: Run;
  slots: unknown[];
  /** By slot: the places in the source that its value comes from; only in a recorded run. */
  places: (readonly Touch[])[] | undefined;
};

export type Evaluate = (frame: Frame, focus: Items) => Items;

/** Counts work. @throws GatewayError unprocessable (`map-limit`) when a run takes too long or too many steps */
export const step = (run: Run, count = 1): void => {
  run.steps += count;
  if (run.steps > run.maxSteps) throw limitFault('steps');
  if ((run.steps & 1023) < count && performance.now() > run.deadline) throw limitFault('time');
};

export const limitFault = (what: string): GatewayError =>
  new GatewayError('unprocessable', `The map needs more ${what} than a run may take`, {
    reason: 'map-limit',
  });

/** Some of the items, by index; the leaves of the others count as not read. */
export const pick = (run: Run, input: Items, indices: readonly number[]): Items => {
  const output = indices.map((index) => input[index]);
  const aligned = run.reading?.aligned.get(input);
  if (!run.reading || !aligned) return output;
  const kept = new Set(indices);
  aligned.forEach((touch, index) => {
    if (touch && !kept.has(index)) touch.live = false;
  });
  run.reading.aligned.set(
    output,
    indices.map((index) => aligned[index]),
  );
  return output;
};

/** The item where one is used; the leaves of others count as not read. */
export const oneOf = (run: Run, items: Items): Items => (items.length > 1 ? pick(run, items, [0]) : items);

export const firstOf = (run: Run, items: Items): unknown => oneOf(run, items)[0];
