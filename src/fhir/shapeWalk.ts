// Where is the check of a shape, and how does it tell what it finds there?
import type { FhirVersion, Issue } from '../model.ts';
import { type ShapeRule, shapeIssue } from './shapeIssues.ts';

export type Tree = Record<string, unknown>;

/** One walk through one resource; `path` holds the names and indices down to the current place. */
export type Walk = { version: FhirVersion; issues: Issue[]; path: (string | number)[] };

export const isObject = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

/** `['Patient', 'name', 0, 'given']` is `Patient.name[0].given`. */
export function printPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
}

export function report(walk: Walk, rule: ShapeRule): void {
  walk.issues.push(shapeIssue(rule, printPath(walk.path)));
}

export function reportAt(walk: Walk, rule: ShapeRule, name: string | number): void {
  walk.path.push(name);
  report(walk, rule);
  walk.path.pop();
}

/** A strange name could carry content, such as a number of a person; it is not repeated. */
export function reportUnknown(walk: Walk, key: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,63}$/.test(key) && !/\d{8}/.test(key)) reportAt(walk, 'unknown-element', key);
  else report(walk, 'unknown-element');
}
