// Who saw this record? Finds audit records by patient, object, event or participant, in the order things happened.
import type { Store } from '../store/store.ts';
import type { AuditTable } from '../store/tables.ts';
import { type AuditBody, normalBsn, patientOf } from './entry.ts';
import { remainsOf } from './remains.ts';
import { faultIn } from './verify.ts';

/** All that are given must hold. `from` counts in, `to` does not. */
export type AuditQuery = {
  id?: string;
  patientBsn?: string;
  object?: string;
  event?: string;
  participantId?: string;
  from?: Date;
  to?: Date;
};

/** `chain` names the gateway whose clock gave `at`; `position` gives the order over all gateways. */
export type FoundRecord = Pick<AuditTable, 'id' | 'chain' | 'seq' | 'position' | 'at'> & {
  entry: AuditBody;
  /** Only when asked for. */
  patientBsn?: string;
  /** The record shows by itself that the gateway did not write it so. */
  fault?: 'altered' | 'forged';
};

const pageLength = 500;

/** Yields every match, oldest first, page by page. With `reveal`, each whole record's BSN is decrypted; throws `fault` when it cannot be. */
export async function* findAudit(
  store: Pick<Store, 'read' | 'hash' | 'reveal'>,
  query: AuditQuery,
  options: { reveal?: boolean } = {},
): AsyncGenerator<FoundRecord> {
  for (let after = 0; ; ) {
    const page = await pageAfter(store, query, after);
    for (const record of page) yield foundOf(store, record, options.reveal === true);
    const last = page.at(-1);
    if (last === undefined || page.length < pageLength) return;
    after = last.position;
  }
}

function pageAfter(
  store: Pick<Store, 'read' | 'hash'>,
  query: AuditQuery,
  after: number,
): Promise<AuditTable[]> {
  const columns = {
    id: query.id,
    patient_hash: query.patientBsn === undefined ? undefined : store.hash('bsn', normalBsn(query.patientBsn)),
    object: query.object,
    event: query.event,
    participant_id: query.participantId,
  };
  const start = store.read.selectFrom('audit').selectAll().where('position', '>', after);
  return start
    .where((where) =>
      where.and(Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))),
    )
    .$if(query.from !== undefined, (some) => some.where('at', '>=', query.from?.toISOString() ?? ''))
    .$if(query.to !== undefined, (some) => some.where('at', '<', query.to?.toISOString() ?? ''))
    .orderBy('position')
    .limit(pageLength)
    .execute();
}

function foundOf(store: Pick<Store, 'hash' | 'reveal'>, record: AuditTable, reveal: boolean): FoundRecord {
  const fault = faultIn(record, store);
  if (fault) return { ...remainsOf(record), fault };
  const { id, chain, seq, position, at } = record;
  const entry: AuditBody = JSON.parse(record.body);
  const found = { id, chain, seq, position, at, entry };
  const patient = reveal ? patientOf(record) : undefined;
  if (patient === undefined) return found;
  return { ...found, patientBsn: Buffer.from(store.reveal(patient.sealed, patient.context)).toString() };
}
