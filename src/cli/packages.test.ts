// Do packages come in with all that they need, each once and locked, and is it said what to do when they do not?
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tarball } from '../validation/tarballs.ts';
import { runCommandLine } from './run.ts';

/** Packages by name and version, with what each needs. */
type Shelf = Record<string, Record<string, Record<string, string>>>;

const shelf: Shelf = {
  'care.profiles': { '1.0.0': { 'care.blocks': '2.1.x', 'hl7.fhir.r4.core': '4.0.1' } },
  'care.blocks': {
    '2.0.0': {},
    '2.1.0': { 'care.terms': '1.0.0' },
    '2.1.3': { 'care.terms': '1.0.0', 'care.profiles': '1.0.0' },
    '2.1.4-beta.1': {},
    '2.2.0': {},
  },
  'care.terms': { '1.0.0': {} },
  'care.broken': { '1.0.0': { 'care.missing': '3.0.0' } },
};

let server: Server;
let asked: string[] = [];
let folder = '';

const packed = (name: string, version: string, dependencies: object): Buffer =>
  tarball([
    { name: 'package/package.json', body: JSON.stringify({ name, version, dependencies }) },
    { name: 'package/StructureDefinition-x.json', body: '{}' },
  ]);

function answerOf(url: string, host: string): Buffer | undefined {
  const [name = '', version] = url.slice(1).split('/');
  const versions = shelf[name];
  if (versions === undefined) return undefined;
  if (version !== undefined) return packed(name, version, versions[version] ?? {});
  const listed = Object.keys(versions).map((one) => [one, { dist: { tarball: `${host}/${name}/${one}` } }]);
  return Buffer.from(JSON.stringify({ versions: Object.fromEntries(listed) }));
}

let address = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-packages-'));
  asked = [];
  server = createServer((request, response) => {
    asked.push(String(request.url));
    const found = answerOf(String(request.url), address);
    response.writeHead(found === undefined ? 404 : 200);
    response.end(found ?? 'no');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});

async function install(...words: string[]): Promise<{ code: number; out: string; notes: string }> {
  const written: string[] = [];
  const noted: string[] = [];
  const keep = (into: string[]) => (text: unknown) => into.push(String(text)) > 0;
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(keep(written));
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(keep(noted));
  const from = ['--registry', address, '--allow', address.slice('http://'.length), '--folder', folder];
  try {
    const line = [process.execPath, 'sluis', 'packages', 'install', ...words, ...from];
    const code = await runCommandLine(line, {});
    return { code, out: written.join(''), notes: noted.join('') };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

const installed = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.includes('@'))
    .sort();

describe('sluis packages install', () => {
  it('brings what a package needs, the newest of a range, once in a circle, without the base', async () => {
    expect((await install('care.profiles@1.0.0')).code).toBe(0);
    expect(installed()).toEqual(['care.blocks@2.1.3', 'care.profiles@1.0.0', 'care.terms@1.0.0']);
    expect(asked.filter((url) => url === '/care.profiles/1.0.0')).toHaveLength(1);
    expect(asked.some((url) => url.includes('hl7.fhir'))).toBe(false);
    const lock = JSON.parse(readFileSync(join(folder, 'packages.lock.json'), 'utf8'));
    expect(Object.keys(lock.packages)).toEqual(installed());
    for (const one of Object.values<{ integrity: string }>(lock.packages))
      expect(one.integrity).toMatch(/^sha512-.{80,}/);
  });
  it('keeps what is there and fits, without asking for it again', async () => {
    await install('care.blocks@2.1.0', '--no-dependencies');
    expect(installed()).toEqual(['care.blocks@2.1.0']);
    asked = [];
    await install('care.profiles@1.0.0');
    expect(installed()).toEqual(['care.blocks@2.1.0', 'care.profiles@1.0.0', 'care.terms@1.0.0']);
    expect(asked.some((url) => url.startsWith('/care.blocks'))).toBe(false);
  });
  it('takes a pre-release only when it is named', async () => {
    await install('care.blocks@2.1.4-beta.1');
    expect(installed()).toEqual(['care.blocks@2.1.4-beta.1']);
  });
  it('says who needs what cannot be had, and what to do; what was whole stays', async () => {
    const { code, notes } = await install('care.broken@1.0.0');
    expect(code).toBe(1);
    expect(notes).toContain('care.missing@3.0.0, which care.broken@1.0.0 needs, could not be installed');
    expect(notes).toContain('--no-dependencies');
    expect(installed()).toEqual(['care.broken@1.0.0']);
    expect((await install('care.broken@1.0.0', '--no-dependencies')).code).toBe(0);
  });
  it('names the versions that there are', async () => {
    const { code, notes } = await install('care.blocks@9.9.9');
    expect(code).toBe(1);
    expect(notes).toContain('Its newest: 2.2.0, 2.1.4-beta.1, 2.1.3');
  });
  it('says that a registry cannot be reached, and what to do', async () => {
    await new Promise((done) => server.close(done));
    const { code, notes } = await install('care.profiles@1.0.0');
    expect(code).toBe(1);
    expect(notes).toMatch(
      /cannot be reached.*Try another --registry, put its files in .*care.profiles@1.0.0 yourself/s,
    );
    expect(installed()).toEqual([]);
  });
});
