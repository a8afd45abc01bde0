import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from './run.ts';

let root = '';
const put = (path: string, content: string): string => {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  return file;
};
const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluis-map-run-'));
  put('maps/demo/demo.json', '{"title":"Demo","source":{"kind":"fhir-r4"},"target":"none"}');
  put(
    'maps/demo/demo.map',
    'map "http://example.org/demo" = demo\ngroup main(source src, target tgt) { src.id as i -> tgt.name = i; }',
  );
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function run(...words: string[]): Promise<{ code: number; notes: string }> {
  const noted: string[] = [];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => noted.push(String(text)) > 0);
  try {
    const options = ['--maps', join(root, 'maps'), '--at', '2026-01-15', '--ids', 's'];
    const code = await runCommandLine(
      [process.execPath, 'sluis', 'map', 'run', 'demo', ...words, ...options],
      {},
    );
    return { code, notes: noted.join('') };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

const json = (id: string) => `{"resourceType":"Patient","id":"${id}"}`;
const xml = (id: string) => `<Patient xmlns="http://hl7.org/fhir"><id value="${id}"/></Patient>`;

describe('sluis map run', () => {
  it('tells which codes have no translation, without being asked', async () => {
    put(
      'maps/demo/demo.map',
      `map "http://example.org/demo" = demo
      conceptmap "#sex" { prefix s = "http://s" prefix t = "http://t" s:male == t:m }
      group main(source src, target tgt) {
        src.gender as g -> tgt.own = g, tgt.sex = translate(g, '#sex', code) "sex"; src.id as i -> tgt.id = i;
      }`,
    );
    const ofGender = (gender: string) =>
      run(put('in/a.json', `{"resourceType":"Patient","id":"a","gender":"${gender}"}`));
    expect((await ofGender('female')).notes).toContain('a.json: no translation of female in');
    expect((await ofGender('male')).notes).not.toContain('no translation');
  });

  it('tells which values went nowhere, without being asked', async () => {
    const { code, notes } = await run(
      put('in/a.json', '{"resourceType":"Patient","id":"a","gender":"male"}'),
    );
    expect(code).toBe(0);
    expect(notes).toContain('a.json: 1 of its values went nowhere: Patient.gender');
    expect((await run(put('in/b.json', json('b')))).notes).toBe('');
  });
});

describe('sluis map run over a folder', () => {
  it('makes one result of each source, however its ending is written', async () => {
    put('in/a.json', json('a'));
    put('in/deeper/B.XML', xml('b'));
    expect((await run(join(root, 'in'), '--out', join(root, 'out'))).code).toBe(0);
    expect(read('out/a.json')).toEqual({ name: 'a' });
    expect(read('out/deeper/B.json')).toEqual({ name: 'b' });
  });
  it('refuses two sources that would become one result, and writes nothing', async () => {
    put('in/a.json', json('a'));
    put('in/a.xml', xml('other'));
    const { code, notes } = await run(join(root, 'in'), '--out', join(root, 'out'));
    expect(code).toBe(2);
    expect(notes).toMatch(/a\.json and .*a\.xml would both become .*out\/a\.json/);
    expect(existsSync(join(root, 'out'))).toBe(false);
  });
  it.each([[''], ['/a.json']])('refuses to put a result where a source stands (in%s)', async (path) => {
    put('in/a.json', json('a'));
    const { code, notes } = await run(join(root, `in${path}`), '--out', join(root, 'in'));
    expect(code).toBe(2);
    expect(notes).toContain('would take the place of');
    expect(read('in/a.json')).toEqual({ resourceType: 'Patient', id: 'a' });
  });
});
