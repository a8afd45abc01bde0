// Which limits of the listeners can an operator set? Addresses have no default; limits do.
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const isRange = (text: string) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text);
const whole = (low: number, high: number) => z.number().int().min(low).max(high);
const address = z.strictObject({
  host: z.string().min(1).describe('Address to listen on, such as `0.0.0.0` or `127.0.0.1`.'),
  port: whole(0, 65_535).describe('Port to listen on; 0 takes a free one.'),
});

/** `points` requests per `seconds`, per key. */
const budget = (points: number, seconds: number) =>
  z
    .strictObject({
      points: whole(1, 10_000_000).default(points).describe('How many requests fit in one period.'),
      seconds: whole(1, 3_600).default(seconds).describe('How long a period lasts, in seconds.'),
    })
    .prefault({});

const rateSettings = z.strictObject({
  tokenPerAddress: budget(2_000, 10).describe('Token requests per caller’s address.'),
  tokenPerClient: budget(600, 10).describe('Token requests per client that has proven itself.'),
  refusalsPerAddress: budget(2_000, 10).describe(
    'Requests without a valid access token, per caller’s address.',
  ),
  push: budget(1_000, 10).describe('Pushes (POST) per participant.'),
  read: budget(10_000, 10).describe('Reads and Task updates per participant.'),
  status: budget(1_000, 10).describe('Questions after the status of a handover, per participant.'),
  page: budget(300, 60).describe('Pages opened by a one-time link, per caller’s address.'),
});

const bodySettings = z.strictObject({
  maxBytes: whole(1_024, 104_857_600)
    .default(10_485_760)
    .describe('Largest body of a request, unpacked, in bytes.'),
  recordsMaxBytes: whole(1_024, 104_857_600)
    .default(2_097_152)
    .describe(
      'Largest body that brings records which are read at once, as those to register: meanwhile nobody else is answered. Unpacked, in bytes.',
    ),
  questionMaxBytes: whole(1_024, 104_857_600)
    .default(262_144)
    .describe('Largest body of a request that brings no records: a question, or a Task; unpacked, in bytes.'),
  budgetBytes: whole(1_048_576, 4_294_967_296)
    .default(67_108_864)
    .describe('Most bytes that all bodies under way may hold together; beyond it 503 with Retry-After.'),
  participantShare: z
    .number()
    .min(0.05)
    .max(1)
    .default(0.5)
    .describe('Largest share of `budgetBytes` that one participant may hold; beyond it 429.'),
  formMaxBytes: whole(1_024, 1_048_576)
    .default(32_768)
    .describe('Largest body of a token request, in bytes.'),
});

const timeSettings = z.strictObject({
  headersMs: whole(100, 120_000).default(10_000).describe('How long a caller may take to send the headers.'),
  requestMs: whole(100, 600_000)
    .default(30_000)
    .describe('How long a caller may take to send a whole request.'),
  idleMs: whole(100, 600_000).default(60_000).describe('How long a connection may be silent under way.'),
  keepAliveMs: whole(100, 600_000).default(10_000).describe('How long an unused connection is kept.'),
  answerMs: whole(100, 600_000).default(30_000).describe('How long an answer may take before 504.'),
});

/** The part of the settings file that speaks of listeners, limits and logs. */
export const httpSettings = z.strictObject({
  data: address.describe('The listener for participants.'),
  ops: address.describe('The listener for operators: health and metrics. Never reachable for participants.'),
  trustedProxies: z
    .array(z.string().refine(isRange, 'must be an address or a CIDR range'))
    .default([])
    .describe(
      'Addresses or CIDR ranges of proxies whose X-Forwarded-For is believed, for limits and logs only.',
    ),
  body: bodySettings.prefault({}).describe('Limits on bodies.'),
  times: timeSettings.prefault({}).describe('Time limits, in milliseconds.'),
  rates: rateSettings.prefault({}).describe('How often a caller may ask, per period.'),
  underWayPerParticipant: whole(1, 100_000)
    .default(256)
    .describe('Most requests of one participant that may be under way at once; beyond it 429.'),
  maxUrlLength: whole(256, 16_384)
    .default(2_048)
    .describe('Longest address of a request, in characters; beyond it 414.'),
  maxHeaderBytes: whole(4_096, 65_536).default(16_384).describe('Most bytes of headers; beyond it 431.'),
  maxHeaders: whole(20, 500).default(100).describe('Most header fields; beyond it 431.'),
  maxConnections: whole(1, 1_000_000).default(10_000).describe('Most connections at once.'),
  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Least weight of a line that is logged.'),
});

export type HttpSettings = z.infer<typeof httpSettings>;
