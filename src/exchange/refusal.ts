// Who was refused what? Every refusal of a transaction is recorded before the caller hears it.
import { GatewayError } from '../errors.ts';
import type { AuditEntry, Requester } from '../model.ts';
import { actorOf } from '../store/actor.ts';
import type { Store } from '../store/store.ts';

type Refused = {
  event: string;
  action: AuditEntry['action'];
  exchange: string;
  requester: Requester;
  /** Type and id that were asked for. */
  path: readonly string[];
  requestId?: string;
  /** Whose content was asked for, where an id leads to it. */
  patientBsn?: string | undefined;
};

/** The patient of what was refused: the record is made also where that cannot be known any more. */
export async function patientIn(
  path: readonly string[],
  patientOf: (id: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  const [, id] = path;
  return id && ownId.test(id) ? patientOf(id).catch(() => undefined) : undefined;
}

const ownId = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Writes the audit record of a refusal; what the gateway itself did wrong is recorded as failed. */
export async function recordRefusal(error: unknown, refused: Refused, store: Store): Promise<void> {
  const known = error instanceof GatewayError ? error : undefined;
  // a store that does not answer cannot take the record either: nothing has left, and the error says so
  if (known?.kind === 'unavailable') return;
  const { event, action, exchange, requester, path, requestId, patientBsn } = refused;
  const entry: AuditEntry = {
    event,
    action,
    outcome: known && known.kind !== 'fault' ? 'refused' : 'failed',
    reason: known?.recorded ?? known?.kind ?? 'fault',
    ...actorOf(requester),
    exchange,
    ...(requestId ? { requestId } : {}),
    ...(patientBsn ? { patientBsn } : {}),
    ...objectOf(path),
  };
  await store.write(async (unit) => {
    unit.audit(entry);
  });
}

/** Only an id that could be the gateway's own is recorded: a caller may have put anything there. */
function objectOf(path: readonly string[]): { object?: string } {
  const [type, id] = path;
  return type && id && ownId.test(id) ? { object: `${type}/${id}` } : {};
}
