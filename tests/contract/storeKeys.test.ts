// Can content at rest be read, changed or swapped without the key? Never, and never is garbage served.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { addKey, createKeyFile, readKeyFile } from '../../src/store/keyFile.ts';
import { openKeyRing } from '../../src/store/keyRing.ts';
import { keyInUse } from '../../src/store/ringCheck.ts';
import { rotatePayloads } from '../../src/store/rotatePayloads.ts';
import type { Store } from '../../src/store/store.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const bsn = '999911612';
const name = 'Wilhelmina van der Sluis-Overtoom';
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => 'opened',
    (error: unknown) => (error instanceof GatewayError ? `${error.kind} ${error.reason}` : String(error)),
  );
const sealText = (store: Store, text: string, context: string) =>
  store.write((unit) => unit.seal(Buffer.from(text), context));
const openText = async (store: Store, id: string, context: string) =>
  Buffer.from(await store.open(id, context)).toString();

describe.each(storeKinds)('content at rest on %s', (kind) => {
  let ground: Ground;
  beforeEach(async () => {
    ground = await prepareGround(kind);
  });
  afterEach(() => ground.end());

  test('a payload opens only as itself: not changed, cut, swapped, or for another purpose', async () => {
    const store = await ground.open();
    const [one, two] = [await sealText(store, 'one', 'a'), await sealText(store, 'two', 'a')];
    expect(await reasonOf(store.open(one, 'b'))).toBe('fault payload-damaged');
    expect(await reasonOf(store.open('none', 'a'))).toBe('fault payload-missing');
    const row = await store.read
      .selectFrom('payload')
      .selectAll()
      .where('id', '=', one)
      .executeTakeFirstOrThrow();
    const other = await store.read
      .selectFrom('payload')
      .selectAll()
      .where('id', '=', two)
      .executeTakeFirstOrThrow();
    const flipped = Buffer.from(row.ciphertext);
    flipped[0]! ^= 1;
    const changes = [
      { ciphertext: flipped },
      { ciphertext: row.ciphertext.subarray(1) },
      { ciphertext: new Uint8Array(3) },
      { nonce: new Uint8Array(12) },
      { nonce: new Uint8Array(0) },
      { ciphertext: other.ciphertext, nonce: other.nonce },
      { context_hash: 'x' },
    ];
    for (const change of changes) {
      await store.write((unit) => unit.db.updateTable('payload').set(change).where('id', '=', one).execute());
      expect(await reasonOf(store.open(one, 'a'))).toBe('fault payload-damaged');
      await store.write((unit) => unit.db.updateTable('payload').set(row).where('id', '=', one).execute());
    }
    await store.write((unit) =>
      unit.db.updateTable('payload').set({ key_id: 'lost' }).where('id', '=', one).execute(),
    );
    expect(await reasonOf(store.open(one, 'a'))).toBe('fault key-unknown');
    expect(ground.alarms).toEqual([
      'payload-damaged',
      'payload-missing',
      ...changes.map(() => 'payload-damaged'),
      'key-unknown',
    ]);
    expect(await openText(store, two, 'a')).toBe('two');
  });

  test('a wrong key, a wrong hash key or a missing key stops the start', async () => {
    const store = await ground.open();
    await sealText(store, 'one', 'a');
    await store.close();
    const right = readFileSync(ground.keyFile, 'utf8');
    const other = join(ground.folder, 'other.json');
    createKeyFile(other);
    const [mine, strange] = [readKeyFile(ground.keyFile), readKeyFile(other)];
    const wrongs: [object, string][] = [
      [strange, 'hash key'],
      [{ ...mine, hashKey: strange.hashKey }, 'hash key'],
      [{ ...mine, keys: { [mine.current]: Object.values(strange.keys)[0] } }, 'is not the key'],
      [{ ...strange, hashKey: mine.hashKey }, 'misses key'],
    ];
    for (const [file, message] of wrongs) {
      writeFileSync(ground.keyFile, JSON.stringify(file));
      await expect(ground.open()).rejects.toThrow(message);
    }
    writeFileSync(ground.keyFile, right);
    await (await ground.open()).close();
  });

  test('rotation seals everything again while gateways write, reports what is damaged, and can be repeated', async () => {
    const store = await ground.open();
    const ids = await Promise.all(
      Array.from({ length: 40 }, (_, index) => sealText(store, `text ${index}`, `c${index}`)),
    );
    const old = readKeyFile(ground.keyFile).current;
    await store.write((unit) =>
      unit.db
        .updateTable('payload')
        .set({ ciphertext: new Uint8Array(20) })
        .where('id', '=', ids[7]!)
        .execute(),
    );
    addKey(ground.keyFile);
    const writing = sealText(store, 'meanwhile', 'm');
    const rotation = await rotatePayloads({ store, keys: openKeyRing(ground.keyFile) });
    expect(rotation.damaged).toEqual([ids[7]]);
    expect(rotation.resealed).toBeGreaterThanOrEqual(39);
    expect(await openText(store, await writing, 'm')).toBe('meanwhile');
    for (const [index, id] of ids.entries()) {
      if (index !== 7) expect(await openText(store, id, `c${index}`)).toBe(`text ${index}`);
    }
    const again = await rotatePayloads({ store, keys: openKeyRing(ground.keyFile) });
    expect(again).toEqual({ resealed: 0, damaged: [ids[7]] });
    expect(await keyInUse(store.read, old)).toBe(true);
    await store.write((unit) => unit.db.deleteFrom('payload').where('id', '=', ids[7]!).execute());
    expect(await keyInUse(store.read, old)).toBe(false);
    await store.close();
    const { keys, ...file } = readKeyFile(ground.keyFile);
    delete keys[old];
    writeFileSync(ground.keyFile, JSON.stringify({ ...file, keys }));
    await (await ground.open()).close();
  });

  test('a gateway that has not read the new key yet opens what another sealed with it', async () => {
    const store = await ground.open();
    addKey(ground.keyFile);
    const fresh = openKeyRing(ground.keyFile);
    const sealed = fresh.seal(Buffer.from('new'), 'c');
    expect(Buffer.from(store.reveal(sealed, 'c')).toString()).toBe('new');
  });

  test('the database holds neither a BSN nor a name, in no usual encoding, not even in its log', async () => {
    const store = await ground.open();
    await store.write(async (unit) => {
      await unit.seal(Buffer.from(JSON.stringify({ bsn, name })), 'c');
      unit.audit({ event: 'test.read', action: 'R', outcome: 'success', patientBsn: bsn });
      await unit.db
        .insertInto('replay')
        .values({ key_hash: store.hash('bsn', bsn), expires_at: '2030' })
        .execute();
    });
    const everything = kind === 'sqlite' ? filesOf(ground) : await rowsOf(store);
    expect(everything.length).toBeGreaterThan(500);
    for (const secret of [bsn, name]) {
      for (const form of encodings(secret)) expect(everything.includes(form)).toBe(false);
    }
    expect(everything.includes(store.hash('bsn', bsn))).toBe(true);
  });

  test('the same value has another keyed hash in each domain and under each key file', async () => {
    const store = await ground.open();
    const hashes = (['bsn', 'case', 'replay', 'id', 'context', 'audit'] as const).map((domain) =>
      store.hash(domain, bsn),
    );
    const other = join(ground.folder, 'other.json');
    createKeyFile(other);
    expect(new Set([...hashes, openKeyRing(other).hash('bsn', bsn)]).size).toBe(7);
    expect(store.hash('bsn', bsn)).toBe(hashes[0]);
  });
});

function encodings(text: string): string[] {
  const bytes = Buffer.from(text);
  const forms = [text, text.split('').reverse().join(''), encodeURIComponent(text), text.split('').join(' ')];
  // Base64 in each of the three places where the text may begin.
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  return [...forms, bytes.toString('hex'), ...base64];
}

function filesOf(ground: Ground): string {
  const files = readdirSync(ground.folder).filter((file) => file.startsWith('sluis.db'));
  expect(files).toContain('sluis.db-wal');
  return files.map((file) => readFileSync(join(ground.folder, file)).toString('latin1')).join('');
}

async function rowsOf(store: Store): Promise<string> {
  const parts: string[] = [];
  for (const table of ['payload', 'audit', 'replay']) {
    const { rows } = await sql
      .raw<{ row: string }>(`select row_to_json(t)::text as row from ${table} t`)
      .execute(store.read);
    parts.push(...rows.map((row) => row.row));
  }
  const { rows } = await sql<{ bytes: Uint8Array }>`select ciphertext as bytes from payload
    union all select patient_payload from audit`.execute(store.read);
  return [...parts, ...rows.map((row) => Buffer.from(row.bytes).toString('latin1'))].join('\n');
}
