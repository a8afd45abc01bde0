// What in a resource may change the meaning of the whole, and is not known here? It is shown as it was written.
// http://hl7.org/fhir/R4/extensibility.html#modifierExtension
import type { FhirResource } from '../../model.ts';
import { type HolderView, placeOf } from './holderView.ts';
import type { Finding } from './records.ts';
import { findTrees, type Tree, textOf, treesAt } from './tree.ts';

/** `implicitRules`, as written. */
export const rulesIn = (resource: Tree): Tree[] => {
  const rules = textOf(resource.implicitRules);
  return rules === undefined ? [] : [{ implicitRules: rules }];
};

/** Modifier extensions at any depth, but for those that are understood at the top; nested provisions; implicit rules. */
export function strangersIn(resource: Tree, understood: ReadonlySet<unknown> = new Set()): Tree[] {
  const modified = findTrees(resource, (one) => 'modifierExtension' in one);
  const extensions = modified.flatMap((one) => {
    const found = treesAt(one, 'modifierExtension');
    return one === resource ? found.filter((each) => !understood.has(each.url)) : found;
  });
  return [...extensions, ...treesAt(resource, 'provision', 'provision'), ...rulesIn(resource)];
}

/** A text as it is, anything else as JSON. */
export const raw = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

export const modifierUnknown = (resource: FhirResource, { name: holder }: HolderView): Finding => ({
  severity: 'warning',
  code: 'modifier-unknown',
  holder,
  place: placeOf(resource),
});
