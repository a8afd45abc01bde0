// Does an item belong to a slice, by one discriminator? http://hl7.org/fhir/R4/profiling.html#discriminator
import type { Compiler } from './compiler.ts';
import { anyOf, type Belongs, every, expectation, partsOf, some, valuesAt } from './expectation.ts';
import { type Item, isTree } from './fhirpath/items.ts';
import { conforms } from './invariants.ts';
import type { Discriminator } from './profile.ts';
import { textOf } from './profile.ts';
import type { Node } from './profileTree.ts';
import type { Run } from './run.ts';
import { containsPattern } from './values.ts';

const unbounded = /[^/]+$/;
export const typeCode = (code: string): string => unbounded.exec(code)?.[0] ?? code;

/** The nodes that define what stands below a node: its own children, else those of its profile or type. */
export function childNodes(compiler: Compiler, node: Node): readonly Node[] {
  if (node.children.length > 0) return node.children;
  const [type] = node.element.types ?? [];
  if (type === undefined) return [];
  const [profile] = type.profiles ?? [];
  const compiled =
    (profile === undefined ? undefined : compiler.profile(profile)) ?? compiler.type(typeCode(type.code));
  return compiled.tree.children;
}

function below(compiler: Compiler, nodes: readonly Node[], part: string): Node[] {
  if (part.startsWith('resolve(') || part.startsWith('ofType(') || part.startsWith('as(')) return [...nodes];
  const extension = /^extension\(['"]?(.*?)['"]?\)$/.exec(part)?.[1];
  return nodes.flatMap((node) => {
    const children = childNodes(compiler, node);
    if (extension === undefined) {
      const found = children.filter((child) => child.name === part || child.name === `${part}[x]`);
      return found.flatMap((child) => [child, ...child.slices]);
    }
    const lists = children.filter((child) => child.name === 'extension');
    return lists.flatMap((list) => list.slices.filter((slice) => isExtension(compiler, slice, extension)));
  });
}

function isExtension(compiler: Compiler, slice: Node, url: string): boolean {
  if (slice.element.types?.some((type) => type.profiles?.includes(url)) === true) return true;
  return childNodes(compiler, slice).some((child) => child.name === 'url' && child.element.fixed === url);
}

/** Fixed values and patterns above the discriminating element also tell what stands in it. */
function inherited(slice: Node, parts: readonly string[]): Belongs | undefined {
  const given = slice.element.fixed ?? slice.element.pattern;
  if (given === undefined || parts.length === 0) return undefined;
  let expected: unknown[] = [given];
  for (const part of parts) {
    expected = expected
      .flatMap((one) => (isTree(one) ? [one[part]] : []))
      .flat()
      .filter((one) => one !== undefined);
  }
  if (expected.length === 0) return undefined;
  return (item) => expected.some((one) => containsPattern(item.value, one));
}

/** Extensions are told apart by their address, which is that of their profile also when that is not loaded. */
function byAddress(slice: Node): Belongs | undefined {
  const [type] = slice.element.types ?? [];
  const [url] = typeCode(type?.code ?? '') === 'Extension' ? (type?.profiles ?? []) : [];
  return url === undefined ? undefined : (item) => item.value === url.split('|')[0];
}

function byValue(compiler: Compiler, slice: Node, path: string): Belongs | undefined {
  const parts = partsOf(path);
  let nodes: Node[] = [slice];
  let above = inherited(slice, parts);
  parts.forEach((part, index) => {
    nodes = below(compiler, nodes, part);
    for (const node of nodes) above = inherited(node, parts.slice(index + 1)) ?? above;
  });
  const expected = nodes.flatMap((node) => expectation(compiler, node, 0) ?? []);
  const test = expected.length > 0 ? expected : [above ?? (path === 'url' ? byAddress(slice) : undefined)];
  const tests = test.filter((one) => one !== undefined);
  if (tests.length === 0) return undefined;
  const values = valuesAt(path);
  const follows = path.includes('resolve()');
  return (item, run) => {
    const found = values(item, run);
    if (found.length === 0 && follows) return undefined;
    return some(found, (value) => some([value], (one) => anyOf(tests, one, run)));
  };
}

function nodesAt(compiler: Compiler, slice: Node, path: string): Node[] {
  let nodes: Node[] = [slice];
  for (const part of partsOf(path))
    nodes = below(compiler, nodes, part).filter(
      (node) => node.element.sliceName === undefined || node === slice,
    );
  return nodes;
}

function byExistence(compiler: Compiler, slice: Node, path: string): Belongs | undefined {
  const [node] = nodesAt(compiler, slice, path);
  if (node === undefined) return undefined;
  const { min = 0, max = -1 } = node.element;
  const values = valuesAt(path);
  if (max === 0) return (item, run) => values(item, run).length === 0;
  return min > 0 ? (item, run) => values(item, run).length > 0 : undefined;
}

const base = 'http://hl7.org/fhir/StructureDefinition/';
// The type of a profile that is not known here.
const unknown = '?';

function typesOf(compiler: Compiler, slice: Node, path: string): string[] {
  const nodes = nodesAt(compiler, slice, path);
  if (!path.includes('resolve()'))
    return nodes.flatMap((node) => (node.element.types ?? []).map((type) => typeCode(type.code)));
  const targets = nodes.flatMap((node) => (node.element.types ?? []).flatMap((type) => type.targets ?? []));
  return targets.map(
    (url) => compiler.profile(url)?.profile.type ?? (url.startsWith(base) ? typeCode(url) : unknown),
  );
}

function byType(compiler: Compiler, slice: Node, path: string): Belongs | undefined {
  const codes = typesOf(compiler, slice, path);
  if (codes.length === 0) return undefined;
  const values = valuesAt(path);
  return (item, run) => {
    const found = values(item, run);
    if (found.length === 0 && path.includes('resolve()')) return byWrittenType(item, codes, true);
    return found.some((one) => codes.some((code) => run.model.isA(one.type, code)));
  };
}

/** A reference that leads outside the message still tells the type of its target; `enough`: that alone decides. */
function byWrittenType(item: Item, codes: readonly string[], enough?: true): boolean | undefined {
  if (!isTree(item.value)) return undefined;
  const { reference, type } = item.value;
  const written =
    typeof type === 'string' ? type : /(?:^|\/)([A-Z][A-Za-z]+)\/[^/]+$/.exec(textOf(reference) ?? '')?.[1];
  if (written === undefined || codes.includes(unknown)) return undefined;
  return codes.includes(written) ? enough : false;
}

function byProfile(compiler: Compiler, slice: Node, path: string): Belongs | undefined {
  const follows = path.includes('resolve()');
  const types = nodesAt(compiler, slice, path).flatMap((node) => node.element.types ?? []);
  const urls = types.flatMap((type) => (follows ? (type.targets ?? []) : (type.profiles ?? [])));
  if (urls.length === 0) return undefined;
  const values = valuesAt(path);
  return (item, run) => {
    const found = values(item, run);
    if (found.length === 0) return follows ? byWrittenType(item, typesOf(compiler, slice, path)) : false;
    return some(found, (value) =>
      some(
        urls.map(() => value),
        fitsAny(run, urls),
      ),
    );
  };
}

const fitsAny =
  (run: Run, urls: readonly string[]) =>
  (item: Item): boolean | undefined => {
    const answers = urls.map((url) => {
      const type = run.compiler.profile(url)?.profile.type;
      if (type !== undefined && item.type !== '' && !run.model.isA(item.type, type)) return false;
      return conforms(run, item, url);
    });
    return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
  };

/** The test of one discriminator for one slice; undefined when the slice does not say what discriminates it. */
export function discriminatorTest(compiler: Compiler, slice: Node, by: Discriminator): Belongs | undefined {
  switch (by.type) {
    case 'exists':
      return byExistence(compiler, slice, by.path);
    case 'type':
      return byType(compiler, slice, by.path);
    case 'profile':
      return byProfile(compiler, slice, by.path);
    default:
      return byValue(compiler, slice, by.path);
  }
}

export { type Belongs, every };
