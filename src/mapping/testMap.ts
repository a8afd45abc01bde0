// Does a map do what its examples say? `tests/X.source.(json|xml)` with `X.expected.json`, or `X.fault.txt` for a refusal.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '../errors.ts';
import { isResource } from '../fhir/bundles.ts';
import { parseJson } from '../fhir/json.ts';
import { checkShape } from '../fhir/shape.ts';
import type { Coverage } from './coverage.ts';
import { differences, printDifference } from './difference.ts';
import type { LoadedMap } from './loadMaps.ts';
import { type MapResult, runMap } from './runMap.ts';

/** What one example showed; no problems: it holds. */
export type ExampleResult = { name: string; problems: readonly string[]; coverage?: Coverage };

/** The clock and the seed of every example. */
export const exampleSettings = { at: new Date('2026-01-15T12:00:00Z'), seed: 'test' } as const;

const shapeProblems = (map: LoadedMap, target: unknown): string[] => {
  const { target: version } = map.manifest;
  if (version === 'none' || !isResource(target)) return [];
  return checkShape(target, version)
    .filter((issue) => issue.severity === 'error' || issue.severity === 'fatal')
    .map((issue) => `not ${version}: ${issue.expression?.join(', ') ?? ''} ${issue.text.en}`);
};

const coverageProblems = (coverage: Coverage | undefined): string[] => [
  ...(coverage?.leaves ?? [])
    .filter((leaf) => leaf.fate === 'dropped')
    .map((leaf) => `dropped without a reason: ${leaf.path}`),
  ...(coverage?.untranslated ?? []).map(
    ({ map, code, rule }) => `no translation of ${code} in ${map} (${rule})`,
  ),
];

const runExample = (map: LoadedMap, file: string): MapResult =>
  runMap(map, map.read(readFileSync(file)), { ...exampleSettings, coverage: true });

const expectFault = (map: LoadedMap, file: string, expected: string): string[] => {
  try {
    runExample(map, file);
    return [`expected a fault: ${expected}`];
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.message.includes(expected)
      ? []
      : [`expected the fault ‘${expected}’, got ‘${error.message}’`];
  }
};

const expectTarget = (map: LoadedMap, file: string, expectedFile: string): Omit<ExampleResult, 'name'> => {
  const result = runExample(map, file);
  const expected = parseJson(readFileSync(expectedFile));
  const actual = parseJson(Buffer.from(JSON.stringify(result.target)));
  const problems = [
    ...differences(expected, actual).map(printDifference),
    ...shapeProblems(map, actual),
    ...coverageProblems(result.coverage),
  ];
  return { problems, ...(result.coverage ? { coverage: result.coverage } : {}) };
};

const testExample = (map: LoadedMap, folder: string, source: string): ExampleResult => {
  const name = source.replace(/\.source\.(?:json|xml)$/, '');
  const file = join(folder, source);
  const fault = join(folder, `${name}.fault.txt`);
  const expected = join(folder, `${name}.expected.json`);
  try {
    if (existsSync(fault))
      return { name, problems: expectFault(map, file, readFileSync(fault, 'utf8').trim()) };
    if (!existsSync(expected)) return { name, problems: [`there is no ${name}.expected.json`] };
    return { name, ...expectTarget(map, file, expected) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { name, problems: [error.message] };
  }
};

/** Runs all examples of a map. */
export const testMap = (map: LoadedMap): ExampleResult[] => {
  const folder = join(map.folder, 'tests');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.source\.(?:json|xml)$/.test(name))
    .sort()
    .map((name) => testExample(map, folder, name));
};
