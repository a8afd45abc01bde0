// How do questions about one patient that are put at one moment share what is read? The read starts after all of them were put.

/**
 * `read` for a key, once for all who ask in the same turn. It starts when that turn has ended: nobody is given what was read
 * before it asked, so that a change of mind counts from its commit on.
 */
export function together<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const starting = new Map<string, Promise<T>>();
  return (key) => {
    const known = starting.get(key);
    if (known !== undefined) return known;
    const started = Promise.resolve().then(() => {
      starting.delete(key);
      return read(key);
    });
    starting.set(key, started);
    return started;
  };
}
