// Do bodies share the memory that is there, and is all of it given back?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBodyBudget } from './budget.ts';

describe('the body budget', () => {
  it('refuses one participant beyond its share with 429, and all together with 503', () => {
    const budget = createBodyBudget({ budgetBytes: 100, participantShare: 0.5 });
    const [a, other, b, c] = [budget.hold('a'), budget.hold('a'), budget.hold('b'), budget.hold('c')];
    a.take(40);
    expect(() => other.take(11)).toThrow(expect.objectContaining({ kind: 'tooMany' }));
    other.take(10);
    b.take(45);
    expect(() => c.take(6)).toThrow(expect.objectContaining({ kind: 'unavailable', reason: 'body-budget' }));
    a.release();
    c.take(6);
    expect(budget.inUse()).toBe(61);
  });

  it('comes back to nothing, whatever was taken, refused or released twice', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(60))), (takings) => {
        const budget = createBodyBudget({ budgetBytes: 100, participantShare: 0.7 });
        const holdings = takings.map(([owner, bytes]) => {
          const holding = budget.hold(owner);
          try {
            holding.take(bytes);
          } catch {
            // A refused taking must leave nothing behind.
          }
          return holding;
        });
        expect(budget.inUse()).toBeLessThanOrEqual(100);
        for (const holding of [...holdings, ...holdings]) holding.release();
        expect(budget.inUse()).toBe(0);
      }),
    );
  });
});
