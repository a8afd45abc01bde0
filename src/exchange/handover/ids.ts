// Under which ids is a handover served? Unpredictable ones, the same for the same case at every gateway, that lead back to it.
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Store } from '../../store/store.ts';

/*
 * An id has the shape of a UUIDv4: 15 digits, the 4, and 16 digits whose first says the variant. The last 16 are a keyed
 * hash of the case and the name; the first 15 are the case's tag, hidden under a keyed hash of the last 16. Whoever has
 * the key reads the tag back, so that no table of served resources is needed: writing one cost more than the content.
 */
export type Hashes = Pick<Store, 'hash'>;

const shape = /^([0-9a-f]{8})-([0-9a-f]{4})-4([0-9a-f]{3})-([89ab][0-9a-f]{3})-([0-9a-f]{12})$/;

const secrets = new WeakMap<Hashes, string>();

/** The same for the life of a store, and asked for several times in each request. */
function secretOf(store: Hashes): string {
  const secret = secrets.get(store) ?? store.hash('id', 'served ids');
  secrets.set(store, secret);
  return secret;
}

const digest = (...parts: readonly string[]) => hash('sha256', parts.join('|'), 'hex');
const tagOf = (store: Hashes, caseHash: string) =>
  Buffer.from(store.hash('id', caseHash), 'base64url').toString('hex').slice(0, 15);

export type CaseIds = {
  handoverId: string;
  /** The id for a name within the case: `Task`, `Condition/123` … */
  idFor(name: string): string;
};

export function idsOfCase(store: Hashes, caseHash: string): CaseIds {
  const secret = secretOf(store);
  const tag = tagOf(store, caseHash);
  return {
    handoverId: handoverIdFor(secret, tag),
    idFor: (name) => {
      const tail = tailOf(digest(secret, caseHash, name));
      return print(crossed(tag, digest(secret, tail)), tail);
    },
  };
}

/** The handover that a served id belongs to, if it is one of ours; whether that handover exists is for the store to say. */
export function handoverIdOf(store: Hashes, servedId: string): string | undefined {
  const parts = shape.exec(servedId);
  if (!parts) return undefined;
  const secret = secretOf(store);
  const tail = `${parts[4]}${parts[5]}`;
  return handoverIdFor(secret, crossed(`${parts[1]}${parts[2]}${parts[3]}`, digest(secret, tail)));
}

function handoverIdFor(secret: string, tag: string): string {
  return print(tag, tailOf(digest(secret, 'handover', tag)));
}

function tailOf(hex: string): string {
  return `${'89ab'[Number.parseInt(hex.charAt(0), 16) & 3]}${hex.slice(1, 16)}`;
}

/** Exclusive or of 15 hexadecimal digits. */
function crossed(one: string, other: string): string {
  const part = (from: number, to: number) =>
    (Number.parseInt(one.slice(from, to), 16) ^ Number.parseInt(other.slice(from, to), 16)) >>> 0;
  return part(0, 8).toString(16).padStart(8, '0') + part(8, 15).toString(16).padStart(7, '0');
}

function print(head: string, tail: string): string {
  return `${head.slice(0, 8)}-${head.slice(8, 12)}-4${head.slice(12, 15)}-${tail.slice(0, 4)}-${tail.slice(4, 16)}`;
}
