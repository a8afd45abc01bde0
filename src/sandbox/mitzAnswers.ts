// What does Mitz answer? Envelopes, decisions and locations as the published examples write them.
import { randomUUID } from 'node:crypto';
import { escapeXml } from '../outgoing/soapTree.ts';
import type { ClosedAsked } from './mitzRules.ts';

const soap = 'http://www.w3.org/2003/05/soap-envelope';
const addressing = 'http://www.w3.org/2005/08/addressing';
const xacml = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17';
const hl7 = 'urn:hl7-org:v3';
const attributeCategory = 'urn:oasis:names:tc:xacml:3.0:attribute-category';
const status = 'urn:oasis:names:tc:xacml:1.0:status';

export const closedAnswerAction =
  'http://schemas.otv.nl/toestemmingsregister/XACMLAuthzDecisionQuery/IGeslotenAutorisatievraagService/XACMLAuthzDecisionQueryResponse';
export const openAnswerAction = 'urn:ihe:iti:2009:PatientLocationQueryResponse';

/** An answer envelope in SOAP 1.2. */
export const envelope = (action: string, relatesTo: string, body: string): string =>
  `<s:Envelope xmlns:s="${soap}" xmlns:a="${addressing}"><s:Header>` +
  `<a:Action s:mustUnderstand="1">${action}</a:Action><a:MessageID>urn:uuid:${randomUUID()}</a:MessageID>` +
  `<a:RelatesTo>${escapeXml(relatesTo)}</a:RelatesTo></s:Header><s:Body>${body}</s:Body></s:Envelope>`;

/** A fault whose reason names what is wrong with the request. */
export const faultEnvelope = (code: 'Sender' | 'Receiver', reason: string): string =>
  `<s:Envelope xmlns:s="${soap}"><s:Body><s:Fault><s:Code><s:Value>s:${code}</s:Value></s:Code>` +
  `<s:Reason><s:Text xml:lang="en">${escapeXml(reason)}</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`;

const echo = (id: string, value: string, kind: 'II' | 'CV'): string =>
  `<Attribute AttributeId="${id}" IncludeInResult="true"><AttributeValue DataType="${hl7}#${kind}">${value}</AttributeValue></Attribute>`;
const ii = (root: string, extension: string) =>
  `<InstanceIdentifier xmlns="${hl7}" root="${root}" extension="${extension}"/>`;
const cv = (code: string, system: string) =>
  `<CodedValue xmlns="${hl7}" code="${code}" codeSystem="${system}"/>`;

export type Said = { category: string; decision: 'Permit' | 'Deny' | 'Indeterminate' | 'NotApplicable' };

/** One Result with its echoes. */
export function result({ bsn, holderUra }: Pick<ClosedAsked, 'bsn' | 'holderUra'>, said: Said): string {
  const ok = said.decision === 'Indeterminate' ? 'processing-error' : 'ok';
  const resource =
    echo('urn:oasis:names:tc:xacml:2.0:resource:resource-id', ii('2.16.840.1.113883.2.4.6.3', bsn), 'II') +
    echo('urn:ihe:iti:appc:2016:author-institution:id', ii('2.16.528.1.1007.3.3', holderUra), 'II');
  const action = echo(
    'urn:ihe:iti:appc:2016:document-entry:event-code',
    cv(said.category, '2.16.840.1.113883.2.4.3.111.5.10.1'),
    'CV',
  );
  return (
    `<Result><Decision>${said.decision}</Decision><Status><StatusCode Value="${status}:${ok}"/></Status>` +
    `<Attributes Category="${attributeCategory}:resource">${resource}</Attributes>` +
    `<Attributes Category="${attributeCategory}:action">${action}</Attributes></Result>`
  );
}

export const response = (results: readonly string[]): string =>
  `<Response xmlns="${xacml}">${results.join('')}</Response>`;

export type Location = { ura: string; community: string; source: string; categories: readonly string[] };

const location = (bsn: string, { ura, community, source, categories }: Location): string => {
  const patient = `root="2.16.840.1.113883.2.4.6.3" extension="${bsn}" assigningAuthorityName="NLMINBIZA"`;
  const codes = categories.map(
    (code) =>
      `<event-code code="${code}" codeSystem="2.16.840.1.113883.2.4.3.111.5.10.1" codeSystemName="GTZ gegevenscategorie" displayName=""/>`,
  );
  return (
    `<PatientLocationResponse><HomeCommunityId>${community}</HomeCommunityId><CorrespondingPatientId ${patient}/>` +
    `<RequestedPatientId ${patient}/><SourceId>${source}</SourceId>${codes.join('')}` +
    `<author-institution root="2.16.528.1.1007.3.3" extension="${ura}" assigningAuthorityName="CIBG"/></PatientLocationResponse>`
  );
};

export const locations = (bsn: string, found: readonly Location[]): string =>
  `<PatientLocationQueryResponse xmlns="urn:ihe:iti:xcpd:2009">${found.map((one) => location(bsn, one)).join('')}</PatientLocationQueryResponse>`;
