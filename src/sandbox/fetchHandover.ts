// How does a receiver fetch a handover whole? As one document, or resource by resource, Binaries apart in both.
import { isResource } from '../fhir/bundles.ts';
import type { FhirResource } from '../model.ts';
import type { Caller } from './caller.ts';
import { compositionIdOf } from './ecd.ts';
import type { Format } from './fhirBody.ts';
import { linksOf } from './links.ts';

/** What was fetched: by `Type/id`, the Composition's own key apart. */
export type Fetched = { root: string; resources: Map<string, FhirResource>; refused: string[] };

/** `GET Composition/{id}/$document`, then each Binary that it leads to. Throws when the document is not given. */
export async function fetchDocument(caller: Caller, compositionId: string, format: Format): Promise<Fetched> {
  const answer = await caller.call({ path: `/stu3/Composition/${compositionId}/$document`, format });
  const bundle = answer.resource;
  if (answer.status !== 200 || bundle?.type !== 'document')
    throw notGiven('$document', answer.status, bundle);
  const entries: unknown[] = Array.isArray(bundle.entry) ? bundle.entry : [];
  const resources = new Map<string, FhirResource>();
  for (const entry of entries) {
    const resource =
      typeof entry === 'object' && entry !== null && 'resource' in entry ? entry.resource : undefined;
    if (isResource(resource)) resources.set(`${resource.resourceType}/${resource.id}`, resource);
  }
  const [root] = resources.keys();
  const fetched: Fetched = { root: root ?? '', resources, refused: [] };
  await follow(caller, fetched, { format, only: 'Binary' });
  return fetched;
}

/** `GET Composition/{id}` and a read of everything that it leads to. Throws when the Composition is not given. */
export async function fetchPlainly(caller: Caller, compositionId: string, format: Format): Promise<Fetched> {
  const root = `Composition/${compositionId}`;
  const answer = await caller.call({ path: `/stu3/${root}`, format });
  if (answer.status !== 200 || answer.resource === undefined)
    throw notGiven(root, answer.status, answer.resource);
  const fetched: Fetched = { root, resources: new Map([[root, answer.resource]]), refused: [] };
  await follow(caller, fetched, { format });
  return fetched;
}

/** Reads what the resources lead to until nothing new is found; what the gateway does not serve is noted. */
async function follow(
  caller: Caller,
  fetched: Fetched,
  options: { format: Format; only?: string },
): Promise<void> {
  const asked = new Set(fetched.resources.keys());
  const waiting = [...fetched.resources.values()];
  for (const resource of waiting) {
    for (const key of keysIn(resource, options.only)) {
      if (asked.has(key)) continue;
      asked.add(key);
      const answer = await caller.call({ path: `/stu3/${key}`, format: options.format });
      if (answer.status !== 200 || answer.resource === undefined) fetched.refused.push(key);
      else {
        fetched.resources.set(key, answer.resource);
        waiting.push(answer.resource);
      }
    }
  }
}

const keysIn = (resource: FhirResource, only: string | undefined): string[] =>
  linksOf(resource)
    .map(({ target }) => keyOf(target))
    .filter((key) => key !== undefined)
    .filter((key) => only === undefined || key.startsWith(`${only}/`));

/** `Type/id` at the end of a relative or absolute address; nothing for contained and other references. */
export function keyOf(reference: string): string | undefined {
  const match = /(?:^|\/)([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/[^/]+)?$/.exec(reference);
  return match?.[1];
}

/** Reads the Task and tells which Composition it announces. Throws when there is none. */
export async function announcedBy(caller: Caller, taskId: string, format: Format): Promise<string> {
  const task = await caller.call({ path: `/stu3/Task/${taskId}`, format });
  const compositionId = compositionIdOf(task.resource);
  if (task.status !== 200 || compositionId === undefined)
    throw notGiven('the Task', task.status, task.resource);
  return compositionId;
}

function notGiven(what: string, status: number, body: FhirResource | undefined): Error {
  return new Error(`${what} was not given: status ${status}${outcomeText(body)}`);
}

/** The issues of an OperationOutcome, as one text. */
export function outcomeText(body: FhirResource | undefined): string {
  if (body?.resourceType !== 'OperationOutcome' || !Array.isArray(body.issue)) return '';
  const lines = body.issue.map((issue) => {
    const place = Array.isArray(issue?.expression) ? ` (${issue.expression.join(', ')})` : '';
    return `${issue?.details?.text ?? issue?.diagnostics ?? issue?.code}${place}`;
  });
  return `: ${lines.join('; ')}`;
}
