// Are the files and folders there that the settings name? Paths are taken from the folder of the settings file.
import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { printPath, type SettingFault } from './faults.ts';
import { isTree, type Tree, textsAt } from './written.ts';

const namesFile = (name: string): boolean => name === 'file' || name.endsWith('File');
const namesFolder = (name: string): boolean => /Folders?$/.test(name);

/** Every setting named `file`, `…File` or `…Folder` is a path, `…Folders` a list of them. */
export function withPaths(tree: Tree, folder: string): Tree {
  const absolute = (value: unknown): unknown => (typeof value === 'string' ? resolve(folder, value) : value);
  return Object.fromEntries(
    Object.entries(tree).map(([name, value]) => {
      if (isTree(value)) return [name, withPaths(value, folder)];
      if (!namesFile(name) && !namesFolder(name)) return [name, value];
      return [name, Array.isArray(value) ? value.map(absolute) : absolute(value)];
    }),
  );
}

/** Key and certificate files must be there; the database's file and the anchor are made, their folders not. */
export function unreadableFiles(tree: Tree, path: readonly string[] = []): SettingFault[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    if (isTree(value)) return unreadableFiles(value, [...path, name]);
    const fault = namesFile(name) && typeof value === 'string' ? fileFault(name, value) : undefined;
    return fault === undefined ? [] : [{ path: printPath([...path, name]), message: `${value} ${fault}` }];
  });
}

function fileFault(name: string, file: string): string | undefined {
  if (name === 'file' || name === 'anchorFile') {
    return may(dirname(file), constants.W_OK)
      ? undefined
      : 'has a folder that is not there or may not be written';
  }
  return may(file, constants.R_OK) ? undefined : 'is not there, or may not be read';
}

/** A folder of packages that is not there would mean that nothing is checked against them, without a word. */
export const folderFaults = (settings: Tree): SettingFault[] =>
  textsAt(settings, 'validation.packageFolders.*')
    .filter(({ value }) => !may(value, constants.R_OK | constants.X_OK))
    .map(({ path, value }) => ({ path, message: `${value} is not there, or may not be read` }));

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
