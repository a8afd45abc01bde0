// Does the mapping engine do what HL7's own mapping tests expect? FHIR/fhir-test-cases, R4B: sources, maps, JSON results.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileMap } from '../../mapping/compileMap.ts';
import { differences, printDifference } from '../../mapping/difference.ts';
import { parseMap } from '../../mapping/language/parseMap.ts';
import { runMap } from '../../mapping/runMap.ts';
import type { MappingCase } from './mappingSuite.ts';

const problemsOf = (work: () => readonly string[]): readonly string[] => {
  try {
    return work();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
};

/** The cases with a JSON result, and each map's text. */
export function* hl7Cases(folder: string): Generator<MappingCase> {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const rows = read('manifest.xml').matchAll(/source="([^"]+)" map="([^"]+)" output="([^"]+)"/g);
  for (const [, source = '', map = '', output = ''] of rows) {
    if (!output.endsWith('.json')) continue;
    const problems = problemsOf(() => {
      const compiled = compileMap({ name: map, maps: [{ file: map, text: read(map) }] });
      const settings = { at: new Date('2026-01-15T12:00:00Z'), seed: 'hl7' };
      const { target } = runMap(compiled, JSON.parse(read(source)), settings);
      return differences(JSON.parse(read(output)), target).map(printDifference);
    });
    yield { name: `${map} makes ${output}`, problems, known: [] };
  }
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.map'))) {
    const problems = problemsOf(() => (parseMap(read(name), name).groups.length > 0 ? [] : ['no groups']));
    yield { name: `${name} parses`, problems, known: [] };
  }
}
