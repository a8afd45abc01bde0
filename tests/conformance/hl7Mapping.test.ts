// Does the mapping engine do what HL7's own mapping tests expect? FHIR/fhir-test-cases, R4B, read from ../shared/corpus.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileMap } from '../../src/mapping/compileMap.ts';
import { parseMap } from '../../src/mapping/language/parseMap.ts';
import { runMap } from '../../src/mapping/runMap.ts';

const folder = resolve(import.meta.dirname, '../../../shared/corpus/hl7-mapping');
const found = existsSync(folder);
if (!found) console.log('skipped: corpus not found');

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

const cases = found
  ? [...read('manifest.xml').matchAll(/source="([^"]+)" map="([^"]+)" output="([^"]+)"/g)].map(
      ([, source = '', map = '', output = '']) => ({ source, map, output }),
    )
  : [];
const maps = found ? readdirSync(folder).filter((name) => name.endsWith('.map')) : [];

const transform = ({ map, source }: { map: string; source: string }): unknown =>
  runMap(compileMap({ name: map, maps: [{ file: map, text: read(map) }] }), JSON.parse(read(source)), {
    at: new Date('2026-01-15T12:00:00Z'),
    seed: 'hl7',
  }).target;

describe.skipIf(!found)('HL7 mapping tests', () => {
  const withJson = cases.filter(({ output }) => output.endsWith('.json'));

  it('has the six cases with a JSON result', () => {
    expect(withJson).toHaveLength(6);
  });

  it.each(withJson)('$map makes $output of $source', ({ map, source, output }) => {
    expect(transform({ map, source })).toEqual(JSON.parse(read(output)));
  });

  it.each(cases.filter(({ map }) => map.endsWith('.map')))('$map runs', ({ map, source }) => {
    expect(Object.keys(transform({ map, source }) as object)).not.toHaveLength(0);
  });

  it.each(maps)('%s parses', (name) => {
    expect(parseMap(read(name), name).groups.length).toBeGreaterThan(0);
  });
});
