// What can the receiver fetch? Everything that the Composition leads to, under ids and references of the gateway, else as sent.
import type { FhirResource, Issue } from '../../model.ts';
import { carriedTypes } from './carriedTypes.ts';
import { finding } from './findings.ts';
import { here, notice } from './notices.ts';
import type { Entry } from './parcel.ts';
import { type Resolve, typeAndIdOf } from './resolve.ts';

export type Servable = {
  /** The Composition first, then what it leads to in the order met; no Binary. */
  resources: readonly FhirResource[];
  binaries: readonly { resource: FhirResource; entry: Entry }[];
  /** The served id of each entry that can be fetched. */
  ids: ReadonlyMap<Entry, string>;
  issues: readonly Issue[];
};

type Question = {
  composition: Entry;
  patient: Entry | undefined;
  patientBsn: string | undefined;
  resolve: Resolve;
  /** The served id for a name within the case. */
  idFor: (name: string) => string;
};

type Walk = Question & {
  ids: Map<Entry, string>;
  queue: Entry[];
  names: Set<string>;
  ordinals: Map<string, number>;
  issues: Issue[];
  entry: Entry;
  trail: (string | number)[];
};

const carried = new Set(carriedTypes);

/** One pass over the closure: it copies, renames, rewrites and reports. The source is not touched. */
export function makeServable(question: Question): Servable {
  const walk: Walk = {
    ...question,
    ids: new Map(),
    queue: [],
    names: new Set(),
    ordinals: new Map(),
    issues: [],
    entry: question.composition,
    trail: [],
  };
  const resources: FhirResource[] = [];
  const binaries: Servable['binaries'][number][] = [];
  reach(walk, question.composition);
  for (let next = 0; next < walk.queue.length; next++) {
    const entry = walk.queue[next];
    if (!entry) break;
    walk.entry = entry;
    const rewritten = copyObject(walk, entry.resource) as FhirResource;
    const copied = { ...rewritten, id: walk.ids.get(entry) ?? '' };
    if (copied.resourceType === 'Binary') binaries.push({ resource: copied, entry });
    else resources.push(copied);
  }
  return { resources, binaries, ids: walk.ids, issues: walk.issues };
}

function reach(walk: Walk, entry: Entry): string {
  const known = walk.ids.get(entry);
  if (known) return known;
  const id = walk.idFor(nameOf(walk, entry));
  walk.ids.set(entry, id);
  walk.queue.push(entry);
  const { resource, place } = entry;
  if (!carried.has(resource.resourceType)) walk.issues.push(finding('handover-type-not-carried', [place]));
  return id;
}

/** By the sender's id where there is one; otherwise by order, so that fresh `urn:uuid`s do not make new content. */
function nameOf(walk: Walk, entry: Entry): string {
  const type = entry.resource.resourceType;
  const own = entry.resource.id ?? (entry.fullUrl?.startsWith('http') ? entry.fullUrl : undefined);
  const ordinal = (walk.ordinals.get(type) ?? 0) + 1;
  let name = own ? `${type}/${own}` : `${type}#${ordinal}`;
  if (!own) walk.ordinals.set(type, ordinal);
  if (walk.names.has(name)) name = `${name}|${entry.fullUrl ?? entry.place}`;
  walk.names.add(name);
  return name;
}

function copy(walk: Walk, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return copyList(walk, value);
  // a decimal that keeps its digits is frozen and has no elements
  return 'rawJSON' in value ? value : copyObject(walk, value as Record<string, unknown>);
}

/** Parts that need no change are shared with the source: most of a handover is neither a reference nor an id. */
function copyList(walk: Walk, list: readonly unknown[]): readonly unknown[] {
  let copied: unknown[] | undefined;
  for (let index = 0; index < list.length; index++) {
    walk.trail.push(index);
    const next = copy(walk, list[index]);
    walk.trail.pop();
    if (next === list[index]) continue;
    copied ??= list.slice();
    copied[index] = next;
  }
  return copied ?? list;
}

/** Strings that mean something here; any other, and every number, is as the sender wrote it. */
const meaningful = new Set(['reference', 'url', 'implicitRules']);

function copyObject(walk: Walk, source: Record<string, unknown>): Record<string, unknown> {
  let copied: Record<string, unknown> | undefined;
  for (const key in source) {
    const value = source[key];
    const isText = typeof value === 'string';
    if (isText ? !meaningful.has(key) : typeof value !== 'object') continue;
    walk.trail.push(key);
    const next = isText ? text(walk, source, key) : copy(walk, value);
    notice(walk, key, value);
    walk.trail.pop();
    if (next === value) continue;
    copied ??= { ...source };
    copied[key] = next;
  }
  return copied ?? source;
}

function text(walk: Walk, source: Record<string, unknown>, key: string): string {
  const value = String(source[key]);
  if (key === 'reference') return reference(walk, value, source.display);
  if (key === 'url') return link(walk, value, source);
  return value;
}

function reference(walk: Walk, value: string, display: unknown): string {
  if (value.startsWith('#')) return value;
  const target = walk.resolve(value, walk.entry);
  if (target) return `${target.resource.resourceType}/${reach(walk, target)}`;
  const plain = typeAndIdOf(value);
  const otherPatient = plain?.startsWith('Patient/') && walk.trail[0] !== 'link' && !isNamed(walk, display);
  walk.issues.push(finding(otherPatient ? 'handover-one-patient' : 'handover-dangling', [here(walk)]));
  return plain ?? value;
}

/** Is this display the patient's name? Systems keep one person under several ids; then only the way is missing. */
function isNamed(walk: Walk, display: unknown): boolean {
  if (typeof display !== 'string') return false;
  const { subject } = walk.composition.resource as { subject?: { display?: unknown } };
  if (subject?.display === display) return true;
  const names = walk.patient?.resource.name;
  return Array.isArray(names) && names.some((name: { text?: unknown } | null) => name?.text === display);
}

/** Elements that hold an Attachment. */
const attachments = new Set([
  'attachment',
  'content',
  'contentAttachment',
  'photo',
  'presentedForm',
  'sourceAttachment',
  'valueAttachment',
]);

/** An attachment may lead to a Binary by its url; other urls are canonicals or public addresses and stay. */
function link(walk: Walk, value: string, { data }: Record<string, unknown>): string {
  const target = walk.resolve(value, walk.entry);
  if (target) return `${target.resource.resourceType}/${reach(walk, target)}`;
  const plain = typeAndIdOf(value);
  const isBinary = plain?.startsWith('Binary/');
  const holder = walk.trail.findLast(
    (step, index) => typeof step === 'string' && index < walk.trail.length - 1,
  );
  if (isBinary) walk.issues.push(finding('handover-dangling', [here(walk)]));
  else if (data === undefined && attachments.has(String(holder)))
    walk.issues.push(finding('handover-document-outside', [here(walk)]));
  return isBinary ? (plain ?? value) : value;
}
