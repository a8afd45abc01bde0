// What did the sender send? Each accepted form becomes one parcel: entries with their place, and what was said beside them.
import { isDeepStrictEqual } from 'node:util';
import { nextIn } from '../../fhir/nextPage.ts';
import type { FhirResource, Identifier } from '../../model.ts';
import { codes, codingsOf, isNursingHandoff, sameCoding } from './codes.ts';
import { finding, type Rule, refuse } from './findings.ts';
import { readParameters } from './parameters.ts';

export type Entry = {
  resource: FhirResource;
  fullUrl: string | undefined;
  place: string;
  /** Of what the gateway made: the element that says when. It is no content. */
  madeAt?: 'date' | 'indexed';
};

/** What stands beside the content and wins over it, or gives loose resources their part. */
export type Given = {
  receiver?: { identifiers: readonly Identifier[]; reference: string | undefined; place: string };
  transferDate?: string;
  case?: { system: string; value: string };
  /** Resources that came in a part of their own, by the part's name. */
  parts: ReadonlyMap<string, readonly Entry[]>;
};

export type Parcel = {
  entries: readonly Entry[];
  composition: Entry | undefined;
  /** The sender's own workflow Task, if it came along. */
  task: Entry | undefined;
  bundleIdentifier: unknown;
  given: Given;
};

const accepted = new Set(['document', 'collection', 'transaction', 'searchset']);
const entryMethods = new Set(['POST', 'PUT']);

/** Reads a Bundle or Parameters. Throws `unprocessable` naming the place. */
export function openParcel(body: FhirResource | undefined, maxResources: number): Parcel {
  if (!body) throw refuse([finding('handover-form')]);
  const given = body.resourceType === 'Parameters' ? readParameters(body) : undefined;
  const content = given ? given.content : { bundle: body, place: 'Bundle' };
  if (!given && body.resourceType !== 'Bundle') throw refuse([finding('handover-form', [body.resourceType])]);
  const entries = content ? onceEach(entriesOf(content.bundle, content.place)) : [];
  for (const entry of given?.entries ?? []) entries.push(entry);
  if (entries.length > maxResources)
    throw refuse([finding('handover-too-many', [content?.place ?? 'Parameters'])]);
  return {
    entries,
    composition: theComposition(entries, content?.bundle.type === 'document'),
    task: workflowTask(entries),
    bundleIdentifier: content?.bundle.identifier,
    given: given?.given ?? { parts: new Map() },
  };
}

/** An export of several searchsets has the same resource in each that leads to it. What differs is for the index to refuse. */
function onceEach(entries: readonly Entry[]): Entry[] {
  const known = new Map<string, Entry>();
  return entries.filter((entry) => {
    const { resource, fullUrl } = entry;
    const name = `${resource.resourceType}/${resource.id ?? ''} ${fullUrl ?? ''}`;
    const twin = resource.id || fullUrl ? known.get(name) : undefined;
    if (!twin) known.set(name, entry);
    return !twin || !isDeepStrictEqual(twin.resource, resource);
  });
}

const refuseAt = (rule: Rule, place: string) => refuse([finding(rule, [place])]);

function entriesOf(bundle: FhirResource, place: string): Entry[] {
  const type = typeOf(bundle, place);
  const found: Entry[] = [];
  for (const [index, row] of listOf(bundle.entry).entries()) {
    const here = `${place}.entry[${index}]`;
    refuseOtherRequests(row, here);
    const entry = entryOf(row, here);
    if (!entry) throw refuseAt('handover-entry-empty', here);
    const { resourceType } = entry.resource;
    if (resourceType === 'Bundle' && type !== 'document') {
      // an export often comes as one searchset per question
      for (const inner of entriesOf(entry.resource, entry.place)) found.push(inner);
    } else if (resourceType !== 'OperationOutcome') found.push(entry);
  }
  return found;
}

function typeOf(bundle: FhirResource, place: string): string {
  const { type } = bundle as { type?: unknown };
  if (typeof type !== 'string' || !accepted.has(type)) {
    throw refuseAt('handover-bundle-type', `${place}.type`);
  }
  if (bundle.implicitRules !== undefined) {
    throw refuseAt('handover-implicit-rules', `${place}.implicitRules`);
  }
  if (nextIn(bundle) !== undefined) throw refuseAt('handover-bundle-incomplete', `${place}.link`);
  return type;
}

function refuseOtherRequests(row: unknown, place: string): void {
  const request = (row as { request?: { method?: unknown } } | null)?.request;
  if (request === undefined) return;
  if (typeof request?.method === 'string' && entryMethods.has(request.method)) return;
  throw refuseAt('handover-entry-request', `${place}.request`);
}

function entryOf(row: unknown, place: string): Entry | undefined {
  const { resource, fullUrl } = (row ?? {}) as { resource?: FhirResource | null; fullUrl?: unknown };
  if (typeof resource?.resourceType !== 'string') return undefined;
  return {
    resource,
    fullUrl: typeof fullUrl === 'string' ? fullUrl : undefined,
    place: `${place}.resource`,
  };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Known by its code; a Task that is alone needs none. */
function workflowTask(entries: readonly Entry[]): Entry | undefined {
  const tasks = entries.filter(({ resource }) => resource.resourceType === 'Task');
  const isWorkflow = ({ resource }: Entry): boolean =>
    codingsOf(resource.code).some((coding) => sameCoding(coding, codes.transferOfCare));
  return tasks.find(isWorkflow) ?? (tasks.length === 1 ? tasks[0] : undefined);
}

/** The one Composition; in a document it is the first entry. */
function theComposition(entries: readonly Entry[], document: boolean): Entry | undefined {
  const all = entries.filter((entry) => entry.resource.resourceType === 'Composition');
  const [first, second] = all;
  if (second)
    throw refuse([
      finding(
        'handover-one-composition',
        all.map((entry) => entry.place),
      ),
    ]);
  if (document && first !== entries[0])
    throw refuse([finding('handover-one-composition', [entries[0]?.place ?? 'Bundle'])]);
  if (first && !isNursingHandoff(first.resource))
    throw refuseAt('handover-composition-type', `${first.place}.type`);
  return first;
}
