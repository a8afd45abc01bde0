// What does the data listener work with? Identity, the exchanges behind one port, limits, log and metrics.
import type { Identity } from '../identity/identity.ts';
import type { FhirRequest, FhirResource, FhirResponse, FhirVersion, Language, Requester } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { BodyBudget } from './budget.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { MitzPort } from './mitzRoutes.ts';
import type { Rates } from './rates.ts';
import type { HttpSettings } from './settings.ts';
import type { UnderWay } from './underWay.ts';

export type HandoverQuestion = { id: string; requester: Requester; requestId: string };
/** The sender's view of a handover: as JSON, and as a page for people. */
export type HandoverAnswer = { json: object; page(language: Language): string };

export type PageQuestion = {
  kind: 'card' | 'overview';
  token: string;
  method: 'GET' | 'HEAD';
  language: Language;
  requestId: string;
};

/** All that http/ asks of the exchanges. */
export type ExchangePort = {
  answer(request: FhirRequest, requester: Requester): Promise<FhirResponse>;
  /** Which transaction is it? Throws `notFound`, `unprocessable`, or `methodNotAllowed` with Allow. */
  match(
    question: Pick<FhirRequest, 'version' | 'method' | 'path' | 'query' | 'parameters'> & {
      scopes?: readonly string[];
    },
  ): {
    transaction: { path: readonly string[]; native?: string; takes?: 'content' | 'records' };
  };
  /** May this name come twice in an address? Absent: none may. */
  repeatable?(name: string): boolean;
  capabilityStatement(version: FhirVersion): FhirResource;
  /** Of an operation of our own. Throws `notFound`. */
  operationDefinition(version: FhirVersion, name: string): FhirResource;
  handoverStatus(question: HandoverQuestion): Promise<HandoverAnswer>;
  cancelHandover(question: HandoverQuestion): Promise<HandoverAnswer>;
  /** What is behind a one-time link: its page, or the words for a link without one. */
  openPage(question: PageQuestion): Promise<{ found: boolean; html: string }>;
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
  /** Absent: nobody can notify of changed consent. */
  mitz?: MitzPort;
};

/** What the routes share beside that. */
export type RouteDeps = DataDeps & { rates: Rates; underWay: UnderWay; budget: BodyBudget };
