// Which files does a package hold, if it can be trusted at all? http://hl7.org/fhir/packages.html; POSIX ustar and pax.
import { gunzipSync } from 'node:zlib';
import { GatewayError } from '../errors.ts';

export type PackedFile = { name: string; bytes: Uint8Array };

const block = 512;
const mostUnpacked = 512 * 1024 * 1024;
const mostInFile = 64 * 1024 * 1024;
const mostFiles = 20_000;

const refuse = (why: string): GatewayError => new GatewayError('invalid', `The package is refused: ${why}.`);

function unpack(bytes: Uint8Array): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostUnpacked });
  } catch (cause) {
    throw new GatewayError('invalid', 'The package is refused: it cannot be unpacked, or is too large.', {
      cause,
    });
  }
}

const textAt = (header: Buffer, from: number, length: number): string =>
  header.toString('utf8', from, from + length).replace(/\0.*$/s, '');

function sizeOf(header: Buffer): number {
  const text = textAt(header, 124, 12).trim();
  if (!/^[0-7]+$/.test(text)) throw refuse('a file has no proper size');
  return Number.parseInt(text, 8);
}

function checksumFits(header: Buffer): boolean {
  const stated = Number.parseInt(textAt(header, 148, 8).trim(), 8);
  let sum = 0;
  for (let i = 0; i < block; i++) sum += i >= 148 && i < 156 ? 32 : (header[i] ?? 0);
  return sum === stated;
}

/** A name that stays inside the folder it is unpacked in. */
function safeName(name: string): string {
  const parts = name.replace(/\/$/, '').split('/');
  const unsafe =
    name.startsWith('/') ||
    /[\\\0:]/.test(name) ||
    parts.some((part) => part === '' || part === '.' || part === '..');
  if (unsafe) throw refuse('a file name leads outside the package');
  return parts.join('/');
}

function paxPath(body: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(body.toString('utf8'))?.[1];
}

type Reading = { files: PackedFile[]; names: Set<string>; longName: string | undefined };

function keep(reading: Reading, written: string, bytes: Buffer): void {
  const name = safeName(written);
  if (reading.names.has(name.toLowerCase())) throw refuse('a file occurs twice');
  if (bytes.length > mostInFile) throw refuse('a file is too large');
  if (reading.files.length >= mostFiles) throw refuse('it has too many files');
  reading.names.add(name.toLowerCase());
  reading.files.push({ name, bytes });
}

function readEntry(reading: Reading, header: Buffer, body: Buffer): void {
  const type = String.fromCharCode(header[156] ?? 0);
  const prefix = textAt(header, 257, 5) === 'ustar' ? textAt(header, 345, 155) : '';
  const short = textAt(header, 0, 100);
  const name = reading.longName ?? (prefix === '' ? short : `${prefix}/${short}`);
  if (type === 'x') {
    reading.longName = paxPath(body);
    return;
  }
  reading.longName = undefined;
  if (type === '0' || type === '\0') keep(reading, name, body);
  else if (type === '5') safeName(name);
  else if (type !== 'g') throw refuse('it holds a link or a device');
}

/** Reads a gzipped tar. Throws `invalid` for links, names that lead outside, doubles, and what is too large. */
export function readTarball(bytes: Uint8Array): PackedFile[] {
  const tar = unpack(bytes);
  const reading: Reading = { files: [], names: new Set(), longName: undefined };
  let at = 0;
  while (at + block <= tar.length) {
    const header = tar.subarray(at, at + block);
    if (header.every((one) => one === 0)) break;
    if (!checksumFits(header)) throw refuse('it is damaged');
    const size = sizeOf(header);
    if (at + block + size > tar.length) throw refuse('it is cut off');
    readEntry(reading, header, tar.subarray(at + block, at + block + size));
    at += block + Math.ceil(size / block) * block;
  }
  return reading.files;
}
