// Does the newest version count, and does none vanish where that is not clear?
import { describe, expect, test } from 'vitest';
import type { FhirResource } from '../model.ts';
import { newestVersions } from './versions.ts';

const at = (id: string | undefined, lastUpdated?: string, status = 'active'): FhirResource => ({
  resourceType: 'Consent',
  ...(id !== undefined && { id }),
  ...(lastUpdated !== undefined && { meta: { lastUpdated } }),
  status,
});

describe('of several resources under one id', () => {
  test('the newest stays, whatever the order and the time zone', () => {
    const old = at('c1', '2026-01-01T12:00:00+02:00');
    const fresh = at('c1', '2026-01-01T11:00:00Z', 'inactive');
    const other = at('c2');
    expect(newestVersions([old, other, fresh])).toEqual({ resources: [other, fresh], unclear: false });
    expect(newestVersions([fresh, other, old])).toEqual({ resources: [fresh, other], unclear: false });
  });

  test.each([
    [undefined, undefined],
    ['2026-01-01T12:00:00Z', undefined],
    ['2026-01-01T12:00:00Z', 'yesterday'],
    ['2026-01-01T12:00:00Z', '2026-01-01T13:00:00+01:00'],
  ])('all stay where their dates are %s and %s', (one, two) => {
    const given = [at('c1', one), at('c1', two, 'inactive')];
    expect(newestVersions(given)).toEqual({ resources: given, unclear: true });
  });

  test('those with identifiers of their own are different records, and that is clear', () => {
    const named = (value: string): FhirResource => ({
      ...at('c1'),
      identifier: [{ system: 'urn:x', value }],
    });
    const given = [named('1'), named('2')];
    expect(newestVersions(given)).toEqual({ resources: given, unclear: false });
  });

  test('of other types, and without id, none is a version of another', () => {
    const given = [at('c1'), { resourceType: 'Goal', id: 'c1' }, at(undefined), at(undefined, '2026-01-01')];
    expect(newestVersions(given)).toEqual({ resources: given, unclear: false });
  });
});
