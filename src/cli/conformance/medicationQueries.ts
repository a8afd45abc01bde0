// Do our search semantics find as many building blocks as the published scripts expect? Patients that are not here are skipped.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Block } from '../../exchange/medication/block.ts';
import { addDuration, dutchDay } from '../../exchange/medication/moments.ts';
import { productsIn, search } from '../../exchange/medication/search.ts';
import { type Check, moment, readOne } from './medicationPatients.ts';

type Query = { resource: string | null; params: string; asserts: readonly { expression?: string }[] };
export type Checked = { checks: Check[]; skipped: { reason: string; count: number }[] };

const fullSets = ['ALL.fhir.json', 'ALL.ada.xml'];

/** The blocks of each patient, by BSN, from the sets that hold all of a patient. */
function patientsOf(corpus: string): Map<string, Block[]> {
  const folder = join(corpus, 'mp9-ada-to-fhir', 'beschikbaarstellen_medicatiegegevens');
  const found = new Map<string, Block[]>();
  if (!existsSync(folder)) return found;
  for (const suffix of fullSets)
    for (const file of readdirSync(folder).filter((name) => name.endsWith(suffix))) {
      const bsn = /-(\d{9})-/.exec(file)?.[1];
      if (bsn !== undefined && !found.has(bsn)) found.set(bsn, readOne(join(folder, file)).blocks);
    }
  return found;
}

/** `${DATE, T, D,-14}` is a day relative to T. */
const fillDates = (text: string): string =>
  text.replace(/\$\{DATE,\s*T,\s*D,\s*([+-]?\d+)\}/g, (_, days: string) =>
    dutchDay(addDuration(moment, { value: Number(days), unit: 'd' })),
  );

const parametersOf = (text: string): (readonly [string, string])[] =>
  fillDates(text)
    .replace(/^\?/, '')
    .split('&')
    .map((pair): readonly [string, string] => {
      const at = pair.indexOf('=');
      return [pair.slice(0, at), pair.slice(at + 1)];
    });

const countOf = /where\(resource\.is\((\w+)\)\)\.count\(\) = (\d+)/;

type Expected = { type: string; count: number };
const expectedOf = (query: Query): Expected[] =>
  query.asserts.flatMap(({ expression }) => {
    const match = countOf.exec(expression ?? '');
    return match ? [{ type: match[1] ?? '', count: Number(match[2]) }] : [];
  });

function check(query: Query, type: string, blocks: readonly Block[]): Check {
  const parameters = parametersOf(query.params);
  const shown = parameters.filter(([name]) => !name.startsWith('_include')).map((pair) => pair.join('='));
  const found = search(blocks, type, parameters);
  const includes = parameters.some(([, value]) => value.endsWith(':medication'));
  const faults = expectedOf(query).flatMap((expected) => {
    const own = expected.type === 'Medication' ? (includes ? productsIn(found) : 0) : found.length;
    return own === expected.count ? [] : [`${expected.type}: ${own} found, ${expected.count} expected`];
  });
  return { name: `query ${type}?${shown.join('&')}`, faults };
}

/** Compares counts for every script that states them and whose patient is here. */
export function checkQueries(corpus: string): Checked {
  const queries = JSON.parse(
    readFileSync(join(corpus, 'mp9-queries', 'mp9-queries.json'), 'utf8'),
  ) as Query[];
  const patients = patientsOf(corpus);
  const checks: Check[] = [];
  const skipped = new Map<string, number>();
  const skip = (reason: string): void => void skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  for (const query of queries) {
    const bsn = /bsn\|(\d{9})/.exec(query.params)?.[1] ?? '';
    const blocks = patients.get(bsn);
    if (query.resource === null) skip('the script names no resource type');
    else if (!blocks) skip('patient not in the corpus');
    else if (query.params.includes('${filter')) skip('the filter is filled in by the script');
    else if (expectedOf(query).length === 0) skip('the script states no count');
    else checks.push(check(query, query.resource, blocks));
  }
  return { checks, skipped: [...skipped].map(([reason, count]) => ({ reason, count })) };
}
