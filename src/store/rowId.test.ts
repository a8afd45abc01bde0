// Do ids of rows follow the clock, and is each one's own?
import { expect, test } from 'vitest';
import { rowId } from './rowId.ts';

test('is a UUIDv7 that begins with its time', () => {
  const id = rowId(new Date('2022-02-22T19:22:22.000Z'));
  expect(id).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('sorts after every id that was made a millisecond earlier', () => {
  const times = [0, 1, 4_095, 4_096, 1_700_000_000_000, 1_700_000_000_001, 2_000_000_000_000];
  const ids = times.map((time) => rowId(new Date(time)));
  expect(ids.toSorted()).toEqual(ids);
});

test('is another each time, also within one millisecond', () => {
  const now = new Date(0);
  expect(new Set(Array.from({ length: 10_000 }, () => rowId(now))).size).toBe(10_000);
});
