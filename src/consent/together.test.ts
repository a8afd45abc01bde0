// Do questions of one moment share a read, and does nobody get what was read before it asked?
import { expect, test } from 'vitest';
import { together } from './together.ts';

test('who asks in one turn shares one read; another key has its own', async () => {
  const read: string[] = [];
  const shared = together(async (key) => read.push(key));
  expect(await Promise.all([shared('one'), shared('one'), shared('two')])).toEqual([1, 1, 2]);
  expect(read).toEqual(['one', 'two']);
});

test('who asks while a read is under way gets a read of its own, which sees what changed meanwhile', async () => {
  let will = 'yes';
  const slow = Promise.withResolvers<void>();
  const shared = together(async () => {
    const seen = will;
    await slow.promise;
    return seen;
  });
  const first = shared('patient');
  await Promise.resolve();
  will = 'no';
  const second = shared('patient');
  slow.resolve();
  expect(await Promise.all([first, second])).toEqual(['yes', 'no']);
});

test('a read that fails fails for those who shared it, and is tried again for the next', async () => {
  let times = 0;
  const shared = together(async () => {
    times += 1;
    if (times === 1) throw new Error('lost');
    return times;
  });
  const both = await Promise.allSettled([shared('patient'), shared('patient')]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await shared('patient')).toBe(2);
});
