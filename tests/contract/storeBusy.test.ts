// What comes of a write while a command holds the SQLite file: does it wait, and not for ever?
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { prepareGround } from './storesUnderTest.ts';

test('a write waits for who holds the file, and is refused as unavailable when that takes too long', async () => {
  const ground = await prepareGround('sqlite');
  const store = await ground.open({ settings: { busyMs: 500, statementMs: 20_000, queueMs: 20_000 } });
  const command = new DatabaseSync(join(ground.folder, 'sluis.db'));
  const write = () => store.write(async ({ db }) => db.selectFrom('outbox').select('id').execute());
  command.exec('begin immediate');
  await expect(write()).rejects.toMatchObject({ kind: 'unavailable' });
  setTimeout(() => command.exec('rollback'), 50);
  expect(await write()).toEqual([]);
  command.close();
  await ground.end();
}, 15_000);
