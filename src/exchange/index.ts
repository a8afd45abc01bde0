// Which exchanges does this gateway know? One line each; everything else is derived from the list.
import { GatewayError } from '../errors.ts';
import type { FhirRequest, FhirResource, FhirResponse, FhirVersion, Requester } from '../model.ts';
import { type About, type OperationQuestion, operationDefinitionOf } from './asking/operationDefinition.ts';
import { breakGlass } from './breakGlass/breakGlass.ts';
import { capabilityOf } from './capability.ts';
import { consent } from './consent/consent.ts';
import type { Exchange, ExchangeDeps } from './exchange.ts';
import { cancelHandover as cancel } from './handover/cancel.ts';
import { handover } from './handover/handover.ts';
import { patientOfId } from './handover/records.ts';
import { type HandoverQuestion, type HandoverStatus, handoverStatus as tell } from './handover/status.ts';
import { localisation } from './localisation/localisation.ts';
import { type Matched, matchAmong, type Question } from './match.ts';
import { medication } from './medication/medication.ts';
import { patientIn, recordRefusal } from './refusal.ts';
import { isRepeatable } from './searching/matchSearch.ts';
import { wishes } from './wishes/wishes.ts';

export { mapNames } from './answers/toR4.ts';
export { announceBreakGlass } from './breakGlass/breakGlassNotice.ts';
export type { Exchange, ExchangeDeps, Transaction } from './exchange.ts';
export { type PrepareDeps, type PreparedPush, preparePush } from './handover/prepare.ts';
export { patientOfId as patientOfHandover } from './handover/records.ts';
export { expireGrants, forgetHandovers, purgeContent } from './handover/retention.ts';
export type { HandoverStatus } from './handover/status.ts';
export { printStatusPage } from './handover/statusPage.ts';
export { adaMapName } from './medication/placedBlocks.ts';
export { tellNotificationEnd } from './notificationEnd.ts';
export { answerLink } from './pages/answerLink.ts';
export { forgetLinks } from './pages/links.ts';
export { expirePushes, forgetPushes, purgePushes } from './pushing/pushedRetention.ts';
export { forgetSearches } from './searching/servedPatients.ts';
export { type HandoverSettings, handoverSettings, medicationSettings, wishesSettings } from './settings.ts';

export const exchanges: readonly Exchange[] = [
  handover,
  localisation,
  wishes,
  medication,
  consent,
  breakGlass,
];

const actions = { GET: 'R', PUT: 'U', POST: 'C' } as const;

/** Finds the transaction; see matchAmong for what it throws. */
export function match(question: Omit<Question, 'query'> & Partial<Pick<Question, 'query'>>): Matched {
  return matchAmong(exchanges, { query: new Map(), ...question });
}

/** Answers one request on a FHIR route: match, scope, transaction. A refusal is recorded before it is told. */
export async function answer(
  request: FhirRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const matched = match({ ...request, scopes: requester.scopes });
  const { exchange, transaction } = matched;
  try {
    return await firstThatKnows([matched, ...(matched.others ?? [])], { request, requester }, deps);
  } catch (error) {
    const { name, interaction, method } = transaction;
    const action = interaction.kind === 'operation' ? ('E' as const) : actions[method];
    const refused = {
      event: `${exchange.name}.${name}`,
      action,
      exchange: exchange.name,
      path: request.path,
      patientBsn: await patientIn(request.path, async (id) => exchange.patientOf?.(id, deps.store)),
    };
    await recordRefusal(error, { ...refused, requester, requestId: request.requestId }, deps.store);
    throw error;
  }
}

type Asked = { request: FhirRequest; requester: Requester };

/** Where exchanges share an address, the first that knows the id answers. */
async function firstThatKnows(
  [{ exchange, transaction, params }, ...others]: readonly [Matched, ...Matched[]],
  { request, requester }: Asked,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  try {
    const { name: scope } = exchange;
    if (!requester.scopes.includes(scope)) {
      const message = `The token does not cover this exchange: ask one with the scope \`${scope}\``;
      throw new GatewayError('denied', message, { reason: 'scope-missing' });
    }
    const profileChecks = transaction.profileChecks?.(deps.settings) ?? 'off';
    return await transaction.answer({ ...request, params, profileChecks }, requester, deps);
  } catch (error) {
    const [next, ...more] = others;
    if (next === undefined || !(error instanceof GatewayError && error.kind === 'notFound')) throw error;
    return firstThatKnows([next, ...more], { request, requester }, deps);
  }
}

/** May a name come twice in an address, because some search takes it so? */
export const repeatable = (name: string): boolean => isRepeatable(exchanges, name);

/** The CapabilityStatement of one FHIR version. */
export function capabilityStatement(version: FhirVersion, about: About): FhirResource {
  return capabilityOf(exchanges, version, about);
}

/** The definition of one operation of our own. Throws `notFound` for any other name. */
export function operationDefinition(question: OperationQuestion, about: About): FhirResource {
  return operationDefinitionOf(exchanges, question, about);
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

type AskedHandover = HandoverQuestion & { event: string; action: 'R' | 'U' };

async function recorded<T>(asked: AskedHandover, deps: ExchangeDeps, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const path = ['Handover', asked.id];
    const patientBsn = await patientIn(path, (id) => patientOfId(id, deps.store));
    await recordRefusal(error, { ...asked, exchange: 'handover', path, patientBsn }, deps.store);
    throw error;
  }
}
