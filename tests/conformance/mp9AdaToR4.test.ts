// Does the MP9 map make of official ADA messages what was published with them? Read from ../shared/corpus/mp9-ada-to-fhir.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knownOfMp9, mp9Cases } from '../../src/cli/conformance/mappingMp9.ts';
import { checkShape } from '../../src/fhir/shape.ts';
import { type LoadedMap, tryLoadMaps } from '../../src/mapping/loadMaps.ts';
import { runMap } from '../../src/mapping/runMap.ts';
import type { FhirResource } from '../../src/model.ts';

const folder = resolve(import.meta.dirname, '../../../shared/corpus/mp9-ada-to-fhir');
const found = existsSync(folder);
if (!found) console.log('skipped: corpus not found');

const loaded = (): LoadedMap => {
  const { maps, faults } = tryLoadMaps(resolve(import.meta.dirname, '../../mappings'));
  const map = maps.get('mp9-ada-to-r4');
  if (!map) throw faults.get('mp9-ada-to-r4') ?? new Error('there is no map mp9-ada-to-r4');
  return map;
};

const settings = { at: new Date('2026-01-15T12:00:00Z'), seed: 'conformance' };

const sources = found
  ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ada.xml'))
  : [];

describe.skipIf(!found)('official MP9 messages', () => {
  const map = loaded();

  it('become what was published with them, but for what breaks the standard there', () => {
    const cases = [...mp9Cases(folder, map)];
    expect(cases.length).toBeGreaterThanOrEqual(179);
    expect(cases.filter((one) => one.problems.length > 0)).toEqual([]);
    const used = new Set(cases.flatMap((one) => one.known));
    expect([...used].sort()).toEqual(knownOfMp9.map((one) => one.reason).sort());
  });

  it('lose nothing without a reason, and become R4 with one entry for each address', () => {
    const problems = sources.flatMap((name) => {
      const source = map.read(readFileSync(join(folder, name)));
      const { target, coverage } = runMap(map, source, { ...settings, coverage: true });
      const bundle = JSON.parse(JSON.stringify(target)) as FhirResource & { entry: { fullUrl: string }[] };
      const addresses = bundle.entry.map((entry) => entry.fullUrl);
      const references = [...JSON.stringify(bundle).matchAll(/"reference":"([^"]+)"/g)].map(
        ([, to = '']) => to,
      );
      return [
        ...(coverage?.leaves ?? []).filter((leaf) => leaf.fate === 'dropped').map((leaf) => leaf.path),
        ...(coverage?.untranslated ?? []).map(({ code }) => `untranslated ${code}`),
        ...checkShape(bundle, 'r4')
          .filter((issue) => issue.severity === 'error')
          .map((issue) => issue.text.en),
        ...addresses.filter((address, index) => addresses.indexOf(address) !== index),
        ...references.filter((to) => !addresses.includes(to)),
      ].map((text) => `${name}: ${text}`);
    });
    expect(problems).toEqual([]);
  });

  it('become the same again with the same seed, and other ids with another', () => {
    const [name = ''] = sources;
    const run = (seed: string): string => {
      const source = map.read(readFileSync(join(folder, name)));
      return JSON.stringify(runMap(map, source, { ...settings, seed }).target);
    };
    expect(run('a')).toBe(run('a'));
    expect(run('b')).not.toBe(run('a'));
  });
});
