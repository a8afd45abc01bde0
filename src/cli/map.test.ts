// Does `sluis map diff` name the file that it cannot read?
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { terminalTo } from '../../tests/world/terminal.ts';
import { runCommandLine } from './run.ts';

const manifest = { title: 'Gender alone', source: { kind: 'fhir-r4' }, target: 'r4' };
const map = `map "http://example.org/gender" = "gender"
uses "http://hl7.org/fhir/4.0/StructureDefinition/Patient" alias Patient as source
uses "http://hl7.org/fhir/4.0/StructureDefinition/Patient" alias Patient as target
group main(source s : Patient, target t : Patient) { s.gender -> t.gender; }
`;

let folder: string;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-map-'));
  mkdirSync(join(folder, 'in'));
  mkdirSync(join(folder, 'maps/gender'), { recursive: true });
  writeFileSync(place('maps/gender/gender.json'), JSON.stringify(manifest));
  writeFileSync(place('maps/gender/gender.map'), map);
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const place = (name: string): string => join(folder, name);
const run = (command: string, ...words: string[]): Promise<number> => {
  const all = ['node', 'sluis', 'map', command, 'gender', ...words, '--maps', place('maps')];
  return runCommandLine(all, {}, terminalTo(lines));
};
const source = '{"resourceType":"Patient","id":"p","gender":"female"}';

it('sluis map diff names the file that it cannot read', async () => {
  writeFileSync(place('in/a.json'), source);
  writeFileSync(place('in/latin.json'), Buffer.from('{"a":"é"}', 'latin1'));
  for (const name of ['none.json', 'in/latin.json']) {
    expect(await run('diff', place('in/a.json'), place(name))).toBe(2);
    expect(lines.at(-1)).toContain(place(name));
    expect(await run('diff', place(name), place('in/a.json'))).toBe(2);
    expect(lines.at(-1)).toContain(place(name));
  }
});
