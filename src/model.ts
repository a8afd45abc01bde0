// What are the nouns of the gateway? One type per word of the glossary (architecture, section 8); no behaviour.

export type FhirVersion = 'stu3' | 'r4';
export type Language = 'nl' | 'en';

/** A FHIR resource in either version, as a plain JSON tree. Decimals that JSON numbers cannot hold exactly are `RawDecimal`. */
export type FhirResource = { resourceType: string; id?: string; [element: string]: unknown };

/** What `JSON.rawJSON` makes: prints as its text, so that `1.10` stays `1.10`. */
export type RawDecimal = { readonly rawJSON: string };

/** A resource as it came in, not yet read. */
export type FhirContent = { bytes: Uint8Array; form: 'json' | 'xml' };

export type Identifier = { system: string; value: string };

/** One finding about content. `expression` is FHIRPath from the root of the message: `Bundle.entry[3].resource.code`. */
export type Issue = {
  severity: 'fatal' | 'error' | 'warning' | 'information';
  /** http://hl7.org/fhir/ValueSet/issue-type */
  code: string;
  text: Readonly<Record<Language, string>>;
  expression?: readonly string[];
  /** The id of the rule that was broken, stable across releases, and the profile that states it. */
  rule?: string;
  profile?: string;
};

/** The five notification shapes of the field (docs/notification-shapes.md). */
export type NotificationShape = 'A' | 'B' | 'C' | 'D' | 'E';

/** How the gateway proves itself to somebody else's endpoint. */
export type OutgoingAuth =
  | { kind: 'none' }
  | {
      kind: 'private_key_jwt';
      tokenEndpoint: string;
      clientId: string;
      /** `aud` of the assertion; the token endpoint when absent. */
      audience?: string;
      scope?: string;
      /** `target_audience` of the token request, where the authorisation server wants one. */
      targetAudience?: string;
    };

/** A FHIR Endpoint in our words: where a participant takes notifications, or sender callbacks. */
export type Endpoint = {
  id: string;
  kind: 'notification' | 'callback';
  /** Absolute address without a trailing slash. */
  address: string;
  shape: NotificationShape;
  auth: OutgoingAuth;
  status: 'active' | 'suspended' | 'off';
  /** FHIR dates; an endpoint outside its period is not used. */
  period?: { start?: string; end?: string };
  /** May the same message be sent again when it is unknown whether the first arrived? */
  repeatable: boolean;
  /** Form of the notification Task of shape D; JSON when absent. */
  format?: 'json' | 'xml';
  /** The receiver's Subscription and its topic, for shape E; derived from the gateway's address when absent. */
  subscription?: { url: string; topic: string };
};

/** Where a participant answers questions as data holder, and how it wants them put. */
export type DataEndpoint = {
  id: string;
  /** Exchanges for which this endpoint is asked. */
  exchanges: readonly string[];
  /** `fhir`: a FHIR server. `ada`: one POST that answers ADA XML. `mp612`: one POST that answers 6.12 XML. `registered`: this gateway keeps its records. */
  kind: 'fhir' | 'ada' | 'mp612' | 'registered';
  /** Without a trailing slash; empty for `registered`. */
  address: string;
  fhirVersion: FhirVersion;
  /** Wishes as single resources, as the PZP form, or as that form under its address before October 2025. */
  method: 'resources' | 'form' | 'oldForm';
  search: 'post' | 'get';
  /** `patient=123` or `patient=Patient/123`. */
  patientParameter: 'id' | 'reference';
  auth: OutgoingAuth;
  status: 'active' | 'suspended' | 'off';
  period?: { start?: string; end?: string };
};

/** A system of a participant that may ask this gateway for tokens. */
export type Client = {
  clientId: string;
  /** Exchanges this client may use. */
  scopes: readonly string[];
  keys:
    | { kind: 'inline'; jwks: { keys: readonly Record<string, unknown>[] } }
    | { kind: 'address'; jwksUrl: string };
  /** The one `aud` this client's assertions must carry: the token address unless configured otherwise. */
  audience: 'token-endpoint' | 'issuer';
};

/** An organisation registered here, with its systems and endpoints. */
export type Participant = {
  id: string;
  name: string;
  /** URA numbers, AGB codes and further identifiers, all as system and value. */
  identifiers: readonly Identifier[];
  active: boolean;
  /** Organisation type (2.16.840.1.113883.2.4.15.1060), such as `V4` or `Z3`; without it Mitz cannot be asked. */
  facilityType?: string;
  clients: readonly Client[];
  endpoints: readonly Endpoint[];
  /** Where it is asked as data holder; absent or empty: nowhere. */
  dataEndpoints?: readonly DataEndpoint[];
};

/** A care professional as the asking system vouches for it. */
export type Practitioner = { identifier: Identifier; role?: string };

export type Requester = {
  participant: Participant;
  clientId: string;
  scopes: readonly string[];
  tokenId: string;
  /** Who asks, on whose behalf and why, as far as the token says; never filled in by us. */
  practitioner?: Practitioner;
  mandatedBy?: Practitioner;
  /** Code of http://terminology.hl7.org/CodeSystem/v3-ActReason: `TREAT`, `COC`, `ETREAT`. */
  purposeOfUse?: string;
};

/** One request on a FHIR route, without Express. Path is what follows `/stu3` or `/r4`, split at `/`, decoded once; HEAD is GET with `headersOnly`. */
export type FhirRequest = {
  version: FhirVersion;
  method: string;
  path: readonly string[];
  /** Each name at most once; http/ refuses duplicates, but where a search allows a name more than once. */
  query: ReadonlyMap<string, string>;
  /** Of a search: every parameter of the address and of a form in the body, in order. */
  parameters?: readonly (readonly [name: string, value: string])[];
  ifMatch?: string;
  ifNoneMatch?: string;
  headersOnly?: boolean;
  language: Language;
  /** The body: parsed, or unread for a transaction that declares `takes: 'content'`. */
  resource?: FhirResource;
  content?: FhirContent;
  /** Content type of the transaction's own, not FHIR's, when the caller asks for it by name. */
  native?: string;
  /** Aborted when the caller no longer waits. */
  gone?: AbortSignal;
  requestId: string;
};

/** What a handler answers; http/ prints it in the form the caller accepts. */
export type FhirResponse = {
  status: number;
  resource?: FhirResource;
  raw?: { contentType: string; bytes: Uint8Array };
  headers?: Readonly<Record<string, string>>;
};

/** NEN 7513: who did what to whose record, when, with what result. */
export type AuditEntry = {
  /** What happened, as a stable code: `handover.received`, `task.read`, `token.refused` … */
  event: string;
  /** C, R, U, D or E (execute), as in DICOM and FHIR AuditEvent.action. */
  action: 'C' | 'R' | 'U' | 'D' | 'E';
  outcome: 'success' | 'refused' | 'failed';
  /** Why it was refused or failed: a stable reason code. */
  reason?: string;
  /** Who acted, and for whom; absent when nobody was proven. A professional's `identifier` is `system|value`. */
  participantId?: string;
  clientId?: string;
  practitioner?: { identifier?: string; role?: string };
  mandatedBy?: { identifier?: string; role?: string };
  purposeOfUse?: string;
  /** The patient; stored encrypted, and as a keyed hash for look-up. Never appears elsewhere. */
  patientBsn?: string;
  /** `Handover/…`, `Task/…`: gateway ids only. */
  object?: string;
  exchange?: string;
  requestId?: string;
  /** Further facts without personal content, such as attempt number or endpoint id. */
  detail?: Readonly<Record<string, string | number | boolean>>;
};

export type Clock = () => Date;

declare const permitBrand: unique symbol;
export type PermitBasis = 'mitz' | 'notified' | 'own' | 'presumed' | 'breakGlass' | 'notNeeded';

/** Proof that consent was decided; only consent/decide.ts makes one. It is good for one patient at one holder (a participant). */
export type Permit = {
  readonly [permitBrand]: true;
  readonly decisionId: string;
  readonly expires: Date;
  readonly patientBsn: string;
  readonly holderId: string;
  /** Data categories (GGC…) that may be disclosed. */
  readonly categories: readonly string[];
  readonly basis: PermitBasis;
  /** When a copied or cached answer was obtained. */
  readonly asOf?: Date;
};
