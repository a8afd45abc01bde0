// How does a map run over files? One file to stdout, a folder to files of the same name; faults on stderr.
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { printJson } from '../../fhir/json.ts';
import type { Coverage } from '../../mapping/coverage.ts';
import type { LoadedMap } from '../../mapping/loadMaps.ts';
import { type MapResult, type RunSettings, runMap } from '../../mapping/runMap.ts';
import { failed, misused } from '../exit.ts';
import { readContentOf } from '../fileContent.ts';
import type { Terminal } from '../terminal.ts';
import { exitCodeFor, naming, tellFault } from './library.ts';

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
    .filter(
      (entry) =>
        entry.isFile() && endings[map.manifest.source.kind]?.includes(extname(entry.name).toLowerCase()),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

const shownPaths = 5;

/** What went nowhere, and for no reason that the map gives, is told whether or not coverage was asked for. */
const tellDropped = ({ terminal }: RunOrder, file: string, { leaves }: Coverage): void => {
  const paths = leaves.filter(({ fate }) => fate === 'dropped').map(({ path }) => path);
  if (paths.length === 0) return;
  const more = paths.length > shownPaths ? ' … (--coverage names all)' : '';
  terminal.note(
    `${file}: ${paths.length} of its values went nowhere: ${paths.slice(0, shownPaths).join(', ')}${more}`,
  );
};

/** A code without a translation is left out of the result, also where the code itself stands elsewhere in it. */
const tellUntranslated = ({ terminal }: RunOrder, file: string, { untranslated }: Coverage): void => {
  const codes = new Set(untranslated.map(({ map, code, rule }) => `${code} in ${map} (${rule})`));
  if (codes.size === 0) return;
  const more = codes.size > shownPaths ? ' … (--coverage names all)' : '';
  terminal.note(`${file}: no translation of ${[...codes].slice(0, shownPaths).join(', ')}${more}`);
};

const transform = (order: RunOrder, file: string, bytes: Buffer): MapResult => {
  const { map, settings } = order;
  const { coverage, ...result } = runMap(map, map.read(bytes), { ...settings, coverage: true });
  if (coverage) {
    tellDropped(order, file, coverage);
    tellUntranslated(order, file, coverage);
  }
  return coverage && settings.coverage ? { ...result, coverage } : result;
};

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

/** No result takes the place of a source, or of another result. */
const checkResults = (out: string, results: ReadonlyMap<string, string>): void => {
  const sources = new Set([...results.keys()].map((file) => resolve(file)));
  const made = new Map<string, string>();
  for (const [file, name] of results) {
    const result = resolve(out, `${name}.json`);
    if (sources.has(result)) throw misused(`${file}: its result would take the place of ${result}.`);
    const other = made.get(result);
    if (other !== undefined) throw misused(`${other} and ${file} would both become ${result}.`);
    made.set(result, file);
  }
};

const runFolder = (order: RunOrder, out: string): void => {
  const files = sourcesIn(order.map, order.path);
  if (files.length === 0) throw misused(`${order.path} holds no ${order.map.manifest.source.kind} files.`);
  checkResults(out, new Map(files.map((file) => [file, nameOf(order.path, file)])));
  const codes = files.map((file) => {
    order.terminal.progress(file);
    try {
      writeAll(out, nameOf(order.path, file), transform(order, file, readContentOf(file)));
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
  const name = basename(order.path, extname(order.path));
  if (order.out !== undefined) checkResults(order.out, new Map([[order.path, name]]));
  const result = naming(order.path, (bytes) => transform(order, order.path, bytes));
  if (order.out !== undefined) {
    writeAll(order.out, name, result);
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
