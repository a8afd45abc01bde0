// Did everything arrive? Each element of each source resource, and each reference's target, against what was fetched.
import { lossBetween } from '../../fhir/loss.ts';
import type { FhirResource } from '../../model.ts';
import { type Fetched, keyOf } from '../../sandbox/fetchHandover.ts';
import { linksOf } from '../../sandbox/links.ts';
import type { Closure, Resolve } from './closure.ts';
import type { FoundResource } from './readFolder.ts';

export type Finding = { file: string; path: string; text: string };
export type Comparison = { elements: number; findings: Finding[] };

type Walk = {
  resolve: Resolve;
  fetched: Fetched;
  paired: Map<FoundResource, string>;
  taken: Map<string, FoundResource>;
  findings: Finding[];
};

/**
 * Walks source and fetched side by side from the Composition. A resource that was fetched under two ids, an element that
 * is not there, and a reference that leads elsewhere are findings; ids and the text of references are not compared.
 */
export function compare(closure: Closure, resolve: Resolve, fetched: Fetched): Comparison {
  const walk: Walk = { resolve, fetched, paired: new Map(), taken: new Map(), findings: [] };
  const [composition] = closure.members;
  if (composition !== undefined) pair(walk, composition, fetched.root);
  for (const member of closure.members) {
    if (!walk.paired.has(member)) report(walk, member, { text: 'was not fetched' });
  }
  const elements = closure.members.reduce((sum, member) => sum + leavesOf(member.resource), 0);
  return { elements, findings: walk.findings };
}

function report(walk: Walk, from: FoundResource, found: { path?: string; text: string }): void {
  walk.findings.push({ file: from.file, path: from.resource.resourceType, ...found });
}

function pair(walk: Walk, source: FoundResource, key: string): void {
  const known = walk.paired.get(source);
  if (known !== undefined) {
    if (known !== key) report(walk, source, { text: 'is served under two ids' });
    return;
  }
  walk.paired.set(source, key);
  const other = walk.taken.get(key);
  if (other !== undefined) report(walk, source, { text: `shares its id with ${other.file}` });
  walk.taken.set(key, source);
  const arrived = walk.fetched.resources.get(key);
  if (arrived === undefined) report(walk, source, { text: 'was not fetched' });
  else compareResource(walk, source, arrived);
}

function compareResource(walk: Walk, source: FoundResource, arrived: FhirResource): void {
  const links = linksOf(source.resource);
  const rewritten = links.filter((link) => walk.resolve(link.target, source) !== undefined);
  const linkPaths = new Set(rewritten.map((link) => link.path));
  for (const { path, value } of lossBetween(source.resource, arrived)) {
    if (!linkPaths.has(path)) report(walk, source, { path, text: `lost ${shortened(value)}` });
  }
  const arrivedLinks = new Map(linksOf(arrived).map((link) => [link.path, link.target]));
  for (const { path, target } of links) {
    const to = arrivedLinks.get(path);
    if (target.startsWith('#')) compareContained(walk, source, { path, target, to, arrived });
    else follow(walk, source, { path, target, to });
  }
}

function follow(
  walk: Walk,
  source: FoundResource,
  link: { path: string; target: string; to: string | undefined },
): void {
  const found = walk.resolve(link.target, source);
  if (found === undefined) return;
  if (link.to === undefined) report(walk, source, { path: link.path, text: 'the reference is not there' });
  else pair(walk, found, keyOf(link.to) ?? link.to);
}

function compareContained(
  walk: Walk,
  source: FoundResource,
  link: { path: string; target: string; to: string | undefined; arrived: FhirResource },
): void {
  const meant = placeOfContained(source.resource, link.target);
  const got = link.to === undefined ? -1 : placeOfContained(link.arrived, link.to);
  if (meant >= 0 && meant !== got)
    report(walk, source, { path: link.path, text: 'leads to another contained resource' });
}

function placeOfContained(resource: FhirResource, target: string): number {
  const contained = Array.isArray(resource.contained) ? resource.contained : [];
  return target.startsWith('#') ? contained.findIndex((one) => `#${one?.id}` === target) : -1;
}

const shortened = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
};

/** Counts the values of a resource: every primitive, but for ids and the text of references. */
export function leavesOf(value: unknown, name = ''): number {
  if (Array.isArray(value)) return value.reduce((sum, item) => sum + leavesOf(item), 0);
  if (typeof value === 'object' && value !== null && !('rawJSON' in value)) {
    return Object.entries(value).reduce((sum, [key, item]) => sum + leavesOf(item, key), 0);
  }
  return value === null || ['resourceType', 'id', 'reference'].includes(name) ? 0 : 1;
}
