// Is every audit record still there, as it was written, in its place? Walks each chain beside its signed heads.
import type { Store } from '../store/store.ts';
import type { AuditHeadTable, AuditTable } from '../store/tables.ts';
import { recordHash } from './canonical.ts';
import { emptyChain } from './chain.ts';
import { chainNames, headsWithin, lastHead, lastSeq, recordOutside, recordsWithin } from './readChain.ts';
import { isSigned, type PublicAuditKey } from './signingKey.ts';

/** A place in a chain that was found good before: the next check may start there. */
export type Checkpoint = { chain: string; seq: number; hash: string };

export type VerifyOptions = {
  publicKeys: readonly PublicAuditKey[];
  /** Signed heads that were kept outside the database. */
  anchors?: readonly AuditHeadTable[];
  from?: readonly Checkpoint[];
  /** Only these chains; all when absent. */
  chains?: readonly string[];
};

/** `signedTo`: the last record that a signed head or anchor covers. */
export type ChainReport = Checkpoint & { records: number; signedTo: number };

export type Fault =
  /** A column is not what was written. */
  | 'altered'
  /** Written without the key of this gateway, or in a place that no chain has. */
  | 'forged'
  /** A record is gone. */
  | 'missing'
  /** A record does not follow the one before it: inserted, removed or changed places. */
  | 'broken-link'
  /** Signed heads or anchors lie beyond the last record. */
  | 'tail-cut'
  /** The record is not the one that was signed, or not the one where the last check ended. */
  | 'not-as-signed'
  /** A head or anchor is not signed by a known key. */
  | 'bad-signature';

/** `id` is absent when the record is gone or a head is bad. */
export type BadPlace = { chain: string; seq: number; id?: string; why: Fault };

/** `bad` holds the first bad place of each chain that has one, the first of them also stands alone; `chains` are whole. */
export type VerifyResult =
  | { ok: true; chains: readonly ChainReport[] }
  | ({ ok: false; bad: readonly BadPlace[]; chains: readonly ChainReport[] } & BadPlace);

/** Stops the walk of a chain at its first bad record. */
class Found extends Error {
  readonly place: BadPlace;
  constructor(place: BadPlace) {
    super(place.why);
    this.place = place;
  }
}

/**
 * Verifies the audit chains, reading them page by page, while gateways go on writing. Hand the result's `chains` back
 * as `from` to check only what is new. A tail that was cut off together with its heads shows only against `anchors`.
 */
export async function verifyAudit(
  store: Pick<Store, 'read' | 'hash'>,
  options: VerifyOptions,
): Promise<VerifyResult> {
  const chains: ChainReport[] = [];
  const bad: BadPlace[] = [];
  // What is wrong with one chain, such as a cut that a copy left, must not hide what is wrong with another.
  for (const chain of options.chains ?? (await chainNames(store.read, options))) {
    try {
      chains.push(await verifyChain(store, chain, options));
    } catch (error) {
      if (!(error instanceof Found)) throw error;
      bad.push(error.place);
    }
  }
  const [first] = bad;
  return first === undefined ? { ok: true, chains } : { ok: false, ...first, bad, chains };
}

type Walk = { chain: string; last: { seq: number; hash: string; position: number }; records: number };

async function verifyChain(
  store: Pick<Store, 'read' | 'hash'>,
  chain: string,
  options: VerifyOptions,
): Promise<ChainReport> {
  const start = options.from?.find((one) => one.chain === chain) ?? { chain, ...emptyChain };
  const anchors = (options.anchors ?? [])
    .filter((anchor) => anchor.chain === chain)
    .sort((a, b) => a.seq - b.seq);
  // Heads first, records second: whatever is written meanwhile only adds records, so no head can seem to have none.
  const head = await lastHead(store.read, chain);
  const outside = await recordOutside(store.read, chain);
  if (outside) throw found(outside, 'forged');
  const signed = Math.max(head?.seq ?? 0, anchors.at(-1)?.seq ?? 0, start.seq);
  const to = await lastSeq(store.read, chain);
  for (const one of head === undefined ? anchors : [...anchors, head])
    await demandSignature(one, options.publicKeys);
  const walk: Walk = { chain, last: { ...start, seq: Math.max(start.seq - 1, 0), position: 0 }, records: 0 };
  const heads = headCursor(store, { chain, from: start.seq, to, anchors }, options.publicKeys);
  await heads.begin();
  for await (const record of recordsWithin(store.read, { chain, from: walk.last.seq, to })) {
    if (record.seq === start.seq) demandCheckpoint(record, start);
    else demandNext(record, walk);
    demandWhole(record, store);
    await heads.demand(record);
    walk.last = record;
    walk.records += 1;
  }
  if (signed > to) throw new Found({ chain, seq: to + 1, why: 'tail-cut' });
  return { chain, seq: walk.last.seq, hash: walk.last.hash, records: walk.records, signedTo: signed };
}

function demandNext(record: AuditTable, { chain, last }: Walk): void {
  if (record.seq !== last.seq + 1) throw new Found({ chain, seq: last.seq + 1, why: 'missing' });
  if (record.prev_hash !== last.hash) throw found(record, 'broken-link');
  if (record.position <= last.position) throw found(record, 'broken-link');
}

function demandCheckpoint(record: AuditTable, start: Checkpoint): void {
  if (record.hash !== start.hash) throw found(record, 'not-as-signed');
}

/** What a record shows by itself; that it stands in its place is for its chain to show. */
export function faultIn(record: AuditTable, store: Pick<Store, 'hash'>): 'altered' | 'forged' | undefined {
  const { hash, mac, ...columns } = record;
  if (recordHash(columns) !== hash) return 'altered';
  return store.hash('audit', hash) === mac ? undefined : 'forged';
}

function demandWhole(record: AuditTable, store: Pick<Store, 'hash'>): void {
  const fault = faultIn(record, store);
  if (fault) throw found(record, fault);
}

/** Walks the signed heads beside the records: at each record that a head or anchor names, the hashes must agree. */
function headCursor(
  store: Pick<Store, 'read'>,
  range: { chain: string; from: number; to: number; anchors: readonly AuditHeadTable[] },
  keys: readonly PublicAuditKey[],
) {
  const heads = headsWithin(store.read, range);
  const anchors = Map.groupBy(range.anchors, (anchor) => anchor.seq);
  let head: AuditHeadTable | undefined;
  async function advance(): Promise<void> {
    const next = await heads.next();
    head = next.done === true ? undefined : next.value;
    if (head !== undefined) await demandSignature(head, keys);
  }
  return {
    begin: advance,
    async demand(record: AuditTable): Promise<void> {
      const named = anchors.get(record.seq) ?? [];
      const signed = head?.seq === record.seq ? [...named, head] : named;
      if (signed.some((one) => one.hash !== record.hash)) throw found(record, 'not-as-signed');
      if (head?.seq === record.seq) await advance();
    },
  };
}

async function demandSignature(head: AuditHeadTable, keys: readonly PublicAuditKey[]): Promise<void> {
  if (await isSigned(head, keys)) return;
  throw new Found({ chain: head.chain, seq: head.seq, why: 'bad-signature' });
}

const found = (record: AuditTable, why: Fault) =>
  new Found({ chain: record.chain, seq: record.seq, id: record.id, why });
