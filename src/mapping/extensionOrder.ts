// Which extension is which, when their order has no meaning? http://hl7.org/fhir/R4/extensibility.html#exchange: they are known by their address.
import { isTree, type Tree } from './fhirpath/values.ts';

const isExtensions = (key: string): boolean => key === 'extension' || key === 'modifierExtension';

const same = (left: unknown, right: unknown): boolean => JSON.stringify(left) === JSON.stringify(right);

/** The items of `found`, each at the place of its like in `wanted`; what has no like comes last. */
const arrange = (wanted: readonly unknown[], found: readonly unknown[]): unknown[] => {
  const rest = [...found];
  const take = (fits: (item: unknown) => boolean): unknown => {
    const index = rest.findIndex(fits);
    return index < 0 ? undefined : rest.splice(index, 1)[0];
  };
  const equal = wanted.map((one) => take((item) => same(item, one)));
  const placed = wanted.map(
    (one, index) =>
      equal[index] ?? take((item) => isTree(item) && isTree(one) && item.url === one.url) ?? null,
  );
  return [...placed, ...rest];
};

/** A copy of `found` with its extensions in the order that they have in `wanted`, at every level. */
export const inOrderOf = (wanted: unknown, found: unknown): unknown => {
  if (Array.isArray(wanted) && Array.isArray(found))
    return found.map((item, index) => inOrderOf(wanted[index], item));
  if (!isTree(wanted) || !isTree(found)) return found;
  const copy: Tree = {};
  for (const [key, value] of Object.entries(found)) {
    const other = wanted[key];
    const ordered =
      isExtensions(key) && Array.isArray(other) && Array.isArray(value) ? arrange(other, value) : value;
    copy[key] = inOrderOf(other, ordered);
  }
  return copy;
};
