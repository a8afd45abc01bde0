// Which exchanges does this gateway know? One line each; everything else is derived from the list.
import { GatewayError } from '../errors.ts';
import type { FhirRequest, FhirResource, FhirResponse, FhirVersion, Requester } from '../model.ts';
import { type About, capabilityOf } from './capability.ts';
import type { Exchange, ExchangeDeps } from './exchange.ts';
import { cancelHandover as cancel } from './handover/cancel.ts';
import { handover } from './handover/handover.ts';
import { type HandoverQuestion, type HandoverStatus, handoverStatus as tell } from './handover/status.ts';
import { type Matched, matchAmong } from './match.ts';
import { recordRefusal } from './refusal.ts';

export type { Exchange, ExchangeDeps, Transaction } from './exchange.ts';
export { expireGrants, forgetHandovers, purgeContent } from './handover/retention.ts';
export type { HandoverStatus } from './handover/status.ts';
export { printStatusPage } from './handover/statusPage.ts';
export { type HandoverSettings, handoverSettings } from './settings.ts';

export const exchanges: readonly Exchange[] = [handover];

const actions = { GET: 'R', PUT: 'U', POST: 'C' } as const;

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
    const profileChecks = transaction.profileChecks?.(deps.settings) ?? 'off';
    return await transaction.answer({ ...request, params, profileChecks }, requester, deps);
  } catch (error) {
    const { name, interaction, method } = transaction;
    const action = interaction.kind === 'operation' ? ('E' as const) : actions[method];
    const refused = {
      event: `${exchange.name}.${name}`,
      action,
      exchange: exchange.name,
      path: request.path,
    };
    await recordRefusal(error, { ...refused, requester, requestId: request.requestId }, deps.store);
    throw error;
  }
}

/** The CapabilityStatement of one FHIR version. */
export function capabilityStatement(version: FhirVersion, about: About): FhirResource {
  return capabilityOf(exchanges, version, about);
}

/** The sender's truth table of one handover. Throws `notFound` for another's; the refusal is recorded. */
export function handoverStatus(question: HandoverQuestion, deps: ExchangeDeps): Promise<HandoverStatus> {
  return recorded({ ...question, event: 'handover.statusRead', action: 'R' }, deps, () =>
    tell(question, deps),
  );
}

/** Takes a handover back. Throws `conflict` when the receiver has completed it; the refusal is recorded. */
export function cancelHandover(question: HandoverQuestion, deps: ExchangeDeps): Promise<HandoverStatus> {
  return recorded({ ...question, event: 'handover.cancelled', action: 'U' }, deps, () =>
    cancel(question, deps),
  );
}

type Asked = HandoverQuestion & { event: string; action: 'R' | 'U' };

async function recorded<T>(asked: Asked, deps: ExchangeDeps, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await recordRefusal(error, { ...asked, exchange: 'handover', path: ['Handover', asked.id] }, deps.store);
    throw error;
  }
}
