// Which maps do the contract tests run? Those of the product, each loaded once.
import { fileURLToPath } from 'node:url';
import { type LoadedMap, tryLoadMaps } from '../../src/mapping/loadMaps.ts';

const folder = fileURLToPath(new URL('../../mappings', import.meta.url));
const known = new Map<string, LoadedMap>();

export function loadedMaps(name: string): LoadedMap {
  const map = known.get(name) ?? tryLoadMaps(folder, [name]).maps.get(name);
  if (!map) throw new Error(`no map ${name}`);
  known.set(name, map);
  return map;
}
