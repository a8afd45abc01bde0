// Do references by the UUID of an entry hold when its page is taken apart?
import { describe, expect, test } from 'vitest';
import { resourcesNamed } from './entryNames.ts';
import { ownPlaces } from './ownPlaces.ts';

const person = { resourceType: 'RelatedPerson', id: 'r1' };
const urn = (digit: number) => `urn:uuid:00000000-0000-4000-8000-00000000000${digit}`;
const consent = (reference: string) => ({
  resourceType: 'Consent',
  id: 'c1',
  provision: { actor: [{ reference: { reference } }] },
});
const own = ownPlaces('https://asked.example/fhir');
const page = (...entry: object[]) => ({ resourceType: 'Bundle', type: 'searchset', entry });

describe('a resource of a page', () => {
  test('is named by its own type and id where its entry has another UUID', () => {
    const given = page({ fullUrl: urn(1), resource: consent(urn(2)) }, { fullUrl: urn(2), resource: person });
    expect(resourcesNamed(given, own)).toEqual([consent('RelatedPerson/r1'), person]);
  });

  test('without an id has the one of its entry', () => {
    const nameless = { resourceType: 'RelatedPerson' };
    const given = page({ resource: consent(urn(2)) }, { fullUrl: urn(2), resource: nameless });
    expect(resourcesNamed(given, own)).toEqual([consent(urn(2)), { ...nameless, id: urn(2).slice(9) }]);
  });

  test('is left as it is otherwise', () => {
    const other = consent('urn:uuid:unknown');
    const given = page(
      { fullUrl: 'https://holder.example/fhir/Consent/c1', resource: other },
      { resource: person },
    );
    const [first, second] = resourcesNamed(given, own);
    expect(first).toBe(other);
    expect(second).toBe(person);
  });
});
