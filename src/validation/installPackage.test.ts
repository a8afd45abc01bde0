import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installPackage } from './installPackage.ts';
import { listPackages } from './packageLock.ts';
import { type Member, tarball } from './tarballs.ts';

const described = JSON.stringify({ name: 'test.pack', version: '1.0.0' });
const good: Member[] = [
  { name: 'package/package.json', body: described },
  { name: 'package/StructureDefinition-x.json', body: '{}' },
];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-packages-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function install(bytes: Buffer, dist: Record<string, string> = {}): Promise<unknown> {
  const listing = { versions: { '1.0.0': { dist: { tarball: 'http://registry/t.tgz', ...dist } } } };
  return installPackage({
    name: 'test.pack@1.0.0',
    registry: 'http://registry',
    folder: join(folder, 'packages'),
    get: async (url) => ({
      status: 200,
      body: url.endsWith('.tgz') ? bytes : Buffer.from(JSON.stringify(listing)),
    }),
  });
}

describe('a package is refused, and nothing is written', () => {
  it.each<[string, Member[]]>([
    ['a name that climbs out', [...good, { name: 'package/../../evil.json', body: '{}' }]],
    ['an absolute name', [...good, { name: '/etc/evil', body: '{}' }]],
    ['a backslash', [...good, { name: 'package\\..\\evil', body: '{}' }]],
    ['a symbolic link', [...good, { name: 'package/link', type: '2', link: '/etc/passwd' }]],
    ['a hard link', [...good, { name: 'package/link', type: '1', link: 'package/package.json' }]],
    ['two package.json', [...good, { name: 'package/package.json', body: described }]],
    ['another name', [{ name: 'package/package.json', body: '{"name":"other","version":"1.0.0"}' }]],
    ['no package.json', [{ name: 'package/x.json', body: '{}' }]],
  ])('%s', async (_, members) => {
    await expect(install(tarball(members))).rejects.toThrow(/package/i);
    expect(readdirSync(folder).filter((name) => name !== 'packages')).toEqual([]);
    expect(existsSync(join(folder, 'packages', 'packages.lock.json'))).toBe(false);
  });
  it('wrong digest', async () => {
    await expect(install(tarball(good), { shasum: '00' })).rejects.toThrow('not what the registry says');
    await expect(install(tarball(good), { integrity: 'sha512-AAAA' })).rejects.toThrow(
      'not what the registry says',
    );
  });
  it('a bomb', async () => {
    // a gzip file may have many members: one small one, over and over
    const member = gzipSync(Buffer.alloc(16 * 1024 * 1024));
    const bomb = Buffer.concat(Array.from({ length: 40 }, () => member));
    await expect(install(bomb)).rejects.toThrow('too large');
  });
  it('something that is no archive', async () => {
    await expect(install(Buffer.from('hello'))).rejects.toThrow('cannot be unpacked');
  });
  it('another content than the lock says', async () => {
    await install(tarball(good));
    const lock = readFileSync(join(folder, 'packages', 'packages.lock.json'), 'utf8');
    await expect(install(tarball([...good, { name: 'package/y.json', body: '{}' }]))).rejects.toThrow(
      'lock file',
    );
    expect(readFileSync(join(folder, 'packages', 'packages.lock.json'), 'utf8')).toBe(lock);
  });
});

describe('a good package', () => {
  it('is put in place and locked with its integrity', async () => {
    const bytes = tarball(good);
    await install(bytes, { shasum: createHash('sha1').update(bytes).digest('hex') });
    expect(readdirSync(join(folder, 'packages', 'test.pack@1.0.0')).sort()).toEqual([
      'StructureDefinition-x.json',
      'package.json',
    ]);
    expect(listPackages(join(folder, 'packages'))).toEqual([
      {
        name: 'test.pack',
        version: '1.0.0',
        integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      },
    ]);
  });
});
