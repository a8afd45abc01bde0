// Which rules of the token endpoint can an operator set? Defaults follow SMART backend services and FAPI 2.0.
import { z } from 'zod';

const seconds = (low: number, high: number) => z.number().int().min(low).max(high);

const keySetSettings = z.strictObject({
  timeoutMs: z
    .number()
    .int()
    .min(100)
    .max(10_000)
    .default(2_500)
    .describe('How long a client’s key set may take to arrive, in milliseconds.'),
  maxBytes: z
    .number()
    .int()
    .min(1_024)
    .max(1_048_576)
    .default(65_536)
    .describe('Largest key set that is read, in bytes.'),
  maxKeys: z.number().int().min(1).max(100).default(20).describe('Most keys that a key set may hold.'),
  cacheSeconds: seconds(10, 3_600)
    .default(300)
    .describe('How long a fetched key set is used before it is fetched again: a withdrawn key ends by then.'),
  staleSeconds: seconds(0, 86_400)
    .default(3_600)
    .describe('How long a key set may still be used while its address does not answer.'),
  failureSeconds: seconds(1, 600)
    .default(30)
    .describe('How long a failed address is left alone before it is tried again.'),
  refetchSeconds: seconds(10, 3_600)
    .default(60)
    .describe('How often at most an unknown key id leads to a new fetch of a key set that is still fresh.'),
});

/** The part of the settings file that speaks of tokens. */
export const identitySettings = z.strictObject({
  keyFile: z
    .string()
    .min(1)
    .describe('File with the gateway’s own signing keys: a JWKS with private keys and `current`, a key id.'),
  tokenSeconds: seconds(30, 900).default(300).describe('Life of an access token, in seconds.'),
  toleranceSeconds: seconds(10, 60)
    .default(30)
    .describe('How far a client’s clock may be off when `exp`, `nbf` and `iat` are judged, in seconds.'),
  assertionMaxBytes: z
    .number()
    .int()
    .min(1_024)
    .max(65_536)
    .default(8_192)
    .describe('Longest client assertion that is looked at, in bytes.'),
  tokenCacheSize: z
    .number()
    .int()
    .min(0)
    .max(1_000_000)
    .default(10_000)
    .describe('How many verified access tokens are remembered, so that a signature is checked once.'),
  blockCheckMs: z
    .number()
    .int()
    .min(0)
    .max(1_000)
    .default(500)
    .describe('How old the known list of blocked participants may be, in milliseconds.'),
  clientKeySets: keySetSettings.prefault({}).describe('How key sets of clients are fetched and kept.'),
});

export type IdentitySettings = z.infer<typeof identitySettings>;
export type KeySetSettings = z.infer<typeof keySetSettings>;
