// Is this an answer in SOAP 1.2 to the message that was sent? https://www.w3.org/TR/soap12-part2/#http-reqbindwaitstate
import type { OutgoingAnswer } from './outgoing.ts';
import { SoapFailure, type SoapReason } from './soapFailure.ts';
import { childrenOf, onlyChild, readTree, type XmlNode } from './soapTree.ts';

export const soapNamespace = 'http://www.w3.org/2003/05/soap-envelope';
export const addressingNamespace = 'http://www.w3.org/2005/08/addressing';
const [soap, addressing] = [soapNamespace, addressingNamespace];

export type Expected = {
  action: string;
  relatesTo: 'required' | 'checked';
  messageId: string;
};

const fail = (reason: SoapReason): never => {
  throw new SoapFailure(reason);
};

const faultReasons: Readonly<Record<string, SoapReason>> = {
  Sender: 'fault-sender',
  Receiver: 'fault-receiver',
};

function failFault(fault: XmlNode): never {
  const value = onlyChild(onlyChild(fault, soap, 'Code'), soap, 'Value')?.text ?? '';
  return fail(faultReasons[value.replace(/^.*:/, '')] ?? 'fault-other');
}

/** A fault may come with status 400, 500, or even 200; what else comes with another status is no answer. */
function checkStatus(status: number, envelope: XmlNode | undefined): void {
  const fault = onlyChild(onlyChild(envelope, soap, 'Body'), soap, 'Fault');
  if (fault && (status === 200 || status === 400 || status === 500)) failFault(fault);
  if (status !== 200) fail(`status-${status}`);
}

function isSoap(contentType: string | undefined): boolean {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const charset = parameters.find((part) => part.startsWith('charset='))?.slice('charset='.length);
  return type === 'application/soap+xml' && /^("?)(utf-8)?\1$/.test(charset ?? '');
}

function readEnvelope(body: Uint8Array): XmlNode | undefined {
  try {
    const root = readTree(body);
    return root.name === 'Envelope' && root.namespace === soap ? root : undefined;
  } catch {
    return undefined;
  }
}

const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true';

function checkHeader(header: XmlNode | undefined, expected: Expected): void {
  const blocks = header?.children ?? [];
  const foreign = blocks.filter((block) => block.namespace !== addressing);
  if (foreign.some((block) => isTrue(block.attributes.get(`{${soap}}mustUnderstand`))))
    fail('not-understood');
  if (onlyChild(header, addressing, 'Action')?.text !== expected.action) fail('wrong-action');
  const related = header ? childrenOf(header, addressing, 'RelatesTo') : [];
  if (related.some((one) => one.text !== expected.messageId)) fail('wrong-relation');
  if (related.length === 0 && expected.relatesTo === 'required') fail('wrong-relation');
}

/** Header and Body in this order, one of each at most, nothing beside them. */
function partsOf(envelope: XmlNode): { header: XmlNode | undefined; content: XmlNode } {
  const names = envelope.children.map((child) => (child.namespace === soap ? child.name : '?')).join(' ');
  if (!/^(Header )?Body$/.test(names)) fail('malformed');
  const body = onlyChild(envelope, soap, 'Body');
  const content = body?.children[0];
  if (!body || !content || body.children.length !== 1) return fail('malformed');
  return { header: onlyChild(envelope, soap, 'Header'), content };
}

/** The one element of the Body. Throws `SoapFailure` when the answer is not one to the message that `expected` tells of. */
export function openEnvelope(answer: OutgoingAnswer, expected: Expected): XmlNode {
  const envelope = isSoap(answer.headers['content-type']) ? readEnvelope(answer.body) : undefined;
  checkStatus(answer.status, envelope);
  if (!isSoap(answer.headers['content-type'])) fail('not-soap');
  if (!envelope) return fail('malformed');
  const { header, content } = partsOf(envelope);
  if (content.namespace === soap) fail('malformed');
  checkHeader(header, expected);
  return content;
}
