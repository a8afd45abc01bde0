// Does a Bundle keep the rules of its type: addresses, links, document, message, search set? http://hl7.org/fhir/R4/bundle.html

import { resourceTypeOf } from '../fhir/definitions.ts';
import { referenceParts } from '../fhir/references.ts';
import { type BundleIndex, bundleIndex, type Entry, reachable } from './bundleIndex.ts';
import type { Item } from './fhirpath/items.ts';
import { isTree, type Tree, textOf, treesOf } from './profile.ts';
import { type Report, type Run, report } from './run.ts';
import { type Text, texts } from './texts.ts';

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/;

const say = (en: string, nl: string): Text => texts.said(en, nl);
const fault = (rule: string, text: Text, more: Partial<Report> = {}): Report => ({
  rule,
  code: 'invalid',
  text,
  ...more,
});

function checkFullUrl(entry: Entry, run: Run): void {
  const { fullUrl, resource } = entry;
  if (fullUrl === undefined) return;
  const at = `entry[${entry.index}].fullUrl`;
  if (!scheme.test(fullUrl)) {
    report(
      run,
      fault(
        'bundle-fullurl',
        say('fullUrl must be an absolute address.', 'fullUrl moet een absoluut adres zijn.'),
        { at },
      ),
    );
    return;
  }
  const parts = referenceParts(fullUrl);
  if (parts === undefined || resource === undefined || resourceTypeOf(run.version, parts.type) === undefined)
    return;
  const id = textOf(resource.id);
  if (parts.type === resource.resourceType && (id === undefined || id === parts.id)) return;
  const en = 'fullUrl ends in another type or id than the resource has.';
  const nl = 'fullUrl eindigt op een ander type of id dan de resource heeft.';
  report(run, fault('bundle-fullurl-id', say(en, nl), { at }));
}

const steps: Readonly<Record<string, readonly string[]>> = {
  Composition: ['subject', 'encounter', 'author', 'custodian', 'attester.party', 'event.detail'],
  MessageHeader: ['focus', 'sender', 'author', 'enterer', 'responsible', 'receiver'],
};

type Link = { place: string; reference: string };

function linksAt(tree: unknown, path: readonly string[], place: string): Link[] {
  if (Array.isArray(tree)) return tree.flatMap((one, i) => linksAt(one, path, `${place}[${i}]`));
  if (!isTree(tree)) return [];
  const [name, ...rest] = path;
  if (name !== undefined) return linksAt(tree[name], rest, place === '' ? name : `${place}.${name}`);
  const reference = textOf(tree.reference);
  return reference === undefined ? [] : [{ place, reference }];
}

function sectionLinks(sections: readonly Tree[], place: string): Link[] {
  return sections.flatMap((section, i) => {
    const here = `${place}[${i}]`;
    return [
      ...linksAt(section, ['entry'], '').map((link) => ({ ...link, place: `${here}.${link.place}` })),
      ...linksAt(section, ['focus'], '').map((link) => ({ ...link, place: `${here}.${link.place}` })),
      ...sectionLinks(treesOf(section.section), `${here}.section`),
    ];
  });
}

function checkLinks(index: BundleIndex, first: Entry, run: Run): void {
  const resource = first.resource;
  if (resource === undefined) return;
  const paths = steps[String(resource.resourceType)] ?? [];
  const links = paths.flatMap((path) => linksAt(resource, path.split('.'), ''));
  links.push(...sectionLinks(treesOf(resource.section), 'section'));
  for (const { place, reference } of links) {
    if (reference.startsWith('#')) continue;
    const found = index.find(reference, first);
    const at = `entry[${first.index}].resource.${place}`;
    if (found.length === 0) report(run, fault('bundle-reference', texts.dangling(reference), { at }));
    if (found.length > 1) {
      const en = `${found.length} entries answer to the same reference.`;
      const nl = `${found.length} entries beantwoorden aan dezelfde verwijzing.`;
      report(run, fault('bundle-ambiguous', say(en, nl), { at }));
    }
  }
}

function checkReach(index: BundleIndex, severity: 'error' | 'warning', run: Run): void {
  const seen = reachable(index);
  for (const entry of index.entries) {
    if (entry.resource === undefined || seen.has(entry.index)) continue;
    const en = 'This entry is not connected with the first one by any reference.';
    const nl = 'Deze entry is door geen verwijzing met de eerste verbonden.';
    report(run, fault('bundle-unreachable', say(en, nl), { severity, at: `entry[${entry.index}]` }));
  }
}

function firstIs(index: BundleIndex, type: string): Entry | undefined {
  const [first] = index.entries;
  return first?.resource?.resourceType === type ? first : undefined;
}

function checkDocument(index: BundleIndex, run: Run): void {
  const first = firstIs(index, 'Composition');
  if (first === undefined) return;
  checkLinks(index, first, run);
  checkReach(index, 'error', run);
}

function checkMessage(index: BundleIndex, run: Run): void {
  const first = firstIs(index, 'MessageHeader');
  if (first === undefined) return;
  checkLinks(index, first, run);
  checkReach(index, 'warning', run);
}

/** The types that the search asked for, as its self link says; empty when that does not say. */
function searchedTypes(bundle: Tree, run: Run): string[] {
  const self = treesOf(bundle.link).find((link) => link.relation === 'self');
  const [path = '', query = ''] = (textOf(self?.url) ?? '').split('?');
  const types = new URLSearchParams(query).get('_type');
  if (types !== null) return types.split(',');
  const last = path.split('/').at(-1) ?? '';
  return resourceTypeOf(run.version, last) === undefined ? [] : [last];
}

function checkMatch(entry: Entry, types: readonly string[], run: Run): void {
  const { resource, tree } = entry;
  if (resource === undefined) return;
  const at = `entry[${entry.index}].resource`;
  const mode = isTree(tree.search) ? tree.search.mode : undefined;
  const type = String(resource.resourceType);
  if (mode === 'outcome' && type !== 'OperationOutcome') {
    report(
      run,
      fault(
        'search-outcome',
        say(
          'An outcome of a search must be an OperationOutcome.',
          'Een uitkomst van een zoekvraag moet een OperationOutcome zijn.',
        ),
        { at },
      ),
    );
  }
  if (mode === 'outcome' || (mode === undefined && type === 'OperationOutcome')) return;
  if (resource.id === undefined) {
    report(
      run,
      fault('search-id', say('A search result must have an id.', 'Een zoekresultaat moet een id hebben.'), {
        at,
      }),
    );
  }
  if (mode === 'match' && types.length > 0 && !types.includes(type)) {
    const en = `A match must be of the type that was searched for: ${types.join(', ')}.`;
    const nl = `Een treffer moet van het gezochte type zijn: ${types.join(', ')}.`;
    report(run, fault('search-type', say(en, nl), { at }));
  }
}

function checkRelations(bundle: Tree, run: Run): void {
  const seen = new Set<unknown>();
  treesOf(bundle.link).forEach((link, i) => {
    const { relation } = link;
    if (relation !== undefined && seen.has(relation)) {
      const text = say(
        'This link relation may occur only once.',
        'Deze linkrelatie mag maar één keer voorkomen.',
      );
      report(run, fault('bundle-link', text, { at: `link[${i}]` }));
    }
    seen.add(relation);
  });
}

/** The rules of a Bundle that its definition does not state. */
export function checkBundle(item: Item, run: Run): void {
  const bundle = item.value;
  if (!isTree(bundle)) return;
  const index = bundleIndex(bundle);
  for (const entry of index.entries) checkFullUrl(entry, run);
  checkRelations(bundle, run);
  if (bundle.type === 'document') checkDocument(index, run);
  if (bundle.type === 'message') checkMessage(index, run);
  if (bundle.type !== 'searchset') return;
  const types = searchedTypes(bundle, run);
  for (const entry of index.entries) checkMatch(entry, types, run);
}
