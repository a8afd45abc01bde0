// How do the flat elements of a snapshot form a tree of elements and slices? http://hl7.org/fhir/R4/elementdefinition.html#path
import { typeOf } from '../fhir/definitions.ts';
import type { FhirVersion } from '../model.ts';
import type { Profile, ProfileElement } from './profile.ts';

export type Node = {
  element: ProfileElement;
  /** Last part of the path, `value[x]` for a choice. */
  name: string;
  children: Node[];
  slices: Node[];
  parent: Node | undefined;
};

const depthOf = (path: string): number => path.split('.').length;
const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

/** Its type, or its path when its children are defined in place. */
export function nestedType(node: Node): string {
  const [type] = node.element.types ?? [];
  if (node.parent === undefined) return node.element.path;
  if (type === undefined || type.code === 'BackboneElement' || type.code === 'Element') {
    return `${nestedType(node.parent)}.${node.name}`;
  }
  return type.code;
}

/** `valueQuantity` written as an element's name becomes `value[x]`. */
function choiceName(version: FhirVersion, parent: Node, name: string): string {
  if (name.endsWith('[x]')) return name;
  const property = typeOf(version, nestedType(parent))?.properties.get(name);
  return property?.element.choice === true ? property.element.name : name;
}

const slicedBy = (node: Node, prefix: string): Node | undefined =>
  node.slices.find((slice) => slice.element.sliceName === prefix);

function addSlice(list: Node, node: Node): void {
  const name = node.element.sliceName ?? '';
  const cut = name.lastIndexOf('/');
  const owner = cut < 0 ? undefined : slicedBy(list, name.slice(0, cut));
  (owner ?? list).slices.push(node);
}

function place(version: FhirVersion, element: ProfileElement, parent: Node): Node {
  const written = lastOf(element.path);
  const name = choiceName(version, parent, written);
  const node: Node = { element, name, children: [], slices: [], parent };
  const list = parent.children.find((one) => one.name === name);
  const renamed = name !== written;
  const sliceName = element.sliceName ?? (renamed && list !== undefined ? written : undefined);
  if (list !== undefined && sliceName !== undefined) {
    node.element = { ...element, sliceName };
    addSlice(list, node);
  } else {
    parent.children.push(node);
  }
  return node;
}

/** The tree of a complete profile; undefined when its elements do not form one. */
export function treeOf(profile: Profile): Node | undefined {
  const [first, ...rest] = profile.elements;
  if (first === undefined) return undefined;
  const root: Node = { element: first, name: first.path, children: [], slices: [], parent: undefined };
  const open: Node[] = [root];
  for (const element of rest) {
    const depth = depthOf(element.path);
    const parent = open[depth - 2];
    if (parent === undefined) return undefined;
    open.length = depth - 1;
    open.push(place(profile.version, element, parent));
  }
  return root;
}
