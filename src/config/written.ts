// What stands at a place of the settings as they are written? Read without judging, so that one fault hides no other.
import { printPath } from './faults.ts';

export type Tree = Record<string, unknown>;
export type Written = { path: string; value: unknown };

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every value at a place such as `participants.*.clients.*.jwksUrl`, where `*` is each item of a list. */
export function valuesAt(settings: Tree, place: string): Written[] {
  let found: { path: readonly PropertyKey[]; value: unknown }[] = [{ path: [], value: settings }];
  for (const step of place.split('.')) {
    found = found.flatMap(({ path, value }) =>
      stepsInto(value, step).map(([key, inner]) => ({ path: [...path, key], value: inner })),
    );
  }
  return found.map(({ path, value }) => ({ path: printPath(path), value }));
}

function stepsInto(value: unknown, step: string): [PropertyKey, unknown][] {
  if (step === '*') return Array.isArray(value) ? [...value.entries()] : [];
  return isTree(value) && Object.hasOwn(value, step) ? [[step, value[step]]] : [];
}

/** The texts among them. */
export const textsAt = (settings: Tree, place: string): { path: string; value: string }[] =>
  valuesAt(settings, place).flatMap(({ path, value }) =>
    typeof value === 'string' ? [{ path, value }] : [],
  );

/** The names of what stands at a place, each with its own place. */
export const keysAt = (settings: Tree, place: string): { path: string; value: string }[] =>
  valuesAt(settings, place).flatMap(({ path, value }) =>
    isTree(value) ? Object.keys(value).map((key) => ({ path: `${path}.${key}`, value: key })) : [],
  );
