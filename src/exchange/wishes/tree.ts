// How is a FHIR tree of unknown quality read without surprises? Every step may be absent, single, or a list.

export type Tree = Readonly<Record<string, unknown>>;

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const none: readonly Tree[] = [];

/** The objects that a value is or holds: STU3 and R4 differ in what repeats. */
export const treesOf = (value: unknown): readonly Tree[] => {
  if (Array.isArray(value)) return value.every(isTree) ? value : value.filter(isTree);
  return isTree(value) ? [value] : none;
};

/** All objects at the end of a path, through lists. */
export function treesAt(from: unknown, ...path: readonly string[]): readonly Tree[] {
  let found = treesOf(from);
  for (const step of path) {
    const [only] = found;
    if (only === undefined) return none;
    found = found.length === 1 ? treesOf(only[step]) : found.flatMap((one) => treesOf(one[step]));
  }
  return found;
}

/** A string with something in it. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;

/** The strings at a path's last step, single or in a list. */
export function textsAt(from: unknown, ...path: readonly string[]): string[] {
  const last = path.at(-1) ?? '';
  const texts: string[] = [];
  const take = (value: unknown): void => {
    const text = textOf(value);
    if (text !== undefined) texts.push(text);
  };
  for (const one of treesAt(from, ...path.slice(0, -1))) {
    const value = one[last];
    if (Array.isArray(value)) value.forEach(take);
    else take(value);
  }
  return texts;
}

/** The extensions with this address; modifier extensions not among them. */
export const extensionsOf = (from: unknown, ...urls: readonly string[]): Tree[] =>
  treesAt(from, 'extension').filter((one) => typeof one.url === 'string' && urls.includes(one.url));

/** What an extension, an answer or an Observation says: its `value[x]`. */
export const valueIn = (tree: Tree): unknown => {
  const name = Object.keys(tree).find((one) => /^value[A-Z]/.test(one));
  return name === undefined ? undefined : tree[name];
};

export type Coding = { system: string | undefined; code: string; display: string | undefined };

function readCoding(tree: Tree, into: Coding[]): void {
  const code = textOf(tree.code);
  if (code !== undefined) into.push({ code, system: textOf(tree.system), display: textOf(tree.display) });
}

/** The codings of a CodeableConcept, of a list of them, or a Coding itself. */
export function codingsOf(value: unknown): Coding[] {
  const codings: Coding[] = [];
  for (const one of treesOf(value)) {
    if ('coding' in one) for (const coding of treesOf(one.coding)) readCoding(coding, codings);
    else readCoding(one, codings);
  }
  return codings;
}

/** A concept as its source words it: its text, else the first display. */
export const wordsOf = (concept: unknown): string | undefined =>
  textsAt(concept, 'text')[0] ?? codingsOf(concept).find((one) => one.display !== undefined)?.display;

type Finding = { wanted: (tree: Tree) => boolean; found: Tree[] };

function collect(value: unknown, finding: Finding): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const one of value) collect(one, finding);
    return;
  }
  const tree = value as Tree;
  if (finding.wanted(tree)) finding.found.push(tree);
  for (const name in tree) if (name !== 'contained') collect(tree[name], finding);
}

/** Every object in a tree that `wanted` accepts, at any depth; contained resources are records of their own. */
export function findTrees(value: unknown, wanted: (tree: Tree) => boolean): Tree[] {
  const finding = { wanted, found: [] };
  collect(value, finding);
  return finding.found;
}
