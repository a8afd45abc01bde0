// Where does a part of a tree stand? Paths such as `Bundle.entry[3].resource.code`, for messages, traces and coverage.
import { isLeaf, isTree } from './fhirpath/values.ts';

export const childPath = (parent: string, key: string | number): string => {
  if (typeof key === 'number') return `${parent}[${key}]`;
  return parent === '' ? key : `${parent}.${key}`;
};

const entriesOf = (value: object): [string | number, unknown][] =>
  Array.isArray(value) ? value.map((item, index) => [index, item]) : Object.entries(value);

/** Visits every object, list and leaf of a tree with its path; the root's path is its resourceType, or empty. */
export const walk = (
  root: unknown,
  visit: (value: unknown, path: string, at: { container: object; key: string | number }) => void,
): void => {
  const open = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null || isLeaf(value)) return;
    for (const [key, child] of entriesOf(value)) {
      if (child === undefined) continue;
      const at = childPath(path, key);
      visit(child, at, { container: value, key });
      open(child, at);
    }
  };
  open(root, rootPath(root));
};

/** How paths into a tree start. */
export const rootPath = (root: unknown): string =>
  isTree(root) && typeof root.resourceType === 'string' ? root.resourceType : '';

/** The path of an object in the source, found by identity; undefined for what is not there. */
export const placeInSource = (root: unknown, part: unknown): string | undefined => {
  if (typeof part !== 'object' || part === null) return undefined;
  if (root === part) return rootPath(root) || '$this';
  let found: string | undefined;
  walk(root, (value, path) => {
    if (found === undefined && value === part) found = path;
  });
  return found;
};
