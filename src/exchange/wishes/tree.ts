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

function stepInto(found: readonly Tree[], step: string): readonly Tree[] {
  const only = found[0];
  if (only === undefined) return none;
  return found.length === 1 ? treesOf(only[step]) : found.flatMap((one) => treesOf(one[step]));
}

/** All objects at the end of a path, through lists. */
export function treesAt(from: unknown, ...path: readonly string[]): readonly Tree[] {
  let found = treesOf(from);
  for (let at = 0; at < path.length; at += 1) found = stepInto(found, path[at] ?? '');
  return found;
}

/** A string with something in it. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

/** The strings at a path's last step, single or in a list. */
export function textsAt(from: unknown, ...path: readonly string[]): string[] {
  const last = path.length - 1;
  let found = treesOf(from);
  for (let at = 0; at < last; at += 1) found = stepInto(found, path[at] ?? '');
  const texts: string[] = [];
  for (const one of found) take(one[path[last] ?? ''], texts);
  return texts;
}

function take(value: unknown, texts: string[]): void {
  for (const one of Array.isArray(value) ? value : [value]) {
    const text = textOf(one);
    if (text !== undefined) texts.push(text);
  }
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

/** What codings are called, those without a code too; `OTH` says only that it is something else. */
export const displaysOf = (value: unknown): string[] =>
  treesOf(value)
    .flatMap((one) => ('coding' in one ? treesOf(one.coding) : [one]))
    .filter(({ code }) => code !== 'OTH')
    .flatMap((one) => textsAt(one, 'display'));

/** A concept as its source words it: its text, else the first display. */
export const wordsOf = (concept: unknown): string | undefined =>
  textsAt(concept, 'text')[0] ??
  displaysOf(concept)[0] ??
  codingsOf(concept).find((one) => one.display !== undefined)?.display;

type Finding = { wanted: (tree: Tree) => boolean; found: Tree[] };

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function collect(value: object, finding: Finding): void {
  if (Array.isArray(value)) {
    for (const one of value) if (isObject(one)) collect(one, finding);
    return;
  }
  const tree = value as Tree;
  if (finding.wanted(tree)) finding.found.push(tree);
  for (const name in tree) {
    const child = tree[name];
    if (isObject(child) && name !== 'contained') collect(child, finding);
  }
}

/** Every object in a tree that `wanted` accepts, at any depth; contained resources are records of their own. */
export function findTrees(value: unknown, wanted: (tree: Tree) => boolean): Tree[] {
  const finding = { wanted, found: [] };
  if (isObject(value)) collect(value, finding);
  return finding.found;
}
