// Is an operator told rightly why the database cannot be had?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lockSqlite } from './sqlite.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluis-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('names another gateway only when there is one', () => {
  const file = join(folder, 'taken.sqlite');
  const lock = lockSqlite(file);
  expect(() => lockSqlite(file)).toThrow(/^Another gateway has the database/);
  lock.release();
  lockSqlite(file).release();

  const spoilt = join(folder, 'spoilt.sqlite');
  writeFileSync(`${spoilt}.lock`, 'no database'.repeat(100));
  expect(() => lockSqlite(spoilt)).toThrow(/cannot be locked: file is not a database/);
});
