// How does a FHIR package come into a folder, whole or not at all? http://hl7.org/fhir/packages.html
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { type Lock, readLock, writeLock } from './packageLock.ts';
import { newest } from './packageRange.ts';
import { compareReleases } from './registry.ts';
import { type PackedFile, readTarball } from './tarball.ts';

export type Installing = {
  /** NAME@VERSION. */
  name: string;
  /** Address of the registry, which answers `/{name}` with its versions. */
  registry: string;
  folder: string;
  get(url: string): Promise<{ status: number; body: Uint8Array }>;
};

export type Installed = {
  name: string;
  version: string;
  integrity: string;
  files: number;
  /** What its package.json asks for, by name: a version or a range such as `1.0.x`. */
  needs: Readonly<Record<string, string>>;
};

const wanted = /^(?<name>[a-z][a-z0-9]*(?:[.-][A-Za-z0-9]+)+)@(?<range>[\dxX*][A-Za-z0-9.+*-]*|latest)$/;

const listing = z.looseObject({
  'dist-tags': z.looseObject({ latest: z.string().optional() }).optional(),
  versions: z.record(
    z.string(),
    z.looseObject({
      dist: z.looseObject({
        tarball: z.string(),
        shasum: z.string().optional(),
        integrity: z.string().optional(),
      }),
    }),
  ),
});

const refuse = (why: string, cause?: unknown): GatewayError => new GatewayError('invalid', why, { cause });

async function fetched(from: Installing, url: string): Promise<Uint8Array> {
  const { status, body } = await from.get(url);
  if (status === 404) throw refuse('The registry does not have it.');
  if (status !== 200) throw refuse(`The registry answered ${status}.`);
  return body;
}

function parseListing(body: Uint8Array): z.infer<typeof listing> {
  try {
    return listing.parse(JSON.parse(Buffer.from(body).toString('utf8')));
  } catch (cause) {
    throw refuse('The registry answered something that is not a list of versions.', cause);
  }
}

const digest = (algorithm: string, bytes: Uint8Array, form: 'hex' | 'base64'): string =>
  createHash(algorithm).update(bytes).digest(form);

/** Is what came what the registry says it is? */
function checkDigest(
  bytes: Uint8Array,
  dist: { shasum?: string | undefined; integrity?: string | undefined },
): void {
  const { shasum, integrity } = dist;
  const [algorithm, stated] = integrity?.split('-') ?? [];
  const wrong =
    (shasum !== undefined && digest('sha1', bytes, 'hex') !== shasum.toLowerCase()) ||
    (algorithm === 'sha512' && digest('sha512', bytes, 'base64') !== stated);
  if (wrong) throw refuse('The package is not what the registry says it is.');
}

const description = z.looseObject({
  name: z.string(),
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).optional(),
});

type Opened = { files: PackedFile[]; needs: Record<string, string> };

function openPackage(files: readonly PackedFile[], asked: { name: string; version: string }): Opened {
  const inside = files
    .filter((file) => file.name.startsWith('package/'))
    .map((file) => ({ ...file, name: file.name.slice('package/'.length) }));
  const described = inside.find((file) => file.name === 'package.json');
  if (described === undefined) throw refuse('The package has no package.json.');
  const stated = readDescription(described.bytes);
  if (stated.name !== asked.name || stated.version !== asked.version) {
    throw refuse('The package says to be another one than was asked for.');
  }
  return { files: inside.filter((file) => !file.name.includes('/')), needs: stated.dependencies ?? {} };
}

/** What a package.json says. Throws `invalid` when it cannot be read. */
export function readDescription(bytes: Uint8Array): z.infer<typeof description> {
  try {
    return description.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw refuse('The package.json of the package cannot be read.', cause);
  }
}

function place(folder: string, key: string, files: readonly PackedFile[]): void {
  mkdirSync(folder, { recursive: true });
  const scratch = mkdtempSync(join(folder, '.incoming-'));
  try {
    for (const { name, bytes } of files) writeFileSync(join(scratch, name), bytes, { flag: 'wx' });
    rmSync(join(folder, key), { recursive: true, force: true });
    renameSync(scratch, join(folder, key));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The version that a range asks for: that of the lock when it fits, so that an installation can be repeated. */
function versionFor(
  asked: { name: string; range: string },
  listed: z.infer<typeof listing>,
  lock: Lock,
): string {
  const { name, range } = asked;
  if (Object.hasOwn(listed.versions, range)) return range;
  const versions = Object.keys(listed.versions);
  const locked = versions.filter((version) => Object.hasOwn(lock.packages, `${name}@${version}`));
  const latest = listed['dist-tags']?.latest;
  const found =
    range === 'latest' && latest !== undefined ? latest : (newest(locked, range) ?? newest(versions, range));
  if (found !== undefined && Object.hasOwn(listed.versions, found)) return found;
  const there = versions.sort(compareReleases).slice(-3).reverse().join(', ');
  throw refuse(`The registry does not have this version. Its newest: ${there || 'none'}.`);
}

/**
 * Fetches a package, checks it against the registry's digest and the lock, and puts it in place. Throws `invalid`, with
 * nothing written, when it is not what it should be.
 */
export async function installPackage(from: Installing): Promise<Installed> {
  const { name, range } = wanted.exec(from.name)?.groups ?? {};
  if (name === undefined || range === undefined) throw refuse('Name the package as NAME@VERSION.');
  const listed = parseListing(await fetched(from, `${from.registry.replace(/\/$/, '')}/${name}`));
  const lock = readLock(from.folder);
  const version = versionFor({ name, range }, listed, lock);
  const dist = listed.versions[version]?.dist;
  if (dist === undefined) throw refuse('The registry does not have this version.');
  const bytes = await fetched(from, dist.tarball);
  checkDigest(bytes, dist);
  const key = `${name}@${version}`;
  const integrity = `sha512-${digest('sha512', bytes, 'base64')}`;
  const locked = lock.packages[key]?.integrity;
  if (locked !== undefined && locked !== integrity)
    throw refuse('The package is not the one in the lock file.');
  const { files, needs } = openPackage(readTarball(bytes), { name, version });
  place(from.folder, key, files);
  writeLock(from.folder, { packages: { ...lock.packages, [key]: { integrity, from: from.registry } } });
  return { name, version, integrity, files: files.length, needs };
}
