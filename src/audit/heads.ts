// How does a cut tail show? The heads of the chain are signed as it grows, kept beside it, and anchored outside.
import { type FileHandle, open } from 'node:fs/promises';
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
      if (await keep(deps, head)) signedTo = head.seq;
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

/** False when it could not be anchored: then it is tried again. */
async function keep(deps: HeadDeps, head: { seq: number; hash: string }): Promise<boolean> {
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
  if (anchorFile === undefined) return true;
  try {
    await addLine(anchorFile, JSON.stringify(signed));
    return true;
  } catch {
    deps.alarm('audit-head-unanchored', deps.chain.name);
    return false;
  }
}

/** What a full disk or a kill left half written must not spoil the line that comes after it. */
async function addLine(path: string, line: string): Promise<void> {
  // a file that may be added to and not read is as good an anchor
  const file = await open(path, 'a+', 0o600).catch(() => open(path, 'a', 0o600));
  try {
    const begun = await endsHalfway(file).catch(() => false);
    await file.appendFile(`${begun ? '\n' : ''}${line}\n`);
  } finally {
    await file.close();
  }
}

async function endsHalfway(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() !== '\n';
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
