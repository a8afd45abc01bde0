// Does the gateway keep its promises when it is killed at random moments? `npm run test:chaos`, see docs/chaos.md.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { optionsOf, refuseUse } from '../world/options.ts';
import type { Evidence } from './history.ts';
import { judge, type Verdict } from './invariants.ts';
import { playRound } from './round.ts';
import { selfTest } from './selfTest.ts';
import type { StoreKind } from './world.ts';

const usage =
  'npm run test:chaos [-- --kills N --minutes N --store sqlite|postgresql|both --seed N --outage N --long-outage N --doubles N --lanes N --keep --self-test]';
const values = optionsOf(
  {
    seed: { type: 'string' },
    kills: { type: 'string', default: '100' },
    minutes: { type: 'string' },
    store: { type: 'string', default: 'both' },
    outage: { type: 'string', default: '2' },
    doubles: { type: 'string', default: '3' },
    'long-outage': { type: 'string', default: '30' },
    lanes: { type: 'string', default: '6' },
    keep: { type: 'boolean', default: false },
    'self-test': { type: 'boolean', default: false },
  },
  usage,
);
if (!['sqlite', 'postgresql', 'both'].includes(values.store))
  refuseUse(`--store is sqlite, postgresql or both, not ${values.store}.`, usage);

const say = (line: string) => process.stdout.write(`${line}\n`);
const most = 8;

function tell(store: string, { name, seen, violations }: Verdict): boolean {
  const ok = violations.length === 0;
  say(`${store.padEnd(10)} ${name.padEnd(24)} ${ok ? 'ok    ' : 'BROKEN'} ${seen}`);
  for (const one of violations.slice(0, most)) say(`             ! ${one}`);
  if (violations.length > most) say(`             ! and ${violations.length - most} more`);
  return ok;
}

/** Everything that was seen, for whoever looks for the cause. */
function keep(store: string, seed: number, evidence: Evidence): void {
  const file = join(mkdtempSync(join(tmpdir(), 'sluis-chaos-evidence-')), `${store}-${seed}.json`);
  const plain = (_: string, value: unknown) =>
    value instanceof Map || value instanceof Set ? [...value] : value;
  writeFileSync(file, JSON.stringify(evidence, plain, 1));
  say(`${store.padEnd(10)} what was seen: ${file}`);
}

async function run(): Promise<{ passed: number; failed: number }> {
  const seed = seedOf(values.seed);
  const stores: StoreKind[] =
    values.store === 'both' ? ['sqlite', 'postgresql'] : [values.store as StoreKind];
  const total = { passed: 0, failed: 0 };
  say(`seed ${seed}`);
  for (const store of stores) {
    const evidence = await playRound({
      store,
      seed,
      kills: Number(values.kills),
      outageMs: Number(values.outage) * 1_000,
      lanes: Number(values.lanes),
      doubles: { times: Number(values.doubles), longOutageMs: Number(values['long-outage']) * 1_000 },
      ...(values.minutes === undefined ? {} : { minutes: Number(values.minutes) }),
      keep: values.keep,
      say,
    });
    const verdicts = judge(evidence);
    for (const verdict of verdicts) total[tell(store, verdict) ? 'passed' : 'failed'] += 1;
    if (verdicts.some(({ violations }) => violations.length > 0)) keep(store, seed, evidence);
  }
  if (total.failed > 0) say(`again with: npm run test:chaos -- --seed ${seed}`);
  return total;
}

const seedOf = (text: string | undefined) =>
  text === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(text);

const { passed, failed } = values['self-test'] ? await selfTest(seedOf(values.seed), say) : await run();
say(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
