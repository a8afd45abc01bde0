// What does identity work with? Settings, the store, the registered clients, keys, and what it remembers.
import type { Client, Clock, Participant } from '../model.ts';
import type { Store } from '../store/store.ts';
import type { BlockedParticipants } from './blockedParticipants.ts';
import type { ClientKeys } from './clientKeys.ts';
import type { IdentitySettings } from './settings.ts';
import type { SigningKeys } from './signingKeys.ts';
import type { VerifiedTokens } from './verifiedTokens.ts';

/** The registered participants, as far as identity asks about them; routing's Directory fits. */
export type RegisteredClients = {
  byId(participantId: string): Participant | undefined;
  byClientId(clientId: string): { participant: Participant; client: Client } | undefined;
};

export type IdentityDeps = {
  settings: IdentitySettings;
  /** Public address of the gateway without a trailing slash: issuer, and audience of its access tokens. */
  baseUrl: string;
  store: Store;
  clock: Clock;
  clients: RegisteredClients;
  keys: SigningKeys;
  clientKeys: ClientKeys;
  blocked: BlockedParticipants;
  verified: VerifiedTokens;
};

/** What one request brings along. */
export type IdentityContext = {
  requestId: string;
  /** Asked once the client has proven itself, before a token is made; throws `tooMany` when its budget is used up. */
  admit?(clientId: string): Promise<void>;
  /** Asked before a refused access token is recorded; throws `tooMany` when this caller fails too often. */
  admitRefusal?(): Promise<void>;
};
