// Does a search set hold what was searched for? http://hl7.org/fhir/R4/search.html#entry
import { resourceTypeOf } from '../fhir/definitions.ts';
import type { BundleIndex, Entry } from './bundleIndex.ts';
import { fault, say } from './faults.ts';
import { isTree, type Tree, textOf, treesOf } from './profile.ts';
import { type Run, report } from './run.ts';

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
  const type = textOf(resource.resourceType) ?? '';
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

/** The rules of a search set. */
export function checkSearchSet(bundle: Tree, index: BundleIndex, run: Run): void {
  const types = searchedTypes(bundle, run);
  for (const entry of index.entries) checkMatch(entry, types, run);
}
