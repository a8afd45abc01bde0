// Is this closed question written as Mitz wants it? Each rule of the guide (3.8.2, sections 3.2.4 and 6) has a name, and
// the first one broken is told.
import { addressingNamespace, soapNamespace } from '../outgoing/soapReading.ts';
import { childrenOf, onlyChild, readTree, type XmlNode } from '../outgoing/soapTree.ts';

const query = 'urn:oasis:names:tc:xacml:3.0:profile:saml2.0:v2:schema:protocol:wd-14';
const xacml = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17';
const hl7 = 'urn:hl7-org:v3';
const xmlId = '{http://www.w3.org/XML/1998/namespace}id';
const closedAction = 'XACMLAuthorizationDecisionQueryRequest';

export class BrokenRule extends Error {
  readonly rule: string;

  constructor(rule: string) {
    super(`The question breaks a rule: ${rule}`);
    this.rule = rule;
  }
}

export const demand = (holds: boolean, rule: string): void => {
  if (!holds) throw new BrokenRule(rule);
};

/** What a request says, in the words of the table of attributes. */
export type ClosedAsked = {
  messageId: string;
  bsn: string;
  holderUra: string;
  holderType: string;
  categories: string[];
  role: string;
  provider: string;
  mandated?: string;
  consultingUra: string;
  consultingType: string;
  purpose: string;
};

type Wanted = { kind: 'II' | 'CV'; root?: string; form: RegExp; echo?: true; optional?: true };
type Name = Exclude<keyof ClosedAsked, 'messageId' | 'categories'> | 'category';
type Block = { category: string; attributes: Readonly<Record<string, [Name, Wanted]>> };

const ura: Wanted = { kind: 'II', root: '2.16.528.1.1007.3.3', form: /^\d{8}$/ };
const type: Wanted = { kind: 'CV', root: '2.16.840.1.113883.2.4.15.1060', form: /^[A-Z0-9]{2,4}$/ };
const person: Wanted = { kind: 'II', form: /^[A-Za-z0-9]{1,60}$/ };

const blocks: Readonly<Record<'resource' | 'action' | 'subject' | 'environment', Block>> = {
  resource: {
    category: 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource',
    attributes: {
      'urn:oasis:names:tc:xacml:2.0:resource:resource-id': [
        'bsn',
        { kind: 'II', root: '2.16.840.1.113883.2.4.6.3', form: /^\d{9}$/, echo: true },
      ],
      'urn:ihe:iti:appc:2016:document-entry:healthcare-facility-type-code': ['holderType', type],
      'urn:ihe:iti:appc:2016:author-institution:id': ['holderUra', { ...ura, echo: true }],
    },
  },
  action: {
    category: 'urn:oasis:names:tc:xacml:3.0:attribute-category:action',
    attributes: {
      'urn:ihe:iti:appc:2016:document-entry:event-code': [
        'category',
        { kind: 'CV', root: '2.16.840.1.113883.2.4.3.111.5.10.1', form: /^GGC\d{3}$/, echo: true },
      ],
    },
  },
  subject: {
    category: 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject',
    attributes: {
      'urn:oasis:names:tc:xacml:2.0:subject:role': [
        'role',
        { kind: 'CV', root: '2.16.840.1.113883.2.4.15.111', form: /^\d{2}\.\d{3}$/ },
      ],
      'urn:ihe:iti:xua:2017:subject:provider-identifier': ['provider', person],
      'urn:nl:otv:names:tc:1.0:subject:mandated': ['mandated', { ...person, optional: true }],
      'urn:nl:otv:names:tc:1.0:subject:provider-institution': ['consultingUra', ura],
      'urn:nl:otv:names:tc:1.0:subject:consulting-healthcare-facility-type-code': ['consultingType', type],
    },
  },
  environment: {
    category: 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment',
    attributes: {
      'urn:oasis:names:tc:xspa:1.0:subject:purposeofuse': [
        'purpose',
        { kind: 'CV', root: '2.16.840.1.113883.1.11.20448', form: /^(TREAT|COC)$/ },
      ],
    },
  },
};

function readValue(attribute: XmlNode, wanted: Wanted, name: string): string {
  const value = onlyChild(attribute, xacml, 'AttributeValue');
  demand(value?.attributes.get('DataType') === `${hl7}#${wanted.kind}`, `data type of ${name}`);
  const inner = onlyChild(value, hl7, wanted.kind === 'II' ? 'InstanceIdentifier' : 'CodedValue');
  const at = (one: string) => inner?.attributes.get(one) ?? '';
  const root = wanted.kind === 'II' ? at('root') : at('codeSystem');
  demand(wanted.root === undefined ? root !== '' : root === wanted.root, `OID of ${name}`);
  const text = wanted.kind === 'II' ? at('extension') : at('code');
  demand(wanted.form.test(text), `value of ${name}`);
  if (wanted.echo)
    demand(attribute.attributes.get('IncludeInResult') === 'true', `IncludeInResult of ${name}`);
  return text;
}

function readBlock(block: XmlNode, kind: keyof typeof blocks): [Name, string][] {
  const { category, attributes } = blocks[kind];
  demand(block.attributes.get('Category') === category, `category of block ${kind}`);
  const given = block.children.map((one) => one.attributes.get('AttributeId') ?? '');
  demand(new Set(given).size === given.length, `attribute twice in block ${kind}`);
  demand(
    given.every((id) => Object.hasOwn(attributes, id)),
    `unknown attribute in block ${kind}`,
  );
  return Object.entries(attributes).flatMap(([id, [name, wanted]]): [Name, string][] => {
    const attribute = block.children.find((one) => one.attributes.get('AttributeId') === id);
    if (attribute) return [[name, readValue(attribute, wanted, name)]];
    demand(wanted.optional === true, `${name} is missing`);
    return [];
  });
}

function readRequest(body: XmlNode): Omit<ClosedAsked, 'messageId'> {
  const request = onlyChild(onlyChild(body, query, 'XACMLAuthzDecisionQuery'), xacml, 'Request');
  if (!request) throw new BrokenRule('XACMLAuthzDecisionQuery with one Request');
  demand(request.attributes.get('CombinedDecision') === 'false', 'CombinedDecision is false');
  demand(request.attributes.get('ReturnPolicyIdList') === 'false', 'ReturnPolicyIdList is false');
  const ids = request.children.map((one) => one.attributes.get(xmlId) ?? '');
  demand(
    /^resource( action\d+)+ subject environment$/.test(ids.join(' ')),
    'blocks and their xml:id, in order',
  );
  const actions = ids.filter((id) => id.startsWith('action'));
  demand(
    actions.every((id, at) => id === `action${at}`),
    'actions are counted from 0',
  );
  const read = request.children.flatMap((block, at) =>
    readBlock(block, (ids[at] ?? '').replace(/\d+$/, '') as keyof typeof blocks),
  );
  const categories = read.flatMap(([name, value]) => (name === 'category' ? [value] : []));
  demand(new Set(categories).size === categories.length, 'each data category once');
  return { ...(Object.fromEntries(read) as Omit<ClosedAsked, 'messageId' | 'categories'>), categories };
}

export type SoapRequest = { headers: Readonly<Record<string, string>>; body: Uint8Array; url: string };

/** Envelope, addressing and transport, which both questions share. Throws `BrokenRule`. */
export function readSoapRequest({ headers, body, url }: SoapRequest, action: string) {
  const expected = `application/soap+xml; charset=utf-8; action="${action}"`.toLowerCase();
  demand((headers['content-type'] ?? '').toLowerCase() === expected, 'Content-Type with charset and action');
  const envelope = readTree(body);
  demand(envelope.name === 'Envelope' && envelope.namespace === soapNamespace, 'SOAP 1.2 Envelope');
  const header = onlyChild(envelope, soapNamespace, 'Header');
  const content = onlyChild(envelope, soapNamespace, 'Body');
  if (!header || !content) throw new BrokenRule('one Header and one Body');
  const addressing = (name: string) => onlyChild(header, addressingNamespace, name);
  const understood = (name: string) =>
    addressing(name)?.attributes.get(`{${soapNamespace}}mustUnderstand`) === '1';
  demand(addressing('Action')?.text === action && understood('Action'), 'wsa:Action, mustUnderstand');
  demand(addressing('To')?.text === url && understood('To'), 'wsa:To is this address, mustUnderstand');
  const messageId = addressing('MessageID')?.text ?? '';
  demand(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(messageId), 'wsa:MessageID is urn:uuid');
  demand(`urn:uuid:${headers['x-request-id']}` === messageId, 'X-Request-Id equals MessageID');
  const replyTo = addressing('ReplyTo');
  const [address] = replyTo ? childrenOf(replyTo, addressingNamespace, 'Address') : [];
  demand(address?.text === `${addressingNamespace}/anonymous`, 'wsa:ReplyTo is anonymous');
  return { messageId, header, content };
}

/** What is asked. Throws `BrokenRule`, which names the first rule that the question breaks. */
export function readClosed(request: SoapRequest): ClosedAsked {
  const { messageId, content } = readSoapRequest(request, closedAction);
  return { messageId, ...readRequest(content) };
}
