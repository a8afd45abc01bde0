import { describe, expect, it } from 'vitest';
import { agbSystem, bsnSystem, identifiersOf, isBsn, normaliseSystem, uraSystem } from './identifiers.ts';

describe('identifiers', () => {
  it('refuse as a BSN what fails the eleven test', () => {
    for (const value of [
      '999911611',
      '123456789',
      '000000000',
      '99991161',
      '9999116122',
      '99991161x',
      999911612,
      null,
    ]) {
      expect(isBsn(value)).toBe(false);
    }
    for (const value of ['999911612', '999900018', '999990196']) expect(isBsn(value)).toBe(true);
  });

  it('know a system by its OID', () => {
    expect(normaliseSystem('urn:oid:2.16.528.1.1007.3.3')).toBe(uraSystem);
    expect(normaliseSystem('2.16.840.1.113883.2.4.6.1')).toBe(agbSystem);
    expect(normaliseSystem(' urn:oid:2.16.840.1.113883.2.4.6.3 ')).toBe(bsnSystem);
    expect(normaliseSystem('http://example.org')).toBe('http://example.org');
  });

  it('are read from lists and singles, without what lacks a system or value', () => {
    const identifier = [
      { system: 'urn:oid:2.16.528.1.1007.3.3', value: ' 1 ' },
      { value: '2' },
      { system: 'x', value: ' ' },
      null,
    ];
    expect(identifiersOf({ identifier })).toEqual([{ system: uraSystem, value: '1' }]);
    expect(identifiersOf({ identifier: { system: 's', value: 'v' } })).toEqual([{ system: 's', value: 'v' }]);
    expect(identifiersOf(undefined)).toEqual([]);
  });
});
