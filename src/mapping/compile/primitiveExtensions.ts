// What becomes of the extensions beside a primitive? Through the default group for Extension when the map has one.
import type { Run } from '../fhirpath/frame.ts';
import { isTree, type Tree } from '../fhirpath/values.ts';

/**
 * Writes the id and the converted extensions of a primitive (`_birthDate`) into `companion`.
 * @returns false when the map has no default group for Extension: then they are copied as they are
 */
export const convertExtensions = (run: Run, extra: Tree, companion: Tree): boolean => {
  const { extension } = run;
  if (!extension) return false;
  const { id, extension: found } = extra;
  if (id !== undefined) {
    companion.id = id;
    run.recorder?.conditions.push({ container: extra, key: 'id', live: true });
  }
  if (!Array.isArray(found)) return true;
  const made = found.filter(isTree).map((source) => {
    const target: Tree = {};
    extension.invoke(run, { values: [source, target], places: [[], []] });
    return target;
  });
  companion.extension = [...(Array.isArray(companion.extension) ? companion.extension : []), ...made];
  return true;
};
