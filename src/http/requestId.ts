// Which id does this request carry in answers, logs and records? The caller's own if it is harmless, else a new one.
import { randomUUID } from 'node:crypto';
import { containsBsn } from './scrub.ts';

const harmless = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/** Takes over an X-Request-Id of 8 to 64 plain characters in which no BSN can stand; makes one otherwise. */
export function requestIdFor(given: string | undefined): string {
  if (given !== undefined && harmless.test(given) && !containsBsn(given)) return given;
  let id = randomUUID() as string;
  while (containsBsn(id)) id = randomUUID();
  return id;
}
