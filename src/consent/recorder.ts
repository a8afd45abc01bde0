// How do decisions side by side leave one durable record each, without a transaction of their own? They share one job.
import type { Store } from '../store/store.ts';
import { markEnded } from './breakGlassGrants.ts';
import { noteHolder } from './breakGlassNotices.ts';
import { type Recording, recordDecisions } from './trace.ts';

/** A decision with what it changes: grants found past their end, and the grant that opens the holder. */
export type ToRecord = Recording & { past: readonly string[]; opens?: string };

/** Resolves once the decision is durable; rejects when it is not, and then there is no permit. */
export type RecordDecision = (decision: ToRecord) => Promise<void>;

type Waiting = { decision: ToRecord; resolve: () => void; reject: (error: unknown) => void };

const mostTogether = 100;
const eventLoopTurn = () => new Promise((resolve) => setImmediate(resolve));

/** One per gateway. While one job is being written, those that come in meanwhile gather for the next. */
export function createRecorder(store: Store): RecordDecision {
  const waiting: Waiting[] = [];
  let writing = false;

  async function writeAll(): Promise<void> {
    writing = true;
    while (waiting.length > 0) {
      await eventLoopTurn();
      const together = waiting.splice(0, mostTogether);
      try {
        await writeTogether(
          store,
          together.map((one) => one.decision),
        );
        for (const one of together) one.resolve();
      } catch (error) {
        for (const one of together) one.reject(error);
      }
    }
    writing = false;
  }

  return (decision) =>
    new Promise((resolve, reject) => {
      waiting.push({ decision, resolve, reject });
      if (!writing) void writeAll();
    });
}

const writeTogether = (store: Store, decisions: readonly ToRecord[]): Promise<void> =>
  store.write(async (unit) => {
    await recordDecisions(unit, decisions);
    for (const { question, trace, past, opens } of decisions) {
      const now = new Date(trace.at);
      if (past.length > 0) await markEnded(unit, past, now);
      if (opens) await noteHolder(unit, { grantId: opens, holderId: question.holder.id, now });
    }
  });
