// Where does each value of the target come from? Source paths, rule and code translation, in a form compact enough to keep.
import { placeText } from './faults.ts';
import { isLeaf } from './fhirpath/values.ts';
import { childPath, rootPath, walk } from './paths.ts';
import type { Recorder, Translation, Write } from './record.ts';

/** One leaf of the target: path, index of its rule, source paths, translation. No source paths: a constant of the map. */
export type TraceLeaf = readonly [
  target: string,
  rule: number,
  sources: readonly string[],
  translation?: { map: string; from: string; to: string; defaulted: boolean },
];

export type Trace = { rules: readonly string[]; leaves: readonly TraceLeaf[] };

/** The paths of all objects and lists of a tree. */
export const pathsOf = (root: unknown): Map<object, string> => {
  const paths = new Map<object, string>();
  if (typeof root === 'object' && root !== null) paths.set(root, rootPath(root));
  walk(root, (value, path) => {
    if (typeof value === 'object' && value !== null) paths.set(value, path);
  });
  return paths;
};

/** Visits each leaf of the target with the write that made it. */
export const eachWritten = (
  recorder: Recorder,
  target: unknown,
  visit: (leaf: { path: string; write: Write; below: readonly (string | number)[] }) => void,
): void => {
  type Owner = { write: Write; below: (string | number)[] } | undefined;
  const open = (value: object, path: string, owner: Owner): void => {
    const writes = recorder.writes.get(value);
    const entries: [string | number, unknown][] = Array.isArray(value)
      ? value.map((item, index) => [index, item])
      : Object.entries(value);
    for (const [key, child] of entries) {
      const write = writes?.get(key);
      const next: Owner = write
        ? { write, below: [] }
        : owner && { write: owner.write, below: [...owner.below, key] };
      const at = childPath(path, key);
      if (typeof child === 'object' && child !== null && !isLeaf(child)) open(child, at, next);
      else if (next) visit({ path: at, ...next });
    }
  };
  if (typeof target === 'object' && target !== null) open(target, rootPath(target), undefined);
};

/** The source paths that a write's leaf comes from. */
export const sourcesOf = (
  write: Write,
  below: readonly (string | number)[],
  paths: ReadonlyMap<object, string>,
): string[] => {
  const whole = write.copyOf && paths.get(write.copyOf);
  if (whole !== undefined) return [below.reduce<string>(childPath, whole)];
  return [
    ...new Set(
      write.touches.flatMap(({ container, key }) => {
        const at = paths.get(container);
        return at === undefined ? [] : [childPath(at, key)];
      }),
    ),
  ];
};

const ruleText = (write: Write): string =>
  write.rule === undefined ? placeText(write.place) : `${placeText(write.place)} ${write.rule}`;

/** The trace of a finished run. */
export const traceOf = (recorder: Recorder, source: unknown, target: unknown): Trace => {
  const paths = pathsOf(source);
  const rules = new Map<string, number>();
  const leaves: TraceLeaf[] = [];
  eachWritten(recorder, target, ({ path, write, below }) => {
    const text = ruleText(write);
    const rule = rules.get(text) ?? rules.size;
    rules.set(text, rule);
    const sources = sourcesOf(write, below, paths);
    const { translation } = write;
    leaves.push(translation ? [path, rule, sources, translation] : [path, rule, sources]);
  });
  return { rules: [...rules.keys()], leaves };
};

export type { Translation };
