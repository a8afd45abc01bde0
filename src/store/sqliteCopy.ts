// How is an SQLite database copied while its gateway runs? As it is at one moment, into a file that is there whole or not at all.
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Writes the database `file` as one moment had it to `to`, mode 600, on disk when it returns; holds up no writer. Removed rows do not
 * go along: the copy is rebuilt from those that are left (https://www.sqlite.org/lang_vacuum.html#vacuuminto). Returns its size in bytes.
 * Throws when `to` exists, when it cannot be written, and when the copy is not sound; then there is no `to`.
 */
export function copySqlite(file: string, to: string): number {
  const part = `${to}.part`;
  if (existsSync(to)) throw new Error(`${to} is there already; a copy overwrites nothing`);
  rmSync(part, { force: true });
  try {
    closeSync(openSync(part, 'wx', 0o600));
    read(file, (database) => database.prepare('vacuum into ?').run(part));
    demandSound(part);
    flush(part);
    renameSync(part, to);
    flush(dirname(to));
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  return statSync(to).size;
}

function read(file: string, work: (database: DatabaseSync) => void): void {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  try {
    work(database);
  } finally {
    database.close();
  }
}

function demandSound(file: string): void {
  read(file, (database) => {
    const { integrity_check: found } = database.prepare('pragma integrity_check').get() ?? {};
    if (found !== 'ok') throw new Error(`The copy is not sound: ${String(found)}`);
  });
}

function flush(path: string): void {
  const handle = openSync(path, 'r');
  fsyncSync(handle);
  closeSync(handle);
}
