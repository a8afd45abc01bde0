import { existsSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { clearShelves, isOwnFolder, markUsed } from './shelfFolder.ts';

const now = Date.parse('2026-03-01T00:00:00Z');
const days = (count: number): number => (now - count * 86_400_000) / 1000;

let folder = '';
const put = (name: string, age: number): string => {
  const file = join(folder, name);
  writeFileSync(file, 'x');
  utimesSync(file, days(age), days(age));
  return file;
};
const named = (letter: string): string => `pack-${letter.repeat(24)}.shelf`;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-shelves-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('clears away what was not used for a month and what was never finished, and nothing else', () => {
  const old = put(named('a'), 31);
  const inUse = put(named('b'), 29);
  const kept = put(named('c'), 99);
  const unfinished = put(`${named('d')}.12.part`, 2);
  const foreign = put('notes.txt', 99);
  clearShelves(folder, named('c'), now);
  expect([old, inUse, kept, unfinished, foreign].map(existsSync)).toEqual([false, true, true, false, true]);
});

it('keeps what is opened now and then', () => {
  const file = put(named('a'), 31);
  markUsed(file, now);
  clearShelves(folder, '', now);
  expect(existsSync(file)).toBe(true);
});

it('keeps nothing in a folder that is a link to another', () => {
  const link = join(folder, 'link');
  symlinkSync(folder, link);
  expect([isOwnFolder(join(folder, 'new')), isOwnFolder(link)]).toEqual([true, false]);
});
