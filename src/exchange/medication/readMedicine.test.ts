// What is a medicine shown by when it has no name, or no code?
import { describe, expect, it } from 'vitest';
import { parseMedication, readMedication } from './readContent.ts';

function read(content: string) {
  const { blocks, findings } = readMedication([parseMedication(Buffer.from(content))], 'h');
  const rules = findings.map(({ rule }) => rule).filter((rule) => rule === 'missing-medicine');
  return [blocks[0]?.medicine.text, ...rules];
}
const r4 = (more: object) =>
  read(
    JSON.stringify({
      resourceType: 'MedicationRequest',
      intent: 'order',
      category: [{ coding: [{ system: 'http://snomed.info/sct', code: '33633005' }] }],
      ...more,
    }),
  );
const ada = (product: string) =>
  read(`<adaxml><data><beschikbaarstellen_medicatiegegevens><patient/><medicamenteuze_behandeling><medicatieafspraak>
    <afgesproken_geneesmiddel><farmaceutisch_product>${product}</farmaceutisch_product></afgesproken_geneesmiddel>
    </medicatieafspraak></medicamenteuze_behandeling></beschikbaarstellen_medicatiegegevens></data></adaxml>`);
const prk = { system: 'urn:oid:2.16.840.1.113883.2.4.4.10', code: '3956' };

describe('a medicine without a name', () => {
  it('is shown by its codes, and told', () => {
    const own = { system: 'urn:oid:2.999.9', code: '7' };
    expect(r4({ medicationCodeableConcept: { coding: [prk, own] } })).toEqual([
      'PRK 3956, urn:oid:2.999.9 7',
      'missing-medicine',
    ]);
    expect(ada('<product_code code="3956" codeSystem="2.16.840.1.113883.2.4.4.10"/>')).toEqual([
      'PRK 3956',
      'missing-medicine',
    ]);
    expect(r4({})).toEqual(['', 'missing-medicine']);
  });
});
