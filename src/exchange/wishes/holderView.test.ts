// Did a holder give its whole answer? A part of it that failed is told like an answer that failed.
import { describe, expect, it } from 'vitest';
import { cardOf, lineOf } from '../../../tests/world/cards.ts';
import { changed, codes, patient, r4Directive, r4Statement, today } from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { buildCard } from './card.ts';

const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] };
const batch = (response: object) => ({
  resourceType: 'Bundle',
  type: 'batch-response',
  entry: [{ response }],
});

describe('an answer to several questions at once', () => {
  it.each([{ status: '503 Busy' }, { status: '404' }, { status: '200', outcome }])(
    'is not whole when one of them failed: %j',
    (response) => {
      const inside = { resourceType: 'Bundle', entry: [{ resource: batch(response) }] };
      for (const one of [batch(response), inside])
        expect(cardOf(one)).toMatchObject({ incomplete: true, holders: [{ state: 'partial' }] });
    },
  );

  it('is whole when each was answered', () => {
    expect(cardOf(batch({ status: '200 OK' })).incomplete).toBe(false);
  });
});

describe('a wish inside another record', () => {
  const statement = changed(r4Statement('NR', '2025-04-28'), { id: 'nr', patient: undefined });
  const directive = changed(r4Directive(codes.cpr, 'permit', '2024-01-01'), {
    sourceReference: { reference: '#nr' },
    contained: [statement],
  });

  it('counts as one beside it, of the same patient', () => {
    const card = cardOf(directive);
    expect(lineOf(card)).toMatchObject({ decision: 'do_not', conflict: 'strong', method: 'statement' });
    expect(card.findings).toEqual([]);
  });

  it('does not count in what was entered in error', () => {
    const card = cardOf(changed(directive, { status: 'entered-in-error' }));
    expect(lineOf(card)).toMatchObject({ decision: 'no_record' });
  });
});

describe('a record that names its patient by a whole address', () => {
  const cpr = (reference: string) =>
    changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), { patient: { reference } });
  const inBundle = (fullUrl: string) => ({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ fullUrl, resource: patient() }],
  });
  // with no further Patient beside
  const cardFrom = (...resources: FhirResource[]) =>
    buildCard([{ holder: { name: 'GP' }, resources }], { at: today });
  const decisionOf = (...files: FhirResource[]) => lineOf(cardFrom(...files)).decision;

  it('is of the Patient at that address, and not of one of the same id elsewhere', () => {
    const given = inBundle('https://a.example/fhir/Patient/p1');
    expect(decisionOf(given, cpr('https://a.example/fhir/Patient/p1'))).toBe('do_not');
    expect(decisionOf(given, cpr('http://a.example/fhir/Patient/p1/_history/2'))).toBe('do_not');
    expect(decisionOf(given, cpr('https://b.example/fhir/Patient/p1'))).toBe('no_record');
    expect(cardFrom(given, cpr('https://b.example/fhir/Patient/p1'))).toMatchObject({
      holders: [{ left_out: 1 }],
    });
  });

  it('is of the Patient of that id where nothing says where that one lies', () => {
    for (const given of [patient(), inBundle('urn:uuid:00000000-0000-4000-8000-000000000001')])
      expect(decisionOf(given, cpr('https://b.example/fhir/Patient/p1'))).toBe('do_not');
  });
});
