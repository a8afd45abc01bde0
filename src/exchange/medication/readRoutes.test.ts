// Is every route told, also the second, and one in words alone?
import { describe, expect, it } from 'vitest';
import { routeOf } from './fhirParts.ts';

const system = 'urn:oid:2.16.840.1.113883.2.4.4.9';
const coded = (code: string, display?: string, text?: string) => ({
  route: { coding: [{ system, code, ...(display ? { display } : {}) }], ...(text ? { text } : {}) },
});
const [oral, intravenous] = [coded('9', 'oraal'), coded('20', 'intraveneus')];
const shown = (...dosageInstruction: object[]): string | undefined =>
  routeOf({ resourceType: 'MedicationRequest', dosageInstruction })?.display;

describe('a route', () => {
  it('is told once, with its code', () => {
    expect(routeOf({ resourceType: 'MedicationRequest', dosageInstruction: [oral, oral] })).toEqual({
      system,
      code: '9',
      display: 'oraal',
    });
    expect(shown({}, { route: {} })).toBe(undefined);
  });

  it('is told beside the others', () => {
    expect(shown(oral, intravenous)).toBe('oraal, intraveneus');
    expect(shown(coded('9'), intravenous)).toBe('9, intraveneus');
  });

  it('is told in words where it has no code, or a code without a name', () => {
    const other = {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor', code: 'OTH' }],
    };
    expect(shown({ route: { ...other, text: 'via PEG-sonde' } })).toBe('via PEG-sonde');
    expect(shown({ route: { text: 'via PEG-sonde' } }, oral)).toBe('via PEG-sonde, oraal');
    expect(shown(coded('9', undefined, 'door de mond'))).toBe('door de mond');
    expect(shown({ route: other })).toBe(undefined);
  });
});
