// When are two objects of a source the same thing, and what time does a clock without a zone tell? Our own functions:
// `fingerprint('a', …)`, `isFirstOf(all, key)`, `inZone('Europe/Amsterdam')`, `dayIn('Europe/Amsterdam')`.
import { RunFault } from '../faults.ts';
import { step } from './frame.ts';
import { type Call, type Operation, parameter } from './functions.ts';
import { type Items, isTree, none, plain, type Tree, textOf } from './values.ts';

const collect = (value: unknown, found: ReadonlyMap<string, string[]>): void => {
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  else if (isTree(value)) {
    for (const key in value) {
      const child = value[key];
      const text = textOf(child);
      if (text !== undefined) found.get(key)?.push(text.trim().replace(/\s+/g, ' '));
      else collect(child, found);
    }
  }
};

const known = new WeakMap<Tree, Map<string, string>>();

const printOf = (tree: Tree, names: readonly string[]): string => {
  const key = names.join('\0');
  const before = known.get(tree)?.get(key);
  if (before !== undefined) return before;
  const found = new Map(names.map((name) => [name, [] as string[]]));
  collect(tree, found);
  const text = names.map((name) => `${name}=${found.get(name)?.join('|')}`).join(';');
  const texts = known.get(tree) ?? new Map<string, string>();
  known.set(tree, texts.set(key, text));
  return text;
};

/** What an expression reads here decides about identity; it is no use of the values. */
const unread = (call: Call, work: () => Items): Items => {
  const touches = call.frame.run.reading?.touches;
  const before = touches?.length ?? 0;
  const items = work();
  if (touches) touches.length = before;
  return items;
};

const fingerprint = (call: Call): Items => {
  const names = call.parameters.map((_, index) => textOf(parameter(call, index)[0]) ?? '');
  const trees = call.input.map(plain).filter(isTree);
  step(call.frame.run, 1 + trees.length);
  call.frame.run.reading?.aligned.delete(call.input);
  return trees.length === 0 ? none : [trees.map((tree) => printOf(tree, names)).join('/')];
};

const keyOf = (call: Call, item: unknown): string | undefined =>
  textOf(call.parameters[1]?.(call.frame, [item])[0]);

const isFirstOf = (call: Call): Items => {
  const [item] = call.input;
  if (item === undefined) return none;
  return unread(call, () => {
    const all = parameter(call, 0);
    const key = keyOf(call, item);
    const first = all.find((other) => {
      step(call.frame.run);
      return plain(other) === plain(item) || keyOf(call, other) === key;
    });
    return [first === undefined || plain(first) === plain(item)];
  });
};

const clocks = new Map<string, Intl.DateTimeFormat>();

const clockOf = (zone: string): Intl.DateTimeFormat => {
  const before = clocks.get(zone);
  if (before) return before;
  try {
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' });
    clocks.set(zone, clock);
    return clock;
  } catch {
    throw new RunFault(`‘${zone}’ is no time zone`, { kind: 'fault', value: zone });
  }
};

const offsetAt = (zone: string, moment: number): string => {
  const parts = clockOf(zone).formatToParts(moment);
  const offset = parts.find((part) => part.type === 'timeZoneName')?.value.slice(3) ?? '';
  return offset === '' ? '+00:00' : offset;
};

const minutesOf = (offset: string): number => {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4, 6));
  return offset.startsWith('-') ? -minutes : minutes;
};

const local = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/;

/** A time without seconds or zone gets both; a time that the clock skips or has twice is the earlier one. */
const zoned = (text: string, zone: string): string => {
  const [, minute, second = ':00', given] = local.exec(text) ?? [];
  if (minute === undefined) return text;
  if (given !== undefined) return `${minute}${second}${given}`;
  const wall = Date.parse(`${minute}${second.slice(0, 3)}Z`);
  if (Number.isNaN(wall)) return text;
  const guess = wall - minutesOf(offsetAt(zone, wall - 86_400_000)) * 60_000;
  return `${minute}${second}${offsetAt(zone, guess)}`;
};

/** One text, read by a clock of the zone. */
const placedBy =
  (read: (text: string, zone: string) => string) =>
  (call: Call): Items => {
    const text = call.input.length === 1 ? textOf(call.input[0]) : undefined;
    const zone = textOf(parameter(call, 0)[0]);
    return text === undefined || zone === undefined ? none : [read(text, zone)];
  };

/** The day that a clock in the zone shows at a moment; what names no moment keeps the day that it names. */
const dayOf = (text: string, zone: string): string => {
  const moment = local.exec(text)?.[3] === undefined ? Number.NaN : Date.parse(text);
  if (Number.isNaN(moment)) return text.slice(0, 10);
  return new Date(moment + minutesOf(offsetAt(zone, moment)) * 60_000).toISOString().slice(0, 10);
};

const inZone = placedBy(zoned);
const dayIn = placedBy(dayOf);

export const keyFunctions: Readonly<Record<string, Operation>> = {
  fingerprint: { min: 1, max: 20, run: fingerprint },
  isFirstOf: { min: 2, max: 2, run: isFirstOf },
  inZone: { min: 1, max: 1, run: inZone },
  dayIn: { min: 1, max: 1, run: dayIn },
};
