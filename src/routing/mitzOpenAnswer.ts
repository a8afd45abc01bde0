// Whom does an ITI-56 answer name? Responses about another patient, or without a URA, make the whole answer worthless.
import { eightDigits } from '../fhir/identifiers.ts';
import { SoapFailure } from '../outgoing/soap.ts';
import { oids } from '../outgoing/soapMitz.ts';
import { childrenOf, onlyChild, type XmlNode } from '../outgoing/soapTree.ts';

export const xcpdNamespace = 'urn:ihe:iti:xcpd:2009';

export type LocatedByMitz = {
  /** Eight digits. */
  ura: string;
  /** Data categories (GGC…). */
  categories: string[];
  /** `urn:oid:…` of the exchange system and of the source system. */
  community?: string;
  source?: string;
};

const fail = (): never => {
  throw new SoapFailure('malformed');
};

const mostHolders = 1_000;

function uraOf(response: XmlNode): string {
  const { attributes } = onlyChild(response, xcpdNamespace, 'author-institution') ?? fail();
  const ura = attributes.get('extension') ?? '';
  return attributes.get('root') === oids.ura && /^\d{1,8}$/.test(ura) ? eightDigits(ura) : fail();
}

function checkPatient(response: XmlNode, bsn: string): void {
  const { attributes } = onlyChild(response, xcpdNamespace, 'RequestedPatientId') ?? fail();
  if (attributes.get('root') !== oids.bsn || attributes.get('extension') !== bsn) fail();
}

function holderOf(response: XmlNode, bsn: string): LocatedByMitz {
  checkPatient(response, bsn);
  const textOf = (name: string) => onlyChild(response, xcpdNamespace, name)?.text;
  const [community, source] = [textOf('HomeCommunityId'), textOf('SourceId')];
  const categories = childrenOf(response, xcpdNamespace, 'event-code')
    .filter((one) => one.attributes.get('codeSystem') === oids.dataCategory)
    .flatMap((one) => one.attributes.get('code') ?? []);
  return { ura: uraOf(response), categories, ...(community && { community }), ...(source && { source }) };
}

/** One holder per URA, community and source, with the categories of all its mentions. Throws `SoapFailure` `malformed`. */
export function readLocations(answer: XmlNode, bsn: string): LocatedByMitz[] {
  const isAnswer = answer.name === 'PatientLocationQueryResponse' && answer.namespace === xcpdNamespace;
  const responses = childrenOf(answer, xcpdNamespace, 'PatientLocationResponse');
  if (!isAnswer || responses.length !== answer.children.length || responses.length > mostHolders) fail();
  const holders = new Map<string, LocatedByMitz>();
  for (const response of responses) {
    const holder = holderOf(response, bsn);
    const key = [holder.ura, holder.community, holder.source].join(' ');
    const known = holders.get(key);
    const categories = new Set([...(known?.categories ?? []), ...holder.categories]);
    holders.set(key, { ...holder, categories: [...categories] });
  }
  return [...holders.values()];
}
