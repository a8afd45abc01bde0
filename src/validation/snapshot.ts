// How does a differential become a tree of all elements? Laid over the tree of its base. http://hl7.org/fhir/R4/profiling.html#snapshot
import { typeOf } from '../fhir/definitions.ts';
import type { Constraint, Profile, ProfileElement } from './profile.ts';
import { type Node, nestedType, treeOf } from './profileTree.ts';
import type { Registry } from './registry.ts';

const base = 'http://hl7.org/fhir/StructureDefinition/';
const deepest = 12;

type World = { registry: Registry; profile: Profile; depth: number; root: Node };

const byType = { rules: 'open', discriminators: [{ type: 'type', path: '$this' }] };

function clone(node: Node, parent: Node | undefined): Node {
  const copy: Node = { element: node.element, name: node.name, children: [], slices: [], parent };
  copy.children = node.children.map((child) => clone(child, copy));
  copy.slices = node.slices.map((slice) => clone(slice, parent));
  return copy;
}

const without = (element: ProfileElement, ...names: (keyof ProfileElement)[]): ProfileElement => {
  const copy = { ...element };
  for (const name of names) delete copy[name];
  return copy;
};

/** One step of an element's id: the name in its path, and the slice if it names one. */
type Step = { name: string; slice?: string };

function stepsOf(element: ProfileElement): Step[] {
  const names = element.path.split('.');
  let rest = element.id.startsWith(names[0] ?? '') ? element.id : element.path;
  return names.map((name, index) => {
    rest = rest.slice(name.length);
    if (!rest.startsWith(':')) {
      rest = rest.slice(1);
      return { name };
    }
    const next = names[index + 1];
    const end = next === undefined ? rest.length : rest.indexOf(`.${next}`, 1);
    const slice = rest.slice(1, end < 0 ? rest.length : end);
    rest = rest.slice((end < 0 ? rest.length : end) + 1);
    return { name, slice };
  });
}

/** Children of an element that its definition has not unfolded: those of its profile, its type, or what it repeats. */
function unfold(world: World, node: Node): void {
  if (node.children.length > 0) return;
  const source = sourceOf(world, node);
  node.children = (source?.children ?? []).map((child) => clone(child, node));
}

function sourceOf(world: World, node: Node): Node | undefined {
  const { contentReference, types } = node.element;
  if (contentReference !== undefined) return nodeAt(world.root, contentReference.replace(/^.*#/, ''));
  const [type] = types ?? [];
  const [profile] = type?.profiles ?? [];
  const deeper = { registry: world.registry, depth: world.depth + 1 };
  const { version } = world.profile;
  const profiled = profile === undefined ? undefined : world.registry.profile(version, profile);
  const found = profiled ?? world.registry.profile(version, `${base}${type?.code ?? ''}`);
  return found === undefined ? undefined : treeFor(found, deeper.registry, deeper.depth);
}

function nodeAt(root: Node, path: string): Node | undefined {
  let node: Node | undefined = root;
  for (const name of path.split('.').slice(1)) node = node?.children.find((child) => child.name === name);
  return node;
}

/** `valueQuantity` for a `value[x]` that may be a Quantity. */
const namesChoice = (list: Node, name: string): boolean => {
  const rest = name.slice(list.name.length - 3).toLowerCase();
  const { types } = list.element;
  return (
    isChoiceOf(list.name, name) &&
    (types === undefined || types.some(({ code }) => code === '*' || code.toLowerCase() === rest))
  );
};

const isChoiceOf = (stem: string, name: string): boolean =>
  stem.endsWith('[x]') && name.startsWith(stem.slice(0, -3)) && /^[A-Z]/.test(name.slice(stem.length - 3));

function sliceAt(list: Node, name: string): Node {
  const cut = name.lastIndexOf('/');
  const owner =
    cut < 0 ? list : (list.slices.find((one) => one.element.sliceName === name.slice(0, cut)) ?? list);
  const known = owner.slices.find((one) => one.element.sliceName === name);
  if (known !== undefined) return known;
  const slice = clone({ ...list, slices: [] }, list.parent);
  const element = without(list.element, 'slicing', 'constraints');
  slice.element = { ...element, id: `${list.element.id}:${name}`, sliceName: name, min: 0 };
  owner.slices.push(slice);
  return slice;
}

/** `valueQuantity` means the slice of `value[x]` for that type. */
function choiceSlice(list: Node, name: string): Node {
  list.element = { ...list.element, slicing: list.element.slicing ?? byType };
  const slice = sliceAt(list, name);
  const stem = list.name.slice(0, -3).length;
  const type = list.element.types?.find((one) => one.code.toLowerCase() === name.slice(stem).toLowerCase());
  if (type !== undefined) slice.element = { ...slice.element, types: [type] };
  return slice;
}

function childAt(world: World, parent: Node, step: Step): Node | undefined {
  unfold(world, parent);
  let child = parent.children.find((one) => one.name === step.name);
  if (child === undefined) {
    const list = parent.children.find((one) => namesChoice(one, step.name));
    if (list !== undefined) return choiceSlice(list, step.slice ?? step.name);
    child = addedChild(world, parent, step);
  }
  if (child === undefined || step.slice === undefined) return child;
  return isChoiceOf(child.name, step.slice) ? choiceSlice(child, step.slice) : sliceAt(child, step.slice);
}

/** An element that the base does not unfold, such as one of a type that is not loaded. */
function addedChild(world: World, parent: Node, { name }: Step): Node | undefined {
  const known = typeOf(world.profile.version, nestedType(parent))?.elements.find((one) => one.name === name);
  if (known === undefined) return undefined;
  const types = known.types.map((code) => ({ code }));
  const path = `${parent.element.path}.${name}`;
  const element: ProfileElement = { id: `${parent.element.id}.${name}`, path, min: known.min, types };
  const child: Node = { element, name, children: [], slices: [], parent };
  parent.children.push(child);
  return child;
}

function mergedConstraints(old: readonly Constraint[] = [], added: readonly Constraint[] = []): Constraint[] {
  const keys = new Set(added.map((one) => one.key));
  return [...old.filter((one) => !keys.has(one.key)), ...added];
}

function merge(node: Node, stated: ProfileElement): void {
  const { id: _id, path: _path, sliceName: _slice, ...said } = stated;
  const old = node.element;
  const binding = stated.binding === undefined ? old.binding : { ...old.binding, ...stated.binding };
  const constraints = mergedConstraints(old.constraints, stated.constraints);
  node.element = {
    ...old,
    ...said,
    ...(binding === undefined ? {} : { binding }),
    ...(constraints.length === 0 ? {} : { constraints }),
  };
  const profiled = stated.types?.some((type) => type.profiles !== undefined) === true;
  if (profiled && node.children.length > 0) node.children = [];
}

/** Lays one stated element over the tree; false when there is no such place. */
function lay(world: World, stated: ProfileElement): boolean {
  let node: Node | undefined = world.root;
  for (const step of stepsOf(stated).slice(1)) {
    if (node === undefined) return false;
    node = childAt(world, node, step);
  }
  if (node !== undefined) merge(node, stated);
  return node !== undefined;
}

function baseTree(profile: Profile, registry: Registry, depth: number): Node | undefined {
  const { version, type } = profile;
  const own = profile.base === undefined ? undefined : registry.profile(version, profile.base);
  const found = own === undefined ? undefined : treeFor(own, registry, depth + 1);
  if (found !== undefined) return found;
  // Without its base a profile still says something: over its type.
  const fallback = registry.profile(version, `${base}${type}`);
  return fallback === undefined || fallback.url === profile.url ? undefined : treeOf(fallback);
}

/** The tree of a profile, from its snapshot or made of its differential; undefined when not even its type is known. */
export function treeFor(profile: Profile, registry: Registry, depth = 0): Node | undefined {
  if (depth > deepest) return undefined;
  if (profile.complete) return treeOf(profile);
  const found = baseTree(profile, registry, depth);
  if (found === undefined) return undefined;
  const root = clone(found, undefined);
  const world: World = { registry, profile, depth, root };
  for (const stated of profile.elements) lay(world, stated);
  return root;
}

/** The elements of a differential that have no place in its base; none when the base is not known. */
export function misplaced(profile: Profile, registry: Registry): string[] {
  const { version } = profile;
  const own = profile.base === undefined ? undefined : registry.profile(version, profile.base);
  const found = own === undefined ? undefined : treeFor(own, registry, 1);
  if (found === undefined) return [];
  const world: World = { registry, profile, depth: 0, root: clone(found, undefined) };
  return profile.elements.filter((stated) => !lay(world, stated)).map(({ path }) => path);
}
