// Is a changed audit trail always found, and a whole one never doubted? On both databases.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordHash } from '../../src/audit/canonical.ts';
import { type HeadDeps, startHeads } from '../../src/audit/heads.ts';
import { createSigningKeyFile, type HeadSigner, readSigningKeyFile } from '../../src/audit/signingKey.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import type { AuditEntry } from '../../src/model.ts';
import type { AuditHeadTable, AuditTable } from '../../src/store/tables.ts';
import { anchorHeads, recordDurably } from '../world/auditTrail.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

type Opened = Awaited<ReturnType<Ground['open']>>;
const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  event: 'composition.read',
  action: 'R',
  outcome: 'success',
  participantId: 'nursing-home',
  object: 'Composition/1',
  patientBsn: '999911612',
  ...more,
});

describe.each(storeKinds)('the audit trail on %s', (kind) => {
  let ground: Ground;
  let signer: HeadSigner;
  const alarms: string[] = [];
  beforeEach(async () => {
    ground = await prepareGround(kind);
    const file = join(ground.folder, 'audit-key.json');
    await createSigningKeyFile(file);
    signer = await readSigningKeyFile(file);
    alarms.length = 0;
  });
  afterEach(() => ground.end());

  const headsOf = (store: Opened, more: Partial<HeadDeps['settings']> = {}) =>
    startHeads({
      store,
      chain: store.chain,
      signer,
      clock: () => new Date(),
      settings: { headRecords: 10, headSeconds: 3_600, ...more },
      alarm: (reason, detail) => alarms.push(`${reason} ${detail}`),
    });
  const verify = (store: Opened, more: object = {}) =>
    verifyAudit(store, { publicKeys: signer.publicKeys, ...more });

  /** Twenty records with a signed head at the end, and the triggers away as an intruder would take them away. */
  async function writtenTrail(): Promise<Opened> {
    const store = await ground.open();
    const heads = await headsOf(store);
    for (let number = 0; number < 20; number += 1)
      await recordDurably(store, entry({ object: `Task/${number}` }));
    await heads.stop();
    expect(await verify(store)).toMatchObject({ ok: true, chains: [{ seq: 20, records: 20, signedTo: 20 }] });
    await dropTriggers(store);
    return store;
  }
  async function dropTriggers(store: Opened): Promise<void> {
    const names =
      kind === 'sqlite'
        ? ['audit', 'audit_head'].flatMap((table) => [`${table}_no_update`, `${table}_no_delete`])
        : ['audit_append_only on audit', 'audit_head_append_only on audit_head'];
    for (const name of names) await store.write((unit) => sql.raw(`drop trigger ${name}`).execute(unit.db));
  }
  const row = (store: Opened, seq: number) =>
    store.read.selectFrom('audit').selectAll().where('seq', '=', seq).executeTakeFirstOrThrow();
  const change = (store: Opened, seq: number, columns: Partial<AuditTable>) =>
    store.write((unit) => unit.db.updateTable('audit').set(columns).where('seq', '=', seq).execute());
  const remove = (store: Opened, ...seqs: number[]) =>
    store.write((unit) => unit.db.deleteFrom('audit').where('seq', 'in', seqs).execute());

  test('no record and no head can be changed or removed as long as the triggers stand', async () => {
    const store = await ground.open();
    const heads = await headsOf(store);
    await recordDurably(store, entry());
    await heads.stop();
    for (const table of ['audit', 'audit_head'] as const) {
      await expect(
        store.write((unit) => unit.db.updateTable(table).set({ at: 'x' }).execute()),
      ).rejects.toThrow();
      await expect(store.write((unit) => unit.db.deleteFrom(table).execute())).rejects.toThrow();
    }
    if (kind === 'sqlite') {
      const replaced = sql.raw('insert or replace into audit select * from audit');
      await expect(store.write((unit) => replaced.execute(unit.db))).rejects.toThrow();
    } else {
      await expect(store.write((unit) => sql.raw('truncate audit').execute(unit.db))).rejects.toThrow();
    }
    expect(await verify(store)).toMatchObject({ ok: true, chains: [{ records: 1 }] });
  });

  test('one changed column is found and its record named, whichever column it is', async () => {
    const store = await writtenTrail();
    const good = await row(store, 7);
    const flipped = Buffer.from(good.patient_payload!);
    flipped[5]! ^= 1;
    const changes: Partial<AuditTable>[] = [
      { id: 'other' },
      { position: 1_000 },
      { at: good.at.replace('2', '3') },
      { prev_hash: `${good.prev_hash}x` },
      { hash: good.hash.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) },
      { mac: good.mac.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')) },
      { event: 'task.read' },
      { participant_id: null },
      { object: 'Task/8' },
      { body: good.body.replace('success', 'refused') },
      { body: `${good.body} ` },
      { patient_hash: null },
      { patient_key_id: 'k2' },
      { patient_payload: flipped },
      { patient_payload: null },
    ];
    for (const columns of changes) {
      await change(store, 7, columns);
      expect(await verify(store), JSON.stringify(columns)).toMatchObject({
        ok: false,
        chain: 'gateway-1',
        seq: 7,
      });
      await change(store, 7, good);
    }
    expect(await verify(store)).toMatchObject({ ok: true });
    for (const columns of [{ seq: 100 }, { chain: 'elsewhere' }]) {
      await change(store, 7, columns);
      expect((await verify(store)).ok).toBe(false);
      await store.write((unit) => unit.db.updateTable('audit').set(good).where('id', '=', good.id).execute());
    }
  });

  test('a removed record is found: the first, one in the middle, and the last', async () => {
    for (const seq of [1, 9, 20]) {
      const store = await writtenTrail();
      await remove(store, seq);
      const why = seq === 20 ? 'tail-cut' : 'missing';
      expect(await verify(store)).toMatchObject({ ok: false, seq, why });
      await ground.end();
      ground = await prepareGround(kind);
    }
  });

  test('records that changed places, forged records and copied segments are found', async () => {
    const store = await writtenTrail();
    const [five, six] = [await row(store, 5), await row(store, 6)];
    await remove(store, 5, 6);
    await store.write((unit) =>
      unit.db
        .insertInto('audit')
        .values([
          { ...five, seq: 6 },
          { ...six, seq: 5 },
        ])
        .execute(),
    );
    expect(await verify(store)).toMatchObject({ ok: false, seq: 5 });
    await remove(store, 5, 6);
    await store.write((unit) => unit.db.insertInto('audit').values([five, six]).execute());

    // Whoever knows the algorithm can make the hashes fit, in the middle up to the end; not the keyed ones.
    const { mac, hash: _hash, ...last } = await row(store, 20);
    const forged = { ...last, id: 'forged', seq: 21, position: 999, prev_hash: _hash };
    await store.write((unit) =>
      unit.db
        .insertInto('audit')
        .values({ ...forged, hash: recordHash(forged), mac })
        .execute(),
    );
    expect(await verify(store)).toMatchObject({ ok: false, seq: 21, id: 'forged', why: 'forged' });
    await remove(store, 21);
    const rewritten = { ...last, event: 'nothing.happened' };
    await change(store, 20, { ...rewritten, hash: recordHash(rewritten) });
    expect(await verify(store)).toMatchObject({ ok: false, seq: 20 });
    await change(store, 20, { ...last, hash: _hash, mac });

    const copies = await store.read.selectFrom('audit').selectAll().execute();
    const elsewhere = copies.map((copy) => ({
      ...copy,
      chain: 'copy',
      id: `c${copy.id}`,
      position: copy.position + 500,
    }));
    await store.write((unit) => unit.db.insertInto('audit').values(elsewhere).execute());
    expect(await verify(store)).toMatchObject({ ok: false, chain: 'copy', seq: 1 });
    const again = copies.map((copy, index) => ({
      ...copy,
      seq: 21 + index,
      id: `d${copy.id}`,
      position: 2_000 + index,
    }));
    await store.write((unit) => unit.db.deleteFrom('audit').where('chain', '=', 'copy').execute());
    await store.write((unit) => unit.db.insertInto('audit').values(again).execute());
    expect(await verify(store)).toMatchObject({ ok: false, chain: 'gateway-1', seq: 21 });
  });

  test('a place that the gateway itself filled twice, as after an old copy was put back, is found in each way', async () => {
    const store = await writtenTrail();
    const first = await row(store, 20);
    const checkpoint = { chain: first.chain, seq: 20, hash: first.hash };
    await remove(store, 20);
    await store.close();
    const again = await ground.open();
    await recordDurably(again, entry({ event: 'second.life' }));
    // The head that was signed in the first life names the place, and so does where the last check ended.
    expect(await verify(again)).toMatchObject({ ok: false, seq: 20, why: 'not-as-signed' });
    await again.write((unit) => unit.db.deleteFrom('audit_head').execute());
    expect(await verify(again)).toMatchObject({ ok: true });
    expect(await verify(again, { from: [checkpoint] })).toMatchObject({
      ok: false,
      seq: 20,
      why: 'not-as-signed',
    });
    await recordDurably(again, entry({ event: 'second.life' }));
    await remove(again, 20);
    await again.write((unit) => unit.db.insertInto('audit').values(first).execute());
    expect(await verify(again)).toMatchObject({ ok: false, seq: 21, why: 'broken-link' });
  });

  test('a tail that was cut with its heads shows against the anchors, and a forged head or anchor by its signature', async () => {
    const store = await writtenTrail();
    const anchors = await anchorHeads(store);
    expect(await verify(store, { anchors })).toMatchObject({ ok: true });
    const head = anchors.at(-1)!;
    const forged: AuditHeadTable = { ...head, hash: (await row(store, 19)).hash, seq: 19 };
    expect(await verify(store, { anchors: [forged] })).toMatchObject({
      ok: false,
      seq: 19,
      why: 'bad-signature',
    });
    await store.write((unit) => unit.db.insertInto('audit_head').values(forged).execute());
    expect(await verify(store)).toMatchObject({ ok: false, seq: 19, why: 'bad-signature' });
    await store.write((unit) => unit.db.deleteFrom('audit_head').execute());
    await remove(store, 18, 19, 20);
    expect(await verify(store)).toMatchObject({ ok: true });
    expect(await verify(store, { anchors })).toMatchObject({ ok: false, seq: 18, why: 'tail-cut' });
    expect(await verifyAudit(store, { publicKeys: [], anchors })).toMatchObject({
      ok: false,
      why: 'bad-signature',
    });
    await store.write((unit) => unit.db.deleteFrom('audit').execute());
    expect(await verify(store, { anchors })).toMatchObject({
      ok: false,
      chain: 'gateway-1',
      seq: 1,
      why: 'tail-cut',
    });
  });

  test('a chain that is broken does not hide what is wrong with the others, nor which are whole', async () => {
    const store = await writtenTrail();
    for (const gateway of ['after-a-copy', 'whole']) {
      const other = await ground.open({ gateway, role: 'command' });
      for (let number = 0; number < 3; number += 1) await recordDurably(other, entry());
    }
    await remove(store, 18, 19, 20);
    await store.write((unit) =>
      unit.db
        .updateTable('audit')
        .set({ body: '{}' })
        .where('chain', '=', 'after-a-copy')
        .where('seq', '=', 2)
        .execute(),
    );
    expect(await verify(store)).toMatchObject({
      ok: false,
      bad: [
        { chain: 'after-a-copy', seq: 2, why: 'altered' },
        { chain: 'gateway-1', seq: 18, why: 'tail-cut' },
      ],
      chains: [{ chain: 'whole', records: 3 }],
    });
  });

  test('a gateway that starts on a trail which lost its tail raises the alarm and chains on', async () => {
    const store = await writtenTrail();
    await remove(store, 19, 20);
    await store.close();
    const again = await ground.open();
    const heads = await headsOf(again);
    expect(alarms).toEqual(['audit-chain-broken gateway-1, record 19: tail-cut']);
    await recordDurably(again, entry());
    await heads.stop();
    expect((await verify(again)).ok).toBe(false);
  });

  test('an untouched trail starts without an alarm, also when the last records were not signed yet', async () => {
    const store = await ground.open();
    const heads = await headsOf(store);
    await recordDurably(store, entry());
    await heads.signNow();
    await recordDurably(store, entry());
    await store.close();
    const again = await ground.open();
    const next = await headsOf(again);
    await recordDurably(again, entry());
    await next.stop();
    expect(alarms).toEqual([]);
    expect(await verify(again)).toMatchObject({ ok: true, chains: [{ seq: 3, signedTo: 3 }] });
  });

  test('heads are signed by count, never twice for the same record, and added to the anchor file', async () => {
    const store = await ground.open();
    const anchorFile = join(ground.folder, 'anchors.jsonl');
    const heads = await headsOf(store, { headRecords: 5, anchorFile });
    for (let number = 0; number < 12; number += 1) await recordDurably(store, entry());
    await heads.signNow();
    await heads.signNow();
    await heads.stop();
    const lines = readFileSync(anchorFile, 'utf8').trim().split('\n');
    const anchors: AuditHeadTable[] = lines.map((line) => JSON.parse(line));
    expect(anchors.length).toBeGreaterThanOrEqual(2);
    expect(anchors.at(-1)).toMatchObject({ chain: 'gateway-1', seq: 12 });
    expect(anchors).toEqual((await anchorHeads(store)).map((head) => ({ ...head })));
    expect(await verify(store, { anchors })).toMatchObject({ ok: true, chains: [{ signedTo: 12 }] });
  });

  test('a head that could not be anchored is anchored later, on a line of its own also after half a line', async () => {
    const store = await ground.open();
    const anchorFile = join(ground.folder, 'elsewhere', 'anchors.jsonl');
    const heads = await headsOf(store, { anchorFile });
    await recordDurably(store, entry());
    await heads.signNow();
    expect(alarms).toEqual(['audit-head-unanchored gateway-1']);
    mkdirSync(join(ground.folder, 'elsewhere'));
    writeFileSync(anchorFile, '{"chain":"gateway-1","se');
    await heads.stop();
    const [half, line, ...rest] = readFileSync(anchorFile, 'utf8').trim().split('\n');
    expect([half, rest]).toEqual(['{"chain":"gateway-1","se', []]);
    const anchors: AuditHeadTable[] = [JSON.parse(line ?? '')];
    expect(await verify(store, { anchors })).toMatchObject({ ok: true, chains: [{ signedTo: 1 }] });
    expect(alarms).toHaveLength(1);
  });

  test('a check goes on where the last one ended, and sees when that place has changed', async () => {
    const store = await writtenTrail();
    const first = await verify(store);
    await recordDurably(store, entry());
    const second = await verify(store, { from: first.chains });
    expect(second).toMatchObject({ ok: true, chains: [{ seq: 21, records: 2 }] });
    await change(store, 20, { at: 'x' });
    expect(await verify(store, { from: first.chains })).toMatchObject({ ok: false, seq: 20 });
    await remove(store, 20);
    expect(await verify(store, { from: first.chains })).toMatchObject({ ok: false, seq: 20, why: 'missing' });
  });

  test('hundreds of records that two writers add are whole at every moment of the check', async () => {
    const one = await ground.open();
    const two = kind === 'sqlite' ? one : await ground.open({ gateway: 'gateway-2' });
    const heads = await headsOf(one, { headRecords: 50 });
    let done = false;
    const writing = Promise.all(
      [one, two].map(async (store) => {
        for (let round = 0; round < 12; round += 1) {
          await Promise.all(Array.from({ length: 32 }, () => recordDurably(store, entry())));
        }
      }),
    ).finally(() => {
      done = true;
    });
    let checks = 0;
    for (; !done; checks += 1) {
      expect(await verify(one)).toMatchObject({ ok: true });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writing;
    await heads.stop();
    expect(checks).toBeGreaterThan(1);
    const result = await verify(one);
    expect(result.chains.reduce((sum, chain) => sum + chain.records, 0)).toBe(768);
    expect(alarms).toEqual([]);
  });
});
