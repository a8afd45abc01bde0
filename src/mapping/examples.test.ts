// Do the examples that stand beside the product's own maps hold, as `sluis map test` has it?
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { loadMaps } from './loadMaps.ts';
import { testMap } from './testMap.ts';

const maps = loadMaps(resolve(import.meta.dirname, '../../mappings'));

it.each([...maps.keys()])('%s does what its examples say', (name) => {
  const map = maps.get(name);
  const results = map ? testMap(map) : [];
  expect(results.length).toBeGreaterThan(0);
  expect(results.filter(({ problems }) => problems.length > 0)).toEqual([]);
});
