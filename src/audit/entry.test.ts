// Does an entry reach its table clean, complete and without its patient?
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyRingOf } from '../store/keyRing.ts';
import { canonicalJson } from './canonical.ts';
import { cleanText, normalBsn, patientOf, recordOf } from './entry.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const keys = keyRingOf(() => ({ current: 'k', keys: { k: key }, hashKey: key }));
const at = new Date('2026-03-01T10:00:00Z');
const base = { event: 'task.read', action: 'R', outcome: 'success' } as const;

describe('a record', () => {
  test('shows its BSN nowhere, and gives it back only to who has the key', () => {
    const record = recordOf({ ...base, patientBsn: '999911612' }, at, keys);
    expect(JSON.stringify(record)).not.toContain('999911612');
    const row = { ...record, chain: 'c', seq: 1, position: 1, prev_hash: '', hash: '', mac: '' };
    const { sealed, context } = patientOf(row)!;
    expect(Buffer.from(keys.open(sealed, context)).toString()).toBe('999911612');
    expect(() => keys.open(sealed, 'audit\0other')).toThrow();
  });

  test('keeps every fact of its entry', () => {
    const entry = {
      ...base,
      reason: 'r',
      participantId: 'p',
      clientId: 'c',
      practitioner: { identifier: 'i', role: 'o' },
      purposeOfUse: 'TREAT',
      object: 'Task/1',
      exchange: 'handover',
      requestId: 'q',
      detail: { attempt: 1, last: true },
    };
    expect(JSON.parse(recordOf(entry, at, keys).body)).toEqual(entry);
  });

  test('is printable whatever text comes in, and survives JSON', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        const clean = cleanText(text);
        expect(clean).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(clean.isWellFormed()).toBe(true);
        expect(clean.length).toBeLessThanOrEqual(512);
        expect(cleanText(clean)).toBe(clean);
        const record = recordOf({ ...base, detail: { [text]: text, size: Number.NaN } }, at, keys);
        expect(canonicalJson(JSON.parse(record.body))).toBe(record.body);
      }),
    );
  });
});

test('canonical JSON does not depend on the order in which names were set', () => {
  expect(canonicalJson({ b: [{ d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
  expect(canonicalJson({ a: 'x', b: [{ c: null, d: 1 }] })).toBe('{"a":"x","b":[{"c":null,"d":1}]}');
});

test('a BSN is one BSN however it is written', () => {
  for (const written of ['012345672', '12345672', '0123.45.672', ' 012345672']) {
    expect(normalBsn(written)).toBe('012345672');
  }
});
