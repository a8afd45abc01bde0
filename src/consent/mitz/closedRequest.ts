// How is the closed question written? XACML 3.0 in the SAML 2.0 profile; guide "Open en gesloten autorisatievraag" 3.8.2,
// sections 3.2.4.2 and 3.2.4.4. One action block per data category; nothing else repeats.
import { isBsn } from '../../fhir/identifiers.ts';
import {
  CannotAsk,
  coded,
  type Hl7Value,
  hl7Namespace,
  identifier,
  oids,
  purposeOf,
  subjectAttributes,
  subjectOf,
  typeOf,
  uraOf,
} from '../../outgoing/soapMitz.ts';
import { escapeXml } from '../../outgoing/soapTree.ts';
import type { ConsentQuestion } from '../consent.ts';

export const queryNamespace = 'urn:oasis:names:tc:xacml:3.0:profile:saml2.0:v2:schema:protocol:wd-14';
export const xacmlNamespace = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17';
export const closedAction = 'XACMLAuthorizationDecisionQueryRequest';

export const attributeCategories = {
  resource: 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource',
  action: 'urn:oasis:names:tc:xacml:3.0:attribute-category:action',
  subject: 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject',
  environment: 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment',
} as const;

export const closedAttributes = {
  patient: 'urn:oasis:names:tc:xacml:2.0:resource:resource-id',
  holderType: 'urn:ihe:iti:appc:2016:document-entry:healthcare-facility-type-code',
  holder: 'urn:ihe:iti:appc:2016:author-institution:id',
  dataCategory: 'urn:ihe:iti:appc:2016:document-entry:event-code',
} as const;

/** By these a Result is matched to what was asked; all others are not wanted back. */
const echoed: ReadonlySet<string> = new Set([
  closedAttributes.patient,
  closedAttributes.holder,
  closedAttributes.dataCategory,
]);

type Attribute = { id: string; value: Hl7Value };
type Block = { id: string; category: string; attributes: readonly Attribute[] };

/** What is asked, in the numbers and codes that the answer must echo. */
export type Asked = { bsn: string; holderUra: string; categories: readonly string[] };
export type ClosedRequest = { body: string; asked: Asked };

const assigned = (authority: string | undefined): string =>
  authority === undefined ? '' : ` assigningAuthorityName="${escapeXml(authority)}"`;

function printValue(value: Hl7Value): string {
  if (value.kind === 'CV')
    return `<CodedValue xmlns="${hl7Namespace}" code="${escapeXml(value.code)}" codeSystem="${value.codeSystem}"/>`;
  const { root, extension, authority } = value;
  return `<InstanceIdentifier xmlns="${hl7Namespace}" root="${root}" extension="${escapeXml(extension)}"${assigned(authority)}/>`;
}

const printAttribute = ({ id, value }: Attribute): string =>
  `<Attribute AttributeId="${id}" IncludeInResult="${echoed.has(id)}">` +
  `<AttributeValue DataType="${hl7Namespace}#${value.kind}">${printValue(value)}</AttributeValue></Attribute>`;

const printBlock = ({ id, category, attributes }: Block): string =>
  `<Attributes Category="${category}" xml:id="${id}">${attributes.map(printAttribute).join('')}</Attributes>`;

function askedOf({ patientBsn, holder, categories }: ConsentQuestion): Asked {
  if (!isBsn(patientBsn)) throw new CannotAsk('input-patient');
  const distinct = [...new Set(categories)];
  if (distinct.length === 0 || !distinct.every((code) => /^[A-Za-z0-9]{1,20}$/.test(code)))
    throw new CannotAsk('input-categories');
  return { bsn: patientBsn, holderUra: uraOf(holder, 'input-holder'), categories: distinct };
}

function blocksOf(question: ConsentQuestion, asked: Asked): Block[] {
  const { patient, holderType, holder, dataCategory } = closedAttributes;
  const resource = [
    { id: patient, value: identifier(oids.bsn, asked.bsn) },
    { id: holderType, value: typeOf(question.holder, 'input-holder-type') },
    { id: holder, value: identifier(oids.ura, asked.holderUra) },
  ];
  const subject = subjectOf({ ...question, organisation: question.requester.participant });
  const purpose = { id: subjectAttributes.purpose, value: purposeOf(question.purposeOfUse) };
  return [
    { id: 'resource', category: attributeCategories.resource, attributes: resource },
    ...asked.categories.map((code, at) => ({
      id: `action${at}`,
      category: attributeCategories.action,
      attributes: [{ id: dataCategory, value: coded(code, oids.dataCategory) }],
    })),
    { id: 'subject', category: attributeCategories.subject, attributes: subject },
    { id: 'environment', category: attributeCategories.environment, attributes: [purpose] },
  ];
}

/** The Body of the closed question. Throws `CannotAsk` when an input is missing, or a purpose is none of Mitz. */
export function writeClosedRequest(question: ConsentQuestion): ClosedRequest {
  const asked = askedOf(question);
  const blocks = blocksOf(question, asked).map(printBlock).join('');
  const request = `<Request xmlns="${xacmlNamespace}" CombinedDecision="false" ReturnPolicyIdList="false">${blocks}</Request>`;
  return {
    asked,
    body: `<XACMLAuthzDecisionQuery xmlns="${queryNamespace}">${request}</XACMLAuthzDecisionQuery>`,
  };
}
