// Which addresses may be called? The rules without a network; tests/contract/outgoing.test.ts has the sockets.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAddress, isException, parseRules, permitted } from './addresses.ts';
import { outgoingSettings } from './settings.ts';

const target = { host: 'holder.example', port: 443 };

describe('addresses', () => {
  test('IPv4 hidden in IPv6 is judged as what it is', () => {
    const bytes = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    fc.assert(
      fc.property(bytes, ([a, b, c, d]) => {
        const dotted = `${a}.${b}.${c}.${d}`;
        expect(permitted(`::ffff:${dotted}`, target, [])).toBe(permitted(dotted, target, []));
      }),
    );
  });

  test('no private or special address is permitted by default', () => {
    const byte = fc.nat(255);
    const special = fc.oneof(
      fc.tuple(fc.constant(10), byte, byte, byte),
      fc.tuple(fc.constant(127), byte, byte, byte),
      fc.tuple(fc.constant(0), byte, byte, byte),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
      fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
      fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 }), byte, byte),
      fc.tuple(fc.integer({ min: 224, max: 255 }), byte, byte, byte),
    );
    fc.assert(fc.property(special, (parts) => !permitted(parts.join('.'), target, [])));
  });

  test('public addresses are permitted', () => {
    for (const address of ['8.8.8.8', '145.100.1.1', '2a00:1450::1']) {
      expect(permitted(address, target, [])).toBe(true);
    }
  });

  test('what is no address is never permitted', () => {
    for (const text of ['', 'localhost', '1.2.3', '999.1.1.1', '::g', '127.0.0.1/8']) {
      expect(permitted(text, target, parseRules(['0.0.0.0/0', '::/0']))).toBe(false);
    }
  });

  test('an exception holds for its own host and port only', () => {
    const rules = parseRules(['holder.example:8443', '[::1]:80', '10.1.0.0/16']);
    expect(permitted('192.168.1.1', { host: 'holder.example', port: 8443 }, rules)).toBe(true);
    expect(permitted('192.168.1.1', target, rules)).toBe(false);
    expect(permitted('192.168.1.1', { host: 'other.example', port: 8443 }, rules)).toBe(false);
    expect(permitted('10.1.2.3', target, rules)).toBe(true);
    expect(permitted('::ffff:10.1.2.3', target, rules)).toBe(true);
    expect(permitted('10.2.0.1', target, rules)).toBe(false);
    expect(permitted('::1', { host: '::1', port: 80 }, rules)).toBe(true);
    expect(permitted('::1', { host: '::1', port: 81 }, rules)).toBe(false);
  });

  test('the settings refuse what is neither CIDR nor host:port', () => {
    for (const text of [
      '',
      '*',
      '10.0.0.0',
      'host',
      'host:',
      'host:0',
      'host:99999',
      'http://host:80',
      '10.0.0.0/33',
    ]) {
      expect([text, isException(text)]).toEqual([text, false]);
    }
    expect(outgoingSettings.safeParse({ allowPrivate: ['*'] }).success).toBe(false);
    expect(outgoingSettings.safeParse({ certFile: 'a.pem' }).success).toBe(false);
    expect(outgoingSettings.parse({ allowPrivate: ['10.0.0.0/8', 'a:1', '[fd00::1]:443'] }).timeoutMs).toBe(
      10_000,
    );
  });

  test('an address is judged for the settings without a network', () => {
    expect(checkAddress('https://holder.example/fhir')).toBeUndefined();
    expect(checkAddress('http://0x7f.1/')).toMatch(/private/);
    expect(checkAddress('http://localhost.:8080/')).toMatch(/private/);
    expect(checkAddress('http://localhost:8080/', ['localhost:8080'])).toBeUndefined();
    expect(checkAddress('http://')).toBe('not an absolute address');
  });
});
