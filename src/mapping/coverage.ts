// Where did each value of the source go? Mapped, translated, defaulted, dropped on purpose, or dropped.
import { isLeaf } from './fhirpath/values.ts';
import type { NamedDrop } from './language/syntax.ts';
import { childPath, walk } from './paths.ts';
import type { Recorder } from './record.ts';
import { eachWritten, pathsOf, sourcesOf } from './trace.ts';

export type Fate = 'mapped' | 'translated' | 'defaulted' | 'dropped-on-purpose' | 'dropped';

export type CoverageLeaf = { path: string; fate: Fate; reason?: string };

export type Coverage = {
  leaves: readonly CoverageLeaf[];
  totals: Readonly<Record<Fate, number>>;
  /** Codes that a concept map does not have. */
  untranslated: readonly { map: string; code: string; rule: string }[];
};

type Known = Map<string, { fate: Fate; reason?: string }>;

const strength: Readonly<Record<Fate, number>> = {
  dropped: 0,
  'dropped-on-purpose': 1,
  defaulted: 2,
  mapped: 3,
  translated: 4,
};

const mark = (known: Known, path: string, entry: { fate: Fate; reason?: string }): void => {
  const before = known.get(path);
  if (!before || strength[before.fate] < strength[entry.fate]) known.set(path, entry);
};

const pathPattern = (pattern: string): RegExp => {
  const parts = pattern.split('.').map((part) => {
    if (part === '**') return '(?:[^.]+\\.)*';
    const name = part.replace(/[.+?^${}()|[\]\\#]/g, '\\$&').replaceAll('*', '[^.\\[]*');
    return `${name}(?:\\[\\d+\\])*\\.`;
  });
  return new RegExp(`^${parts.join('')}`);
};

/** Whether a named drop covers a path: the path itself or a part that it is in. */
export const dropMatcher = (drops: readonly NamedDrop[]): ((path: string) => string | undefined) => {
  const patterns = drops.map(({ pattern, reason }) => ({ pattern: pathPattern(pattern), reason }));
  return (path) => patterns.find((one) => one.pattern.test(`${path}.`))?.reason;
};

const fateOf = (translation: { defaulted: boolean } | undefined): Fate => {
  if (!translation) return 'mapped';
  return translation.defaulted ? 'defaulted' : 'translated';
};

const markWrites = (
  recorder: Recorder,
  target: unknown,
  at: { known: Known; paths: Map<object, string> },
): void => {
  eachWritten(recorder, target, ({ write, below }) => {
    for (const path of sourcesOf(write, below, at.paths))
      mark(at.known, path, { fate: fateOf(write.translation) });
  });
};

const markRecorded = (
  recorder: Recorder,
  at: { known: Known; paths: Map<object, string> },
): { path: string; reason: string }[] => {
  for (const { container, key } of recorder.conditions) {
    const path = at.paths.get(container);
    if (path !== undefined) mark(at.known, childPath(path, key), { fate: 'mapped' });
  }
  return recorder.drops.flatMap(({ touch, reason }) => {
    const path = at.paths.get(touch.container);
    return path === undefined ? [] : [{ path: childPath(path, touch.key), reason }];
  });
};

const isWithin = (path: string, part: string): boolean =>
  path.startsWith(part) &&
  (path.length === part.length || path[part.length] === '.' || path[part.length] === '[');

/** The coverage of a finished run. */
export const coverageOf = (
  recorder: Recorder,
  run: { source: unknown; target: unknown; drops: readonly NamedDrop[] },
): Coverage => {
  const known: Known = new Map();
  const paths = pathsOf(run.source);
  markWrites(recorder, run.target, { known, paths });
  const dropped = markRecorded(recorder, { known, paths });
  const named = dropMatcher(run.drops);
  const leaves: CoverageLeaf[] = [];
  const totals = { mapped: 0, translated: 0, defaulted: 0, 'dropped-on-purpose': 0, dropped: 0 };
  walk(run.source, (value, path, { key }) => {
    if (!isLeaf(value) || value === null || (key === 'resourceType' && typeof value === 'string')) return;
    const reason = dropped.find((one) => isWithin(path, one.path))?.reason ?? named(path);
    const entry =
      known.get(path) ??
      (reason === undefined ? { fate: 'dropped' as const } : { fate: 'dropped-on-purpose' as const, reason });
    leaves.push({ path, ...entry });
    totals[entry.fate] += 1;
  });
  const untranslated = recorder.untranslated.map(({ map, code, place }) => ({
    map,
    code,
    rule: `${place.map}:${place.line}`,
  }));
  return { leaves, totals, untranslated };
};
