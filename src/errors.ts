// Which errors can a caller see, and as what? One class, one table; http/ translates it once.
// Issue codes: http://hl7.org/fhir/ValueSet/issue-type; OAuth codes: RFC 6749 section 5.2, RFC 6750 section 3.1.
import type { Issue } from './model.ts';

/** For each kind: HTTP status, FHIR issue code, OAuth error code. */
export const errorTable = {
  invalid: { status: 400, issue: 'invalid', oauth: 'invalid_request' },
  unauthenticated: { status: 401, issue: 'login', oauth: 'invalid_client' },
  denied: { status: 403, issue: 'forbidden', oauth: 'insufficient_scope' },
  notFound: { status: 404, issue: 'not-found', oauth: 'invalid_request' },
  methodNotAllowed: { status: 405, issue: 'not-supported', oauth: 'invalid_request' },
  notAcceptable: { status: 406, issue: 'not-supported', oauth: 'invalid_request' },
  conflict: { status: 409, issue: 'conflict', oauth: 'invalid_request' },
  preconditionFailed: { status: 412, issue: 'conflict', oauth: 'invalid_request' },
  tooLarge: { status: 413, issue: 'too-long', oauth: 'invalid_request' },
  uriTooLong: { status: 414, issue: 'too-long', oauth: 'invalid_request' },
  unsupportedMedia: { status: 415, issue: 'not-supported', oauth: 'invalid_request' },
  unprocessable: { status: 422, issue: 'processing', oauth: 'invalid_request' },
  tooMany: { status: 429, issue: 'throttled', oauth: 'slow_down' },
  headersTooLarge: { status: 431, issue: 'too-long', oauth: 'invalid_request' },
  fault: { status: 500, issue: 'exception', oauth: 'server_error' },
  badGateway: { status: 502, issue: 'transient', oauth: 'server_error' },
  unavailable: { status: 503, issue: 'transient', oauth: 'temporarily_unavailable' },
  timeout: { status: 504, issue: 'timeout', oauth: 'temporarily_unavailable' },
} as const;

export type ErrorKind = keyof typeof errorTable;

export type ErrorDetail = {
  /** For the log only; never sent. */
  cause?: unknown;
  /** What is wrong, place by place; becomes the OperationOutcome's issues. */
  issues?: readonly Issue[];
  /** Stable code a program can act on, such as `grant-ended`; reveals nothing about a patient. */
  reason?: string;
  /** What the audit record says instead of `reason`, where the caller may not know it. */
  recorded?: string;
  /** Response headers that belong to this error: Allow, Retry-After, WWW-Authenticate. */
  headers?: Readonly<Record<string, string>>;
  /** Overrides the kind's OAuth code, such as `unsupported_grant_type`. */
  oauth?: string;
};

/**
 * The only error that crosses a folder's border on purpose. The message is for the caller: it names no patient,
 * no host and no internals; `cause` is for the log. Anything else that is thrown becomes `fault` with a fixed text.
 */
export class GatewayError extends Error {
  readonly kind: ErrorKind;
  readonly issues: readonly Issue[];
  readonly reason: string | undefined;
  readonly recorded: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly oauth: string;

  constructor(kind: ErrorKind, message: string, detail: ErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.name = 'GatewayError';
    this.kind = kind;
    this.issues = detail.issues ?? [];
    this.reason = detail.reason;
    this.recorded = detail.recorded ?? detail.reason;
    this.headers = detail.headers ?? {};
    this.oauth = detail.oauth ?? errorTable[kind].oauth;
  }
}
