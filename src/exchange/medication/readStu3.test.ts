// Are the building blocks of MP9 9.0 in STU3 read as what they are? http://nictiz.nl/fhir/StructureDefinition/zib-MedicationAgreement
import { describe, expect, it } from 'vitest';
import { readFhir } from './readFhir.ts';

const base = 'http://nictiz.nl/fhir/StructureDefinition/';
const category = (system: string, code: string) => ({ coding: [{ system, code }] });

describe('STU3', () => {
  it('names use by a code of its own', () => {
    const system = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3';
    const use = (given: string, code: string) =>
      readFhir([{ resource: { resourceType: 'MedicationStatement', category: category(given, code) } }], 'h')
        .blocks[0]?.kind;
    expect(use(system, '6')).toBe('MGB');
    expect(use(system, '7')).toBe(undefined);
    expect(use('urn:oid:2.999', '6')).toBe(undefined);
  });

  it('names the agreement that another changes or stops in an extension', () => {
    const named = { identifier: { system: 'urn:oid:2.999.2', value: 'MA1' } };
    const extension = [
      { url: `${base}zib-MedicationAgreement-BasedOnAgreementOrUse`, valueReference: named },
    ];
    const agreement = {
      resourceType: 'MedicationRequest',
      intent: 'order',
      category: category('http://snomed.info/sct', '16076005'),
    };
    const [block] = readFhir([{ resource: { ...agreement, extension } }], 'h').blocks;
    expect([block?.kind, block?.prior]).toEqual(['MA', 'urn:oid:2.999.2|MA1']);
  });
});
