// How was it decided? The whole path, sealed, beside the audit record of the decision.
import { GatewayError } from '../errors.ts';
import type { AuditEntry } from '../model.ts';
import { actorOf } from '../store/actor.ts';
import { insertedOnce } from '../store/compiled.ts';
import type { ConsentDecisionTable } from '../store/rows/consent.ts';
import type { Store, Unit } from '../store/store.ts';
import type { ConsentQuestion } from './consent.ts';
import type { Inputs } from './inputs.ts';
import type { Judged } from './judge.ts';
import type { ConsentPolicy } from './settings.ts';

/** Nothing in it names the patient; the audit record does, sealed. */
export type DecisionTrace = {
  decisionId: string;
  at: string;
  region: string;
  policyVersion: string;
  policy: ConsentPolicy;
  exchange: string;
  /** Absent when the question was not whole. */
  inputs?: Inputs;
  /** When a remembered decision was taken. */
  cachedAt?: string;
} & Judged;

/** One payload holds the decisions that were recorded together; each is found in it by its id. */
const context = 'consentDecisions';

export type Recording = { question: ConsentQuestion; trace: DecisionTrace };

const insertDecisions = insertedOnce<ConsentDecisionTable>((db, rows) =>
  db.insertInto('consent_decision').values(rows),
);

/** Writes decisions, their traces and their audit records in the caller's unit. */
export async function recordDecisions(unit: Unit, recordings: readonly Recording[]): Promise<void> {
  const traces = recordings.map((one) => one.trace);
  const payload_id = await unit.seal(Buffer.from(JSON.stringify(traces)), context);
  const rows = recordings.map(({ question, trace }) => ({
    id: trace.decisionId,
    audit_id: unit.audit(entryOf(question, trace)),
    at: trace.at,
    exchange: trace.exchange,
    payload_id,
  }));
  await insertDecisions(unit.db, rows);
}

const outcomes = {
  permit: 'success',
  denied: 'refused',
  configuration: 'refused',
  unavailable: 'failed',
} as const;

function entryOf(question: ConsentQuestion, trace: DecisionTrace): AuditEntry {
  const { verdict, inputs, grant } = trace;
  const { requester, patientBsn } = question;
  return {
    event: 'consent.decided',
    action: 'E',
    outcome: outcomes[verdict.kind],
    ...(verdict.kind === 'permit' ? {} : { reason: verdict.reason }),
    ...actorOf(requester, question),
    ...(inputs || verdict.kind === 'permit' ? { patientBsn } : {}),
    object: `ConsentDecision/${trace.decisionId}`,
    exchange: trace.exchange,
    requestId: question.requestId,
    detail: {
      holder: question.holder.id,
      categories: question.categories.join(' '),
      rule: verdict.rule,
      policy: trace.policyVersion,
      ...(verdict.kind === 'permit' ? { permitted: verdict.categories.join(' '), basis: verdict.basis } : {}),
      ...(verdict.kind === 'permit' && verdict.asOf ? { asOf: verdict.asOf } : {}),
      ...(trace.cachedAt ? { cachedAt: trace.cachedAt } : {}),
      ...(grant ? { breakGlass: grant.id } : {}),
    },
  };
}

/** The path of a decision by its audit id or its own id; undefined when there is none, or its time is over. */
export async function readTrace(
  store: Pick<Store, 'read' | 'open'>,
  id: string,
): Promise<DecisionTrace | undefined> {
  const row = await store.read
    .selectFrom('consent_decision')
    .selectAll()
    .where((where) => where.or([where('audit_id', '=', id), where('id', '=', id)]))
    .executeTakeFirst();
  return row && openTrace(store, row);
}

async function openTrace(store: Pick<Store, 'open'>, row: ConsentDecisionTable): Promise<DecisionTrace> {
  const text = Buffer.from(await store.open(row.payload_id, context)).toString();
  const traces: DecisionTrace[] = JSON.parse(text);
  const found = traces.find((trace) => trace.decisionId === row.id);
  if (found) return found;
  throw new GatewayError('fault', 'Stored content could not be opened', { reason: 'payload-damaged' });
}

/** Decisions from `from` on, before `to`, oldest first. */
export async function* readTraces(
  store: Pick<Store, 'read' | 'open'>,
  { from, to }: { from: Date; to: Date },
): AsyncGenerator<DecisionTrace & { auditId: string }> {
  const rows = await store.read
    .selectFrom('consent_decision')
    .selectAll()
    .where('at', '>=', from.toISOString())
    .where('at', '<', to.toISOString())
    .orderBy('at')
    .orderBy('id')
    .execute();
  for (const row of rows) yield { ...(await openTrace(store, row)), auditId: row.audit_id };
}

const sweepLength = 500;

/** Removes paths that are older than the settings keep them; the audit records stay. Returns how many. */
export async function forgetTraces(store: Store, now: Date, traceDays: number): Promise<number> {
  const before = new Date(now.getTime() - traceDays * 86_400_000).toISOString();
  return store.write(async ({ db }) => {
    const rows = await db
      .selectFrom('consent_decision')
      .select(['id', 'payload_id'])
      .where('at', '<', before)
      .limit(sweepLength)
      .execute();
    if (rows.length === 0) return 0;
    await db.deleteFrom('consent_decision').where('id', 'in', idsOf(rows)).execute();
    await removePayloads(db, [...new Set(rows.map((row) => row.payload_id))]);
    return rows.length;
  });
}

const idsOf = (rows: readonly { id: string }[]): string[] => rows.map((row) => row.id);

/** Those that no decision is left in. */
async function removePayloads(db: Unit['db'], payloads: readonly string[]): Promise<void> {
  const used = await db
    .selectFrom('consent_decision')
    .select('payload_id')
    .distinct()
    .where('payload_id', 'in', payloads)
    .execute();
  const kept = new Set(used.map((row) => row.payload_id));
  const gone = payloads.filter((id) => !kept.has(id));
  if (gone.length > 0) await db.deleteFrom('payload').where('id', 'in', gone).execute();
}
