// How does a map run over files? One file to stdout, a folder to files of the same name; faults on stderr.
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { printJson } from '../../fhir/json.ts';
import type { LoadedMap } from '../../mapping/loadMaps.ts';
import { type MapResult, type RunSettings, runMap } from '../../mapping/runMap.ts';
import { failed, misused } from '../exit.ts';
import { readContentOf } from '../fileContent.ts';
import type { Terminal } from '../terminal.ts';
import { exitCodeFor, tellFault } from './library.ts';

export type RunOrder = {
  map: LoadedMap;
  path: string;
  out?: string;
  settings: RunSettings;
  terminal: Terminal;
};

const pretty = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

const endings: Readonly<Record<string, readonly string[]>> = {
  xml: ['.xml'],
  json: ['.json'],
  fhir: ['.json', '.xml'],
  'fhir-stu3': ['.json', '.xml'],
  'fhir-r4': ['.json', '.xml'],
};

/** The files of a folder and its folders that a map can read, by their ending. */
export const sourcesIn = (map: LoadedMap, folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings[map.manifest.source.kind]?.includes(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const transform = ({ map, settings }: RunOrder, file: string): MapResult =>
  runMap(map, map.read(readContentOf(file)), settings);

const write = (file: string, value: unknown): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, pretty(value));
};

const writeAll = (out: string, name: string, { target, trace, coverage }: MapResult): void => {
  write(join(out, `${name}.json`), target);
  if (trace) write(join(out, `${name}.trace.json`), trace);
  if (coverage) write(join(out, `${name}.coverage.json`), coverage);
};

const nameOf = (root: string, file: string): string => {
  const within = relative(root, file);
  return join(dirname(within), basename(within, extname(within)));
};

const runFolder = (order: RunOrder, out: string): void => {
  const files = sourcesIn(order.map, order.path);
  if (files.length === 0) throw misused(`${order.path} holds no ${order.map.manifest.source.kind} files.`);
  const codes = files.map((file) => {
    order.terminal.progress(file);
    try {
      writeAll(out, nameOf(order.path, file), transform(order, file));
      return 0;
    } catch (error) {
      order.terminal.note(`${file}: ${tellFault(error)}`);
      return exitCodeFor(error);
    }
  });
  const bad = codes.filter((code) => code !== 0);
  if (bad.length === 0) return;
  const message = `${bad.length} of ${files.length} files could not be mapped.`;
  throw bad.includes(1) ? failed(message) : misused(message);
};

const runFile = (order: RunOrder): void => {
  let result: MapResult;
  try {
    result = transform(order, order.path);
  } catch (error) {
    const message = `${order.path}: ${tellFault(error)}`;
    throw exitCodeFor(error) === 1 ? failed(message, error) : misused(message, error);
  }
  if (order.out !== undefined) {
    writeAll(order.out, basename(order.path, extname(order.path)), result);
    return;
  }
  order.terminal.line(pretty(result.target).trimEnd());
  if (result.trace) order.terminal.note(printJson({ trace: result.trace }));
  if (result.coverage) order.terminal.note(printJson({ coverage: result.coverage }));
};

/** Runs a map over a file or a folder. Bad input ends with code 2, a fault of the map with code 1. */
export const runFiles = (order: RunOrder): void => {
  const kind = statSync(order.path, { throwIfNoEntry: false });
  if (!kind) throw misused(`There is no file ${order.path}.`);
  if (!kind.isDirectory()) {
    runFile(order);
    return;
  }
  if (order.out === undefined) throw misused('Where should the results go? Give --out FOLDER.');
  runFolder(order, order.out);
};
