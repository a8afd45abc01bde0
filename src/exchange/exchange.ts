// What is an exchange? A use case agreed between parties, declared as the transactions that its standard lists.
import type { DecideConsent } from '../consent/consent.ts';
import type { ConsentSettings } from '../consent/settings.ts';
import type { FetchFrom } from '../holder/holder.ts';
import type { LoadedMap } from '../mapping/loadMaps.ts';
import type {
  Clock,
  FhirRequest,
  FhirResource,
  FhirResponse,
  FhirVersion,
  Issue,
  Participant,
  Requester,
} from '../model.ts';
import type { Directory } from '../routing/directory.ts';
import type { Localise } from '../routing/localisation.ts';
import type { Store, Unit } from '../store/store.ts';
import type { HolderQuestion, HolderReading } from './answers/readHolder.ts';
import type { PreparedPush, PushQuestion } from './handover/prepare.ts';
import type { SearchShape } from './searching/searchShape.ts';
import type { HandoverSettings, MedicationSettings, RetrievalSettings } from './settings.ts';

export type RoutedRequest = FhirRequest & {
  params: Readonly<Record<string, string>>;
  /** As its transaction declares. */
  profileChecks: ProfileChecks;
};

/** What comes of profiles that content does not fit: nothing is asked, it is told and never refused, or it is refused. */
export type ProfileChecks = 'off' | 'warn' | 'gate';

export type ExchangeSettings = {
  handover: HandoverSettings;
  wishes: RetrievalSettings;
  medication: MedicationSettings;
  consent: ConsentSettings;
};

/** How a CapabilityStatement says it: an interaction on a type, or an operation with its definition. */
export type Interaction =
  | { kind: 'read' | 'update' }
  | { kind: 'search-type'; search: SearchShape }
  /** A further page of an answer: its address is given, never made up. */
  | { kind: 'page' }
  | {
      kind: 'operation';
      name: string;
      /** Of an operation of a standard. Absent: the operation is our own, and its definition is served here. */
      definition?: string;
      parameters?: readonly OperationParameter[];
    };

/** As an OperationDefinition lists it; absent: `use` is in, `min` is 0 and `max` is 1. */
export type OperationParameter = {
  name: string;
  /** A data type, a resource type, or `Resource` for any. */
  type: string;
  documentation: string;
  use?: 'in' | 'out';
  min?: 0 | 1;
  max?: '1' | '*';
};

/** One interaction that an exchange's standard lists. */
export type Transaction = {
  name: string;
  version: FhirVersion;
  method: 'GET' | 'PUT' | 'POST';
  /** Segments; those that start with `:` are parameters: `['Task', ':id']`, `[':type', ':id']`. A search: its type alone. */
  path: readonly string[];
  interaction: Interaction;
  /** The types it is about; `:type` matches these and no others. */
  resourceTypes: readonly string[];
  /** Query parameters that it understands, beside `_format` and `_pretty`. */
  parameters?: readonly string[];
  documentation: string;
  /** Content type of a form of its own in which it can also answer. */
  native?: string;
  /**
   * `content`: records, which it reads itself; `records`: it is given them as the parsed resource. Absent: a question or a
   * Task, whose body is held to a smaller limit.
   */
  takes?: 'content' | 'records';
  /** Whether what comes in is checked against its profiles; absent: not. */
  profileChecks?(settings: ExchangeSettings): ProfileChecks;
  answer(request: RoutedRequest, requester: Requester, deps: ExchangeDeps): Promise<FhirResponse>;
};

export type Exchange = {
  /** Also the OAuth scope. */
  name: string;
  title: string;
  transactions: readonly Transaction[];
  /** Whose content one of its ids leads to, for the record of a refusal; nobody's when that cannot be known. */
  patientOf?(id: string, store: Store): Promise<string | undefined>;
};

/** `isEntered` is asked in that unit, at the moment when nobody else can enter the patient any more. */
export type Entered = { patientBsn: string; holder: Participant; isEntered(): Promise<boolean> };

/** What is needed to tell somebody what became of a handover or a push. */
export type TellingDeps = Pick<ExchangeDeps, 'store' | 'clock' | 'baseUrl' | 'directory'>;

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
  /** Reads, checks and packs a push: here, or on another thread. Throws as handover/prepare.ts does. */
  preparePush(question: PushQuestion): Promise<PreparedPush>;
  /** Which data holders have records of a patient? */
  localise: Localise;
  /** Does the patient allow it? Only this gives the permit that `fetchFrom` demands. */
  decideConsent: DecideConsent;
  fetchFrom: FetchFrom;
  /** Asks a holder and reads its answer beside the thread that answers; undefined when it is to be done here. */
  readElsewhere?(question: HolderQuestion): Promise<HolderReading> | undefined;
  /** In the unit that enters a patient here: Mitz is to tell of changed consent for this holder. Absent without Mitz. */
  followConsent?(unit: Unit, patientBsn: string, holder: Participant): Promise<void>;
  /** In the unit that takes out an entry that the holder has of the patient: unless there is another one left. */
  unfollowConsent?(unit: Unit, entered: Entered): Promise<void>;
  /** The map of this name, compiled once. Throws `fault` when there is none. */
  mapNamed(name: string): LoadedMap;
  /** Where a fault of our own goes that does not end the request. */
  noteFault(error: unknown, requestId: string): void;
  settings: ExchangeSettings;
};
