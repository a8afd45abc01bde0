import { describe, expect, it } from 'vitest';
import type { FhirResource } from '../model.ts';
import { entriesOf, resolver } from './bundles.ts';

describe('resolver', () => {
  const uuid = 'urn:uuid:0b4d3c2e-8e0b-4c86-8c1a-6cf1c1f4a8d1';
  const a = { resourceType: 'Patient', id: '1', contained: [{ resourceType: 'Organization', id: 'c' }] };
  const b = { resourceType: 'Patient', id: '1' };
  const observation = { resourceType: 'Observation', id: 'o' };
  const bundle: FhirResource = {
    resourceType: 'Bundle',
    entry: [
      { fullUrl: 'https://a.example/fhir/Patient/1', resource: a },
      { fullUrl: 'https://b.example/fhir/Patient/1', resource: b },
      { fullUrl: 'https://b.example/fhir/Observation/o', resource: observation },
      { fullUrl: uuid, resource: { resourceType: 'Device' } },
      { request: { method: 'DELETE', url: 'Patient/1' } },
    ],
  };
  const resolve = resolver(bundle);

  it('lists the entries that hold a resource, with their places', () => {
    expect(entriesOf(bundle).map((entry) => entry.path)).toEqual(
      [0, 1, 2, 3].map((i) => `Bundle.entry[${i}].resource`),
    );
    expect(entriesOf({ resourceType: 'Bundle', entry: 'x' })).toEqual([]);
  });

  it('takes a relative reference against the address of the resource it stands in', () => {
    expect(resolve('Patient/1', observation)).toBe(b);
    expect(resolve('Patient/1')).toBe(a);
  });

  it('finds by fullUrl, urn:uuid, another host with the same type and id, and inside the resource', () => {
    expect(resolve('https://b.example/fhir/Patient/1')).toBe(b);
    expect(resolve(uuid)?.resourceType).toBe('Device');
    expect(resolve('https://epd.elsewhere/x/Observation/o/_history/1')).toBe(observation);
    expect(resolve('#c', a)?.resourceType).toBe('Organization');
    expect(resolve('#', a)).toBe(a);
  });

  it('finds nothing for what is not there', () => {
    for (const reference of ['Patient/2', 'urn:uuid:x', '', 'javascript:x'])
      expect(resolve(reference, a)).toBeUndefined();
    expect(resolve('#c', b)).toBeUndefined();
    expect(resolve('#c')).toBeUndefined();
  });
});
