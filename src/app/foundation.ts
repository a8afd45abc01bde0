// On what does everything stand? Keys, audit chain and store, opened together; gateway and commands both begin here.
import { createChain, type GatewayChain } from '../audit/chain.ts';
import { type Heads, startHeads } from '../audit/heads.ts';
import { readSigningKeyFile } from '../audit/signingKey.ts';
import type { Config } from '../config.ts';
import type { Clock } from '../model.ts';
import { openKeyRing } from '../store/keyRing.ts';
import { openStore } from '../store/openStore.ts';
import type { Store } from '../store/store.ts';

export type Foundation = {
  store: Store;
  chain: GatewayChain;
  heads: Heads;
  /** Signs the last head and closes the store. */
  close(): Promise<void>;
};

export type FoundationOptions = {
  clock: Clock;
  /** A command's records go into a chain of their own, beside that of a gateway which may be running. */
  role: 'gateway' | 'command';
  alarm(reason: string, detail?: string): void;
};

/** Opens the store (tables brought up to date) with its audit chain. Throws when keys or database are not right. */
export async function openFoundation(config: Config, options: FoundationOptions): Promise<Foundation> {
  const { clock, role, alarm } = options;
  const keys = openKeyRing(config.store.keyFile);
  const name = role === 'gateway' ? config.audit.gatewayId : `${config.audit.gatewayId}.commands`;
  const chain = createChain({ name, keys, clock });
  const signer = await readSigningKeyFile(config.audit.signingKeyFile);
  const store = await openStore(config.store, { clock, keys, chain, alarm, role });
  const heads = await startHeads({ store, chain, signer, clock, settings: config.audit, alarm });
  return {
    store,
    chain,
    heads,
    close: async () => {
      await heads.stop();
      await store.close();
    },
  };
}
