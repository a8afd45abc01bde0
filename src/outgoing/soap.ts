// How is one SOAP question asked, and its answer trusted no further than it proves itself?
// https://www.w3.org/TR/soap12-part1/ and https://www.w3.org/TR/ws-addr-soap/
import { randomUUID } from 'node:crypto';
import type { Outgoing, OutgoingAnswer } from './outgoing.ts';
import { OutgoingFailure } from './outgoingFailure.ts';
import { SoapFailure } from './soapFailure.ts';
import { addressingNamespace, openEnvelope, soapNamespace } from './soapReading.ts';
import { escapeXml, type XmlNode } from './soapTree.ts';

export { SoapFailure, type SoapReason } from './soapFailure.ts';

const anonymous = `${addressingNamespace}/anonymous`;
const largestAnswer = 1_048_576;

export type SoapCall = {
  url: string;
  action: string;
  /** The `wsa:Action` that the answer must carry. */
  answerAction: string;
  /** `required`: the answer must say to which message it relates. `checked`: it may be silent about it. */
  relatesTo: 'required' | 'checked';
  /** One element, written out with its namespaces. */
  body: string;
  /** Further header blocks, written out. */
  header?: string;
  timeoutMs: number;
  signal?: AbortSignal;
};

/** A message as it leaves: its id is in the envelope and, bare, in `X-Request-Id`. */
export type SoapMessage = { id: string; headers: Record<string, string>; envelope: string };

/** Writes the envelope with WS-Addressing headers. `id` is a UUID. */
export function writeMessage(
  call: Pick<SoapCall, 'url' | 'action' | 'body' | 'header'>,
  id: string = randomUUID(),
): SoapMessage {
  const action = escapeXml(call.action);
  const envelope =
    '<?xml version="1.0" encoding="UTF-8"?>' +
    `<soap:Envelope xmlns:soap="${soapNamespace}" xmlns:wsa="${addressingNamespace}"><soap:Header>` +
    `<wsa:Action soap:mustUnderstand="1">${action}</wsa:Action><wsa:MessageID>urn:uuid:${id}</wsa:MessageID>` +
    `<wsa:To soap:mustUnderstand="1">${escapeXml(call.url)}</wsa:To>` +
    `<wsa:ReplyTo><wsa:Address>${anonymous}</wsa:Address></wsa:ReplyTo>${call.header ?? ''}` +
    `</soap:Header><soap:Body>${call.body}</soap:Body></soap:Envelope>`;
  const headers = {
    'content-type': `application/soap+xml; charset=UTF-8; action="${call.action}"`,
    'x-request-id': id,
    accept: 'application/soap+xml',
  };
  return { id, headers, envelope };
}

async function send(outgoing: Outgoing, call: SoapCall, message: SoapMessage): Promise<OutgoingAnswer> {
  try {
    return await outgoing.request({
      method: 'POST',
      url: call.url,
      headers: message.headers,
      body: message.envelope,
      timeoutMs: call.timeoutMs,
      maxBytes: largestAnswer,
      ...(call.signal && { signal: call.signal }),
    });
  } catch (error) {
    throw error instanceof OutgoingFailure ? new SoapFailure(error.reason) : error;
  }
}

/**
 * Asks once and gives the one element of the answer's Body. Never follows a redirect, never asks again.
 * Throws `SoapFailure` with a stable reason for every answer that does not prove itself; it holds nothing of the content.
 */
export async function askSoap(outgoing: Outgoing, call: SoapCall): Promise<XmlNode> {
  const message = writeMessage(call);
  const answer = await send(outgoing, call, message);
  const { answerAction: action, relatesTo } = call;
  return openEnvelope(answer, { action, relatesTo, messageId: `urn:uuid:${message.id}` });
}
