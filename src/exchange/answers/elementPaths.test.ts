// Are paths followed through lists, extensions and references, and no further?
import { describe, expect, it } from 'vitest';
import type { FhirResource } from '../../model.ts';
import { targetsAt, valuesAt } from './elementPaths.ts';

const device: FhirResource = {
  resourceType: 'Device',
  id: 'd1',
  type: { coding: [{ system: 's', code: 'icd' }] },
};
const use: FhirResource = {
  resourceType: 'DeviceUseStatement',
  device: { reference: 'Device/d1' },
  extension: [{ url: 'u', valueReference: { reference: 'Device/d1' } }],
  list: [{ part: [{ name: 1 }, { name: 2 }] }, { part: [{ name: 3 }] }],
};
const resolve = (reference: unknown) => (reference === 'Device/d1' ? device : undefined);

describe('valuesAt', () => {
  it.each([
    ['list part name', [1, 2, 3]],
    ['device ->Device type', [device.type]],
    ['device ->Patient type', []],
    ['@u valueReference ->Device id', ['d1']],
    ['@other valueReference', []],
    ['nothing here', []],
    ['device reference deeper', []],
  ])('%s', (path, expected) => {
    expect(valuesAt(use, path, resolve)).toEqual(expected);
  });

  it('leads to what a reference means, if that is there', () => {
    expect(targetsAt(use, 'device', resolve)).toEqual([device]);
    expect(targetsAt(use, 'list', resolve)).toEqual([]);
  });
});
