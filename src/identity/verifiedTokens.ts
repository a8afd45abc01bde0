// Which access tokens were verified already? A bounded memory, by hash, so that a signature is checked once.
import { hash } from 'node:crypto';
import type { Vouched } from './b2b.ts';

export type AccessClaims = {
  participantId: string;
  clientId: string;
  scopes: readonly string[];
  tokenId: string;
  /** Seconds since 1970. */
  expires: number;
  keyId: string;
  /** Who asks and why, as the client vouched when the token was issued. */
  vouched: Vouched;
};

export type VerifiedTokens = {
  get(token: string): AccessClaims | undefined;
  put(token: string, claims: AccessClaims): void;
};

const keyOf = (token: string) => hash('sha256', token, 'base64');

/** Least recently used goes first; nothing of the token itself is kept. */
export function createVerifiedTokens(size: number): VerifiedTokens {
  const claimsByHash = new Map<string, AccessClaims>();
  return {
    get(token) {
      const key = keyOf(token);
      const claims = claimsByHash.get(key);
      if (claims) {
        claimsByHash.delete(key);
        claimsByHash.set(key, claims);
      }
      return claims;
    },
    put(token, claims) {
      if (size === 0) return;
      claimsByHash.set(keyOf(token), claims);
      if (claimsByHash.size <= size) return;
      const oldest = claimsByHash.keys().next().value;
      if (oldest !== undefined) claimsByHash.delete(oldest);
    },
  };
}
