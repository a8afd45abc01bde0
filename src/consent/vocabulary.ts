// Which codings of an element mean this vocabulary? What cannot be read is told from what is of others.

/** Codes that records may use: their systems, how a code looks that means one of them, and which there are. */
export type Vocabulary = { systems: ReadonlySet<string>; looks: RegExp; has(code: string): boolean };

/** How data categories and categories of consulting organisations look. */
export const looksLike = { dataCategory: /^\s*GGC/i, consulting: /^\s*RPZAC/i } as const;

type Coding = { system?: string | undefined; code?: string | undefined };

/**
 * The codings that mean this vocabulary; none when all are of others. Undefined when it cannot be read: no code at all, or one
 * that means this vocabulary and is not in it, or not in its system.
 */
export function readCodings<C extends Coding>(
  codings: readonly C[],
  { systems, looks, has }: Vocabulary,
): C[] | undefined {
  const meant = codings.filter(({ system = '', code = '' }) => systems.has(system) || looks.test(code));
  const isRead = meant.every(({ system = '', code = '' }) => systems.has(system) && code !== '' && has(code));
  return isRead && codings.some(({ code = '' }) => code !== '') ? meant : undefined;
}
