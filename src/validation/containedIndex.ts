// Which contained resource does a local reference mean? One index per container, so that each look-up is cheap.
import { type Tree, textOf, treesOf } from './profile.ts';

const indexes = new WeakMap<Tree, Map<string, Tree>>();

function indexOf(container: Tree): Map<string, Tree> {
  const index = new Map<string, Tree>();
  for (const one of treesOf(container.contained)) {
    const id = textOf(one.id);
    if (id !== undefined && !index.has(id)) index.set(id, one);
  }
  return index;
}

/** The resource that `#id` means inside `container`; `#` is the container itself. */
export function containedIn(container: Tree, reference: string): Tree | undefined {
  if (reference === '#') return container;
  let index = indexes.get(container);
  if (index === undefined) {
    index = indexOf(container);
    indexes.set(container, index);
  }
  return index.get(reference.slice(1));
}
