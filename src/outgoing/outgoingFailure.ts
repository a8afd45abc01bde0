// Why did a call to another host bring no answer, and may the request have arrived all the same?

export type OutgoingReason =
  | 'refused-address'
  | 'invalid-request'
  | 'dns'
  | 'connection-refused'
  | 'unreachable'
  | 'tls'
  | 'timeout'
  | 'connect-timeout'
  | 'reset'
  | 'protocol'
  | 'too-large'
  | 'aborted';

export type FailureDetail = {
  /** The request may have reached the other side. */
  sent?: boolean;
  /** The status line that did arrive, when only what follows it was at fault. */
  status?: number;
  cause?: unknown;
};

/** No usable answer. The message is for the log and names no host, path or body. */
export class OutgoingFailure extends Error {
  readonly reason: OutgoingReason;
  readonly sent: boolean;
  readonly status: number | undefined;

  constructor(reason: OutgoingReason, detail: FailureDetail = {}) {
    super(`Outgoing request failed: ${reason}`, { cause: detail.cause });
    this.name = 'OutgoingFailure';
    this.reason = reason;
    this.sent = detail.sent ?? false;
    this.status = detail.status;
  }
}

const beforeAnswer: ReadonlySet<string> = new Set([
  'connection-refused',
  'unreachable',
  'dns',
  'connect-timeout',
  'reset',
]);

/** The connection failed, and nothing was answered: what changes nothing there may be said once more. */
export const failedUnanswered = ({ reason, status }: OutgoingFailure): boolean =>
  status === undefined && beforeAnswer.has(reason);

const reasonByCode: Readonly<Record<string, OutgoingReason>> = {
  ECONNREFUSED: 'connection-refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  ENODATA: 'dns',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EMFILE: 'unreachable',
  ETIMEDOUT: 'unreachable',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  ERR_STREAM_PREMATURE_CLOSE: 'reset',
  EPROTO: 'tls',
  ERR_INVALID_CHAR: 'invalid-request',
  ERR_INVALID_HTTP_TOKEN: 'invalid-request',
  ERR_UNESCAPED_CHARACTERS: 'invalid-request',
};

const reasonByPattern: readonly (readonly [RegExp, OutgoingReason])[] = [
  [/^HPE_/, 'protocol'],
  [/^Z_|^ERR_Z|^ERR__ERROR|^ERR_PADDING/, 'protocol'],
  [
    /TLS|SSL|CERT|CRL|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_PURPOSE|PATH_LENGTH|^UNSPECIFIED$/,
    'tls',
  ],
];

/** The other side refused our certificate after we had already begun to write: nothing was taken in. */
const handshakeRefused = /ALERT_(?:\w+_)?(?:CERTIFICATE|UNKNOWN_CA|HANDSHAKE|ACCESS_DENIED|PROTOCOL)/;

const codeOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
};

/** Turns what was thrown into a failure with a stable reason and with how far the request had come. */
export function asFailure(error: unknown, detail: { sent: boolean; status?: number }): OutgoingFailure {
  if (error instanceof OutgoingFailure) {
    return new OutgoingFailure(error.reason, {
      cause: error.cause,
      ...detail,
      sent: error.sent || detail.sent,
    });
  }
  const code = codeOf(error);
  const reason =
    reasonByCode[code] ?? reasonByPattern.find(([pattern]) => pattern.test(code))?.[1] ?? 'protocol';
  const sent = detail.sent && reason !== 'invalid-request' && !handshakeRefused.test(code);
  return new OutgoingFailure(reason, { ...detail, sent, cause: error });
}
