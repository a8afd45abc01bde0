// Where does a Composition say when the patient is transferred? In an extension of its administrative section, or elsewhere.
import { transferDateExtension } from './codes.ts';

type Tree = Record<string, unknown>;

const isTree = (one: unknown): one is Tree => typeof one === 'object' && one !== null;
const listOf = (value: unknown): readonly Tree[] => (Array.isArray(value) ? value.filter(isTree) : []);

/** A dateTime as sent, with its precision: the first that the Composition or a section has. */
export function transferDateIn(holder: Tree): string | undefined {
  for (const extension of listOf(holder.extension)) {
    const value = extension.valueDateTime;
    if (extension.url === transferDateExtension && typeof value === 'string') return value;
  }
  for (const section of listOf(holder.section)) {
    const value = transferDateIn(section);
    if (value) return value;
  }
  return undefined;
}

/** A copy with this date wherever there was one, and whether there was. */
export function replaceTransferDate<T extends Tree>(holder: T, date: string): { holder: T; found: boolean } {
  let found = false;
  const dated = <One extends Tree>(one: One): One => ({
    ...one,
    ...(Array.isArray(one.extension) ? { extension: one.extension.map(replaced) } : {}),
    ...(Array.isArray(one.section)
      ? { section: one.section.map((each) => (isTree(each) ? dated(each) : each)) }
      : {}),
  });
  const replaced = (extension: unknown): unknown => {
    if (!isTree(extension) || extension.url !== transferDateExtension) return extension;
    found = true;
    return { url: transferDateExtension, valueDateTime: date };
  };
  return { holder: dated(holder), found };
}
