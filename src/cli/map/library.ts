// Which map does a command mean, and what do its faults say on a terminal?
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { GatewayError } from '../../errors.ts';
import { RunFault } from '../../mapping/faults.ts';
import { type LoadedMap, type LoadedMaps, mapNames, tryLoadMaps } from '../../mapping/loadMaps.ts';
import { failed, misused } from '../exit.ts';
import { readContentOf } from '../fileContent.ts';

const ownMaps = resolve(import.meta.dirname, '../../../mappings');

export type MapsOption = { maps?: string };

/** Adds `--maps`, for maps elsewhere than in the product. */
export const withMaps = (command: Command): Command =>
  command.option('--maps <folder>', 'folder of maps (default: the maps of the product)');

const folderOf = (options: MapsOption): string => {
  const folder = resolve(options.maps ?? ownMaps);
  if (!existsSync(folder)) throw misused(`There is no folder of maps ${folder}.`);
  return folder;
};

export const openMaps = (options: MapsOption): LoadedMaps => tryLoadMaps(folderOf(options));

/** One map by name. A map with faults ends the command with code 1, an unknown name with code 2. */
export const openMap = (name: string, options: MapsOption): LoadedMap => {
  const folder = folderOf(options);
  const names = mapNames(folder);
  if (!names.includes(name))
    throw misused(`There is no map ${name}. There are: ${names.join(', ') || 'none'}.`);
  const { maps, faults } = tryLoadMaps(folder, [name]);
  const map = maps.get(name);
  if (map) return map;
  const fault = faults.get(name);
  throw failed(fault?.message ?? `${name} cannot be loaded`, fault);
};

const shownValue = (value: unknown): string => {
  const text = JSON.stringify(value) ?? '';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
};

/** A fault for the one who makes the map: with the value, which messages elsewhere leave out. */
export const tellFault = (error: unknown): string => {
  if (!(error instanceof GatewayError)) throw error;
  const { cause } = error;
  return cause instanceof RunFault && cause.value !== undefined
    ? `${error.message}; value: ${shownValue(cause.value)}`
    : error.message;
};

/** 1 for a fault of the map, 2 for input that it cannot read. */
export const exitCodeFor = (error: unknown): 1 | 2 =>
  error instanceof GatewayError && error.kind === 'fault' ? 1 : 2;

/** What is made of a file. Throws with its name: exit 2 when it cannot be read, 1 for a fault of the map. */
export function naming<T>(file: string, make: (bytes: Buffer) => T): T {
  try {
    return make(readContentOf(file));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw misused(`${file} cannot be read.`, error);
    const message = `${file}: ${tellFault(error)}`;
    throw exitCodeFor(error) === 1 ? failed(message, error) : misused(message, error);
  }
}
