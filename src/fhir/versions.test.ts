// Is of several versions of one record the newest read, and nothing lost where nobody says which that is?
import { describe, expect, it } from 'vitest';
import { changed, codes, r4Directive } from '../../tests/world/wishes.ts';
import type { FhirResource } from '../model.ts';
import { newestVersions } from './versions.ts';

const once = (given: readonly FhirResource[]): FhirResource[] => newestVersions(given).resources;

const first = r4Directive(codes.cpr, 'permit', '2025-03-01');
const version = (meta: object, more = {}): FhirResource => changed(first, { meta, ...more });

describe('versions of one record', () => {
  it.each([
    ['lastUpdated', { lastUpdated: '2025-03-01T10:00:00Z' }, { lastUpdated: '2025-03-02T10:00:00Z' }],
    ['versionId', { versionId: '9' }, { versionId: '10' }],
    [
      'lastUpdated before versionId',
      { versionId: '10', lastUpdated: '2025-03-01T10:00:00Z' },
      { versionId: '9', lastUpdated: '2025-03-02T10:00:00Z' },
    ],
  ])('are one, the newest by %s', (_name, older, newer) => {
    const [a, b] = [version(older), version(newer, { status: 'entered-in-error' })];
    expect([once([a, b]), once([b, a])]).toEqual([[b], [b]]);
  });

  it('are all read where nothing puts them in order', () => {
    const [a, b] = [version({ versionId: 'a' }), version({ versionId: 'b' }, { status: 'inactive' })];
    expect(once([a, b, a])).toEqual([a, b]);
  });

  it('are not what two systems give one id: their identifiers differ', () => {
    const named = (value: string, versionId: string): FhirResource =>
      version({ versionId }, { identifier: [{ system: 'urn:x', value }] });
    expect(once([named('1', '1'), named('2', '2')])).toHaveLength(2);
  });

  it('are not what has no id; the same content is one record', () => {
    const { id: _id, ...nameless } = first;
    const other = { ...nameless, dateTime: '2024-01-01' };
    expect(once([nameless, { ...nameless }, other])).toEqual([nameless, other]);
  });
});
