// How does a cut tail show? The heads of the chain are signed as it grows, kept beside it, and anchored outside.
import { appendFile } from 'node:fs/promises';
import type { Clock } from '../model.ts';
import type { Store } from '../store/store.ts';
import { type GatewayChain, headOf } from './chain.ts';
import type { HeadSigner } from './signingKey.ts';
import { verifyAudit } from './verify.ts';

/** What an operator must hear of: the chain is not what was signed, or heads cannot be signed or anchored now. */
export type AuditAlarm = 'audit-chain-broken' | 'audit-head-unsigned' | 'audit-head-unanchored';

export type HeadDeps = {
  store: Store;
  chain: GatewayChain;
  signer: HeadSigner;
  clock: Clock;
  settings: { headRecords: number; headSeconds: number; anchorFile?: string | undefined };
  /** `detail` names chain, place and cause; no personal content. */
  alarm(reason: AuditAlarm, detail: string): void;
};

export type Heads = {
  /** Signs the head as it is now; does nothing when it is signed already. */
  signNow(): Promise<void>;
  /** Signs the last head and ends. Before `store.close()`. */
  stop(): Promise<void>;
};

/**
 * Checks this gateway's chain from its last signed head on, then signs heads every so many records and seconds. A
 * broken chain raises the alarm and the gateway goes on: new records are chained to what is there.
 */
export async function startHeads(deps: HeadDeps): Promise<Heads> {
  const { chain, settings } = deps;
  let signedTo = await checkedTo(deps);
  let asked = signedTo;
  let signing = Promise.resolve();
  async function signHead(): Promise<void> {
    try {
      const head = chain.head() ?? (await headOf(deps.store.read, chain.name));
      if (head.seq <= signedTo) return;
      await keep(deps, head);
      signedTo = head.seq;
    } catch (error) {
      deps.alarm(
        'audit-head-unsigned',
        `${chain.name}: ${error instanceof Error ? error.message : 'unknown'}`,
      );
    }
  }
  function signNow(): Promise<void> {
    signing = signing.then(signHead);
    return signing;
  }
  chain.onAdvance((head) => {
    if (head.seq - asked < settings.headRecords) return;
    asked = head.seq;
    void signNow();
  });
  const timer = setInterval(() => void signNow(), settings.headSeconds * 1_000).unref();
  return {
    signNow,
    async stop() {
      clearInterval(timer);
      await signNow();
    },
  };
}

async function keep(deps: HeadDeps, head: { seq: number; hash: string }): Promise<void> {
  const unsigned = { chain: deps.chain.name, seq: head.seq, hash: head.hash, at: deps.clock().toISOString() };
  const signed = { ...unsigned, signature: await deps.signer.sign(unsigned) };
  await deps.store.write(async (unit) => {
    await unit.db
      .insertInto('audit_head')
      .values(signed)
      .onConflict((conflict) => conflict.columns(['chain', 'seq']).doNothing())
      .execute();
  });
  const { anchorFile } = deps.settings;
  if (anchorFile === undefined) return;
  await appendFile(anchorFile, `${JSON.stringify(signed)}\n`, { mode: 0o600 }).catch(() =>
    deps.alarm('audit-head-unanchored', deps.chain.name),
  );
}

async function checkedTo({ store, chain, signer, alarm }: HeadDeps): Promise<number> {
  const last = await store.read
    .selectFrom('audit_head')
    .selectAll()
    .where('chain', '=', chain.name)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const from = last === undefined ? [] : [{ chain: last.chain, seq: last.seq, hash: last.hash }];
  const result = await verifyAudit(store, { publicKeys: signer.publicKeys, from, chains: [chain.name] });
  if (!result.ok) alarm('audit-chain-broken', `${result.chain}, record ${result.seq}: ${result.why}`);
  return last?.seq ?? 0;
}
