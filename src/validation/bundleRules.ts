// Does a Bundle keep the rules of its type: addresses, links, document, message, search set? http://hl7.org/fhir/R4/bundle.html
import { resourceTypeOf } from '../fhir/definitions.ts';
import { referenceParts } from '../fhir/references.ts';
import { type BundleIndex, bundleIndex, type Entry, reachable } from './bundleIndex.ts';
import { fault, say } from './faults.ts';
import type { Item } from './fhirpath/items.ts';
import { isTree, type Tree, textOf, treesOf } from './profile.ts';
import { type Run, report } from './run.ts';
import { checkSearchSet } from './searchSetRules.ts';
import { texts } from './texts.ts';
import { checkRequests } from './transactionRules.ts';

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/;

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
  const paths = steps[textOf(resource.resourceType) ?? ''] ?? [];
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

/** What a document or a message begins with. R4 says by an invariant what the first resource is, if there is one. */
function firstIs(type: string, index: BundleIndex, run: Run): Entry | undefined {
  const [first] = index.entries;
  if (first?.resource?.resourceType === type) return first;
  if (first?.resource !== undefined && run.version === 'r4') return undefined;
  const en = `This kind of Bundle begins with a ${type}.`;
  const nl = `Deze soort Bundle begint met een ${type}.`;
  report(run, fault('bundle-first', say(en, nl)));
  return undefined;
}

function checkDocument(index: BundleIndex, run: Run): void {
  const first = firstIs('Composition', index, run);
  if (first === undefined) return;
  checkLinks(index, first, run);
  checkReach(index, 'error', run);
}

function checkMessage(index: BundleIndex, run: Run): void {
  const first = firstIs('MessageHeader', index, run);
  if (first === undefined) return;
  checkLinks(index, first, run);
  checkReach(index, 'warning', run);
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

// What is to be created has no address yet; an answer need not repeat it.
const unaddressed = new Set(['transaction', 'batch', 'transaction-response', 'batch-response', 'history']);

function checkAddressed({ fullUrl, resource, index }: Entry, run: Run): void {
  if (fullUrl !== undefined || resource === undefined) return;
  const text = say(
    'An entry with a resource needs a fullUrl here.',
    'Een entry met een resource heeft hier een fullUrl nodig.',
  );
  const severity = run.policy.danglingReferences;
  report(run, fault('bundle-address', text, { severity, at: `entry[${index}]` }));
}

/** The rules of a Bundle that its definition does not state. */
export function checkBundle(item: Item, run: Run): void {
  const bundle = item.value;
  if (!isTree(bundle)) return;
  const index = bundleIndex(bundle);
  const addressed = !unaddressed.has(textOf(bundle.type) ?? '');
  for (const entry of index.entries) {
    if (addressed) checkAddressed(entry, run);
    checkFullUrl(entry, run);
  }
  checkRelations(bundle, run);
  if (bundle.type === 'document') checkDocument(index, run);
  if (bundle.type === 'message') checkMessage(index, run);
  if (bundle.type === 'transaction' || bundle.type === 'batch') checkRequests(index, run);
  if (bundle.type === 'searchset') checkSearchSet(bundle, index, run);
}
