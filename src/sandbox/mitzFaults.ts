// How does the sandbox Mitz misbehave? Faults by name: what is answered instead, or what becomes of a right answer.
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { faultEnvelope } from './mitzAnswers.ts';

export type Reply = { status: number; headers: Record<string, string>; body: string | Uint8Array };

type Change = (reply: Reply & { body: string }) => Reply;

const replaced =
  (pattern: RegExp | string, by: string): Change =>
  (reply) => ({ ...reply, body: reply.body.replace(pattern, by) });
const withStatus =
  (status: number, headers: Record<string, string> = {}): Change =>
  (reply) => ({ ...reply, status, headers: { ...reply.headers, ...headers } });
const inFront =
  (text: string): Change =>
  (reply) => ({ ...reply, body: `${text}${reply.body}` });
const withBody =
  (make: (body: string) => string | Uint8Array, headers: Record<string, string> = {}): Change =>
  (reply) => ({ ...reply, headers: { ...reply.headers, ...headers }, body: make(reply.body) });

const allResults = /<Result>.*?<\/Result>/gs;
const firstResult = /<Result>.*?<\/Result>/s;
const resultsOf = (body: string): string[] => body.match(allResults) ?? [];
let packed: Uint8Array | undefined;
/** Sixteen megabytes of zeros in sixteen kilobytes, packed once. */
const bomb = (): Uint8Array => {
  packed ??= gzipSync(Buffer.alloc(16 * 1_048_576));
  return packed;
};
const deep = (levels: number) => '<x>'.repeat(levels) + '</x>'.repeat(levels);

/** Each takes the right answer and gives the wrong one. */
const changes = {
  fail: withStatus(500),
  accepted: withStatus(202),
  empty: () => ({ status: 204, headers: {}, body: '' }),
  unauthorised: withStatus(401),
  redirect: withStatus(302, { location: 'http://127.0.0.1:9/elsewhere' }),
  html: withBody((body) => body, { 'content-type': 'text/html' }),
  garbage: withBody(() => '\u0000<<< no answer'),
  soap11: replaced('http://www.w3.org/2003/05/soap-envelope', 'http://schemas.xmlsoap.org/soap/envelope/'),
  faultSender: () => soapFault(400, 'Sender'),
  faultReceiver: () => soapFault(500, 'Receiver'),
  faultWithOk: () => soapFault(200, 'Receiver'),
  wrongAction: replaced(/(<a:Action[^>]*>)[^<]*/, '$1urn:another:action'),
  wrongRelation: replaced(/(<a:RelatesTo>)[^<]*/, '$1urn:uuid:00000000-0000-4000-8000-000000000000'),
  noRelation: replaced(/<a:RelatesTo>[^<]*<\/a:RelatesTo>/, ''),
  foreignHeader: replaced('</s:Header>', '<x:Pay xmlns:x="urn:x" s:mustUnderstand="1"/></s:Header>'),
  twoBodies: replaced(/<s:Body>.*<\/s:Body>/s, '$&$&'),
  doctype: inFront('<!DOCTYPE Envelope [<!ENTITY e "Permit">]>'),
  externalDoctype: inFront('<!DOCTYPE Envelope SYSTEM "http://127.0.0.1:9/canary">'),
  parameterEntity: inFront('<!DOCTYPE Envelope [<!ENTITY % e SYSTEM "http://127.0.0.1:9/canary"> %e;]>'),
  manyDoctypes: inFront('<!DOCTYPE Envelope>'.repeat(10)),
  instruction: inFront('<?xml-stylesheet href="http://127.0.0.1:9/canary"?>'),
  deep: replaced('</s:Body>', `${deep(63)}</s:Body>`),
  huge: replaced('</s:Body>', `<!--${'x'.repeat(1_048_576)}--></s:Body>`),
  manyAttributes: replaced(
    '<s:Body>',
    `<s:Body ${Array.from({ length: 100_000 }, (_, at) => `a${at}=""`).join(' ')}>`,
  ),
  gzipBomb: withBody(() => bomb(), { 'content-encoding': 'gzip' }),
  gzipChain: withBody((body) => gzipSync(gzipSync(body)), { 'content-encoding': 'gzip, gzip' }),
  noEcho: replaced(/<Attributes.*?<\/Attributes>/gs, ''),
  otherPatient: replaced(/(root="2\.16\.840\.1\.113883\.2\.4\.6\.3" extension=")\d+/g, '$1999990019'),
  otherHolder: replaced(/(root="2\.16\.528\.1\.1007\.3\.3" extension=")\d+/g, '$199999999'),
  otherCategory: replaced(/code="GGC\d+"/, 'code="GGC999"'),
  half: replaced(firstResult, ''),
  twice: (reply) => ({
    ...reply,
    body: reply.body.replace(
      '</Response>',
      `${(resultsOf(reply.body)[0] ?? '').replace('Deny', 'Permit')}</Response>`,
    ),
  }),
  reversed: (reply) => ({
    ...reply,
    body: reply.body.replace(/<Result>.*<\/Result>/s, resultsOf(reply.body).reverse().join('')),
  }),
  twoDecisions: replaced(
    /<Decision>(\w+)<\/Decision>/g,
    '<Decision>Permit</Decision><Decision>Deny</Decision>',
  ),
  decisionInDecision: replaced(/<Decision>\w+/g, '<Decision>Permit<Decision>Deny</Decision>'),
  foreignPart: replaced(/<\/Decision>/g, '</Decision><Condition xmlns="urn:x"/>'),
  besideResults: replaced('</Response>', '<Condition xmlns="urn:x"/></Response>'),
  notApplicable: replaced(/(<Decision>)\w+/, '$1NotApplicable'),
  indeterminate: replaced(/(<Decision>)\w+/, '$1Indeterminate'),
  obligation: replaced(
    /<\/Decision>/g,
    '</Decision><Obligations><Obligation ObligationId="urn:x"/></Obligations>',
  ),
  contradiction: replaced(/status:ok/g, 'status:missing-attribute'),
} as const satisfies Record<string, Change>;

/** What happens to the connection rather than to the answer. */
const connections = ['slow', 'hang', 'drip', 'headersOnly', 'reset', 'flap'] as const;

export type MitzFault = {
  kind: keyof typeof changes | (typeof connections)[number];
  /** Only this interaction; all when absent. */
  of?: 'closed' | 'open' | 'subscriptions';
  /** For how many requests; for ever when absent. */
  times?: number;
  delayMs?: number;
};

export const mitzFaultKinds: readonly MitzFault['kind'][] = [
  ...(Object.keys(changes) as (keyof typeof changes)[]),
  ...connections,
];

const soapFault = (status: number, code: 'Sender' | 'Receiver'): Reply => ({
  status,
  headers: { 'content-type': 'application/soap+xml; charset=utf-8' },
  body: faultEnvelope(code, 'So the sandbox was told'),
});

/** With these, Mitz did nothing of what was asked. */
export const undone: ReadonlySet<MitzFault['kind']> = new Set(['fail', 'unauthorised', 'redirect']);

const isChange = (kind: MitzFault['kind']): kind is keyof typeof changes => Object.hasOwn(changes, kind);

/** The answer with the fault in it; every other request fails when Mitz flaps. */
export async function withFault(reply: Reply, fault: MitzFault | undefined, number: number): Promise<Reply> {
  if (!fault) return reply;
  if (fault.kind === 'slow') await wait(fault.delayMs ?? 3_000);
  const kind = fault.kind === 'flap' && number % 2 === 1 ? 'fail' : fault.kind;
  if (!isChange(kind)) return reply;
  const change: Change = changes[kind];
  return change({ ...reply, body: String(reply.body) });
}

/** Lets the answer go out whole, or as the fault of the connection wants it. */
export function sendReply(response: ServerResponse, reply: Reply, fault: MitzFault | undefined): void {
  const body = Buffer.from(reply.body);
  if (fault?.kind === 'hang') return;
  response.writeHead(reply.status, { ...reply.headers, 'content-length': String(body.length) });
  if (fault?.kind === 'headersOnly') response.flushHeaders();
  else if (fault?.kind === 'reset')
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
  else if (fault?.kind === 'drip') drip(response, body);
  else response.end(body);
}

function drip(response: ServerResponse, body: Buffer): void {
  let at = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(at, at + 1));
    at += 1;
  }, 50);
  response.once('close', () => clearInterval(timer));
}
