// How does one pair of eyes see a page once? A link with an unguessable token: shown at the first GET, then gone for everybody.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { GatewayError } from '../../errors.ts';
import type { AuditEntry, Requester } from '../../model.ts';
import { isContentReplaced } from '../../store/faults.ts';
import type { OneTimeLinkTable } from '../../store/rows/links.ts';
import type { Store, Unit } from '../../store/store.ts';
import type { ExchangeDeps } from '../exchange.ts';

export type LinkKind = OneTimeLinkTable['kind'];

export type LinkedPage = {
  kind: LinkKind;
  /** A whole HTML document. */
  html: string;
  requester: Requester;
  patientBsn: string;
  now: Date;
  /** How long it can be opened; ten minutes when absent. */
  minutes?: number;
};

export type MintedLink = {
  id: string;
  /** 256 random bits; only its hash is kept. */
  token: string;
  /** `/card/TOKEN` or `/overview/TOKEN`, to stand behind the gateway's address. */
  path: string;
  expires: string;
};

type Deps = Pick<ExchangeDeps, 'store' | 'clock'>;
type Sealed = { html: string; patientBsn: string; clientId: string };

export const linkMinutes = 10;
export const exchangeOfLink = { card: 'wishes', overview: 'medication' } as const;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;
const contextOf = (id: string): string => `link/${id}`;
// 256 random bits need no key: nobody can try them all
const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Seals a page under a new link, in the unit that records for whom it was made. */
export async function mintLink(unit: Unit, page: LinkedPage): Promise<MintedLink> {
  const { kind, html, requester, patientBsn, now, minutes = linkMinutes } = page;
  const [id, token] = [randomUUID(), randomBytes(32).toString('base64url')];
  const sealed: Sealed = { html, patientBsn, clientId: requester.clientId };
  const expires = new Date(now.getTime() + minutes * 60_000).toISOString();
  await unit.db
    .insertInto('one_time_link')
    .values({
      id,
      token_hash: hashOf(token),
      kind,
      payload_id: await unit.seal(Buffer.from(JSON.stringify(sealed)), contextOf(id)),
      participant_id: requester.participant.id,
      created_at: now.toISOString(),
      expires_at: expires,
      opened_at: null,
    })
    .execute();
  return { id, token, path: `/${kind}/${token}`, expires };
}

export type LinkQuestion = { kind: LinkKind; token: string; requestId: string };

const gone = () => new GatewayError('notFound', 'This link does not lead to a page', { reason: 'link-gone' });

/** Is there still a page behind this link? Uses nothing up; recorded as an opening is. Throws `notFound` when there is none. */
export async function peekLink(question: LinkQuestion, deps: Deps): Promise<void> {
  const row = await findLink(question, deps);
  const lives = row !== undefined && row.opened_at === null && row.expires_at > deps.clock().toISOString();
  await deps.store.write(async (unit) => {
    unit.audit({ ...entryOf(question, row), event: eventOf(question, 'Probed'), ...(lives ? {} : refused) });
  });
  if (!lives) throw gone();
}

/**
 * The page, for the first who opens it, while it lives; its content is removed in the same write that records the
 * showing. Throws `notFound`, the same for a link that was used, has expired or never was; the refusal is recorded.
 */
export async function openLink(question: LinkQuestion, deps: Deps): Promise<string> {
  const row = await findLink(question, deps);
  const page = row && (await pageOf(row, deps.store));
  const at = deps.clock().toISOString();
  const isMine = await deps.store.write(async (unit) => {
    const taken = page && (await take(unit, row, at));
    const entry = { ...entryOf(question, row), event: eventOf(question, 'Shown') };
    if (taken) unit.audit({ ...entry, clientId: page.clientId, patientBsn: page.patientBsn });
    else unit.audit({ ...entry, ...refused });
    return taken === true;
  });
  if (!isMine || !page) throw gone();
  return page.html;
}

const refused = { outcome: 'refused', reason: 'link-gone' } as const;

const eventOf = ({ kind }: LinkQuestion, what: string): string => `${exchangeOfLink[kind]}.${kind}${what}`;

const entryOf = ({ kind, requestId }: LinkQuestion, row: OneTimeLinkTable | undefined) =>
  ({
    action: 'R',
    outcome: 'success',
    exchange: exchangeOfLink[kind],
    requestId,
    ...(row ? { participantId: row.participant_id, object: `Link/${row.id}` } : {}),
  }) satisfies Omit<AuditEntry, 'event'>;

async function findLink({ kind, token }: LinkQuestion, { store }: Deps) {
  if (!tokenPattern.test(token)) return undefined;
  return store.read
    .selectFrom('one_time_link')
    .selectAll()
    .where('token_hash', '=', hashOf(token))
    .where('kind', '=', kind)
    .executeTakeFirst();
}

const isThere = (row: OneTimeLinkTable, store: Store) => async (): Promise<boolean> =>
  (await store.read
    .selectFrom('one_time_link')
    .select('id')
    .where('id', '=', row.id)
    .where('payload_id', '=', row.payload_id)
    .executeTakeFirst()) !== undefined;

/** Read before it is taken, so that a page which cannot be read is not used up. */
async function pageOf(row: OneTimeLinkTable, store: Store): Promise<Sealed | undefined> {
  if (row.payload_id === null) return undefined;
  try {
    const bytes = await store.open(row.payload_id, contextOf(row.id), isThere(row, store));
    return JSON.parse(new TextDecoder().decode(bytes)) as Sealed;
  } catch (error) {
    // another gateway showed it just now
    if (isContentReplaced(error)) return undefined;
    throw error;
  }
}

/** Only one of all gateways changes the row. */
async function take(unit: Unit, row: OneTimeLinkTable, at: string): Promise<boolean> {
  const taken = await unit.db
    .updateTable('one_time_link')
    .set({ opened_at: at, payload_id: null })
    .where('id', '=', row.id)
    .where('opened_at', 'is', null)
    .where('expires_at', '>', at)
    .executeTakeFirst();
  if (Number(taken.numUpdatedRows) === 0) return false;
  if (row.payload_id) await unit.db.deleteFrom('payload').where('id', '=', row.payload_id).execute();
  return true;
}

const atOnce = 500;

/** Removes links that have expired, with what nobody opened. Returns how many. For a sweep. */
export async function forgetLinks(store: Store, now: Date): Promise<number> {
  const due = await store.read
    .selectFrom('one_time_link')
    .select(['id', 'payload_id'])
    .where('expires_at', '<=', now.toISOString())
    .limit(atOnce)
    .execute();
  if (due.length === 0) return 0;
  const payloads = due.flatMap(({ payload_id }) => payload_id ?? []);
  await store.write(async ({ db }) => {
    if (payloads.length > 0) await db.deleteFrom('payload').where('id', 'in', payloads).execute();
    await db
      .deleteFrom('one_time_link')
      .where(
        'id',
        'in',
        due.map(({ id }) => id),
      )
      .execute();
  });
  return due.length;
}
