// Does a message leave only when it is of this patient alone?
import { describe, expect, it } from 'vitest';
import { releaseDocuments } from './releaseDocuments.ts';

const bsn = '999911120';
const ada = (...numbers: readonly string[]): string =>
  `<adaxml><data>${numbers
    .map(
      (value) =>
        `<patient><identificatienummer value="${value}" root="2.16.840.1.113883.2.4.6.3"/></patient>`,
    )
    .join('')}</data></adaxml>`;
const hl7 = (value: string): string =>
  `<QURX xmlns="urn:hl7-org:v3"><subject><Patient><id extension="${value}" root="2.16.840.1.113883.2.4.6.3"/></Patient></subject></QURX>`;

const rulesOf = (...documents: readonly string[]) =>
  releaseDocuments(documents, bsn).withheld.map(({ rule }) => rule);

describe('an XML message of a holder', () => {
  it('leaves when every BSN in it is the patient’s, as ADA and as HL7v3', () => {
    const documents = [ada(bsn), ada(bsn, bsn), hl7(bsn)];
    expect(releaseDocuments(documents, bsn)).toEqual({ documents, withheld: [] });
  });

  it('stays when it is of somebody else, also in part, or of nobody', () => {
    const strangers = [ada('999998298'), hl7('999998298'), ada(bsn, '999998298'), ada()];
    expect(rulesOf(...strangers)).toEqual(Array(4).fill('document-patient'));
    expect(releaseDocuments(strangers, bsn).documents).toEqual([]);
  });

  it('stays when it cannot be read, or brings a document type', () => {
    expect(rulesOf('<open>', `<!DOCTYPE x [<!ENTITY e "${bsn}">]>${ada(bsn)}`, 'no xml')).toEqual(
      Array(3).fill('document-unreadable'),
    );
  });

  it('is told without any number', () => {
    const { withheld } = releaseDocuments([ada('999998298'), '<open>'], bsn);
    expect(JSON.stringify(withheld)).not.toMatch(/\d{4}/);
  });
});
