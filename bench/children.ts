// Which processes does a benchmark run, what do they cost, and how do they end? All end with the benchmark.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { nodeEnvironment } from '../src/sandbox/gatewayRun.ts';
import type { LoadOrder, LoadResult } from './load.ts';

export type Child = ChildProcess;

const children: Child[] = [];
const run = promisify(execFile);

/** Starts Node with these arguments; what it prints can be read, its errors are shown. */
export function launch(args: readonly string[]): Child {
  const env = { ...process.env, ...nodeEnvironment };
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  children.push(child);
  return child;
}

/** Starts a program beside this one; resolves with the first line that it prints: its address. */
export async function launchServer(name: string, args: readonly string[]) {
  const child = launch([join(import.meta.dirname, name), ...args]);
  const url = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim())),
  );
  return { child, url };
}

/** Throws after half a minute. */
export async function untilReady(opsUrl: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if ((await fetch(`${opsUrl}/health/ready`).catch(() => undefined))?.ok) return;
    await wait(50);
  }
  throw new Error('The gateway did not become ready');
}

/** Processor time of a process so far, in ms; Linux counts it in ticks of 10 ms. */
export function cpuOf(child: Child): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export async function load(order: LoadOrder): Promise<LoadResult> {
  const { stdout } = await run(
    process.execPath,
    [join(import.meta.dirname, 'load.ts'), JSON.stringify(order)],
    { maxBuffer: 16_777_216 },
  );
  return JSON.parse(stdout);
}

/** Asks it to end, and waits. */
export async function end(child: Child): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

export function killAll(): void {
  for (const child of children) child.kill('SIGKILL');
}
