// How does a SOAP message say who asks? A SAML 2.0 bearer assertion in a WS-Security header, unsigned over mutual TLS.
// https://docs.oasis-open.org/security/saml/v2.0/saml-core-2.0-os.pdf and WS-Security SAML Token Profile 1.1.
import { randomUUID } from 'node:crypto';
import { hl7Namespace, type SubjectAttribute, subjectAttributes } from './soapMitz.ts';
import { escapeXml } from './soapTree.ts';

const saml = 'urn:oasis:names:tc:SAML:2.0:assertion';
const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const xsi = 'http://www.w3.org/2001/XMLSchema-instance';
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const x509 = 'urn:oasis:names:tc:SAML:2.0:ac:classes:X509';
const validMs = 10 * 60_000;

export type Claim = {
  /** Who vouches: this gateway. */
  issuer: string;
  /** The responsible professional. */
  subject: string;
  audience: string;
  attributes: readonly SubjectAttribute[];
  now: Date;
};

/** The element that carries a value differs by attribute: as in the published example. */
const elements: Readonly<Record<string, string>> = {
  [subjectAttributes.role]: 'Role',
  [subjectAttributes.provider]: 'id',
  [subjectAttributes.mandated]: 'id',
};

function printValue({ id, value }: SubjectAttribute): string {
  if (value.kind === 'II') {
    const name = elements[id] ?? 'InstanceIdentifier';
    const authority =
      value.authority === undefined ? '' : ` assigningAuthorityName="${escapeXml(value.authority)}"`;
    return `<${name} xmlns="${hl7Namespace}" xsi:type="II" root="${value.root}" extension="${escapeXml(value.extension)}"${authority}/>`;
  }
  const name = elements[id] ?? 'CodedValue';
  return `<${name} xmlns="${hl7Namespace}" xsi:type="CV" code="${escapeXml(value.code)}" codeSystem="${value.codeSystem}"/>`;
}

const printAttribute = (attribute: SubjectAttribute): string =>
  `<saml2:Attribute Name="${attribute.id}"><saml2:AttributeValue>${printValue(attribute)}</saml2:AttributeValue></saml2:Attribute>`;

/** The `wsse:Security` header block with the assertion; good for ten minutes. */
export function writeSecurity({ issuer, subject, audience, attributes, now }: Claim): string {
  const issued = now.toISOString();
  const ends = new Date(now.getTime() + validMs).toISOString();
  return (
    `<wsse:Security xmlns:wsse="${wsse}" soap:mustUnderstand="1">` +
    `<saml2:Assertion xmlns:saml2="${saml}" xmlns:xsi="${xsi}" ID="_${randomUUID()}" IssueInstant="${issued}" Version="2.0">` +
    `<saml2:Issuer>${escapeXml(issuer)}</saml2:Issuer>` +
    `<saml2:Subject><saml2:NameID>${escapeXml(subject)}</saml2:NameID>` +
    `<saml2:SubjectConfirmation Method="${bearer}"/></saml2:Subject>` +
    `<saml2:Conditions NotBefore="${issued}" NotOnOrAfter="${ends}"><saml2:AudienceRestriction>` +
    `<saml2:Audience>${escapeXml(audience)}</saml2:Audience></saml2:AudienceRestriction></saml2:Conditions>` +
    `<saml2:AuthnStatement AuthnInstant="${issued}"><saml2:AuthnContext>` +
    `<saml2:AuthnContextClassRef>${x509}</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement>` +
    `<saml2:AttributeStatement>${attributes.map(printAttribute).join('')}</saml2:AttributeStatement>` +
    '</saml2:Assertion></wsse:Security>'
  );
}
