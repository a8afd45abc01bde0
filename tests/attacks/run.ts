// Does the gateway withstand the attacks of the plan? Every case with its permitted twin, on SQLite and on PostgreSQL with two gateways.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { optionsOf, refuseUse } from '../world/options.ts';
import type { Case, Group, StoreKind } from './attack.ts';
import { groups } from './groups/index.ts';
import { leftCases } from './left.ts';
import { scanStage } from './scan.ts';
import { onServer, type Stage, startStage } from './stage.ts';
import { stubStage } from './stub.ts';
import { ordinary, warm } from './warmUp.ts';

const usage =
  'npm run test:attacks [-- --only ID,ID (of groups, cases or scan) --store sqlite|postgresql --seed N --no-self-test]';
const values = optionsOf(
  {
    only: { type: 'string' },
    store: { type: 'string' },
    seed: { type: 'string' },
    'no-self-test': { type: 'boolean', default: false },
  },
  usage,
);
const known = new Set(['scan', ...groups.flatMap((group) => [group.id, ...group.cases.map(({ id }) => id)])]);
const only = values.only?.split(',').map((id) => id.trim());
for (const id of only ?? []) if (!known.has(id)) refuseUse(`There is no group or case "${id}".`, usage);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const chosen = (group: Group): Case[] =>
  group.cases.filter((one) => only === undefined || only.some((id) => one.id === id || group.id === id));

const totals = { passed: 0, failed: 0 };
const failures: string[] = [];
const line = (text = ''): void => console.log(text);

function tell(id: string, title: string, result: { ok: boolean; seen: string }): void {
  totals[result.ok ? 'passed' : 'failed'] += 1;
  if (!result.ok) failures.push(id);
  line(`${id.padEnd(9)} ${result.ok ? 'ok  ' : 'FAIL'}  ${title}  —  ${result.seen}`);
}

/** For a case that hangs; some start a dozen processes, each of which takes ten seconds on a busy machine. */
const caseMs = 300_000;
type Result = { ok: boolean; seen: string };

async function tried(one: Case, stage: Stage, ms = caseMs): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${ms} ms`)), ms);
  });
  try {
    return { ok: true, seen: await Promise.race([one.run(stage), late]) };
  } catch (error) {
    return { ok: false, seen: error instanceof Error ? error.message.slice(0, 1_500) : String(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** A group that cannot fail proves nothing: each of its cases must turn red where nothing is guarded. */
async function selfTest(group: Group): Promise<void> {
  const stub = await stubStage(seed);
  const results = await Promise.all(
    group.cases.map(async (one) => ({ id: one.id, ...(await tried(one, stub, 8_000)) })),
  );
  await stub.close();
  const green = results.filter((one) => one.ok).map((one) => one.id);
  const seen = `${results.length - green.length} of ${results.length} red${green.length > 0 ? `; green: ${green.join(', ')}` : ''}`;
  tell(`${group.id}-self`, 'turns red against a stub that answers 200 to everything', {
    ok: green.length === 0,
    seen,
  });
}

/** `liveMb`: what the program holds (heap in use and memory outside it). `rssMb`: what the machine has given it. */
type Vitals = { liveMb: number; rssMb: number; handles: number };

async function vitalsOf(stage: Stage): Promise<Vitals[]> {
  const texts = await Promise.all(stage.opsUrls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  return stage.gateways.map(({ run }, index) => {
    const mb = (name: string): number =>
      Number(new RegExp(`^${name} (.*)$`, 'm').exec(texts[index] ?? '')?.[1]) / 1_048_576;
    const live = mb('nodejs_heap_size_used_bytes') + mb('nodejs_external_memory_bytes');
    const pages = Number(readFileSync(`/proc/${run.pid}/statm`, 'utf8').split(' ')[1]);
    const handles = readdirSync(`/proc/${run.pid}/fd`).length;
    return { liveMb: Math.round(live), rssMb: Math.round((pages * 4096) / 1_048_576), handles };
  });
}

const tellVitals = (now: readonly Vitals[], base: readonly Vitals[]): string =>
  now
    .map(
      ({ liveMb, rssMb, handles }, index) =>
        `${liveMb} MB live (base ${base[index]?.liveMb}), ${rssMb} MB RSS (${base[index]?.rssMb}), ${handles} handles (${base[index]?.handles})`,
    )
    .join('; ');

const isBack = (now: Vitals, base: Vitals | undefined): boolean =>
  base !== undefined && now.liveMb <= base.liveMb * 1.1 && now.handles <= base.handles * 1.1 + 3;

async function isReady(url: string): Promise<boolean> {
  return (await fetch(`${url}/health/ready`).catch(() => undefined))?.status === 200;
}

/** Ready, the same process, and what it holds back to what it was, within a minute of ordinary traffic. */
async function settled(stage: Stage, base: Vitals[], pids: number[]): Promise<Result> {
  const limit = Date.now() + 60_000;
  for (;;) {
    if (stage.gateways.some(({ run }, index) => !run.running() || run.pid !== pids[index])) {
      return { ok: false, seen: 'a gateway ended' };
    }
    const ready = await Promise.all(stage.opsUrls.map(isReady));
    const now = await vitalsOf(stage);
    const seen = tellVitals(now, base);
    if (ready.every(Boolean) && now.every((one, index) => isBack(one, base[index])))
      return { ok: true, seen };
    if (Date.now() > limit) return { ok: false, seen: `ready ${ready.join()}; ${seen}` };
    // an idle engine collects nothing: ordinary traffic, as there would be
    await ordinary(stage);
    await wait(300);
  }
}

async function runGroup(group: Group, stage: Stage, base: Vitals[]): Promise<void> {
  const cases = chosen(group).filter((one) => one.only === undefined || one.only === stage.kind);
  if (cases.length === 0) return;
  line();
  line(
    `${group.id}  ${group.title}  (${stage.kind}, ${stage.urls.length} gateway${stage.urls.length > 1 ? 's' : ''})`,
  );
  for (const one of cases) {
    const began = performance.now();
    const result = await tried(one, stage);
    const ms = Math.round(performance.now() - began);
    tell(one.id, one.title, { ok: result.ok, seen: `${result.seen}${ms > 3_000 ? `  (${ms} ms)` : ''}` });
  }
  const pids = stage.gateways.map(({ run }) => run.pid);
  const after = await settled(stage, base, pids).catch((error: Error) => ({
    ok: false,
    seen: error.message,
  }));
  tell(`${group.id}-after`, 'ready, alive, memory and handles back', after);
}

/** What must be put away when the run is broken off. */
let current: Stage | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    Promise.resolve(current?.close()).finally(() => process.exit(130));
  });
}

async function runStore(kind: StoreKind): Promise<void> {
  const stage = await startStage({ kind, seed });
  current = stage;
  try {
    const base = await baseOf(stage);
    for (const group of groups) await runGroup(group, stage, base);
    if (only === undefined || only.includes('scan')) {
      line();
      line(`Scan of everything that the ${kind} run left behind`);
      for (const found of await scanStage(stage)) tell(found.id, found.title, found);
    }
  } finally {
    await stage.close();
    current = undefined;
  }
}

/** The most that each gateway holds under ordinary traffic, the base against which it is judged later. */
async function baseOf(stage: Stage): Promise<Vitals[]> {
  await warm(stage);
  let most = await vitalsOf(stage);
  for (let round = 0; round < 25; round += 1) {
    await ordinary(stage);
    most = (await vitalsOf(stage)).map((now, index) => ({
      liveMb: Math.max(now.liveMb, most[index]?.liveMb ?? 0),
      rssMb: Math.max(now.rssMb, most[index]?.rssMb ?? 0),
      handles: Math.max(now.handles, most[index]?.handles ?? 0),
    }));
  }
  return most;
}

async function hasPostgresql(): Promise<boolean> {
  return onServer('select 1').then(
    () => true,
    () => false,
  );
}

function wantedStores(): StoreKind[] {
  const { store } = values;
  if (store === undefined) return ['sqlite', 'postgresql'];
  if (store === 'sqlite' || store === 'postgresql') return [store];
  return refuseUse(`--store is sqlite or postgresql, not ${store}.`, usage);
}

async function main(): Promise<void> {
  const stores = wantedStores();
  line(`seed ${seed}`);
  if (!values['no-self-test']) {
    for (const group of groups) if (chosen(group).length > 0) await selfTest(group);
  }
  for (const kind of stores) {
    if (kind === 'sqlite' || (await hasPostgresql())) await runStore(kind);
    else line('skipped: no PostgreSQL at SLUIS_TEST_POSTGRESQL');
  }
  line();
  line('Left, and why (docs/attacks.md says more):');
  for (const { ids, why } of leftCases) line(`  ${ids.padEnd(34)} ${why}`);
  if (failures.length > 0) line(`\nFailed: ${failures.join(', ')}`);
  line();
  line(`${totals.passed} passed, ${totals.failed} failed`);
  process.exit(totals.failed > 0 ? 1 : 0);
}

await main();
