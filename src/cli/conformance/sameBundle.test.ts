// What counts as the same Bundle, and what never does?
import { describe, expect, it } from 'vitest';
import { bundleDifferences } from './sameBundle.ts';

const role = (id: string) => ({
  fullUrl: `urn:uuid:${id}`,
  resource: { resourceType: 'PractitionerRole', id, specialty: [{ text: 'huisarts' }] },
});
const request = (id: string, of: string, more: Record<string, unknown> = {}) => ({
  fullUrl: `urn:uuid:${id}`,
  resource: {
    resourceType: 'MedicationRequest',
    id,
    meta: { profile: ['http://x/mp-MedicationAgreement'] },
    identifier: [{ system: 's', value: 'MA1' }],
    requester: { reference: `urn:uuid:${of}` },
    extension: [
      { url: 'a', valueString: '1' },
      { url: 'b', valueString: '2' },
    ],
    dosageInstruction: [{ sequence: 1 }, { sequence: 2 }],
    ...more,
  },
});
const bundle = (...entry: unknown[]) => ({
  resourceType: 'Bundle',
  id: `b${entry.length}`,
  type: 'transaction',
  entry,
});

const expected = bundle(request('1', '2'), role('2'));
const place = '{MedicationRequest mp-MedicationAgreement MA1}.resource';

describe('two Bundles', () => {
  it('are the same with other ids, another order of entries and extensions, and another narrative', () => {
    const extension = [
      { url: 'b', valueString: '2' },
      { url: 'a', valueString: '1' },
    ];
    const text = { status: 'generated', div: '<div/>' };
    expect(bundleDifferences(expected, bundle(role('9'), request('8', '9', { extension, text })))).toEqual(
      [],
    );
  });

  it.each([
    ['another value', { status: 'active' }, [{ path: `${place}.status`, actual: 'active' }]],
    [
      'a value less',
      { extension: [{ url: 'a', valueString: '1' }] },
      [{ path: `${place}.extension[1]`, expected: { url: 'b', valueString: '2' } }],
    ],
    [
      'another order where it has a meaning',
      { dosageInstruction: [{ sequence: 2 }, { sequence: 1 }] },
      [
        { path: `${place}.dosageInstruction[0].sequence`, expected: 1, actual: 2 },
        { path: `${place}.dosageInstruction[1].sequence`, expected: 2, actual: 1 },
      ],
    ],
  ])('differ by %s', (_, more, differences) => {
    expect(bundleDifferences(expected, bundle(request('1', '2', more), role('2')))).toEqual(differences);
  });

  it('differ when a reference leads to something else, or nowhere', () => {
    const other = { ...role('2'), resource: { ...role('2').resource, specialty: [{ text: 'chirurg' }] } };
    const paths = (actual: unknown) => bundleDifferences(expected, actual).map(({ path }) => path);
    expect(paths(bundle(request('1', '2'), other))).toContain(`${place}.requester.reference`);
    expect(paths(bundle(request('1', '3'), role('2')))).toEqual([`${place}.requester.reference`]);
  });

  it('differ by an entry too few or too many, also one that is there twice', () => {
    expect(bundleDifferences(expected, bundle(request('1', '2'), role('2'), role('3')))).toEqual([
      { path: '{PractitionerRole undefined}', actual: 'an entry' },
    ]);
    expect(bundleDifferences(bundle(role('1'), role('2')), bundle(role('1')))).toEqual([
      { path: '{PractitionerRole undefined}', expected: 'an entry' },
    ]);
  });
});
