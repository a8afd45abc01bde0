// Is a key file refused when others may read it, when it is incomplete, or when it would be overwritten?
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { addKey, createKeyFile, readKeyFile } from './keyFile.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-keys-'));
  path = join(folder, 'keys.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a key file is never overwritten', () => {
  createKeyFile(path);
  const before = readFileSync(path, 'utf8');
  expect(() => createKeyFile(path)).toThrow();
  expect(readFileSync(path, 'utf8')).toBe(before);
});

test('a key file that others may read is refused', () => {
  createKeyFile(path);
  for (const mode of [0o640, 0o604, 0o620]) {
    chmodSync(path, mode);
    expect(() => readKeyFile(path)).toThrow('may be read by others');
  }
  chmodSync(path, 0o400);
  expect(readKeyFile(path).current).toBeTruthy();
});

test('an incomplete key file is refused with its place, and no key is in the message', () => {
  createKeyFile(path);
  const good = readKeyFile(path);
  const secret = good.keys[good.current]!;
  const wrongs = [
    '{',
    '{}',
    JSON.stringify({ ...good, current: 'gone' }),
    JSON.stringify({ ...good, hashKey: 'c2hvcnQ=' }),
    JSON.stringify({ ...good, keys: { [good.current]: secret.slice(4) } }),
    JSON.stringify({ ...good, keys: { [good.current]: secret, 'a b': secret } }),
  ];
  for (const text of wrongs) {
    writeFileSync(path, text);
    const message = messageOf(() => readKeyFile(path));
    expect(message).toContain(path);
    expect(message).not.toContain(secret.slice(4, 20));
  }
});

test('a fresh key becomes current and the old ones stay', () => {
  const first = createKeyFile(path).keyId;
  const second = addKey(path).keyId;
  const file = readKeyFile(path);
  expect(file.current).toBe(second);
  expect(Object.keys(file.keys).sort()).toEqual([first, second].sort());
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

function messageOf(work: () => unknown): string {
  try {
    work();
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}
