// Is a record found that stands where no chain goes, and is it told when records are searched? On both databases.
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportAuditEvents, exportCsv } from '../../src/audit/exportAudit.ts';
import { findAudit } from '../../src/audit/find.ts';
import { createSigningKeyFile, type HeadSigner, readSigningKeyFile } from '../../src/audit/signingKey.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { recordDurably } from '../world/auditTrail.ts';
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

  test.each([
    ['no JSON', '{'],
    ['no object', 'null'],
    ['other types', '{"event":5,"action":"X","detail":[1],"practitioner":"p","outcome":{}}'],
    [
      'codes for a terminal',
      JSON.stringify({ event: '\u001b[1A\u001b[2K\r', detail: { '\u001b]0;x\u0007': '\u202e1' } }),
    ],
  ])('with %s in its body hides neither itself nor what comes after it', async (_what, body) => {
    const store = await ground.open();
    const entry = { event: 'task.read', action: 'R', outcome: 'success', patientBsn: '999911612' } as const;
    await recordDurably(store, entry);
    const row = await store.read.selectFrom('audit').selectAll().executeTakeFirstOrThrow();
    const forged = {
      ...row,
      id: 'put-\u001b[2Jin',
      seq: 2,
      position: row.position + 1,
      hash: 'x',
      mac: 'x',
      body,
    };
    // SQLite takes a number where bytes belong
    const patient_payload = kind === 'sqlite' ? sql<Uint8Array>`5` : Buffer.from('spoilt');
    await store.write((unit) =>
      unit.db
        .insertInto('audit')
        .values({ ...forged, at: '\u001b[2K', patient_payload })
        .execute(),
    );
    const last = { ...row, id: 'last', seq: 3, position: row.position + 2 };
    await store.write((unit) => unit.db.insertInto('audit').values(last).execute());

    const found = [];
    for await (const one of findAudit(store, {}, { reveal: true })) found.push(one);
    expect(found.map(({ id, fault }) => [id, fault])).toEqual([
      [row.id, undefined],
      ['put- [2Jin', 'altered'],
      ['last', 'altered'],
    ]);
    let printed = JSON.stringify(found);
    for await (const part of exportCsv(findAudit(store, {}))) printed += part.trimEnd();
    for await (const part of exportAuditEvents(findAudit(store, {}))) printed += part.replaceAll('\n', '');
    expect(printed).not.toMatch(/[\p{Cc}\p{Cf}]|\\u/u);
  });
});
