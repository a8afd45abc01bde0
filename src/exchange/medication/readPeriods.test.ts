// Is a duration that cannot be read told, in whatever form it came? Without it a course would seem to have no end.
import { describe, expect, it } from 'vitest';
import { dispenseList, interval } from './fixtures612.ts';
import { parseMedication, readMedication } from './readContent.ts';

const base = 'http://nictiz.nl/fhir/StructureDefinition/';
const told = (text: string): readonly unknown[] => {
  const { blocks, findings } = readMedication([parseMedication(Buffer.from(text))], 'h');
  const details = findings.filter(({ rule }) => rule === 'unreadable-date').map(({ detail }) => detail);
  return [blocks[0]?.kind, blocks[0]?.period.end, ...new Set(details)];
};

const coded = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });
const duration = { value: 2, unit: 'weekjes', system: 'http://unitsofmeasure.org', code: '{week}' };
const r4 = (more: object): string =>
  JSON.stringify({ identifier: [{ system: 'urn:oid:2.999', value: 'x' }], ...more });
const agreement = (valuePeriod: object): string =>
  r4({
    resourceType: 'MedicationRequest',
    intent: 'order',
    category: [coded('33633005')],
    extension: [{ url: `${base}ext-TimeInterval.Period`, valuePeriod }],
  });
const nested = { extension: [{ url: `${base}ext-TimeInterval.Duration`, valueDuration: duration }] };

const ada = (inside: string): string => `<adaxml><data><beschikbaarstellen_medicatiegegevens><patient/>
  <medicamenteuze_behandeling>${inside}</medicamenteuze_behandeling></beschikbaarstellen_medicatiegegevens></data></adaxml>`;
const dispense = { id: 'd1', on: '20231201', name: 'Pil' };

describe('a duration that cannot be read', () => {
  it('is told of R4', () => {
    expect(told(agreement({ start: '2023-12-01', ...nested }))).toEqual(['MA', Infinity, '2 {week} weekjes']);
    const supply = { whenHandedOver: '2023-12-01', daysSupply: duration };
    const handed = r4({ resourceType: 'MedicationDispense', category: coded('373784005'), ...supply });
    expect(told(handed)).toEqual(['MVE', Infinity, '2 {week} weekjes']);
  });

  it('is told of ADA', () => {
    const start = '<start_datum_tijd value="2023-12-01"/>';
    const period = `<gebruiksperiode>${start}<tijds_duur value="2" unit="weekjes"/></gebruiksperiode>`;
    const use = told(ada(`<medicatieafspraak>${period}</medicatieafspraak>`));
    expect(use).toEqual(['MA', Infinity, '2 weekjes']);
    const supply = '<verbruiksduur value="2" unit="weekjes"/>';
    expect(told(ada(`<medicatieverstrekking>${supply}</medicatieverstrekking>`))).toEqual([
      'MVE',
      Infinity,
      '2 weekjes',
    ]);
  });

  it('is told of 6.12', () => {
    const schedule = interval('<low value="20231201"/><width value="2" unit="weekjes"/>');
    expect(told(dispenseList('999911120', [{ ...dispense, schedule }]))).toEqual([
      'TA',
      Infinity,
      '2 weekjes',
    ]);
    const supply = dispenseList('999911120', [{ ...dispense, days: -2 }]);
    expect(told(supply)).toEqual(['TA', Infinity, '-2 d']);
  });
});
