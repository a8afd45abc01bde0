// Who was refused what? Every refusal of a transaction is recorded before the caller hears it.
import { GatewayError } from '../errors.ts';
import type { AuditEntry, FhirRequest, Requester } from '../model.ts';
import type { ExchangeDeps, Transaction } from './exchange.ts';

type Refused = { exchange: string; transaction: Transaction; request: FhirRequest; requester: Requester };

const ownId = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const actions = { GET: 'R', PUT: 'U', POST: 'C' } as const;

/** Writes the audit record of a refusal; what the gateway itself did wrong is recorded as failed. */
export async function recordRefusal(error: unknown, refused: Refused, deps: ExchangeDeps): Promise<void> {
  const known = error instanceof GatewayError ? error : undefined;
  // a store that does not answer cannot take the record either: nothing has left, and the error says so
  if (known?.kind === 'unavailable') return;
  const { transaction, request, requester } = refused;
  const entry: AuditEntry = {
    event: `${refused.exchange}.${transaction.name}`,
    action: transaction.interaction.kind === 'operation' ? 'E' : actions[transaction.method],
    outcome: known && known.kind !== 'fault' ? 'refused' : 'failed',
    reason: known?.reason ?? known?.kind ?? 'fault',
    participantId: requester.participant.id,
    clientId: requester.clientId,
    exchange: refused.exchange,
    requestId: request.requestId,
    ...objectOf(request.path),
  };
  await deps.store.write(async (unit) => {
    unit.audit(entry);
  });
}

/** Only an id that could be the gateway's own is recorded: a caller may have put anything there. */
function objectOf(path: readonly string[]): { object?: string } {
  const [type, id] = path;
  return type && id && ownId.test(id) ? { object: `${type}/${id}` } : {};
}
