// Where is the check of a shape, and how does it tell what it finds there?
import type { FhirVersion, Issue } from '../model.ts';
import { isWarning, type ShapeRule, shapeIssue } from './shapeIssues.ts';

export type Tree = Record<string, unknown>;

/**
 * One walk through one resource; `path` holds the names and indices down to the current place, `warnings` how many of the
 * issues are none but that.
 */
export type Walk = { version: FhirVersion; issues: Issue[]; warnings: number; path: (string | number)[] };

/** Of errors, and of warnings. */
export const mostFindings = 1_000;

/** There are more errors than are looked for. */
export class TooMany extends Error {}

export const isObject = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

/** `['Patient', 'name', 0, 'given']` is `Patient.name[0].given`. */
export function printPath(path: readonly (string | number)[]): string {
  let text = '';
  for (const part of path) text += typeof part === 'number' ? `[${part}]` : text === '' ? part : `.${part}`;
  return text;
}

export function report(walk: Walk, rule: ShapeRule): void {
  if (isWarning(rule)) {
    // what follows could still be an error
    if (walk.warnings === mostFindings) return;
    walk.warnings += 1;
  } else if (walk.issues.length - walk.warnings === mostFindings) throw new TooMany();
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
