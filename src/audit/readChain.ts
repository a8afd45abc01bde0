// How are chains of millions of records read? In order, page by page, with a turn for everybody else between pages.
import type { Kysely } from 'kysely';
import type { AuditHeadTable, AuditTable, Tables } from '../store/tables.ts';

const pageLength = 500;
const eventLoopTurn = () => new Promise((resolve) => setImmediate(resolve));

/** Every chain that has records, heads, anchors or a checkpoint. */
export async function chainNames(
  db: Kysely<Tables>,
  known: { anchors?: readonly { chain: string }[]; from?: readonly { chain: string }[] },
): Promise<string[]> {
  await eventLoopTurn();
  const names = new Set([...(known.anchors ?? []), ...(known.from ?? [])].map((one) => one.chain));
  for (const table of ['audit', 'audit_head'] as const) {
    // Steps from name to name along the index, past the millions of records between them.
    for (let name = await nextChain(db, table); name !== undefined; name = await nextChain(db, table, name)) {
      names.add(name);
    }
  }
  return [...names].sort();
}

/** Without `after` the first one, whatever its name. */
async function nextChain(db: Kysely<Tables>, table: 'audit' | 'audit_head', after?: string) {
  const all = db.selectFrom(table).select('chain').orderBy('chain').limit(1);
  const query = after === undefined ? all : all.where('chain', '>', after);
  return (await query.executeTakeFirst())?.chain;
}

export async function lastSeq(db: Kysely<Tables>, chain: string): Promise<number> {
  const query = db
    .selectFrom('audit')
    .select('seq')
    .where('chain', '=', chain)
    .orderBy('seq', 'desc')
    .limit(1);
  return (await query.executeTakeFirst())?.seq ?? 0;
}

/** A record in a place that no chain has: they have names, and begin at 1. */
export async function recordOutside(db: Kysely<Tables>, chain: string): Promise<AuditTable | undefined> {
  const all = db.selectFrom('audit').selectAll().where('chain', '=', chain).orderBy('seq').limit(1);
  return (chain === '' ? all : all.where('seq', '<', 1)).executeTakeFirst();
}

export async function lastHead(db: Kysely<Tables>, chain: string): Promise<AuditHeadTable | undefined> {
  const query = db
    .selectFrom('audit_head')
    .selectAll()
    .where('chain', '=', chain)
    .orderBy('seq', 'desc')
    .limit(1);
  return query.executeTakeFirst();
}

type Range = { chain: string; from: number; to: number };

/** The records after `from` up to and with `to`. */
export const recordsWithin = (db: Kysely<Tables>, range: Range): AsyncGenerator<AuditTable> =>
  inPages(range, (after) =>
    db
      .selectFrom('audit')
      .selectAll()
      .where('chain', '=', range.chain)
      .where('seq', '>', after)
      .where('seq', '<=', range.to)
      .orderBy('seq')
      .limit(pageLength)
      .execute(),
  );

/** The signed heads from `from` up to and with `to`. */
export const headsWithin = (db: Kysely<Tables>, range: Range): AsyncGenerator<AuditHeadTable> =>
  inPages({ from: range.from - 1, to: range.to }, (after) =>
    db
      .selectFrom('audit_head')
      .selectAll()
      .where('chain', '=', range.chain)
      .where('seq', '>', after)
      .where('seq', '<=', range.to)
      .orderBy('seq')
      .limit(pageLength)
      .execute(),
  );

async function* inPages<Row extends { seq: number }>(
  { from, to }: Pick<Range, 'from' | 'to'>,
  pageAfter: (seq: number) => Promise<Row[]>,
): AsyncGenerator<Row> {
  for (let after = from; after < to; ) {
    await eventLoopTurn();
    const page = await pageAfter(after);
    yield* page;
    if (page.length < pageLength) return;
    after = page.at(-1)?.seq ?? to;
  }
}
