// Is every BSN found, in the ways people write them, and is little else touched?
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestIdFor } from './requestId.ts';
import { containsBsn, scrub } from './scrub.ts';

const testBsns = ['999911612', '999900018', '999990196'];

describe('scrub', () => {
  it('takes out test BSNs wherever they stand', () => {
    for (const bsn of testBsns) {
      const grouped = `${bsn.slice(0, 4)}.${bsn.slice(4, 6)}.${bsn.slice(6)}`;
      const spaced = `${bsn.slice(0, 3)} ${bsn.slice(3, 6)} ${bsn.slice(6)}`;
      for (const text of [
        bsn,
        `{"a":"${bsn}"}`,
        `Patient/${bsn}?x`,
        `bsn:${bsn},`,
        `a${bsn}b`,
        grouped,
        spaced,
        spaced.replaceAll(' ', '_'),
        [...bsn].join('_'),
      ]) {
        expect(scrub(text)).not.toContain(bsn);
        expect(scrub(text)).toContain('[number]');
        expect(containsBsn(text)).toBe(true);
      }
    }
  });

  it('are seen with any separators between their digits', () => {
    for (const bsn of testBsns)
      for (const between of ['__', '-_', ' . ']) expect(containsBsn([...bsn].join(between))).toBe(true);
  });

  it('leaves numbers that cannot be one', () => {
    for (const text of [
      '999911613',
      '12345678',
      '1772445600123',
      '2026-03-02T10:00:00.000Z',
      '0.123456789123',
    ]) {
      expect(scrub(text)).toBe(text);
    }
  });

  it('leaves nothing behind that it would take out', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789 .ax') }), (text) => {
        expect(containsBsn(scrub(scrub(text)).replaceAll('[number]', '#'))).toBe(false);
      }),
    );
  });
});

describe('requestIdFor', () => {
  it('never gives an id that holds a BSN or a character that a log could trip over', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(...testBsns.map((bsn) => `req-${bsn}`))), (given) => {
        const id = requestIdFor(given);
        expect(id).toMatch(/^[A-Za-z0-9._-]{8,64}$/);
        expect(containsBsn(id)).toBe(false);
      }),
    );
  });

  it('keeps a UUID', () => {
    const id = randomUUID();
    if (!containsBsn(id)) expect(requestIdFor(id)).toBe(id);
  });
});
