// When is another system left alone, and when is it asked again?
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createBreakers, type Health, speaksOfIllness } from './breakers.ts';

const stage = (limits = { failures: 2, openMs: 40 }) => {
  const breakers = createBreakers(limits);
  let asked = 0;
  const ask = (health: Health, { key = 'a', ms = 0 } = {}) =>
    breakers.run(key, async () => {
      asked++;
      await sleep(ms);
      return { value: health, health };
    });
  return { ask, asked: () => asked, breakers };
};

describe('a breaker', () => {
  test('opens after failures in a row, for one system alone', async () => {
    const { ask, asked } = stage();
    expect(await ask('unwell')).toBe('unwell');
    expect(await ask('well')).toBe('well');
    expect(await ask('unwell')).toBe('unwell');
    expect(await ask('unwell')).toBe('unwell');
    expect(await ask('well')).toBeUndefined();
    expect(asked()).toBe(4);
    expect(await ask('well', { key: 'b' })).toBe('well');
  });

  test('learns nothing from whoever went away first', async () => {
    const { ask } = stage();
    for (const health of ['unwell', 'unknown', 'unwell'] as const) expect(await ask(health)).toBe(health);
    expect(await ask('well')).toBeUndefined();
  });

  test('lets one probe in, and stays open when that shows nothing', async () => {
    const { ask } = stage({ failures: 1, openMs: 400 });
    await ask('unwell');
    await sleep(450);
    const herd = await Promise.all([ask('unknown', { ms: 20 }), ask('well'), ask('well')]);
    expect(herd).toEqual(['unknown', undefined, undefined]);
    expect(await ask('well')).toBeUndefined();
    await sleep(450);
    const again = await Promise.all([ask('well', { ms: 20 }), ask('well'), ask('well')]);
    expect(again).toEqual(['well', undefined, undefined]);
    expect(await ask('well')).toBe('well');
  });

  test('passes on what the question itself threw', async () => {
    const { breakers } = stage();
    await expect(breakers.run('a', () => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
  });
});

test.each([
  ['status-503', true],
  ['nvi-status-500', true],
  ['token-status-502', true],
  ['status-429', true],
  ['timeout', true],
  ['connect-timeout', true],
  ['token-reset', true],
  ['status-404', false],
  ['status-401', false],
  ['not-fhir', false],
  ['too-large', false],
  ['refused-address', false],
  ['not-configured', false],
])('%s speaks of illness: %s', (reason, expected) => {
  expect(speaksOfIllness(reason)).toBe(expected);
});
