// How does a link to a further page look? A name for one page of one kept answer that nobody can read, change or count up.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Store } from '../../store/store.ts';

/*
 * 64 hexadecimal digits: a keyed hash of answer and page, and both hidden under a keyed hash of the first (a synthetic
 * nonce). Whoever changes a digit gets another page number or id that no longer fits its hash.
 */
export type PageName = { snapshotId: string; page: number };

const shape = /^[0-9a-f]{64}$/;
const tagBytes = 14;

const keyed = (store: Pick<Store, 'hash'>, use: string, bytes: Uint8Array): Buffer =>
  createHmac('sha256', store.hash('id', `search pages ${use}`))
    .update(bytes)
    .digest();

const crossed = (one: Uint8Array, other: Uint8Array): Buffer =>
  Buffer.from(one.map((byte, index) => byte ^ (other[index] ?? 0)));

export function linkToken(store: Pick<Store, 'hash'>, { snapshotId, page }: PageName): string {
  const plain = Buffer.alloc(18);
  plain.write(snapshotId.replaceAll('-', ''), 'hex');
  plain.writeUInt16BE(page, 16);
  const tag = keyed(store, 'tag', plain).subarray(0, tagBytes);
  return Buffer.concat([tag, crossed(plain, keyed(store, 'mask', tag))]).toString('hex');
}

/** The page that a link names; undefined when it is not one of ours. */
export function readLink(store: Pick<Store, 'hash'>, token: string): PageName | undefined {
  if (!shape.test(token)) return undefined;
  const bytes = Buffer.from(token, 'hex');
  const tag = bytes.subarray(0, tagBytes);
  const plain = crossed(bytes.subarray(tagBytes), keyed(store, 'mask', tag));
  if (!timingSafeEqual(tag, keyed(store, 'tag', plain).subarray(0, tagBytes))) return undefined;
  const hex = plain.subarray(0, 16).toString('hex');
  const snapshotId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return { snapshotId, page: plain.readUInt16BE(16) };
}
