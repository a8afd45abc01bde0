// Is the keyed hash the HMAC that everybody else computes?
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeyedHash } from './keyedHash.ts';

const hex = (digest: string) => Buffer.from(digest, 'base64url').toString('hex');

// https://www.rfc-editor.org/rfc/rfc4231, cases 1 and 2
test.each([
  [Buffer.alloc(20, 0x0b), 'Hi There', 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7'],
  [
    Buffer.from('Jefe'),
    'what do ya want for nothing?',
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
])('gives the published values', (key, text, expected) => {
  expect(hex(createKeyedHash(key)(text))).toBe(expected);
});

test('is what node:crypto says, whatever the key and the text, one after the other', () => {
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  const texts = fc.array(fc.string({ unit, maxLength: 600 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), texts, (key, several) => {
      const keyed = createKeyedHash(key);
      const reference = (text: string) => createHmac('sha256', key).update(text).digest('base64url');
      expect(several.map(keyed)).toEqual(several.map(reference));
    }),
  );
});

test('takes the longest short text and the shortest long one', () => {
  const key = Buffer.alloc(32, 7);
  for (const text of ['€'.repeat(512), '€'.repeat(513), 'a'.repeat(100_000), '', '\ud800'.repeat(512)]) {
    expect(createKeyedHash(key)(text)).toBe(createHmac('sha256', key).update(text).digest('base64url'));
  }
});

test('refuses a key that would have to be hashed first', () => {
  expect(() => createKeyedHash(Buffer.alloc(65))).toThrow(RangeError);
});
