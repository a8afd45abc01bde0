// Does what is contained belong to what contains it, and the other way round? http://hl7.org/fhir/R4/references.html#contained
import { containedIn } from './containedIndex.ts';
import { isTree, type Tree, textOf, treesOf } from './profile.ts';
import { type Run, report } from './run.ts';
import { texts } from './texts.ts';

/** Every text below a value that starts with `#`: references, canonicals and addresses alike. */
function localLinks(value: unknown, into: Set<string>): void {
  if (typeof value === 'string') {
    if (value.charCodeAt(0) === 35) into.add(value.slice(1));
  } else if (Array.isArray(value)) {
    for (const one of value) localLinks(one, into);
  } else if (isTree(value)) {
    for (const key of Object.keys(value)) if (key !== 'div') localLinks(value[key], into);
  }
}

const said = texts.said(
  'This contained resource is not referred to, and does not refer to what contains it.',
  'Naar deze ingesloten resource wordt niet verwezen, en zij verwijst niet naar wat haar bevat.',
);

/** dom-3: linear in the size of the resource, which its expression is not. */
export function checkContained(resource: Tree, run: Run): void {
  const contained = treesOf(resource.contained);
  if (contained.length === 0) return;
  const links = new Set<string>();
  localLinks(resource, links);
  contained.forEach((one, i) => {
    const id = textOf(one.id);
    if (id !== undefined && links.has(id)) return;
    const own = new Set<string>();
    localLinks(one, own);
    if (own.has('')) return;
    report(run, { code: 'invariant', rule: 'dom-3', text: said, at: `contained[${i}]` });
  });
}

/** ref-1: a local reference leads to a contained resource. */
export function checkLocalReference(reference: string, run: Run): void {
  const container = run.root.value;
  if (!reference.startsWith('#') || reference === '#' || !isTree(container)) return;
  if (containedIn(container, reference) !== undefined) return;
  report(run, { code: 'invariant', rule: 'ref-1', text: texts.dangling(reference) });
}
