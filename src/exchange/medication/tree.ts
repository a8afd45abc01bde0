// What stands where in content of unknown shape? Reading without trusting.

export type Tree = { readonly [name: string]: unknown };

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The objects under a name, whether it holds one or a list. */
export function trees(value: unknown): readonly Tree[] {
  if (Array.isArray(value)) return value.filter(isTree);
  return isTree(value) ? [value] : [];
}

export const tree = (value: unknown): Tree | undefined => trees(value)[0];

/** Text that is there and not blank. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** The same object without what is undefined. */
export function present<T extends object>(value: { [K in keyof T]: T[K] | undefined }): T {
  const kept: Partial<T> = {};
  for (const name in value) {
    const one = value[name];
    if (one !== undefined) kept[name] = one;
  }
  return kept as T;
}
