// What does a Composition lead to? Its closure, followed here on the source side, apart from how the gateway does it.
import { linksOf } from '../../sandbox/links.ts';
import type { FoundResource } from './readFolder.ts';

export type Dangling = { from: FoundResource; path: string; target: string };

export type Closure = {
  /** The Composition first. */
  members: FoundResource[];
  dangling: Dangling[];
};

export type Resolve = (target: string, from: FoundResource) => FoundResource | undefined;

/** Leads from a reference to a found resource: the same file before the same folder before any other. */
export function createResolve(resources: readonly FoundResource[]): Resolve {
  const byKey = new Map<string, FoundResource[]>();
  const add = (key: string, found: FoundResource): void => {
    const known = byKey.get(key);
    if (known) known.push(found);
    else byKey.set(key, [found]);
  };
  for (const found of resources) {
    const { resourceType, id } = found.resource;
    if (id !== undefined) add(`${resourceType}/${id}`, found);
    if (found.fullUrl !== undefined && found.fullUrl !== `${resourceType}/${id}`) add(found.fullUrl, found);
  }
  return (target, from) => {
    const wanted = target.replace(/\/_history\/[^/]+$/, '');
    const candidates = byKey.get(target) ?? byKey.get(wanted) ?? byKey.get(typeAndId(wanted) ?? '') ?? [];
    return (
      candidates.find((one) => one.file === from.file) ??
      candidates.find((one) => one.folder === from.folder) ??
      candidates[0]
    );
  };
}

function typeAndId(target: string): string | undefined {
  const match = /(?:^|\/)([A-Z][A-Za-z]+\/[^/?#]+)$/.exec(target);
  return match?.[1];
}

/** Follows every reference, and every attachment that lies in a Binary, until nothing new is found. */
export function closureOf(composition: FoundResource, resolve: Resolve): Closure {
  const members: FoundResource[] = [composition];
  const dangling: Dangling[] = [];
  const seen = new Set(members);
  for (const from of members) {
    for (const { path, target } of linksOf(from.resource)) {
      if (target.startsWith('#')) continue;
      const found = resolve(target, from);
      if (found === undefined) dangling.push({ from, path, target });
      else if (!seen.has(found)) {
        seen.add(found);
        members.push(found);
      }
    }
  }
  return { members, dangling };
}
