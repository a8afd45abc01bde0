// How is a hash written as an id? In the shape of a UUIDv4: the same hash, the same id.
import { hash } from 'node:crypto';
import type { Store } from '../store/store.ts';

function uuidOf(digits: string): string {
  const variant = '89ab'[Number.parseInt(digits.charAt(16), 16) & 3];
  const middle = `${digits.slice(8, 12)}-4${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}`;
  return `${digits.slice(0, 8)}-${middle}-${digits.slice(20, 32)}`;
}

/** Names what has no name, the same each time. Anybody can compute it: nothing secret goes in. */
export const uuidFor = (...parts: readonly string[]): string =>
  uuidOf(hash('sha256', JSON.stringify(parts), 'hex'));

/** The same under the gateway's key: nobody can guess it, and every gateway with that key gives the same. */
export const keyedUuid = (store: Pick<Store, 'hash'>, ...parts: readonly string[]): string =>
  uuidOf(hash('sha256', store.hash('id', JSON.stringify(parts)), 'hex'));
