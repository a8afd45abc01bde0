// Which functions work on collections? http://hl7.org/fhirpath/N1/#functions, sections 5.1 to 5.4, 5.8 and 5.9
import { RunFault } from '../faults.ts';
import { type Evaluate, type Frame, pick, step } from './frame.ts';
import { DistinctItems, firsts } from './sameItems.ts';
import { type Items, isLeaf, isTree, isTrue, none, plain, type Tree, textOf } from './values.ts';

/** One call of a function: its input, the focus around it, and its parameters, not yet evaluated. */
export type Call = { frame: Frame; input: Items; focus: Items; parameters: readonly Evaluate[] };
export type Operation = { min: number; max: number; run: (call: Call) => Items };

/** A parameter evaluated on the focus around the call. */
export const parameter = (call: Call, index: number): Items =>
  call.parameters[index]?.(call.frame, call.focus) ?? none;

/** A criterion or projection evaluated with one item of the input as `$this`. */
export const onItem = (call: Call, item: unknown, index: number): Items => {
  const { run } = call.frame;
  step(run);
  const before = run.index;
  run.index = index;
  const items = call.parameters[0]?.(call.frame, [item]) ?? none;
  run.index = before;
  return items;
};

const of = (value: unknown): Items => (value === undefined ? none : [value]);

export const distinct = (items: Items, frame: Frame): Items =>
  pick(frame.run, items, firsts(frame.run, items));

/** The indices of the items that meet the criterion; what it read of the others counts as not read. */
export const matching = (call: Call): number[] => {
  const touches = call.frame.run.reading?.touches;
  return call.input.flatMap((item, index) => {
    const before = touches?.length ?? 0;
    if (isTrue(onItem(call, item, index))) return [index];
    if (touches) touches.length = before;
    return [];
  });
};

const childrenOf = (items: Items, frame: Frame): Items =>
  items.flatMap((item) => {
    const tree = plain(item);
    if (!isTree(tree)) return [];
    step(frame.run);
    return Object.entries(tree).flatMap(([key, value]) => (key === 'resourceType' ? [] : value));
  });

const closure = (call: Call, next: (items: Items) => Items, unique: boolean): Items => {
  const { run } = call.frame;
  const found: unknown[] = [];
  const known = new DistinctItems(run);
  let open = next(call.input);
  while (open.length > 0) {
    step(run, open.length);
    const fresh = unique ? open.filter((item) => known.add(item)) : open;
    for (const item of fresh) found.push(item);
    open = next(fresh);
  }
  return found;
};

const project = (call: Call, items: Items): Items =>
  items.flatMap((item, index) => onItem(call, item, index));

const range = (call: Call, from: number, to: number): Items => {
  const indices = call.input.map((_, index) => index).slice(Math.max(0, from), Math.max(0, to));
  return pick(call.frame.run, call.input, indices);
};

const count = (call: Call): number => {
  const value = plain(parameter(call, 0)[0]);
  return typeof value === 'number' ? value : 0;
};

const subsetting: Record<string, Operation> = {
  where: { min: 1, max: 1, run: (call) => pick(call.frame.run, call.input, matching(call)) },
  select: { min: 1, max: 1, run: (call) => project(call, call.input) },
  repeat: { min: 1, max: 1, run: (call) => closure(call, (items) => project(call, items), true) },
  single: {
    min: 0,
    max: 0,
    run: ({ input }) => {
      if (input.length > 1) throw new RunFault(`single() takes one value, ${input.length} were given`);
      return input;
    },
  },
  first: { min: 0, max: 0, run: (call) => range(call, 0, 1) },
  last: { min: 0, max: 0, run: (call) => range(call, call.input.length - 1, call.input.length) },
  tail: { min: 0, max: 0, run: (call) => range(call, 1, call.input.length) },
  skip: { min: 1, max: 1, run: (call) => range(call, count(call), call.input.length) },
  take: { min: 1, max: 1, run: (call) => range(call, 0, count(call)) },
  intersect: {
    min: 1,
    max: 1,
    run: (call) => {
      const other = new DistinctItems(call.frame.run, parameter(call, 0));
      return distinct(
        call.input.filter((item) => other.has(item)),
        call.frame,
      );
    },
  },
  exclude: {
    min: 1,
    max: 1,
    run: (call) => {
      const other = new DistinctItems(call.frame.run, parameter(call, 0));
      return call.input.filter((item) => !other.has(item));
    },
  },
  union: {
    min: 1,
    max: 1,
    run: (call) => distinct([...call.input, ...parameter(call, 0)], call.frame),
  },
  combine: { min: 1, max: 1, run: (call) => [...call.input, ...parameter(call, 0)] },
  children: { min: 0, max: 0, run: ({ input, frame }) => childrenOf(input, frame) },
  descendants: {
    min: 0,
    max: 0,
    run: (call) => closure(call, (items) => childrenOf(items, call.frame), false),
  },
};

const aggregate = (call: Call): Items => {
  const { run } = call.frame;
  const outer = run.total;
  run.total = parameter(call, 1);
  for (const [index, item] of call.input.entries()) run.total = onItem(call, item, index);
  const total = run.total;
  run.total = outer;
  return total;
};

const timePart = (at: Date, from: number, to: number): Items => [at.toISOString().slice(from, to)];

const whole: Record<string, Operation> = {
  iif: {
    min: 2,
    max: 3,
    run: (call) => {
      const focus = call.input.length > 0 ? call.input : call.focus;
      const met = isTrue(call.parameters[0]?.(call.frame, focus) ?? none);
      return call.parameters[met ? 1 : 2]?.(call.frame, focus) ?? none;
    },
  },
  aggregate: { min: 1, max: 2, run: aggregate },
  trace: {
    min: 1,
    max: 2,
    run: (call) => {
      const shown = call.parameters[1] ? call.parameters[1](call.frame, call.input) : call.input;
      const name = textOf(parameter(call, 0)[0]) ?? 'trace';
      call.frame.run.log(`${name}: ${shown.map((item) => textOf(item) ?? JSON.stringify(item)).join(', ')}`);
      return call.input;
    },
  },
  now: { min: 0, max: 0, run: ({ frame }) => [frame.run.at.toISOString()] },
  today: { min: 0, max: 0, run: ({ frame }) => timePart(frame.run.at, 0, 10) },
  timeOfDay: { min: 0, max: 0, run: ({ frame }) => timePart(frame.run.at, 11, 23) },
  hasValue: {
    min: 0,
    max: 0,
    run: ({ input }) => [input.length === 1 && isLeaf(plain(input[0])) && plain(input[0]) !== undefined],
  },
  getValue: {
    min: 0,
    max: 0,
    run: ({ input }) => (input.length === 1 && isLeaf(plain(input[0])) ? of(plain(input[0])) : none),
  },
};

export const collectionFunctions: Readonly<Record<string, Operation>> = {
  ...subsetting,
  ...whole,
};

/** Whether a tree is a resource. */
export const isResource = (value: unknown): value is Tree & { resourceType: string } =>
  isTree(value) && typeof value.resourceType === 'string';
