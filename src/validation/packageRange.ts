// Which release does a package mean by `1.0.x`? https://confluence.hl7.org/display/FHIR/NPM+Package+Specification
import { compareReleases } from './registry.ts';

const any = new Set(['x', 'X', '*']);

/** Is the release in the range: the same, or the same up to a part that may be anything? */
export function inRange(release: string, range: string): boolean {
  if (range === release || range === 'latest' || any.has(range)) return true;
  const parts = range.split('.');
  const open = parts.findIndex((part) => any.has(part));
  return open > 0 && release.startsWith(`${parts.slice(0, open).join('.')}.`);
}

/** The newest release in a range; a pre-release only when there is nothing else. */
export function newest(releases: readonly string[], range: string): string | undefined {
  const found = releases.filter((release) => inRange(release, range)).sort(compareReleases);
  return found.findLast((release) => !release.includes('-')) ?? found.at(-1);
}
