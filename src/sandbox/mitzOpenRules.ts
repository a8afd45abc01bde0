// Is this open question written as Mitz wants it? ITI-56 with a SAML 2.0 assertion that says who asks.
import { onlyChild, type XmlNode } from '../outgoing/soapTree.ts';
import { BrokenRule, demand, readSoapRequest, type SoapRequest } from './mitzRules.ts';

const saml = 'urn:oasis:names:tc:SAML:2.0:assertion';
const wsse = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const xcpd = 'urn:ihe:iti:xcpd:2009';
const audience = 'urn:oid:2.16.840.1.113883.2.4.3.111.2.1';
const openAction = 'urn:ihe:iti:2009:PatientLocationQuery';
const longestMs = 10 * 60_000;
const skewMs = 60_000;

export type OpenAsked = {
  messageId: string;
  bsn: string;
  consultingUra: string;
  consultingType: string;
  purpose: string;
};

/** Each attribute, where its value stands, and its form. */
const wanted: readonly [name: string, at: 'extension' | 'code', form: RegExp, optional?: true][] = [
  ['urn:oasis:names:tc:xacml:2.0:subject:role', 'code', /^\d{2}\.\d{3}$/],
  ['urn:ihe:iti:xua:2017:subject:provider-identifier', 'extension', /^[A-Za-z0-9]{1,60}$/],
  ['urn:nl:otv:names:tc:1.0:subject:mandated', 'extension', /^[A-Za-z0-9]{1,60}$/, true],
  ['urn:nl:otv:names:tc:1.0:subject:provider-institution', 'extension', /^\d{8}$/],
  ['urn:nl:otv:names:tc:1.0:subject:consulting-healthcare-facility-type-code', 'code', /^[A-Z0-9]{2,4}$/],
  ['urn:oasis:names:tc:xspa:1.0:subject:purposeofuse', 'code', /^(TREAT|COC)$/],
];

function readAttributes(assertion: XmlNode): ReadonlyMap<string, string> {
  const given = onlyChild(assertion, saml, 'AttributeStatement')?.children ?? [];
  const known = new Set(wanted.map(([name]) => name));
  demand(
    given.every((one) => known.has(one.attributes.get('Name') ?? '')),
    'only known attributes',
  );
  const found = wanted.flatMap(([name, at, form, optional]): [string, string][] => {
    const mine = given.filter((one) => one.attributes.get('Name') === name);
    if (mine.length === 0 && optional) return [];
    const value = onlyChild(mine[0], saml, 'AttributeValue')?.children[0]?.attributes.get(at) ?? '';
    demand(mine.length === 1 && form.test(value), `attribute ${name}`);
    return [[name, value]];
  });
  return new Map(found);
}

function checkConditions(assertion: XmlNode, now: Date): void {
  const conditions = onlyChild(assertion, saml, 'Conditions');
  const restriction = onlyChild(conditions, saml, 'AudienceRestriction');
  demand(onlyChild(restriction, saml, 'Audience')?.text === audience, 'Audience is Mitz');
  const from = Date.parse(conditions?.attributes.get('NotBefore') ?? '');
  const until = Date.parse(conditions?.attributes.get('NotOnOrAfter') ?? '');
  demand(from <= now.getTime() + skewMs && now.getTime() < until, 'the assertion is valid now');
  demand(until - from <= longestMs, 'the assertion is valid for ten minutes at most');
  const context = onlyChild(onlyChild(assertion, saml, 'AuthnStatement'), saml, 'AuthnContext');
  const reference = onlyChild(context, saml, 'AuthnContextClassRef')?.text ?? '';
  demand(reference.endsWith(':ac:classes:X509'), 'AuthnContext is X509');
  demand((onlyChild(assertion, saml, 'Issuer')?.text ?? '') !== '', 'Issuer');
}

/** Who asks about whom. Throws `BrokenRule`, which names the first rule that the question breaks. */
export function readOpen(request: SoapRequest, now: Date): OpenAsked {
  const { messageId, header, content } = readSoapRequest(request, openAction);
  const assertion = onlyChild(onlyChild(header, wsse, 'Security'), saml, 'Assertion');
  if (!assertion) throw new BrokenRule('WS-Security with one SAML 2.0 assertion');
  checkConditions(assertion, now);
  const attributes = readAttributes(assertion);
  const body = onlyChild(content, xcpd, 'PatientLocationQueryRequest');
  const patient = onlyChild(body, xcpd, 'RequestedPatientId')?.attributes;
  demand(patient?.get('root') === '2.16.840.1.113883.2.4.6.3', 'RequestedPatientId is a BSN');
  demand(patient?.get('assigningAuthorityName') === 'NLMINBIZA', 'assigningAuthorityName of the patient');
  const bsn = patient?.get('extension') ?? '';
  demand(/^\d{9}$/.test(bsn), 'value of the patient');
  const at = (at: number) => attributes.get(wanted[at]?.[0] ?? '') ?? '';
  return { messageId, bsn, consultingUra: at(3), consultingType: at(4), purpose: at(5) };
}
