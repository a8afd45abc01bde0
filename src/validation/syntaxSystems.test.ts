import { describe, expect, it } from 'vitest';
import { syntaxSystem } from './syntaxSystems.ts';

describe('codes with a grammar', () => {
  it.each([
    ['http://snomed.info/sct', '73211009', true],
    ['http://snomed.info/sct', '73211008', false],
    ['http://snomed.info/sct', '276885007x', false],
    ['http://snomed.info/sct', '1', false],
    ['http://snomed.info/sct', '11171000146100', true],
    ['http://loinc.org', '8310-5', true],
    ['http://loinc.org', '8310-6', false],
    ['urn:ietf:bcp:47', 'nl-NL', true],
    ['urn:ietf:bcp:47', 'nl_NL', false],
    ['urn:ietf:bcp:13', 'application/fhir+json; charset=utf-8', true],
    ['urn:ietf:bcp:13', 'not a type', false],
    ['urn:iso:std:iso:4217', 'EUR', true],
    ['urn:iso:std:iso:3166', 'NL', true],
    ['urn:iso:std:iso:3166', 'Holland', false],
    ['http://unitsofmeasure.org', 'mmHg', false],
  ])('%s %s: %s', (system, code, expected) => {
    expect(syntaxSystem(system)?.(code)).toBe(expected);
  });
});
