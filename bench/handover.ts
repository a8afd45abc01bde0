// How many 61 KB handovers a second are received durably, beside the floor of this machine in the same run?
// Usage: npm run bench:handover [-- COUNT [ROUNDS]]     with DATABASE_URL: on PostgreSQL
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { printJson } from '../src/fhir/json.ts';
import { createCaller } from '../src/sandbox/caller.ts';
import { freePort, writeGatewayFolder } from '../src/sandbox/gatewayFolder.ts';
import { nodeFlags } from '../src/sandbox/gatewayRun.ts';
import { createKey } from '../src/sandbox/keys.ts';
import { home, hospital } from '../tests/world/cast.ts';
import { heavyHandoff } from '../tests/world/nursingHandoff.ts';
import type { LoadOrder, LoadResult } from './load.ts';

const count = Number(process.argv[2] ?? 1500);
const rounds = Number(process.argv[3] ?? 3);
const concurrency = 16;
type ProfileChecks = 'off' | 'warn';
type Which = 'floor' | 'unchecked' | 'checked';
const here = (name: string) => join(import.meta.dirname, name);
const folder = mkdtempSync(join(tmpdir(), 'sluis-bench-'));
const children: ChildProcess[] = [];
const run = promisify(execFile);
const say = (line: string) => process.stdout.write(`${line}\n`);

const launch = (args: string[]) => {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
};

/** Highest and present resident memory of a process, in MB. */
function memoryOf(child: ChildProcess): { peak: number; now: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  const field = (name: string) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
  return { peak: field('VmHWM'), now: field('VmRSS') };
}

/** Processor time of a process so far, in ms; Linux counts it in ticks of 10 ms. */
function cpuOf(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function load(order: LoadOrder): Promise<LoadResult> {
  const { stdout } = await run(process.execPath, [here('load.ts'), JSON.stringify(order)]);
  return JSON.parse(stdout);
}

async function startFloor() {
  const child = launch([here('floor.ts')]);
  const url = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  return { child, url: `${url}/push` };
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
  for (let tries = 0; tries < 400; tries++) {
    if ((await fetch(`${made.opsUrl}/health/ready`).catch(() => undefined))?.ok) break;
    await wait(50);
  }
  const caller = createCaller({ gatewayUrl: made.baseUrl, clientId: 'bench', key, scope: 'handover' });
  return { child, url: `${made.baseUrl}/stu3/$handover`, token: await caller.token() };
}

const names = { unchecked: 'gateway without profile checks', checked: 'gateway with profile checks' };
const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

const row = (name: string, result: LoadResult & { cpuMs: number }) =>
  say(
    `  ${name.padEnd(30)} ${String(result.perSecond).padStart(6)}/s   p50 ${result.p50.toFixed(1).padStart(6)} ms   p99 ${result.p99.toFixed(1).padStart(6)} ms   ${result.cpuMs.toFixed(2)} ms CPU each` +
      (result.refused > 0 ? `   ${result.refused} NOT ACCEPTED (${result.status})` : ''),
  );

async function main(): Promise<boolean> {
  const bodyFile = join(folder, 'body.json');
  writeFileSync(bodyFile, printJson(heavyHandoff({ case: 'CASE-0000000' })));
  const bytes = readFileSync(bodyFile).length;
  const floor = await startFloor();
  const receiver = await startReceiver();
  const unchecked = await startGateway(receiver, 'off');
  const checked = await startGateway(receiver, 'warn');
  const headers = { 'content-type': 'application/fhir+json', 'content-length': String(bytes) };
  const common = { bodyFile, concurrency };
  const withToken = ({ token }: { token: string }) => ({ ...headers, authorization: `Bearer ${token}` });
  const orders = {
    floor: { ...common, url: floor.url, headers },
    unchecked: { ...common, url: unchecked.url, headers: withToken(unchecked) },
    checked: { ...common, url: checked.url, headers: withToken(checked) },
  };
  let from = 0;
  const processes = { floor: floor.child, unchecked: unchecked.child, checked: checked.child };
  const shot = async (which: Which, many: number) => {
    from += many;
    const before = cpuOf(processes[which]);
    const result = await load({ ...orders[which], count: many, from });
    return { ...result, cpuMs: (cpuOf(processes[which]) - before) / many };
  };
  say(
    `Durable pushes of a ${Math.round(bytes / 1000)} KB document Bundle, ${concurrency} at once, ${count} a round`,
  );
  const all: Which[] = ['floor', 'unchecked', 'checked'];
  for (const one of all) await shot(one, 300);
  const ratios: { unchecked: number[]; checked: number[] } = { unchecked: [], checked: [] };
  let refused = 0;
  for (let round = 1; round <= rounds; round++) {
    const bare = await shot('floor', count);
    row('floor', bare);
    for (const which of ['unchecked', 'checked'] as const) {
      const ours = await shot(which, count);
      row(names[which], ours);
      ratios[which].push(ours.perSecond / bare.perSecond);
      refused += ours.refused;
    }
  }
  for (const [which, { child }] of [['unchecked', unchecked] as const, ['checked', checked] as const]) {
    const memory = memoryOf(child);
    const goal = which === 'unchecked' ? '; goal 0.50' : '';
    say(`${names[which]}`);
    say(`  gateway / floor: ${median(ratios[which]).toFixed(2)} (median of ${rounds}${goal})`);
    say(`  memory: ${memory.now} MB, at most ${memory.peak} MB (goal under 350 MB)`);
  }
  return refused === 0;
}

try {
  if (!(await main())) process.exitCode = 1;
} finally {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
