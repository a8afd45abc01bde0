// Does a resource lose what its type does not know, at every depth, and nothing else?
import { expect, test } from 'vitest';
import { checkShape } from './shape.ts';
import { withoutUnknown } from './withoutUnknown.ts';

const consent = {
  resourceType: 'Consent',
  status: 'active',
  _status: { extension: [{ url: 'u', valueString: 'x' }] },
  scope: { text: 'a' },
  category: [{ text: 'b' }],
  policyRule: { text: 'c' },
  contained: [{ resourceType: 'RelatedPerson', id: 'r', patient: { display: 'd' } }],
  provision: { type: 'deny', code: [{ coding: [{ code: '1' }] }] },
};

test('what is known stays as it is', () => {
  expect(withoutUnknown(consent, 'r4')).toEqual(consent);
});

test('what is not goes, wherever it stands, and what has nothing left of it too', () => {
  const strange = {
    ...consent,
    foo: 'bar',
    verification: [{ foo: 1 }],
    contained: [{ ...consent.contained[0], foo: { bar: 1 } }],
    provision: {
      ...consent.provision,
      foo: [1],
      code: [{ coding: [{ code: '1', foo: 2 }] }],
      period: { foo: 1 },
    },
  };
  const known = withoutUnknown(strange, 'r4');
  expect(known).toEqual(consent);
  expect(checkShape(known, 'r4')).toEqual([]);
});
