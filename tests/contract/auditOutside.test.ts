// Is a record found that stands where no chain goes, and is it told when records are searched? On both databases.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findAudit } from '../../src/audit/find.ts';
import { recordDurably } from '../../src/audit/recordDurably.ts';
import { createSigningKeyFile, type HeadSigner, readSigningKeyFile } from '../../src/audit/signingKey.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

describe.each(storeKinds)('a record put in on %s', (kind) => {
  let ground: Ground;
  let signer: HeadSigner;
  beforeEach(async () => {
    ground = await prepareGround(kind);
    const file = join(ground.folder, 'audit-key.json');
    await createSigningKeyFile(file);
    signer = await readSigningKeyFile(file);
  });
  afterEach(() => ground.end());

  test.each([
    { place: 'before the first', put: { seq: 0 } },
    { place: 'far before the first', put: { seq: -7 } },
    { place: 'in a chain without a name', put: { chain: '' } },
    { place: 'before the first of a chain that has no other', put: { chain: 'zzz', seq: 0 } },
  ])('$place is forged', async ({ put }) => {
    const store = await ground.open();
    const entry = { event: 'composition.read', action: 'R', outcome: 'success', participantId: 'a' } as const;
    for (const object of ['Task/1', 'Task/2']) await recordDurably(store, { ...entry, object });
    const check = () => verifyAudit(store, { publicKeys: signer.publicKeys });
    expect((await check()).ok).toBe(true);
    const row = await store.read.selectFrom('audit').selectAll().orderBy('seq').executeTakeFirstOrThrow();
    const forged = { ...row, ...put, id: 'put-in', position: 999, participant_id: 'b', hash: 'x', mac: 'x' };
    await store.write((unit) => unit.db.insertInto('audit').values(forged).execute());

    expect(await check()).toMatchObject({ ok: false, id: 'put-in', why: 'forged' });
    const told = [];
    for await (const { id, fault } of findAudit(store, {})) if (fault) told.push([id, fault]);
    expect(told).toEqual([['put-in', 'altered']]);
  });
});
