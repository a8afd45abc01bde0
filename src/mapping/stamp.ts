// Did the files of a map change since it was compiled?
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What tells one state of the folders' maps, manifests and concept maps from another: file, time of change, size. */
export const stampOf = (folders: readonly string[]): string =>
  folders
    .flatMap((folder) => [folder, join(folder, 'conceptmaps')])
    .flatMap((folder) => (existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : []))
    .map((file) => {
      const { mtimeMs, size } = statSync(file);
      return `${file} ${mtimeMs} ${size}`;
    })
    .join('\n');
