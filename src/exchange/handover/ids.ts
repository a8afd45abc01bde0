// Under which ids is a handover served? Unpredictable ones that are the same for the same case at every gateway.
import { Buffer } from 'node:buffer';
import type { Store } from '../../store/store.ts';

/**
 * A keyed hash in the shape of a UUIDv4 (122 bits): it shows no time, no order and nothing of the sender's id, and needs
 * no table of old and new ids. `name` is what is named within the case: `Task`, `Condition/123` …
 */
export function servedId(store: Pick<Store, 'hash'>, caseHash: string, name: string): string {
  const bytes = Buffer.from(store.hash('id', `${caseHash}|${name}`), 'base64url').subarray(0, 16);
  const hex = bytes.toString('hex');
  const variant = '89ab'[(bytes[8] ?? 0) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
