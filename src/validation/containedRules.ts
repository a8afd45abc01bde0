// Does what is contained belong to what contains it, and the other way round? http://hl7.org/fhir/R4/references.html#contained
import { containedIn } from './containedIndex.ts';
import { isTree, type Tree, textOf, treesOf } from './profile.ts';
import { type Run, report } from './run.ts';
import { type Text, texts } from './texts.ts';

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

const stated = (meta: unknown, names: readonly string[]): boolean =>
  isTree(meta) && names.some((name) => meta[name] !== undefined);

/** What a contained resource may not have, since it is no resource by itself. */
const kept: readonly { rule: string; version?: 'stu3'; found(one: Tree): boolean; said: Text }[] = [
  {
    rule: 'dom-4',
    found: ({ meta }) => stated(meta, ['versionId', 'lastUpdated']),
    said: texts.said(
      'A contained resource has no `meta.versionId` or `meta.lastUpdated`.',
      'Een ingesloten resource heeft geen `meta.versionId` of `meta.lastUpdated`.',
    ),
  },
  {
    rule: 'dom-5',
    found: ({ meta }) => stated(meta, ['security']),
    said: texts.said(
      'A contained resource has no security label; what contains it has.',
      'Een ingesloten resource heeft geen beveiligingslabel; dat staat op wat haar bevat.',
    ),
  },
  {
    rule: 'dom-1',
    version: 'stu3',
    found: ({ text }) => text !== undefined,
    said: texts.said(
      'A contained resource has no narrative in STU3.',
      'Een ingesloten resource heeft in STU3 geen leesbare tekst.',
    ),
  },
];

function checkKept(contained: readonly Tree[], run: Run): void {
  const seen = new Set<string>();
  contained.forEach((one, i) => {
    for (const { rule, version, found, said } of kept) {
      if ((version ?? run.version) !== run.version || !found(one)) continue;
      report(run, { code: 'invariant', rule, text: said, at: `contained[${i}]` });
    }
    const id = textOf(one.id);
    if (id !== undefined && seen.has(id)) {
      report(run, { code: 'business-rule', rule: 'id-duplicate', text: twice, at: `contained[${i}]` });
    }
    if (id !== undefined) seen.add(id);
  });
}

const twice = texts.said(
  'Two contained resources have the same id, so a reference to it is ambiguous.',
  'Twee ingesloten resources hebben hetzelfde id; een verwijzing daarnaar is dubbelzinnig.',
);

/** dom-3: linear in the size of the resource, which its expression is not. */
export function checkContained(resource: Tree, run: Run): void {
  const contained = treesOf(resource.contained);
  if (contained.length === 0) return;
  checkKept(contained, run);
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
