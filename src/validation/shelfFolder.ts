// Which folder may be trusted with shelves, and which shelves are no longer used? What nobody opened for a month goes.
import { lstatSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const day = 86_400_000;
const longest = 30 * day;
const mostBytes = 1024 ** 3;

const shelf = /^[^/]+-[0-9a-f]{24}\.shelf(?:\.\d+\.part)?$/;

/** Makes the folder when it is not there. False when it belongs to another: what stands there cannot be trusted. */
export function isOwnFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    return found.isDirectory() && (process.getuid === undefined || found.uid === process.getuid());
  } catch {
    return false;
  }
}

/** Says that a shelf is in use, once a day. */
export function markUsed(file: string, now = Date.now()): void {
  try {
    if (now - statSync(file).mtimeMs > day) utimesSync(file, now / 1000, now / 1000);
  } catch {
    // Another gateway may have cleared it away; it is made anew.
  }
}

/** Removes shelves that were not used for a month, and the oldest beyond a gigabyte; never `kept`. */
export function clearShelves(folder: string, kept: string, now = Date.now()): void {
  const found = readdirSync(folder)
    .filter((name) => shelf.test(name) && name !== kept)
    .flatMap((name) => {
      const stat = statSync(join(folder, name), { throwIfNoEntry: false });
      return stat === undefined ? [] : [{ name, used: stat.mtimeMs, size: stat.size }];
    })
    .sort((a, b) => b.used - a.used);
  let bytes = 0;
  for (const { name, used, size } of found) {
    bytes += size;
    const abandoned = name.endsWith('.part') && now - used > day;
    if (now - used > longest || bytes > mostBytes || abandoned) rmSync(join(folder, name), { force: true });
  }
}
