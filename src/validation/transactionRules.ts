// Does each request of a transaction fit the resource that it carries? http://hl7.org/fhir/R4/http.html#transaction
import { resourceTypeOf } from '../fhir/definitions.ts';
import type { BundleIndex, Entry } from './bundleIndex.ts';
import { fault, say } from './faults.ts';
import { isTree, textOf } from './profile.ts';
import { type Run, report } from './run.ts';

const carrying = new Set(['POST', 'PUT']);

/** `Patient/1?x` and `https://host/fhir/Patient/1` by their type and id; undefined when no type stands there. */
function target(url: string, run: Run): { type: string; id: string | undefined; query: boolean } | undefined {
  const [path = '', query] = url.split('?', 2);
  const parts = path.split('/').filter((part) => part !== '');
  const at = parts.findLastIndex((part) => resourceTypeOf(run.version, part) !== undefined);
  const type = parts[at];
  if (type === undefined) return undefined;
  return { type, id: parts[at + 1], query: query !== undefined };
}

function checkTarget(entry: Entry, asked: { method: string; url: string }, run: Run): void {
  const found = target(asked.url, run);
  const { resource, index } = entry;
  if (found === undefined || resource === undefined || found.id?.startsWith('$') === true) return;
  const at = `entry[${index}].request.url`;
  const resourceType = textOf(resource.resourceType) ?? '?';
  if (found.type !== resourceType) {
    const en = `The request is about ${found.type}, but the entry holds ${resourceType}.`;
    const nl = `De opdracht gaat over ${found.type}, maar de entry bevat ${resourceType}.`;
    report(run, fault('transaction-type', say(en, nl), { at }));
  } else if (asked.method === 'PUT' && !found.query && found.id !== textOf(resource.id)) {
    const en = 'A PUT names the id that its resource has.';
    const nl = 'Een PUT noemt het id dat de resource heeft.';
    report(run, fault('transaction-id', say(en, nl), { at }));
  }
}

/** The rules of requests in a transaction or batch. */
export function checkRequests(index: BundleIndex, run: Run): void {
  for (const entry of index.entries) {
    const { request } = entry.tree;
    const method = isTree(request) ? textOf(request.method) : undefined;
    const url = isTree(request) ? textOf(request.url) : undefined;
    if (method === undefined || url === undefined || !carrying.has(method)) continue;
    // An operation may be asked without content.
    if (entry.resource === undefined && !url.includes('$') && !url.includes('_search')) {
      const text = say(
        `A ${method} needs a resource in its entry.`,
        `Een ${method} heeft een resource in haar entry nodig.`,
      );
      report(run, fault('transaction-resource', text, { at: `entry[${entry.index}]` }));
    }
    checkTarget(entry, { method, url }, run);
  }
}
