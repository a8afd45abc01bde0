// Who is asking? The gateway's own token endpoint and the check of its tokens, put together for one gateway.
import type { Clock, OutgoingAuth, Requester } from '../model.ts';
import type { Store } from '../store/store.ts';
import { authenticate } from './authenticate.ts';
import { createBlockedParticipants } from './blockedParticipants.ts';
import { createClientKeys, type KeySetFetch } from './clientKeys.ts';
import type { IdentityContext, IdentityDeps, RegisteredClients } from './deps.ts';
import { forgetOldAssertions, issueToken, recordRefusal, type TokenAnswer } from './issueToken.ts';
import { authorizationServerMetadata, type ServerMetadata, smartConfiguration } from './metadata.ts';
import type { IdentitySettings } from './settings.ts';
import { type SigningKeys, signAssertion } from './signingKeys.ts';
import { createVerifiedTokens } from './verifiedTokens.ts';

export type Identity = {
  issueToken(form: ReadonlyMap<string, string>, context: IdentityContext): Promise<TokenAnswer>;
  authenticate(authorization: string | undefined, context: IdentityContext): Promise<Requester>;
  /** Records a token request that was refused before it could be read. */
  recordRefusal(error: unknown, context: IdentityContext): Promise<void>;
  jwks(): Promise<{ keys: readonly object[] }>;
  authorizationServerMetadata(): ServerMetadata;
  smartConfiguration(): ServerMetadata;
  /** The gateway's own assertion for somebody else's token endpoint. */
  signAssertion(auth: Extract<OutgoingAuth, { kind: 'private_key_jwt' }>, now: Date): Promise<string>;
  /** Deletes ids of assertions that could no longer be accepted; to be called every few minutes. */
  forgetOldAssertions(): Promise<number>;
};

export type IdentityParts = {
  settings: IdentitySettings;
  baseUrl: string;
  store: Store;
  clock: Clock;
  clients: RegisteredClients;
  keys: SigningKeys;
  /** src/outgoing's `request`, or anything with its promises. */
  fetchKeySet: KeySetFetch;
  /** Names of all exchanges, for the published documents. */
  scopes: readonly string[];
};

/** Puts identity together; what it remembers (key sets, verified tokens, blocks) lives as long as the result. */
export function createIdentity(parts: IdentityParts): Identity {
  const { settings, baseUrl, store, clock, clients, keys, fetchKeySet, scopes } = parts;
  const deps: IdentityDeps = {
    settings,
    baseUrl,
    store,
    clock,
    clients,
    keys,
    clientKeys: createClientKeys({ settings: settings.clientKeySets, fetchKeySet, clock }),
    blocked: createBlockedParticipants({ store, clock, maxAgeMs: settings.blockCheckMs }),
    verified: createVerifiedTokens(settings.tokenCacheSize),
  };
  return {
    issueToken: (form, context) => issueToken(form, deps, context),
    authenticate: (authorization, context) => authenticate(authorization, deps, context),
    recordRefusal: (error, context) => recordRefusal(error, { deps, context }),
    jwks: () => keys.jwks(),
    authorizationServerMetadata: () => authorizationServerMetadata(baseUrl, scopes),
    smartConfiguration: () => smartConfiguration(baseUrl, scopes),
    signAssertion: (auth, now) => signAssertion(auth, now, keys),
    forgetOldAssertions: () => forgetOldAssertions({ store, clock }),
  };
}
