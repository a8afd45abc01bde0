// Where are a client's keys, and are they fresh? Inline sets are read once; addresses are fetched one at a time.
import type { KeyObject } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { Client, Clock } from '../model.ts';
import type { AssertionAlgorithm } from './assertion.ts';
import { type KeySet, KeySetRefused, keyIn, readKeySet } from './keySet.ts';
import { clientRefused } from './refusals.ts';
import type { KeySetSettings } from './settings.ts';

/** What is needed of src/outgoing to fetch a key set: no redirects, size and time capped, addresses guarded. */
export type KeySetFetch = (request: {
  method: 'GET';
  url: string;
  headers: Record<string, string>;
  timeoutMs: number;
  maxBytes: number;
}) => Promise<{ status: number; headers: Record<string, string>; body: Uint8Array }>;

export type ClientKeys = {
  /** The key that this client's assertion names. Throws `unauthenticated`, or `unavailable` when it cannot be known. */
  find(client: Client, keyId: string, algorithm: AssertionAlgorithm): Promise<KeyObject>;
};

type Entry = {
  set?: KeySet;
  fetchedAt: number;
  triedAt: number;
  failure?: GatewayError | undefined;
  running?: Promise<void> | undefined;
};

type Deps = { settings: KeySetSettings; fetchKeySet: KeySetFetch; clock: Clock };

const unknownKey = (cause?: unknown) => clientRefused('key-unknown', undefined, cause);

async function fetchSet(url: string, { settings, fetchKeySet }: Deps): Promise<KeySet> {
  const answer = await fetchKeySet({
    method: 'GET',
    url,
    headers: { accept: 'application/jwk-set+json, application/json' },
    timeoutMs: settings.timeoutMs,
    maxBytes: settings.maxBytes,
  });
  if (answer.status >= 500 || answer.status === 429) throw new Error(`key set answered ${answer.status}`);
  if (answer.status !== 200) throw new KeySetRefused('key-set-status');
  if (answer.body.length > settings.maxBytes) throw new KeySetRefused('key-set-too-large');
  let document: unknown;
  try {
    document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body));
  } catch {
    throw new KeySetRefused('key-set-form');
  }
  return readKeySet(document, settings.maxKeys);
}

const hasReason = (error: unknown, ...reasons: string[]) =>
  error instanceof Error && 'reason' in error && reasons.some((reason) => reason === error.reason);

/** A client that publishes nonsense is refused; a client that does not answer may come back. */
function failureOf(error: unknown, retryAfter: number): GatewayError {
  if (error instanceof KeySetRefused) return clientRefused(error.reason, undefined, error);
  if (hasReason(error, 'refused-address')) return clientRefused('key-set-address', undefined, error);
  if (hasReason(error, 'too-large')) return clientRefused('key-set-too-large', undefined, error);
  return new GatewayError('unavailable', 'The client’s keys could not be fetched.', {
    cause: error,
    reason: 'key-set-unreachable',
    headers: { 'Retry-After': String(retryAfter) },
  });
}

function refresh(url: string, entry: Entry, deps: Deps): Promise<void> {
  entry.running ??= (async () => {
    entry.triedAt = deps.clock().getTime();
    try {
      entry.set = await fetchSet(url, deps);
      entry.fetchedAt = deps.clock().getTime();
      entry.failure = undefined;
    } catch (error) {
      entry.failure = failureOf(error, deps.settings.failureSeconds);
    } finally {
      entry.running = undefined;
    }
  })();
  return entry.running;
}

async function findByAddress(
  wanted: { url: string; keyId: string; algorithm: AssertionAlgorithm },
  entry: Entry,
  deps: Deps,
): Promise<KeyObject> {
  const { settings } = deps;
  const now = deps.clock().getTime();
  const age = (since: number) => Math.abs(now - since) / 1_000;
  const pick = () => entry.set && keyIn(entry.set, wanted.keyId, wanted.algorithm);
  const fresh = entry.set !== undefined && age(entry.fetchedAt) < settings.cacheSeconds;
  const known = fresh ? pick() : undefined;
  if (known) return known;
  const pause = fresh ? settings.refetchSeconds : settings.failureSeconds;
  const mayTry = entry.running !== undefined || age(entry.triedAt) >= pause || (!fresh && !entry.failure);
  if (mayTry) await refresh(wanted.url, entry, deps);
  const usable =
    entry.set !== undefined && age(entry.fetchedAt) < settings.cacheSeconds + settings.staleSeconds;
  const found = usable && (!entry.failure || entry.failure.kind === 'unavailable') ? pick() : undefined;
  if (found) return found;
  throw entry.failure ?? unknownKey();
}

/** Makes the look-up of client keys, with its cache: one fetch at a time per address, failures remembered. */
export function createClientKeys(deps: Deps): ClientKeys {
  const inline = new WeakMap<object, KeySet>();
  const byAddress = new Map<string, Entry>();

  const findInline = (jwks: object, keyId: string, algorithm: AssertionAlgorithm) => {
    try {
      const set = inline.get(jwks) ?? readKeySet(jwks, deps.settings.maxKeys);
      inline.set(jwks, set);
      return keyIn(set, keyId, algorithm);
    } catch (error) {
      throw unknownKey(error);
    }
  };

  return {
    async find(client, keyId, algorithm) {
      if (client.keys.kind === 'inline') {
        const key = findInline(client.keys.jwks, keyId, algorithm);
        if (!key) throw unknownKey();
        return key;
      }
      const url = client.keys.jwksUrl;
      const entry = byAddress.get(url) ?? { fetchedAt: -Infinity, triedAt: -Infinity };
      byAddress.set(url, entry);
      return findByAddress({ url, keyId, algorithm }, entry, deps);
    },
  };
}
