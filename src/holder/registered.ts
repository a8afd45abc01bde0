// What does a participant without a server of its own answer? The current sets that it registered at this gateway.
import { GatewayError } from '../errors.ts';
import { entriesOf, isResource, resolver } from '../fhir/bundles.ts';
import { anySize, parseJson } from '../fhir/json.ts';
import { ownCanonical } from '../fhir/ownCanonicals.ts';
import { eachReference, rewriteReferences } from '../fhir/references.ts';
import type { Clock, DataEndpoint, FhirResource, Permit } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { HolderAsk, HolderReply } from './holder.ts';
import { fitsQuery } from './registeredMatch.ts';

/** What the content of one version of a set is sealed for. */
export const registeredContext = (setId: string, version: number): string => `registered/${setId}/${version}`;

/** The patient's number stands before the content: who takes a set back is recorded with whose it was. */
export const packRegistered = (patientBsn: string, content: string): Uint8Array =>
  Buffer.from(`${patientBsn}\n${content}`);

/** Opens a version. Throws `fault` when it is damaged. */
export async function openRegistered(
  set: { id: string; version: number; payloadId: string },
  store: Pick<Store, 'open'>,
): Promise<{ patientBsn: string; content: FhirResource }> {
  const bytes = await store.open(set.payloadId, registeredContext(set.id, set.version));
  const end = bytes.indexOf(0x0a);
  const content = parseJson(bytes.subarray(end + 1), anySize);
  if (!isResource(content)) throw new GatewayError('fault', 'Stored content is no resource');
  return { patientBsn: Buffer.from(bytes.subarray(0, end)).toString(), content };
}

/** Each served resource is tagged with its set as code and the version as version of the code. */
export const registeredSetSystem = ownCanonical('CodeSystem', 'registered-set');

type Asked = { endpoint: DataEndpoint; permit: Permit; ask: HolderAsk; holderId: string };
type Deps = { store: Store; clock: Clock };
type Set = { id: string; version: number; payloadId: string };
type Content = { resources: FhirResource[]; documents: string[] };

/**
 * Answers as FetchFrom does. Filters by type, category, scope, code and status; what the found resources lead to comes
 * along, whatever `_include` asks. Throws `fault` for a permit of another holder, or one that has expired.
 */
export async function fetchRegistered(asked: Asked, { store, clock }: Deps): Promise<HolderReply> {
  const { permit, holderId, ask } = asked;
  if (permit.holderId !== holderId) throw new GatewayError('fault', 'The permit is of another holder');
  if (permit.expires <= clock()) throw new GatewayError('fault', 'The permit has expired');
  const reply = {
    resources: [] as FhirResource[],
    documents: [] as string[],
    retrieved: clock().toISOString(),
  };
  try {
    let damaged = false;
    for (const set of await currentSets(asked, store)) {
      const content = await contentOf(set, store).catch(asDamaged);
      damaged ||= content === undefined;
      if (content === undefined) continue;
      reply.resources.push(...askedFor(content.resources, ask));
      if (asksMedication(ask)) reply.documents.push(...content.documents);
    }
    if (ask.signal.aborted) return { ...reply, state: 'timeout', reason: 'deadline' };
    return damaged
      ? { ...reply, state: 'partial', reason: 'record-damaged' }
      : { ...reply, state: 'answered' };
  } catch (error) {
    if (!(error instanceof GatewayError) || error.kind !== 'unavailable') throw error;
    return { ...reply, state: 'failed', reason: 'store-unavailable' };
  }
}

const medicationTypes = new Set([
  'Binary',
  'MedicationRequest',
  'MedicationDispense',
  'MedicationStatement',
  'MedicationAdministration',
]);

/** Documents are of medication: a question after anything else does not get them. */
const asksMedication = ({ queries }: HolderAsk): boolean =>
  queries.some(({ resourceType }) => medicationTypes.has(resourceType));

/** One set that cannot be read does not take the others along. */
function asDamaged(error: unknown): undefined {
  if (!(error instanceof GatewayError) || error.kind !== 'fault') throw error;
}

async function currentSets({ endpoint, permit, holderId }: Asked, store: Store): Promise<Set[]> {
  const rows = await store.read
    .selectFrom('registered_set as s')
    .innerJoin('registered_version as v', (join) =>
      join.onRef('v.set_id', '=', 's.id').onRef('v.version', '=', 's.version'),
    )
    .select(['s.id', 's.version', 'v.payload_id', 's.exchange'])
    .where('s.patient_hash', '=', store.hash('bsn', permit.patientBsn))
    .where('s.participant_id', '=', holderId)
    .where('s.state', '=', 'current')
    .orderBy('s.created_at')
    .orderBy('s.id')
    .execute();
  return rows
    .filter(({ exchange }) => endpoint.exchanges.includes(exchange))
    .map((row) => ({ id: row.id, version: row.version, payloadId: row.payload_id }));
}

async function contentOf(set: Set, store: Store): Promise<Content> {
  const { content: kept } = await openRegistered(set, store);
  if (kept.resourceType === 'Binary') {
    return { resources: [], documents: [Buffer.from(String(kept.data ?? ''), 'base64').toString('utf8')] };
  }
  return { resources: served(entriesIn(kept), set, store), documents: [] };
}

type Entries = readonly { resource: FhirResource; fullUrl?: string }[];

const entriesIn = (kept: FhirResource): Entries =>
  kept.resourceType === 'Bundle' ? entriesOf(kept) : [{ resource: kept }];

/** Under other ids, with references that follow. */
function renamed(entries: Entries, idOf: (resource: FhirResource, index: number) => string): FhirResource[] {
  const ids = new Map(entries.map(({ resource }, index) => [resource, idOf(resource, index)]));
  const resolve = resolver({ resourceType: 'Bundle', entry: entries });
  return entries.map(({ resource }) => {
    const rewritten = rewriteReferences(resource, (reference) => {
      const target = reference.startsWith('#') ? undefined : resolve(reference, resource);
      const id = target && ids.get(target);
      return id === undefined ? reference : `${target?.resourceType}/${id}`;
    });
    return { ...rewritten, id: ids.get(resource) ?? '' };
  });
}

/** Under ids of this gateway, since those of several sets may be the same. */
function served(entries: Entries, set: Set, store: Store): FhirResource[] {
  const idOf = ({ resourceType, id }: FhirResource, index: number): string => {
    const hash = store.hash('id', `registered|${set.id}|${resourceType}|${id ?? index}`);
    return Buffer.from(hash, 'base64url').subarray(0, 16).toString('hex');
  };
  const tag = { system: registeredSetSystem, version: String(set.version), code: set.id };
  return renamed(entries, idOf).map((one) => ({ ...one, meta: tagged(one.meta, tag) }));
}

/** Of content that is to be kept: what these queries would find in it, as it would be given. */
export function foundIn(
  content: FhirResource,
  queries: HolderAsk['queries'],
): ReadonlyMap<FhirResource, FhirResource> {
  const entries = entriesIn(content);
  const resources = renamed(entries, (_, index) => String(index));
  const found = new Map(askedFor(resources, { queries }).map((one) => [one.id, one]));
  return new Map(
    entries.flatMap(({ resource }, index) => {
      const one = found.get(String(index));
      return one ? [[resource, one] as const] : [];
    }),
  );
}

function tagged(meta: unknown, tag: object): object {
  const known = typeof meta === 'object' && meta !== null ? (meta as { tag?: unknown }) : {};
  return { ...known, tag: [...(Array.isArray(known.tag) ? known.tag : []), tag] };
}

/** Who it is, and whom to call: as of a holder that is asked, they come with whatever is found. */
const people: ReadonlySet<string> = new Set(['Patient', 'RelatedPerson']);

/** What fits a query, and all that it leads to. */
function askedFor(
  resources: readonly FhirResource[],
  { queries }: Pick<HolderAsk, 'queries'>,
): FhirResource[] {
  const byReference = new Map(resources.map((one) => [`${one.resourceType}/${one.id}`, one]));
  const found = new Set(resources.filter((one) => queries.some((query) => fitsQuery(one, query))));
  if (found.size > 0) for (const one of resources) if (people.has(one.resourceType)) found.add(one);
  for (const resource of found) {
    eachReference(resource, ({ reference }) => {
      const target = typeof reference === 'string' ? byReference.get(reference) : undefined;
      if (target) found.add(target);
    });
  }
  return resources.filter((one) => found.has(one));
}
