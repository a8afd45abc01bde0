// How is a long answer given page by page? It is kept sealed for ten minutes; each page asks consent again, never the holders.
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import { anySize, parseJson } from '../../fhir/json.ts';
import type { FhirResource, FhirResponse, Issue, Language, Requester } from '../../model.ts';
import { actorOf } from '../../store/actor.ts';
import type { ExchangeDeps, RoutedRequest } from '../exchange.ts';
import { askerHash, askingOf } from './searchAsking.ts';
import { linkToken, readLink } from './searchLinks.ts';
import type { Match } from './searchMatches.ts';
import { outcomeEntry } from './searchOutcome.ts';

/** A whole answer, as its pages are cut from it. */
export type Snapshot = {
  exchange: 'wishes' | 'medication';
  /** The search, without a BSN. */
  self: string;
  patientBsn: string;
  categories: readonly string[];
  count: number;
  /** Absent when somebody did not answer: then nobody knows. */
  total?: number;
  matches: readonly Match[];
  included: Readonly<Record<string, FhirResource>>;
  issues: readonly Issue[];
};

const lifeMs = 10 * 60_000;
const contextOf = (id: string): string => `search-snapshot ${id}`;

/** Never ours, somebody else's, ended, or withdrawn: one answer for all, and the audit record knows which. */
const noPage = (recorded: string): GatewayError =>
  new GatewayError('notFound', 'There is no such page, or no longer; search again', {
    reason: 'page-gone',
    recorded,
  });

/** The first page; the rest is kept when there is any. */
export async function firstPage(
  snapshot: Snapshot,
  { request, requester }: { request: RoutedRequest; requester: Requester },
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const more = snapshot.matches.length > snapshot.count;
  const id = more ? await keep(snapshot, { request, requester }, deps) : undefined;
  return pageOf(snapshot, { page: 0, id, language: request.language }, deps);
}

function keep(
  snapshot: Snapshot,
  { request, requester }: { request: RoutedRequest; requester: Requester },
  { store, clock }: ExchangeDeps,
): Promise<string> {
  const id = randomUUID();
  const asking = askingOf(requester, snapshot.patientBsn, request);
  const expires = new Date(clock().getTime() + lifeMs).toISOString();
  return store.write(async (unit) => {
    await unit.db
      .insertInto('search_snapshot')
      .values({
        id,
        exchange: snapshot.exchange,
        asker_hash: askerHash({ store }, asking),
        patient_hash: store.hash('bsn', snapshot.patientBsn),
        payload_id: await unit.seal(Buffer.from(JSON.stringify(snapshot)), contextOf(id)),
        expires_at: expires,
      })
      .execute();
    return id;
  });
}

type Page = { page: number; id: string | undefined; language: Language };

function pageOf(
  snapshot: Snapshot,
  { page, id, language }: Page,
  deps: Pick<ExchangeDeps, 'store' | 'baseUrl'>,
): FhirResponse {
  const base = `${deps.baseUrl}/r4`;
  const matches = matchesOn(snapshot, page);
  const own = new Set(matches.map(({ resource }) => `${resource.resourceType}/${resource.id}`));
  const along = [...new Set(matches.flatMap((match) => match.along))].filter((place) => !own.has(place));
  const entry = (resource: FhirResource, mode: string) => ({
    fullUrl: `${base}/${resource.resourceType}/${resource.id}`,
    resource,
    search: { mode },
  });
  const entries = [
    ...matches.map(({ resource }) => entry(resource, 'match')),
    ...along.flatMap((place) => {
      const resource = snapshot.included[place];
      return resource ? [entry(resource, 'include')] : [];
    }),
    ...outcomeEntry(snapshot.issues, language),
  ];
  const rest = snapshot.matches.length > (page + 1) * snapshot.count;
  const link = (to: number): string =>
    `${base}/$page/${linkToken(deps.store, { snapshotId: id ?? '', page: to })}`;
  return {
    status: 200,
    resource: {
      resourceType: 'Bundle',
      type: 'searchset',
      ...(snapshot.total === undefined ? {} : { total: snapshot.total }),
      link: [
        { relation: 'self', url: page === 0 ? snapshot.self : link(page) },
        ...(rest && id !== undefined ? [{ relation: 'next', url: link(page + 1) }] : []),
      ],
      ...(entries.length > 0 ? { entry: entries } : {}),
    },
  };
}

const matchesOn = ({ matches, count }: Snapshot, page: number): readonly Match[] =>
  matches.slice(page * count, (page + 1) * count);

/** Gives a further page to the one who asked the search, while every holder on it may still give it. */
export async function readPage(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const name = readLink(deps.store, request.params.token ?? '');
  if (!name) throw noPage('page-not-known');
  const snapshot = await openSnapshot(name.snapshotId, { request, requester }, deps);
  const matches = matchesOn(snapshot, name.page);
  if (matches.length === 0) throw noPage('page-not-known');
  await demandConsent(snapshot, { matches, request, requester, id: name.snapshotId }, deps);
  await deps.store.write(async (unit) => {
    unit.audit({
      event: `${snapshot.exchange}.readPage`,
      action: 'R',
      outcome: 'success',
      ...actorOf(requester),
      patientBsn: snapshot.patientBsn,
      exchange: snapshot.exchange,
      requestId: request.requestId,
      detail: { page: name.page, resources: matches.length },
    });
  });
  return pageOf(snapshot, { page: name.page, id: name.snapshotId, language: request.language }, deps);
}

async function openSnapshot(
  id: string,
  { request, requester }: { request: RoutedRequest; requester: Requester },
  { store, clock }: ExchangeDeps,
): Promise<Snapshot> {
  const row = await store.read
    .selectFrom('search_snapshot')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw noPage('page-not-known');
  const asker = askerHash({ store }, askingOf(requester, '', request));
  if (row.asker_hash !== asker || !requester.scopes.includes(row.exchange)) throw noPage('page-of-another');
  if (row.expires_at <= clock().toISOString()) throw noPage('page-ended');
  return parseJson(await store.open(row.payload_id, contextOf(id)), anySize) as Snapshot;
}

type Demand = { matches: readonly Match[]; request: RoutedRequest; requester: Requester; id: string };

/** Throws `notFound` when a holder's permit is gone, and then nobody gets a further page; `unavailable` without an answer. */
async function demandConsent(snapshot: Snapshot, demand: Demand, deps: ExchangeDeps): Promise<void> {
  const { exchange, patientBsn, categories } = snapshot;
  const asking = askingOf(demand.requester, patientBsn, demand.request);
  const holders = [...new Set(demand.matches.map(({ holderId }) => holderId))];
  const answers = await Promise.all(
    holders.map((holderId) => {
      const holder = deps.directory.byId(holderId);
      if (holder === undefined) throw noPage('holder-gone');
      const signal = AbortSignal.timeout(deps.settings[exchange].deadlineMs);
      return deps.decideConsent({ ...asking, exchange, holder, categories, signal });
    }),
  );
  for (const answer of answers) {
    if (answer.kind === 'permit' && categories.every((one) => answer.permit.categories.includes(one)))
      continue;
    if (answer.kind === 'unavailable' && !answer.concealed)
      throw new GatewayError('unavailable', 'Consent could not be checked', {
        reason: 'consent-unavailable',
      });
    await deps.store.write((unit) =>
      unit.db
        .updateTable('search_snapshot')
        .set({ expires_at: deps.clock().toISOString() })
        .where('id', '=', demand.id)
        .execute(),
    );
    throw noPage('consent-withdrawn');
  }
}
