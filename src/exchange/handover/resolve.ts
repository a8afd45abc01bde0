// Which entry does a reference mean? https://hl7.org/fhir/STU3/bundle.html#references, and URLs of a host nobody can reach.
import { isDeepStrictEqual } from 'node:util';
import type { Issue } from '../../model.ts';
import { finding } from './findings.ts';
import type { Entry } from './parcel.ts';

export type Resolve = (reference: string, from: Entry) => Entry | undefined;

const typeAndId = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})$/;
const version = /\/_history\/[A-Za-z0-9\-.]{1,64}$/;

/** `Type/id` at the end of a relative or absolute reference, without its version. */
export function typeAndIdOf(reference: string): string | undefined {
  const plain = reference.replace(version, '');
  if (!plain.startsWith('http://') && !plain.startsWith('https://')) {
    return typeAndId.test(plain) ? plain : undefined;
  }
  const end = plain.slice(plain.lastIndexOf('/', plain.lastIndexOf('/') - 1) + 1);
  return typeAndId.test(end) ? end : undefined;
}

/** An address without its version; the digits of a `urn:uuid:` are the same in capitals (RFC 4122, section 3). */
function nameOf(address: string): string {
  const plain = address.replace(version, '');
  return /^urn:uuid:/i.test(plain) ? plain.toLowerCase() : plain;
}

/** The server part of an http fullUrl, with its trailing slash. */
function baseOf(entry: Entry): string | undefined {
  const { fullUrl, resource } = entry;
  if (!fullUrl?.startsWith('http')) return undefined;
  const own = `${resource.resourceType}/${resource.id ?? fullUrl.slice(fullUrl.lastIndexOf('/') + 1)}`;
  return fullUrl.endsWith(`/${own}`) ? fullUrl.slice(0, -own.length) : undefined;
}

type Index = { byUrl: Map<string, Entry>; byTypeId: Map<string, Entry[]>; entries: readonly Entry[] };

/**
 * Indexes the entries once; each look-up is then constant. An absolute reference means the entry with that fullUrl, a relative
 * one that of the server it stands on; they mean one with the same type and id only when it does not claim another server.
 */
export function indexEntries(entries: readonly Entry[]): { resolve: Resolve; issues: Issue[] } {
  const index: Index = { byUrl: new Map(), byTypeId: new Map(), entries };
  const issues: Issue[] = [];
  for (const entry of entries) {
    const twin = add(index, entry);
    if (twin && !isDeepStrictEqual(twin.resource, entry.resource)) {
      issues.push(finding('handover-duplicate', [twin.place, entry.place]));
    }
  }
  const byIdentifier = lazily(() => identifiersIndex(entries));
  return { issues, resolve: (reference, from) => find({ index, byIdentifier }, reference, from) };
}

/** Returns the entry that was already there under the same name. */
function add(index: Index, entry: Entry): Entry | undefined {
  const url = entry.fullUrl && nameOf(entry.fullUrl);
  const twin = url ? index.byUrl.get(url) : undefined;
  if (url && !twin) index.byUrl.set(url, entry);
  const key = keyOf(entry);
  if (!key) return twin;
  const namesakes = index.byTypeId.get(key);
  if (!namesakes) {
    index.byTypeId.set(key, [entry]);
    return twin;
  }
  const base = baseOf(entry);
  const same = namesakes.find((one) => baseOf(one) === base);
  if (!same) namesakes.push(entry);
  return twin ?? same;
}

function keyOf(entry: Entry): string | undefined {
  const { resource, fullUrl } = entry;
  if (resource.id) return `${resource.resourceType}/${resource.id}`;
  const fromUrl = fullUrl ? typeAndIdOf(fullUrl) : undefined;
  return fromUrl?.startsWith(`${resource.resourceType}/`) ? fromUrl : undefined;
}

type Lookups = { index: Index; byIdentifier: () => Map<string, Entry[]> };

function find({ index, byIdentifier }: Lookups, reference: string, from: Entry): Entry | undefined {
  const plain = nameOf(reference);
  const exact = index.byUrl.get(plain);
  if (exact) return exact;
  if (typeAndId.test(plain)) {
    const base = baseOf(from);
    if (!base) return only(index.byTypeId.get(plain));
    return index.byUrl.get(base + plain) ?? only(withoutServer(index.byTypeId.get(plain)));
  }
  if (plain.startsWith('http')) {
    const key = typeAndIdOf(plain);
    return only(withoutServer(key ? index.byTypeId.get(key) : undefined));
  }
  return plain.includes('?identifier=') ? only(byIdentifier().get(decoded(plain))) : undefined;
}

/** Entries that claim no server may be of the one that is meant. */
function withoutServer(found: readonly Entry[] | undefined): readonly Entry[] | undefined {
  return found?.filter((one) => baseOf(one) === undefined);
}

function only(found: readonly Entry[] | undefined): Entry | undefined {
  return found?.length === 1 ? found[0] : undefined;
}

function decoded(reference: string): string {
  try {
    return decodeURIComponent(reference);
  } catch {
    return reference;
  }
}

/** Conditional references of a transaction: `Patient?identifier=system|value`. */
function identifiersIndex(entries: readonly Entry[]): Map<string, Entry[]> {
  const index = new Map<string, Entry[]>();
  for (const entry of entries) {
    const list = entry.resource.identifier;
    for (const one of Array.isArray(list) ? list : []) {
      const { system, value } = (one ?? {}) as { system?: unknown; value?: unknown };
      const key = `${entry.resource.resourceType}?identifier=${String(system)}|${String(value)}`;
      const found = index.get(key);
      if (!found) index.set(key, [entry]);
      else if (found.at(-1) !== entry) found.push(entry);
    }
  }
  return index;
}

function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
