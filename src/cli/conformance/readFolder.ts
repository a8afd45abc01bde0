// Which FHIR resources lie in these folders? Loose or in Bundles, XML or JSON, at any depth.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isResource } from '../../fhir/bundles.ts';
import { parseJson } from '../../fhir/json.ts';
import { parseXml } from '../../fhir/xml.ts';
import type { FhirResource } from '../../model.ts';
import { misused } from '../exit.ts';

export type FoundResource = {
  resource: FhirResource;
  /** The file it came from. */
  file: string;
  folder: string;
  fullUrl?: string;
};

export type FolderContent = {
  resources: FoundResource[];
  /** Files that look like FHIR but cannot be read. */
  unreadable: { file: string; reason: string }[];
  /** Files that are something else. */
  skipped: number;
};

/** Reads files and whole folder trees. Throws a usage failure (exit 2) for a place that cannot be opened. */
export async function readFolders(places: readonly string[]): Promise<FolderContent> {
  const content: FolderContent = { resources: [], unreadable: [], skipped: 0 };
  for (const place of places) {
    const files = await filesIn(place);
    for (const file of files) await readOne(file, content);
  }
  return content;
}

async function filesIn(place: string): Promise<string[]> {
  try {
    if ((await stat(place)).isFile()) return [place];
    const entries = await readdir(place, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() && /\.(xml|json)$/i.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    throw misused(`${place} cannot be read: is it a file or a folder that exists?`, error);
  }
}

async function readOne(file: string, content: FolderContent): Promise<void> {
  let resource: FhirResource | undefined;
  try {
    resource = parsed(withoutMark(await readFile(file)), file);
  } catch (error) {
    content.unreadable.push({ file, reason: error instanceof Error ? error.message : 'does not parse' });
    return;
  }
  if (resource === undefined) content.skipped += 1;
  else content.resources.push(...unpacked(resource, file));
}

/** Files on disk may begin with a byte order mark; a message may not. */
const withoutMark = (bytes: Buffer): Buffer =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;

/** The file's resource, or nothing when the file is not FHIR. */
function parsed(bytes: Buffer, file: string): FhirResource | undefined {
  if (/\.xml$/i.test(file)) {
    return /xmlns(:\w+)?\s*=\s*["']http:\/\/hl7\.org\/fhir["']/.test(bytes.subarray(0, 4096).toString('utf8'))
      ? parseXml(bytes, 'stu3')
      : undefined;
  }
  if (!bytes.includes('"resourceType"')) return undefined;
  const value = parseJson(bytes);
  return isResource(value) ? value : undefined;
}

/** A Bundle gives its entries; anything else gives itself. */
function unpacked(resource: FhirResource, file: string): FoundResource[] {
  const folder = dirname(file);
  if (resource.resourceType !== 'Bundle') return [{ resource, file, folder }];
  const entries = Array.isArray(resource.entry) ? resource.entry : [];
  return entries.flatMap((entry) => {
    if (!isResource(entry?.resource)) return [];
    const fullUrl = typeof entry.fullUrl === 'string' ? { fullUrl: entry.fullUrl } : {};
    return unpacked(entry.resource, file).map((found) => ({ ...found, ...fullUrl }));
  });
}

/** How a found resource is called in a report. */
export const nameOf = (found: FoundResource): string =>
  `${basename(found.folder)}/${found.resource.id ?? basename(found.file)}`;
