// Which word of a patient counts in the end? The last one, whatever the order in which they arrive.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CopyLine, mergeLines } from './copy.ts';
import { instantKey } from './instantKey.ts';

describe('instantKey', () => {
  it('keeps every digit, and moves to UTC', () => {
    expect(instantKey('2024-11-18T11:51:16.8967927+01:00')).toBe('2024-11-18T10:51:16.896792700000Z');
    expect(instantKey('2024-11-18T10:51:16.999999999Z')).toBe('2024-11-18T10:51:16.999999999000Z');
    expect(instantKey('2024-11-18T10:51:16Z')).toBe('2024-11-18T10:51:16.000000000000Z');
  });

  it.each([
    '2024-11-18',
    '2024-11',
    '2024-11-18T10:51:16',
    '2024-02-30T10:00:00Z',
    '2024-11-18T10:51:16.1234567890123Z',
    'x',
  ])('is none for %s', (text) => expect(instantKey(text)).toBeUndefined());

  it('orders as time does', () => {
    const moment = fc.tuple(
      fc.integer({ min: 0, max: 3 }),
      fc.bigInt({ min: 0n, max: 999_999_999n }),
      fc.integer({ min: -3, max: 3 }),
    );
    const written = ([second, nanos, zone]: [number, bigint, number]) => {
      const hour = String(12 + zone).padStart(2, '0');
      const offset = zone === 0 ? 'Z' : `${zone < 0 ? '-' : '+'}0${Math.abs(zone)}:00`;
      return `2024-11-18T${hour}:00:0${second}.${String(nanos).padStart(9, '0')}${offset}`;
    };
    fc.assert(
      fc.property(moment, moment, (a, b) => {
        const difference = BigInt(a[0] - b[0]) * 1_000_000_000n + a[1] - b[1];
        const [x = '', y = ''] = [instantKey(written(a)), instantKey(written(b))];
        expect(x < y ? -1 : x > y ? 1 : 0).toBe(difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }),
    );
  });
});

const line = (change: Partial<CopyLine>): CopyLine => ({
  category: 'GGC002',
  consulting: 'RPZAC001',
  decision: 'yes',
  decidedAt: '2024-01-01T00:00:00.000000000000Z',
  receivedAt: '2024-01-01T00:00:01.000Z',
  ...change,
});

describe('mergeLines', () => {
  const any = fc.record({
    consulting: fc.constantFrom('RPZAC001', 'RPZAC104'),
    decision: fc.constantFrom<CopyLine['decision']>('yes', 'no', 'unclear'),
    decidedAt: fc.integer({ min: 0, max: 5 }).map((day) => `2024-01-0${day + 1}T00:00:00.000000000000Z`),
  });

  it('comes to the same in whatever order words arrive, and once or twice', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), (changes) => {
        const lines = changes.map(line);
        const sorted = (all: readonly CopyLine[]) =>
          [...all].sort((a, b) => (a.consulting < b.consulting ? -1 : 1));
        const once = mergeLines([], lines).lines;
        expect(sorted(mergeLines([], [...lines].reverse()).lines)).toEqual(sorted(once));
        expect(mergeLines(once, lines)).toEqual({ lines: once, changed: 0 });
      }),
    );
  });

  it('lets a no stand over what is unclear at that moment, in either order', () => {
    const [no, unclear] = [line({ decision: 'no' }), line({ decision: 'unclear' })];
    expect(mergeLines([], [no, unclear]).lines).toEqual([no]);
    expect(mergeLines([], [unclear, no]).lines).toEqual([no]);
  });

  it('lets no older or equal yes stand over a no', () => {
    const no = line({ decision: 'no' });
    expect(mergeLines([no], [line({})]).changed).toBe(0);
    expect(mergeLines([line({})], [no]).lines).toEqual([no]);
  });
});
