// What of a source resource is not found in what was fetched? Each leaf at its own path; decimals by their text.
import type { FhirResource } from '../model.ts';
import { numberText } from './decimals.ts';

export type Loss = { path: string; value: unknown };

type Side = Record<string, unknown>;

const isTree = (value: unknown): value is Side =>
  typeof value === 'object' && value !== null && numberText(value) === undefined;

function sameLeaf(a: unknown, b: unknown): boolean {
  const text = numberText(a);
  return text === undefined ? a === b : text === numberText(b);
}

/** Addresses may change; that there is a reference may not, nor which contained resource it means. */
function sameReference(a: unknown, b: unknown): boolean {
  if (typeof a === 'string' && a.startsWith('#')) return a === b;
  return typeof b === 'string' && b !== '';
}

function compareKey(
  key: string,
  pair: { source: Side; fetched: unknown; path: string; inContained: boolean },
  out: Loss[],
) {
  const { source, fetched, path, inContained } = pair;
  const value = source[key];
  const other = isTree(fetched) ? fetched[key] : undefined;
  const place = Array.isArray(source) ? `${path}[${key}]` : `${path}.${key}`;
  if (value === null) return;
  if (isTree(value)) return compare({ source: value, fetched: other, path: place, inContained }, out);
  if (key === 'id' && 'resourceType' in source && !inContained) return;
  const same =
    key === 'reference' && typeof value === 'string' ? sameReference(value, other) : sameLeaf(value, other);
  if (!same) out.push({ path: place, value });
}

function compare(
  pair: { source: Side; fetched: unknown; path: string; inContained: boolean },
  out: Loss[],
): void {
  for (const key of Object.keys(pair.source)) {
    compareKey(key, { ...pair, inContained: pair.inContained || key === 'contained' }, out);
  }
}

/**
 * Every leaf of `source` that is not found, equal, at the same path of `fetched`, arrays in order. Ids of resources and
 * values of references may differ (contained ids and `#` references may not); decimals are compared by text: 1.10 is not 1.1.
 */
export function lossBetween(source: FhirResource, fetched: FhirResource): Loss[] {
  const out: Loss[] = [];
  compare({ source, fetched, path: source.resourceType, inContained: false }, out);
  return out;
}
