// How does a case search as the standards list it? With an id of its own for the patient, over all holders, page by page.
import { bsnSystem } from '../../src/fhir/identifiers.ts';
import { must } from './attack.ts';
import { patients } from './content.ts';
import { type Asking, askAs } from './questions.ts';
import type { PatientName } from './regionRecords.ts';
import type { Seen, Stage } from './stage.ts';

export const formType = { 'content-type': 'application/x-www-form-urlencoded' };

export type Pair = readonly [name: string, value: string];
export const queryOf = (pairs: readonly Pair[]): string =>
  pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');

/** `Patient/_search` by BSN. */
export const searchPatient = (stage: Stage, name: PatientName, asking: Asking = {}): Promise<Seen> =>
  askAs(
    stage,
    {
      method: 'POST',
      path: '/r4/Patient/_search',
      headers: formType,
      body: queryOf([['identifier', `${bsnSystem}|${patients[name].bsn}`]]),
    },
    asking,
  );

/** The id under which this asker may speak of the patient. */
export async function servedId(stage: Stage, name: PatientName, asking: Asking = {}): Promise<string> {
  const seen = await searchPatient(stage, name, asking);
  must(seen.status === 200, `Patient/_search: ${seen.status} ${seen.text.slice(0, 200)}`);
  const { entry = [] } = JSON.parse(seen.text) as { entry?: { resource: { id: string } }[] };
  return entry[0]?.resource.id ?? '';
}

const scope: Pair = ['scope', 'http://terminology.hl7.org/CodeSystem/consentscope|treatment'];
const category: Pair = ['category', 'http://snomed.info/sct|129125009'];
/** PZP 2: treatment directives. */
export const directives = (id: string): readonly Pair[] => [['patient', `Patient/${id}`], scope, category];
/** MP9: medication agreements. */
export const agreements = (id: string): readonly Pair[] => [
  ['patient', `Patient/${id}`],
  ['category', 'http://snomed.info/sct|33633005'],
];

export type Search = { type: string; pairs: readonly Pair[]; method?: 'GET' | 'POST' | 'HEAD' };

export const search = (
  stage: Stage,
  { type, pairs, method = 'GET' }: Search,
  asking: Asking = {},
): Promise<Seen> =>
  askAs(
    stage,
    method === 'POST'
      ? { method, path: `/r4/${type}/_search`, headers: formType, body: queryOf(pairs) }
      : { method, path: `/r4/${type}?${queryOf(pairs)}` },
    asking,
  );

type Found = {
  total?: number;
  link?: { relation: string; url: string }[];
  entry?: { resource: Record<string, unknown>; search: { mode: string } }[];
};

export const foundIn = (seen: Seen): Found => JSON.parse(seen.text) as Found;
export const countIn = (seen: Seen, mode: string): number =>
  (foundIn(seen).entry ?? []).filter((one) => one.search.mode === mode).length;

/** Path and query of the next page. */
export function nextOf(seen: Seen): string {
  const url = foundIn(seen).link?.find(({ relation }) => relation === 'next')?.url;
  must(url !== undefined, `there is no next page: ${seen.status} ${seen.text.slice(0, 200)}`);
  const { pathname, search: query } = new URL(url);
  return `${pathname}${query}`;
}

/** Page 1 of P's directives, two on a page, with the link to page 2. */
export async function firstOfMany(
  stage: Stage,
  name: PatientName,
  asking: Asking = {},
): Promise<{ id: string; first: Seen; next: string }> {
  const id = await servedId(stage, name, asking);
  const first = await search(stage, { type: 'Consent', pairs: [...directives(id), ['_count', '2']] }, asking);
  must(
    first.status === 200 && countIn(first, 'match') === 2,
    `page 1: ${first.status} ${first.text.slice(0, 200)}`,
  );
  return { id, first, next: nextOf(first) };
}
