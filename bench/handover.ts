// How many 61 KB handovers a second are received durably, beside the floor of this machine in the same run?
// Usage: npm run bench:handover [-- COUNT [ROUNDS]]     with DATABASE_URL: on PostgreSQL
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { printJson } from '../src/fhir/json.ts';
import { createCaller } from '../src/sandbox/caller.ts';
import { freePort, writeGatewayFolder } from '../src/sandbox/gatewayFolder.ts';
import { nodeFlags } from '../src/sandbox/gatewayRun.ts';
import { createKey } from '../src/sandbox/keys.ts';
import { home, hospital } from '../tests/world/cast.ts';
import { heavyHandoff } from '../tests/world/nursingHandoff.ts';
import { countArgument } from './arguments.ts';
import { type Child, cpuOf, killAll, launch, launchServer, load, untilReady } from './children.ts';
import type { LoadResult } from './load.ts';

const usage = 'npm run bench:handover [-- COUNT [ROUNDS]]';
const count = countArgument(0, 1500, usage);
const rounds = countArgument(1, 3, usage);
const concurrency = 16;
type ProfileChecks = 'off' | 'warn';
type Which = 'bare' | 'http' | 'unchecked' | 'checked';
const here = (name: string) => join(import.meta.dirname, name);
const folder = mkdtempSync(join(tmpdir(), 'sluis-bench-'));
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Highest and present resident memory of a process, in MB. */
function memoryOf(child: Child): { peak: number; now: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const field = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
  return { peak: field('VmHWM'), now: field('VmRSS') };
}

async function startFloor(stack: 'bare' | 'http', bytes: number) {
  const { child, url } = await launchServer('floor.ts', [stack, String(bytes)]);
  return { child, url: `${url}/stu3/$handover` };
}

/** A nursing home that takes every notification at once. */
async function startReceiver(): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  server.unref();
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

async function startGateway(receiver: string, profileChecks: ProfileChecks) {
  const key = await createKey('bench');
  const organisation = ({ id, name, identifiers }: typeof hospital) => ({
    id,
    name,
    identifiers,
    clients: [],
    endpoints: [],
  });
  const generous = { points: 10_000_000, seconds: 10 };
  const [port, opsPort] = [await freePort(), await freePort()];
  const made = await writeGatewayFolder({
    folder: join(folder, profileChecks),
    port,
    opsPort,
    participants: [
      { ...organisation(hospital), clients: [{ clientId: 'bench', scopes: ['handover'], jwks: key.jwks }] },
      { ...organisation(home), endpoints: [{ id: 'notify', address: receiver, shape: 'A' }] },
    ],
    settings: {
      handover: { profileChecks },
      http: {
        data: { host: '127.0.0.1', port },
        ops: { host: '127.0.0.1', port: opsPort },
        rates: { push: generous },
        logLevel: 'warn',
      },
    },
  });
  const child = launch([
    ...nodeFlags,
    join(here('..'), 'src/cli.ts'),
    'start',
    '--config',
    made.settingsFile,
  ]);
  child.stdout?.resume();
  await untilReady(made.opsUrl);
  const caller = createCaller({ gatewayUrl: made.baseUrl, clientId: 'bench', key, scope: 'handover' });
  return { child, url: `${made.baseUrl}/stu3/$handover`, opsUrl: made.opsUrl, token: await caller.token() };
}

/** How long until every notification of what was pushed is out, in seconds: nobody's next round pays for it. */
async function untilTold({ opsUrl }: { opsUrl: string }): Promise<number> {
  const began = performance.now();
  const live = /^sluis_outbox_rows\{state="(?:waiting|claimed|sending|unknown)"\} ([1-9]\d*)$/m;
  while (live.test(await (await fetch(`${opsUrl}/metrics`)).text())) await wait(100);
  return (performance.now() - began) / 1000;
}

const names = {
  bare: 'bare floor (Express alone)',
  http: 'floor (same HTTP stack)',
  unchecked: 'gateway without profile checks',
  checked: 'gateway with profile checks',
};
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const row = (name: string, result: LoadResult & { cpuMs: number; toldAfter?: number }) =>
  say(
    `  ${name.padEnd(30)} ${String(result.perSecond).padStart(6)}/s   p50 ${result.p50.toFixed(1).padStart(6)} ms   p99 ${result.p99.toFixed(1).padStart(6)} ms   ${result.cpuMs.toFixed(2)} ms CPU each` +
      (result.toldAfter === undefined ? '' : `   all notified ${result.toldAfter.toFixed(1)} s later`) +
      (result.refused > 0 ? `   ${result.refused} NOT ACCEPTED (${result.status})` : ''),
  );

async function main(): Promise<boolean> {
  const bodyFile = join(folder, 'body.json');
  writeFileSync(bodyFile, printJson(heavyHandoff({ case: 'CASE-0000000' })));
  const bytes = readFileSync(bodyFile).length;
  const floors = { bare: await startFloor('bare', bytes), http: await startFloor('http', bytes) };
  const receiver = await startReceiver();
  const unchecked = await startGateway(receiver, 'off');
  const checked = await startGateway(receiver, 'warn');
  const headers = { 'content-type': 'application/fhir+json', 'content-length': String(bytes) };
  const common = { bodyFile, concurrency };
  const withToken = ({ token }: { token: string }) => ({ ...headers, authorization: `Bearer ${token}` });
  const orders = {
    bare: { ...common, url: floors.bare.url, headers },
    http: { ...common, url: floors.http.url, headers },
    unchecked: { ...common, url: unchecked.url, headers: withToken(unchecked) },
    checked: { ...common, url: checked.url, headers: withToken(checked) },
  };
  let from = 0;
  const gateways = { unchecked, checked };
  const processes = { ...floors, ...gateways };
  const shot = async (which: Which, many: number) => {
    from += many;
    const { child } = processes[which];
    const before = cpuOf(child);
    const result = await load({ ...orders[which], count: many, from });
    const gateway = which === 'unchecked' || which === 'checked' ? gateways[which] : undefined;
    const told = gateway && { toldAfter: await untilTold(gateway) };
    return { ...result, cpuMs: (cpuOf(child) - before) / many, ...told };
  };
  say(
    `Durable pushes of a ${Math.round(bytes / 1000)} KB document Bundle, ${concurrency} at once, ${count} a round`,
  );
  const all: Which[] = ['bare', 'http', 'unchecked', 'checked'];
  for (const one of all) await shot(one, 300);
  const rates: Record<Which, number[]> = { bare: [], http: [], unchecked: [], checked: [] };
  let refused = 0;
  for (let round = 1; round <= rounds; round++) {
    for (const which of all) {
      const result = await shot(which, count);
      row(names[which], result);
      rates[which].push(result.perSecond);
      refused += result.refused;
    }
  }
  for (const [which, { child }] of [['unchecked', unchecked] as const, ['checked', checked] as const]) {
    const memory = memoryOf(child);
    const goal = which === 'unchecked' ? '; goal 0.50' : '';
    say(`${names[which]}`);
    const ratio = (to: 'http' | 'bare') =>
      median(rates[which].map((rate, at) => rate / (rates[to][at] ?? 1))).toFixed(2);
    say(`  of the floor: ${ratio('http')} (median of ${rounds}${goal}); of the bare floor: ${ratio('bare')}`);
    say(`  memory: ${memory.now} MB, at most ${memory.peak} MB (goal under 350 MB)`);
  }
  return refused === 0;
}

try {
  if (!(await main())) process.exitCode = 1;
} finally {
  killAll();
  rmSync(folder, { recursive: true, force: true });
}
