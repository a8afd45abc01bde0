// Where do two results differ? By path, readable; the order of properties does not count.
import { isRawDecimal, isTree } from './fhirpath/values.ts';
import { childPath, rootPath } from './paths.ts';

export type Difference = { path: string; expected?: unknown; actual?: unknown };

const sameLeaf = (a: unknown, b: unknown): boolean =>
  a === b || (isRawDecimal(a) && isRawDecimal(b) && a.rawJSON === b.rawJSON);

const collect = (found: Difference[], path: string, pair: { expected: unknown; actual: unknown }): void => {
  const { expected, actual } = pair;
  if (sameLeaf(expected, actual)) return;
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    for (let index = 0; index < length; index += 1)
      collect(found, childPath(path, index), { expected: expected[index], actual: actual[index] });
  } else if (isTree(expected) && isTree(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)]))
      collect(found, childPath(path, key), { expected: expected[key], actual: actual[key] });
  } else {
    found.push({
      path,
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { actual }),
    });
  }
};

/** All differences between two trees. */
export const differences = (expected: unknown, actual: unknown): Difference[] => {
  const found: Difference[] = [];
  collect(found, rootPath(expected), { expected, actual });
  return found;
};

const shown = (value: unknown): string => (value === undefined ? '(nothing)' : JSON.stringify(value));

/** One line for one difference. */
export const printDifference = ({ path, expected, actual }: Difference): string =>
  `${path}: expected ${shown(expected)}, got ${shown(actual)}`;
