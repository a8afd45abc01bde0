// What are the nouns of the gateway? One type per word of the glossary (architecture, section 8); no behaviour.

export type FhirVersion = 'stu3' | 'r4';
export type Language = 'nl' | 'en';

/** A FHIR resource in either version, as a plain JSON tree. Decimals that JSON numbers cannot hold exactly are `RawDecimal`. */
export type FhirResource = { resourceType: string; id?: string; [element: string]: unknown };

/** What `JSON.rawJSON` makes: prints as its text, so that `1.10` stays `1.10`. */
export type RawDecimal = { readonly rawJSON: string };

export type Identifier = { system: string; value: string };

/** One finding about content. `expression` is FHIRPath from the root of the message: `Bundle.entry[3].resource.code`. */
export type Issue = {
  severity: 'fatal' | 'error' | 'warning' | 'information';
  /** http://hl7.org/fhir/ValueSet/issue-type */
  code: string;
  text: Readonly<Record<Language, string>>;
  expression?: readonly string[];
  /** The id of the rule that was broken, stable across releases. */
  rule?: string;
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
  clients: readonly Client[];
  endpoints: readonly Endpoint[];
};

/** The proven caller. */
export type Requester = {
  participant: Participant;
  clientId: string;
  /** Exchanges that the token allows. */
  scopes: readonly string[];
  /** The access token's `jti`, for the audit record. */
  tokenId: string;
};

/** One request on a FHIR route, without Express. Path is what follows `/stu3` or `/r4`, split at `/`, decoded once. */
export type FhirRequest = {
  version: FhirVersion;
  method: string;
  path: readonly string[];
  /** Each name at most once; http/ refuses duplicates. */
  query: ReadonlyMap<string, string>;
  ifMatch?: string;
  ifNoneMatch?: string;
  language: Language;
  /** The parsed body; absent when there was none. */
  resource?: FhirResource;
  /** Id of this request in logs and audit records. */
  requestId: string;
};

/** What a handler answers; http/ prints it in the form the caller accepts. */
export type FhirResponse = {
  status: number;
  resource?: FhirResource;
  /** A non-FHIR body, such as a Binary in its own content type. */
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
  /** The organisation and system that acted; absent when nobody was proven. */
  participantId?: string;
  clientId?: string;
  practitioner?: { identifier?: string; role?: string };
  purposeOfUse?: string;
  /** The patient; stored encrypted, and as a keyed hash for look-up. Never appears elsewhere. */
  patientBsn?: string;
  /** Which object: `Handover/…`, `Task/…`; gateway ids only. */
  object?: string;
  exchange?: string;
  requestId?: string;
  /** Further facts without personal content, such as attempt number or endpoint id. */
  detail?: Readonly<Record<string, string | number | boolean>>;
};

export type Clock = () => Date;

declare const permitBrand: unique symbol;
/** Proof that consent was decided; only consent/decide.ts makes one. */
export type Permit = { readonly [permitBrand]: true; readonly decisionId: string; readonly expires: Date };
