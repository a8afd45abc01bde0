// Which exchanges does this gateway know? One line each; everything else is derived from the list.
import { GatewayError } from '../errors.ts';
import type { FhirRequest, FhirResource, FhirResponse, FhirVersion, Requester } from '../model.ts';
import { type About, capabilityOf } from './capability.ts';
import type { Exchange, ExchangeDeps } from './exchange.ts';
import { handover } from './handover/handover.ts';
import { type Matched, matchAmong } from './match.ts';
import { recordRefusal } from './refusal.ts';

export type { Exchange, ExchangeDeps, Transaction } from './exchange.ts';
export { cancelHandover } from './handover/cancel.ts';
export { expireGrants, forgetHandovers, purgeContent } from './handover/retention.ts';
export { type HandoverStatus, handoverStatus } from './handover/status.ts';
export { printStatusPage } from './handover/statusPage.ts';
export { type HandoverSettings, handoverSettings } from './settings.ts';

export const exchanges: readonly Exchange[] = [handover];

/** Finds the transaction; see matchAmong for what it throws. */
export function match(question: {
  version: FhirVersion;
  method: string;
  path: readonly string[];
  query?: ReadonlyMap<string, string>;
}): Matched {
  return matchAmong(exchanges, { query: new Map(), ...question });
}

/** Answers one request on a FHIR route: match, scope, transaction. A refusal is recorded before it is told. */
export async function answer(
  request: FhirRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const { exchange, transaction, params } = match(request);
  try {
    if (!requester.scopes.includes(exchange.name)) {
      throw new GatewayError('denied', 'The token does not cover this exchange', {
        reason: 'scope-missing',
      });
    }
    return await transaction.answer({ ...request, params }, requester, deps);
  } catch (error) {
    await recordRefusal(error, { exchange: exchange.name, transaction, request, requester }, deps);
    throw error;
  }
}

/** The CapabilityStatement of one FHIR version. */
export function capabilityStatement(version: FhirVersion, about: About): FhirResource {
  return capabilityOf(exchanges, version, about);
}
