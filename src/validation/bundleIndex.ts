// Which entry does a reference inside a Bundle mean, by the letter of the specification? http://hl7.org/fhir/R4/bundle.html#references
import { eachReference, referenceParts } from '../fhir/references.ts';
import { isTree, type Tree, textOf, treesOf } from './profile.ts';

export type Entry = { index: number; fullUrl: string | undefined; resource: Tree | undefined; tree: Tree };

export type BundleIndex = {
  entries: readonly Entry[];
  /** Entries that the reference, standing in `from`, means; several when the Bundle is ambiguous. */
  find(reference: string, from: Entry): readonly Entry[];
  /** Entries of the same type and id, whatever their address. */
  alike(reference: string): readonly Entry[];
};

const version = /\/_history\/([^/]+)$/;

function addTo(map: Map<string, Entry[]>, key: string, entry: Entry): void {
  const present = map.get(key);
  if (present === undefined) map.set(key, [entry]);
  else present.push(entry);
}

const versionOf = (entry: Entry): unknown =>
  isTree(entry.resource?.meta) ? entry.resource.meta.versionId : undefined;

const entryOf = (tree: Tree, index: number): Entry => ({
  index,
  fullUrl: textOf(tree.fullUrl),
  resource: isTree(tree.resource) ? tree.resource : undefined,
  tree,
});

/** Indexes a Bundle once; look-ups are cheap. */
export function bundleIndex(bundle: Tree): BundleIndex {
  const entries = treesOf(bundle.entry).map(entryOf);
  const byUrl = new Map<string, Entry[]>();
  const byId = new Map<string, Entry[]>();
  for (const entry of entries) {
    if (entry.fullUrl !== undefined) addTo(byUrl, entry.fullUrl, entry);
    const { resourceType, id } = entry.resource ?? {};
    if (typeof id === 'string') addTo(byId, `${textOf(resourceType)}/${id}`, entry);
  }
  const address = (reference: string, from: Entry): string => {
    const parts = referenceParts(reference);
    if (parts === undefined || parts.base !== '') return reference;
    const home = referenceParts(from.fullUrl ?? '')?.base;
    return home ? `${home}/${reference}` : reference;
  };
  return {
    entries,
    find(reference, from) {
      const full = address(reference, from);
      const wanted = version.exec(full)?.[1];
      const found = byUrl.get(wanted === undefined ? full : full.replace(version, '')) ?? [];
      return wanted === undefined ? found : found.filter((entry) => versionOf(entry) === wanted);
    },
    alike(reference) {
      const parts = referenceParts(reference);
      return parts === undefined ? [] : (byId.get(`${parts.type}/${parts.id}`) ?? []);
    },
  };
}

/** The references of a resource, once each. */
export function referencesOf(resource: Tree): string[] {
  const found = new Set<string>();
  eachReference(resource, (reference) => {
    if (typeof reference.reference === 'string' && !reference.reference.startsWith('#'))
      found.add(reference.reference);
  });
  return [...found];
}

function linksOf(index: BundleIndex): Map<number, Set<number>> {
  const links = new Map<number, Set<number>>();
  const link = (a: number, b: number): void => {
    links.set(a, (links.get(a) ?? new Set()).add(b));
  };
  const follow = (entry: Entry, reference: string): void => {
    const targets = index.find(reference, entry);
    for (const target of targets.length > 0 ? targets : index.alike(reference)) {
      link(entry.index, target.index);
      link(target.index, entry.index);
    }
  };
  for (const entry of index.entries) {
    const references = entry.resource === undefined ? [] : referencesOf(entry.resource);
    for (const reference of references) follow(entry, reference);
  }
  return links;
}

/** The indexes of the entries that can be reached from the first one, along references in both directions. */
export function reachable(index: BundleIndex): Set<number> {
  const links = linksOf(index);
  const seen = new Set<number>([0]);
  const open = [0];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const next of links.get(at) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return seen;
}
