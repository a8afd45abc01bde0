// Did a holder give its whole answer? A part of it that failed is told like an answer that failed.
import { describe, expect, it } from 'vitest';
import { cardOf } from '../../../tests/world/cards.ts';

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
