// Is a package the one that was installed before? Its integrity is kept in packages.lock.json beside the packages.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const lockFile = z.strictObject({
  packages: z.record(z.string(), z.strictObject({ integrity: z.string(), from: z.string() })),
});

export type Lock = z.infer<typeof lockFile>;

const place = (folder: string): string => join(folder, 'packages.lock.json');

/** The lock of a folder; empty when there is none. Throws when it does not have the form. */
export function readLock(folder: string): Lock {
  if (!existsSync(place(folder))) return { packages: {} };
  return lockFile.parse(JSON.parse(readFileSync(place(folder), 'utf8')));
}

/** Writes the lock atomically, in a stable order. */
export function writeLock(folder: string, lock: Lock): void {
  const packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  const scratch = `${place(folder)}.${process.pid}.part`;
  writeFileSync(scratch, `${JSON.stringify({ packages }, null, 2)}\n`);
  renameSync(scratch, place(folder));
}

/** The packages in the lock of a folder. */
export function listPackages(folder: string): { name: string; version: string; integrity: string }[] {
  return Object.entries(readLock(folder).packages).map(([key, { integrity }]) => {
    const cut = key.lastIndexOf('@');
    return { name: key.slice(0, cut), version: key.slice(cut + 1), integrity };
  });
}
