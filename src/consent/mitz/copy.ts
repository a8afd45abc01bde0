// What has Mitz told us of one patient at one holder, and what does a later word change? Kept sealed, as one.
import { z } from 'zod';
import { retried } from '../../store/retried.ts';
import type { Store, Unit } from '../../store/store.ts';

/** The consulting category of a word that is about all of them. */
export const everyone = '*';

/** The consulting category of an unclear word, when it is not known whom it means. */
export const somebody = '?';

/** `unclear`: a yes with a condition or a code that is not known here. It permits nothing. */
const line = z.object({
  category: z.string(),
  consulting: z.string(),
  decision: z.enum(['yes', 'no', 'unclear']),
  /** As `instantKey` writes it. */
  decidedAt: z.string(),
  /** ISO instant at which the notification came in. */
  receivedAt: z.string(),
  version: z.string().optional(),
});

export type CopyLine = z.output<typeof line>;
export type CopyKey = { patientHash: string; holderUra: string };
export type Copy = { revision: number; payloadId: string; lines: readonly CopyLine[] };

/** Somebody else changed this copy in the meantime. */
export class CopyMoved extends Error {}

const contextOf = ({ patientHash, holderUra }: CopyKey) => `mitz-copy ${patientHash} ${holderUra}`;

type Reader = Pick<Store, 'read' | 'open'>;

const rowOf = (store: Reader, key: CopyKey) =>
  store.read
    .selectFrom('mitz_copy')
    .select(['revision', 'payload_id'])
    .where('patient_hash', '=', key.patientHash)
    .where('holder_ura', '=', key.holderUra)
    .executeTakeFirst();

async function loadOnce(store: Reader, key: CopyKey): Promise<Copy | undefined> {
  const row = await rowOf(store, key);
  if (!row) return undefined;
  const isNamed = async () => (await rowOf(store, key))?.payload_id === row.payload_id;
  const bytes = await store.open(row.payload_id, contextOf(key), isNamed);
  const lines = z.array(line).parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  return { revision: row.revision, payloadId: row.payload_id, lines };
}

/** Notifications of one patient may follow each other fast. */
const mostLooks = 5;

/** The copy as it was last committed; undefined when there is none. */
export const loadCopy = (store: Reader, key: CopyKey): Promise<Copy | undefined> =>
  retried(() => loadOnce(store, key), mostLooks);

const keyOf = ({ category, consulting }: CopyLine): string => `${category} ${consulting}`;

const weight: Readonly<Record<CopyLine['decision'], number>> = { yes: 0, unclear: 1, no: 2 };

/** A later word wins; of two of one moment a no, and then what is unclear; all else is ignored. */
export function overrides(incoming: CopyLine, kept: CopyLine | undefined): boolean {
  if (!kept || incoming.decidedAt > kept.decidedAt) return true;
  return incoming.decidedAt === kept.decidedAt && weight[incoming.decision] > weight[kept.decision];
}

/** The lines after the incoming ones, and how many of these changed something. */
export function mergeLines(kept: readonly CopyLine[], incoming: readonly CopyLine[]) {
  const lines = new Map(kept.map((one) => [keyOf(one), one]));
  let changed = 0;
  for (const one of incoming) {
    if (!overrides(one, lines.get(keyOf(one)))) continue;
    lines.set(keyOf(one), one);
    changed += 1;
  }
  return { lines: [...lines.values()], changed };
}

/** Writes the lines in place of `before`. Throws `CopyMoved` when it is not the newest any more. */
export async function saveCopy(
  unit: Unit,
  key: CopyKey,
  change: { before: Copy | undefined; lines: readonly CopyLine[]; at: string },
): Promise<void> {
  const { before, lines, at } = change;
  const payload_id = await unit.seal(Buffer.from(JSON.stringify(lines)), contextOf(key));
  const row = { patient_hash: key.patientHash, holder_ura: key.holderUra, payload_id, updated_at: at };
  if (!before) {
    const result = await unit.db
      .insertInto('mitz_copy')
      .values({ ...row, revision: 1 })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    if (result.numInsertedOrUpdatedRows !== 1n) throw new CopyMoved();
    return;
  }
  const result = await unit.db
    .updateTable('mitz_copy')
    .set({ payload_id, updated_at: at, revision: before.revision + 1 })
    .where('patient_hash', '=', key.patientHash)
    .where('holder_ura', '=', key.holderUra)
    .where('revision', '=', before.revision)
    .executeTakeFirst();
  if (result.numUpdatedRows !== 1n) throw new CopyMoved();
  await unit.db.deleteFrom('payload').where('id', '=', before.payloadId).execute();
}

/** Forgets the copy: without a subscription nobody would keep it true. */
export async function dropCopy(unit: Unit, key: CopyKey): Promise<void> {
  const row = await unit.db
    .deleteFrom('mitz_copy')
    .where('patient_hash', '=', key.patientHash)
    .where('holder_ura', '=', key.holderUra)
    .returning('payload_id')
    .executeTakeFirst();
  if (row) await unit.db.deleteFrom('payload').where('id', '=', row.payload_id).execute();
}
