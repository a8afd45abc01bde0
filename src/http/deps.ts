// What does the data listener work with? Identity, the exchanges behind one port, limits, log and metrics.
import type { Identity } from '../identity/identity.ts';
import type { FhirRequest, FhirResource, FhirResponse, FhirVersion, Language, Requester } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { BodyBudget } from './budget.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Rates } from './rates.ts';
import type { HttpSettings } from './settings.ts';

export type HandoverQuestion = { id: string; requester: Requester; requestId: string };
/** The sender's view of a handover: as JSON, and as a page for people. */
export type HandoverAnswer = { json: object; page(language: Language): string };

/** All that http/ asks of the exchanges. */
export type ExchangePort = {
  answer(request: FhirRequest, requester: Requester): Promise<FhirResponse>;
  /** Which transaction is it? Throws `notFound`, `unprocessable`, or `methodNotAllowed` with Allow. */
  match(question: Pick<FhirRequest, 'version' | 'method' | 'path' | 'query'>): {
    transaction: { path: readonly string[] };
  };
  capabilityStatement(version: FhirVersion): FhirResource;
  handoverStatus(question: HandoverQuestion): Promise<HandoverAnswer>;
  cancelHandover(question: HandoverQuestion): Promise<HandoverAnswer>;
};

export type DataDeps = {
  settings: HttpSettings;
  identity: Identity;
  exchange: ExchangePort;
  /** For the records of requests that were refused before an exchange saw them. */
  store: Pick<Store, 'write'>;
  log: Log;
  metrics: Metrics;
  lifecycle: Pick<Lifecycle, 'stopping'>;
};

/** What the routes share beside that. */
export type RouteDeps = DataDeps & { rates: Rates; budget: BodyBudget };
