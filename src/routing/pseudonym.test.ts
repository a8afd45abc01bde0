// Is what we blind what the others blind? One value computed with OpenSSL, and what it hangs on.
import { describe, expect, test } from 'vitest';
import { pseudonymInput } from './pseudonym.ts';

const to = { recipient: 'ura:90000901', scope: 'nationale-verwijsindex' };
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('the input of a pseudonym', () => {
  // openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:$(printf '%s' \
  //   '{"landCode":"NL","type":"BSN","value":"999940003"}' | xxd -p | tr -d '\n') \
  //   -kdfopt info:'ura:90000901|nationale-verwijsindex|v1' HKDF
  test('is the one that OpenSSL derives', () => {
    expect(hex(pseudonymInput('999940003', to))).toBe(
      'e96ce9a92e6b5fdf3ba6810b25c152c49c2969f6194e3e43fb050365a7104d9f',
    );
  });

  test('differs per person, recipient and scope', () => {
    const inputs = [
      pseudonymInput('999940003', to),
      pseudonymInput('999911120', to),
      pseudonymInput('999940003', { ...to, recipient: 'ura:90000902' }),
      pseudonymInput('999940003', { ...to, scope: 'other' }),
    ];
    expect(new Set(inputs.map(hex)).size).toBe(4);
  });
});
