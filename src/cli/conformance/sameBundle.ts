// Do two Bundles say the same? Modulo generated ids, the order of entries, extensions and relations, and narrative.
import { type Difference, differences } from '../../mapping/difference.ts';

type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !('rawJSON' in value);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Lists whose order means nothing: a reader finds their items by url, type or identifier. */
const unordered: ReadonlySet<string> = new Set([
  ...['extension', 'modifierExtension', 'supportingInformation', 'derivedFrom', 'basedOn', 'type'],
]);

/** The text of a value, properties in alphabetical order. */
const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  if (!isTree(value)) return JSON.stringify(value) ?? 'undefined';
  const parts = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${textOf(value[key])}`);
  return `{${parts.join(',')}}`;
};

const sorted = (items: readonly unknown[]): unknown[] =>
  [...items].sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));

type Plain = (value: unknown) => unknown;

const plainTree = (tree: Tree, plain: Plain): Tree => {
  const made: Tree = {};
  for (const [key, value] of Object.entries(tree)) {
    const item = plain(value);
    made[key] = unordered.has(key) && Array.isArray(item) ? sorted(item) : item;
  }
  return made;
};

/** A resource without its id and narrative, and with what it refers to instead of the address of that. */
const resolverOf = (entries: readonly Tree[]): ((resource: Tree) => Tree) => {
  const byUrl = new Map(entries.map((entry) => [entry.fullUrl, entry.resource]));
  const known = new Map<unknown, unknown>();
  const targetOf = (url: string): unknown => {
    const resource = byUrl.get(url);
    if (!isTree(resource)) return url.startsWith('urn:uuid:') ? 'not in the Bundle' : url;
    if (!known.has(resource)) {
      known.set(resource, 'itself');
      known.set(resource, `-> ${textOf(plainResource(resource))}`);
    }
    return known.get(resource);
  };
  const plain: Plain = (value) => {
    if (Array.isArray(value)) return value.map(plain);
    if (!isTree(value)) return value;
    const made = plainTree(value, plain);
    if (typeof value.reference === 'string') made.reference = targetOf(value.reference);
    return made;
  };
  const plainResource = (resource: Tree): Tree => {
    const { id: _id, text: _text, ...rest } = plainTree(resource, plain);
    return rest;
  };
  return plainResource;
};

type Entry = { label: string; content: Tree; text: string };

const labelOf = (resource: Tree): string => {
  const [profile] = listOf(isTree(resource.meta) ? resource.meta.profile : undefined);
  return `${resource.resourceType} ${String(profile).split('/').pop()}`;
};

const nameOf = ({ content }: Entry): string => {
  const { resource } = content;
  const [identifier] = listOf(isTree(resource) ? resource.identifier : undefined);
  return isTree(identifier) ? String(identifier.value) : '';
};

const entriesOf = (bundle: Tree): Entry[] => {
  const entries = listOf(bundle.entry).filter(isTree);
  const plainResource = resolverOf(entries);
  return entries.map((entry) => {
    const { fullUrl: _url, resource, ...rest } = entry;
    const content = { ...rest, resource: isTree(resource) ? plainResource(resource) : resource };
    const label = isTree(resource) ? labelOf(resource) : 'no resource';
    return { label, content, text: textOf(content) };
  });
};

/** Which entry of the other side is meant: the same kind, then the same name, then the fewest differences. */
const partnerOf = (entry: Entry, others: readonly Entry[]): Entry | undefined => {
  const alike = others.filter((other) => other.label === entry.label);
  const named = alike.filter((other) => nameOf(other) === nameOf(entry));
  const scored = (named.length > 0 ? named : alike).map((other) => ({
    other,
    score: differences(entry.content, other.content).length,
  }));
  return scored.sort((a, b) => a.score - b.score)[0]?.other;
};

const place = (entry: Entry): string => {
  const name = nameOf(entry);
  return name === '' ? `{${entry.label}}` : `{${entry.label} ${name}}`;
};

const withoutEqual = (entries: readonly Entry[], others: readonly Entry[]): Entry[] => {
  const left = others.map((one) => one.text);
  return entries.filter(({ text }) => {
    const at = left.indexOf(text);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
};

const entryDifferences = (expected: readonly Entry[], actual: readonly Entry[]): Difference[] => {
  const open = withoutEqual(actual, expected);
  const found: Difference[] = [];
  for (const entry of withoutEqual(expected, actual)) {
    const partner = partnerOf(entry, open);
    if (partner) open.splice(open.indexOf(partner), 1);
    if (!partner) found.push({ path: place(entry), expected: 'an entry' });
    else
      for (const one of differences(entry.content, partner.content))
        found.push({ ...one, path: `${place(entry)}.${one.path}` });
  }
  return [...found, ...open.map((entry) => ({ path: place(entry), actual: 'an entry' }))];
};

/**
 * What an actual Bundle says otherwise than the expected one. Paths name an entry by its profile and identifier:
 * `{MedicationRequest mp-MedicationAgreement MBH_1_MA}.resource.status`.
 */
export const bundleDifferences = (expected: unknown, actual: unknown): Difference[] => {
  if (!isTree(expected) || !isTree(actual)) return differences(expected, actual);
  const { id: _id, entry: _entry, ...rest } = expected;
  const { id: _otherId, entry: _otherEntry, ...otherRest } = actual;
  return [...differences(rest, otherRest), ...entryDifferences(entriesOf(expected), entriesOf(actual))];
};
