// Under which id does a holder's resource leave? One that reveals nothing and that leads back to its holder (ADR 4).
import { hash } from 'node:crypto';
import type { DataEndpoint, Participant } from '../../model.ts';
import type { Store } from '../../store/store.ts';

/*
 * The shape of a UUIDv4. The last 16 digits are a keyed hash of holder, type and the holder's own id; the first 15 are a
 * keyed hash of the holder, hidden under a hash of the last 16: only who has the key can tell two holders apart.
 */
type Hashes = Pick<Store, 'hash'>;
export type HolderPlace = {
  participant: Pick<Participant, 'id'>;
  endpoint: Pick<DataEndpoint, 'id'>;
};

const shape = /^([0-9a-f]{8})-([0-9a-f]{4})-4([0-9a-f]{3})-([89ab][0-9a-f]{3})-([0-9a-f]{12})$/;

const hexOf = (store: Hashes, parts: readonly string[]): string =>
  hash('sha256', store.hash('id', JSON.stringify(parts)), 'hex');

/** Both are hexadecimal and as long. */
const crossed = (one: string, other: string): string =>
  (BigInt(`0x${one}`) ^ BigInt(`0x${other}`)).toString(16).padStart(one.length, '0');

const holderTag = (store: Hashes, { participant, endpoint }: HolderPlace): string =>
  hexOf(store, ['holder', participant.id, endpoint.id]).slice(0, 15);

const maskOf = (store: Hashes, tail: string): string => hexOf(store, ['mask', tail]).slice(0, 15);

/**
 * Makes the ids for `Type/id` of one holder: the same at every gateway with these keys, for as long as they live. It
 * remembers those that it made, so that one answer makes each once.
 */
export function servedIds(store: Hashes, holder: HolderPlace): (place: string) => string {
  const known = new Map<string, string>();
  let tag: string | undefined;
  return (place) => {
    tag ??= holderTag(store, holder);
    const id = known.get(place) ?? idOf(store, { holder, tag, place });
    known.set(place, id);
    return id;
  };
}

type Tagged = { holder: HolderPlace; tag: string; place: string };

function idOf(store: Hashes, { holder, tag, place }: Tagged): string {
  const digits = hexOf(store, ['served', holder.participant.id, holder.endpoint.id, place]);
  const tail = `${'89ab'[parseInt(digits.charAt(0), 16) & 3]}${digits.slice(1, 16)}`;
  const head = crossed(tag, maskOf(store, tail));
  return `${head.slice(0, 8)}-${head.slice(8, 12)}-4${head.slice(12)}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}

/** Which of these holders an id belongs to; undefined when it is none of ours. */
export function holderOfServed<Holder extends HolderPlace>(
  store: Hashes,
  id: string,
  holders: readonly Holder[],
): Holder | undefined {
  const [, one, two, three, four, five] = shape.exec(id) ?? [];
  if (five === undefined) return undefined;
  const tag = crossed(`${one}${two}${three}`, maskOf(store, `${four}${five}`));
  return holders.find((holder) => holderTag(store, holder) === tag);
}
