// Is each seal one of a kind, and each keyed hash that of its value, its kind and its key alone?
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { KeyFile } from './keyFile.ts';
import { keyRingOf } from './keyRing.ts';

const fresh = (): string => randomBytes(32).toString('base64');
const fileOf = (hashKey = fresh()): KeyFile => ({ current: 'k', keys: { k: fresh() }, hashKey });
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('no nonce is ever used twice, however many are drawn', () => {
  const file = fileOf();
  const ring = keyRingOf(() => file);
  const sealed = Array.from({ length: 3_000 }, (_, at) => ring.seal(Buffer.from(`text ${at}`), 'here'));
  expect(new Set(sealed.map(({ nonce }) => hexOf(nonce))).size).toBe(sealed.length);
  for (const [at, one] of sealed.entries())
    expect(Buffer.from(ring.open(one, 'here')).toString()).toBe(`text ${at}`);
});

test('a patient has one hash in a row of questions, another patient another, and another kind another', () => {
  const file = fileOf();
  const ring = keyRingOf(() => file);
  const [one, other] = [ring.hash('bsn', '999911120'), ring.hash('bsn', '999911612')];
  expect(one).not.toBe(other);
  expect([ring.hash('bsn', '999911612'), ring.hash('bsn', '999911120')]).toEqual([other, one]);
  expect(ring.hash('case', '999911120')).not.toBe(one);
  expect(ring.hash('bsn', '999911120')).toBe(keyRingOf(() => file).hash('bsn', '999911120'));
});

test('a patient has another hash under another key', () => {
  let file = fileOf();
  const ring = keyRingOf(() => file);
  const before = ring.hash('bsn', '999911120');
  file = fileOf();
  expect(ring.hash('bsn', '999911120')).not.toBe(before);
});
