// How do several writes share one commit without sharing their failures? One transaction, a savepoint for each job.
import { CompiledQuery, type ControlledTransaction, type Kysely } from 'kysely';
import type { Clock } from '../model.ts';
import { type AuditChain, ChainMoved, type PendingRecord } from './auditChain.ts';
import { isRepeatable, storeUnavailable } from './faults.ts';
import type { KeyRing } from './keyRing.ts';
import { insertPayloads, sealedRow } from './payloads.ts';
import type { Store, Unit } from './store.ts';
import type { Tables } from './tables.ts';

export type BatchDeps = {
  db: Kysely<Tables>;
  kind: Store['kind'];
  clock: Clock;
  keys: KeyRing;
  chain: AuditChain;
  /** Reads content through this connection and decrypts it. */
  open(db: Kysely<Tables>, wanted: { id: string; context: string }): Promise<Uint8Array>;
  /** Time limit of one job, in ms. */
  jobMs: number;
};

/** A caller's work. `run` gives back what to call once the work is durable. */
export type Job = { run(unit: Unit): Promise<() => void>; refuse(error: unknown): void };

/** The whole transaction is lost, with every job in it. */
export class BatchLost extends Error {
  readonly repeatable: boolean;
  constructor(cause: unknown) {
    super('The transaction was lost', { cause });
    this.repeatable = cause instanceof ChainMoved || isRepeatable(cause);
  }
}

/**
 * Runs jobs as long as `next` gives one, commits, then tells each caller. A job that throws is rolled back and refused
 * alone. Throws `BatchLost` when nothing was committed; then no caller has been told, but those whose job had thrown.
 */
export async function runBatch(next: () => Job | undefined, deps: BatchDeps): Promise<void> {
  const trx = await begin(deps);
  const records: PendingRecord[] = [];
  const accepted: (() => void)[] = [];
  try {
    for (let job = next(); job !== undefined; job = next()) {
      const result = await runJob(trx, { job, nested: accepted.length > 0 }, deps);
      if (result === undefined) {
        // Without a savepoint the failed job takes the still empty transaction with it.
        if (accepted.length === 0) return await trx.rollback().execute();
        continue;
      }
      accepted.push(result.tell);
      records.push(...result.records);
    }
    if (records.length > 0) await deps.chain.append(trx, records, deps.kind);
    await trx.commit().execute();
  } catch (error) {
    deps.chain.settle(false);
    await abandon(trx);
    throw error instanceof BatchLost ? error : new BatchLost(error);
  }
  deps.chain.settle(true);
  for (const tell of accepted) tell();
}

async function begin(deps: BatchDeps): Promise<ControlledTransaction<Tables>> {
  try {
    return await deps.db.startTransaction().execute();
  } catch (error) {
    throw new BatchLost(error);
  }
}

/** A connection that cannot even roll back is thrown away by the driver, and the transaction with it. */
async function abandon(trx: ControlledTransaction<Tables>): Promise<void> {
  if (!trx.isCommitted && !trx.isRolledBack)
    await trx
      .rollback()
      .execute()
      .catch(() => undefined);
}

type Accepted = { tell: () => void; records: readonly PendingRecord[] };

async function runJob(
  trx: ControlledTransaction<Tables>,
  work: { job: Job; nested: boolean },
  deps: BatchDeps,
): Promise<Accepted | undefined> {
  const { unit, records, end } = openUnit(trx, deps);
  const command = async (sql: string) => {
    if (work.nested) await trx.executeQuery(CompiledQuery.raw(sql));
  };
  await command('savepoint job');
  try {
    // Savepoints of one name stack up until the commit: releasing each would cost a round trip per job.
    const tell = await within(deps.jobMs, work.job.run(unit));
    return { tell, records };
  } catch (error) {
    if (error instanceof BatchLost || isRepeatable(error)) throw error;
    await command('rollback to savepoint job');
    await command('release savepoint job');
    work.job.refuse(error);
    return undefined;
  } finally {
    end();
  }
}

function openUnit(trx: ControlledTransaction<Tables>, deps: BatchDeps) {
  const records: PendingRecord[] = [];
  let open = true;
  const demandOpen = () => {
    if (!open) throw new Error('The unit of work has ended: await everything inside the job');
  };
  const unit: Unit = {
    db: trx,
    audit(entry) {
      demandOpen();
      const record = deps.chain.record(entry);
      records.push(record);
      return record.id;
    },
    async seal(plaintext, context) {
      demandOpen();
      const row = sealedRow(deps.keys, deps.clock, { plaintext, context });
      await insertPayloads(trx, [row]);
      return row.id;
    },
    open(id, context) {
      demandOpen();
      return deps.open(trx, { id, context });
    },
  };
  return {
    unit,
    records,
    end: () => {
      open = false;
    },
  };
}

/** A job that does not end would hold up everybody: the transaction is given up. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new BatchLost(storeUnavailable())), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
