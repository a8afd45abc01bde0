// A gateway's writing in a process of its own, to be killed: prints each key only after the store acknowledged it.
// Arguments: settings as JSON, gateway id, prefix of its keys, role.
import { createChain } from '../../src/audit/chain.ts';
import { openKeyRing } from '../../src/store/keyRing.ts';
import { openStore } from '../../src/store/openStore.ts';
import { storeSettings } from '../../src/store/settings.ts';

const [settingsText = '', gateway = '', prefix = '', role = 'gateway'] = process.argv.slice(2);
const settings = storeSettings.parse(JSON.parse(settingsText));
const keys = openKeyRing(settings.keyFile);
const clock = () => new Date();
const chain = createChain({ name: gateway, keys, clock });
const store = await openStore(settings, {
  clock,
  keys,
  chain,
  alarm: console.error,
  role: role === 'command' ? 'command' : 'gateway',
}).catch((error: unknown) => {
  console.log(`refused ${error instanceof Error ? error.message : ''}`);
  process.exit(3);
});
console.log('ready');

async function writeForEver(lane: number): Promise<void> {
  for (let number = 0; ; number += 1) {
    const key = `${prefix}-${lane}-${number}`;
    await store.write(async (unit) => {
      await unit.db
        .insertInto('replay')
        .values({ key_hash: key, expires_at: clock().toISOString() })
        .execute();
      await unit.seal(Buffer.alloc(5_000, 1), key);
      unit.audit({
        event: 'test.written',
        action: 'C',
        outcome: 'success',
        object: key,
        patientBsn: '999911612',
      });
    });
    process.stdout.write(`ok ${key}\n`);
  }
}

await Promise.all(Array.from({ length: 8 }, (_, lane) => writeForEver(lane)));
