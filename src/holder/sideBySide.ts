// How are many small questions put at once, but not all at once?

/** Runs `work` for each item, at most `limit` under way, started in order; rejects with what the first failing work threw. */
export async function sideBySide<T>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<void>,
): Promise<void> {
  const rest = items.entries();
  const runner = async () => {
    for (const [index, item] of rest) await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, runner));
}
