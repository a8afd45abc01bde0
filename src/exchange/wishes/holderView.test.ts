// Did a holder give its whole answer? A part of it that failed is told like an answer that failed.
import { describe, expect, it } from 'vitest';
import { cardOf, lineOf } from '../../../tests/world/cards.ts';
import { changed, codes, r4Directive, r4Statement } from '../../../tests/world/wishes.ts';

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
