// What is an exchange? A use case agreed between parties, declared as the transactions that its standard lists.
import type {
  Clock,
  FhirRequest,
  FhirResource,
  FhirResponse,
  FhirVersion,
  Issue,
  Requester,
} from '../model.ts';
import type { Directory } from '../routing/directory.ts';
import type { Store } from '../store/store.ts';
import type { HandoverSettings } from './settings.ts';

export type RoutedRequest = FhirRequest & {
  params: Readonly<Record<string, string>>;
  /** As its transaction declares. */
  profileChecks: ProfileChecks;
};

/** What comes of profiles that content does not fit: nothing is asked, or it is told and never refused. */
export type ProfileChecks = 'off' | 'warn';

type ExchangeSettings = { handover: HandoverSettings };

/** How a CapabilityStatement says it: an interaction on a type, or an operation with its definition. */
export type Interaction =
  | { kind: 'read' | 'update' }
  | { kind: 'operation'; name: string; definition: string };

/** One interaction that an exchange's standard lists. */
export type Transaction = {
  name: string;
  version: FhirVersion;
  method: 'GET' | 'PUT' | 'POST';
  /** Segments; those that start with `:` are parameters: `['Task', ':id']`, `[':type', ':id']`. */
  path: readonly string[];
  interaction: Interaction;
  /** The types it is about; `:type` matches these and no others. */
  resourceTypes: readonly string[];
  /** Query parameters that it understands, beside `_format` and `_pretty`. */
  parameters?: readonly string[];
  documentation: string;
  /** Whether what comes in is checked against its profiles; absent: not. */
  profileChecks?(settings: ExchangeSettings): ProfileChecks;
  answer(request: RoutedRequest, requester: Requester, deps: ExchangeDeps): Promise<FhirResponse>;
};

export type Exchange = {
  /** Also the OAuth scope. */
  name: string;
  title: string;
  transactions: readonly Transaction[];
};

/** What the transactions need from the rest of the gateway. */
export type ExchangeDeps = {
  store: Store;
  clock: Clock;
  /** Absolute address of this gateway without a trailing slash; FHIR lives under `/stu3` and `/r4`. */
  baseUrl: string;
  directory: Directory;
  /** Tells the delivery worker that there is something to send. */
  wakeDelivery(): void;
  /**
   * What base definitions and claimed profiles say of content whose structure http/ has checked, the gravest first. Never
   * throws for content, and ends within the time that the settings allow.
   */
  checkProfiles(resource: FhirResource, version: FhirVersion): readonly Issue[];
  settings: ExchangeSettings;
};
