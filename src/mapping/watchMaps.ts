// How does an edited map go live? The folder is watched; a broken edit leaves the map before it serving and says why.
import { existsSync, watch } from 'node:fs';
import type { GatewayError } from '../errors.ts';
import { type LoadedMap, type LoadedMaps, mapNames, tryLoadMaps } from './loadMaps.ts';

export type WatchedMaps = {
  /** The maps that serve now: for each name the last version that compiled. */
  maps(): ReadonlyMap<string, LoadedMap>;
  /** Why the newest text of a map does not serve. */
  faults(): ReadonlyMap<string, GatewayError>;
  stop(): void;
};

const quiet = 100;

/** What compiled now, and what compiled before of the maps that do not compile now. */
const keepServing = (before: LoadedMaps, next: LoadedMaps): LoadedMaps => {
  const maps = new Map(next.maps);
  for (const name of next.faults.keys()) {
    const served = before.maps.get(name);
    if (served) maps.set(name, served);
  }
  return { maps, faults: next.faults };
};

/**
 * Watches a folder of maps.
 * @param onChange called after each reload, with the faults of the maps that stayed as they were
 */
export const watchMaps = (
  root: string,
  onChange: (faults: ReadonlyMap<string, GatewayError>) => void = () => undefined,
): WatchedMaps => {
  let current = tryLoadMaps(root);
  let timer: NodeJS.Timeout | undefined;
  const reload = (): void => {
    if (!existsSync(root)) return;
    current = keepServing(current, tryLoadMaps(root, mapNames(root), current.maps));
    onChange(current.faults);
  };
  const watcher = watch(root, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(reload, quiet);
  });
  return {
    maps: () => current.maps,
    faults: () => current.faults,
    stop: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
};
