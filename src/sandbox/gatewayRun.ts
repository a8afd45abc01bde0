// How does a gateway run beside the sandbox? As a program of its own, over real HTTP, with all that it prints kept.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { GatewayFolder } from './gatewayFolder.ts';

export type RunningGateway = {
  /** Id of its process. */
  pid: number;
  /** Everything printed so far, on both streams. */
  output(): string;
  running(): boolean;
  /** Asks it to stop and waits for its end; gives the exit code. */
  stop(): Promise<number | null>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
};

/** Node lets its young generation grow with the machine; a gateway's garbage needs no more than this (RSS halves). */
export const nodeFlags: readonly string[] = ['--max-semi-space-size=8'];
/** A gateway has several threads, and glibc keeps memory back for each of them. */
export const nodeEnvironment = { MALLOC_ARENA_MAX: '2' };

const commandLine = fileURLToPath(new URL('../cli.ts', import.meta.url));

/** A slow machine that does much else still starts one in this time. */
const startMs = 45_000;

/** Starts the gateway of this folder; resolves when it is ready. Throws with what it printed when it is not in time. */
export async function runGateway(
  folder: GatewayFolder,
  options: { env?: NodeJS.ProcessEnv } = {},
): Promise<RunningGateway> {
  const child = spawn(
    process.execPath,
    [...nodeFlags, commandLine, 'start', '--config', folder.settingsFile],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...nodeEnvironment, NO_COLOR: '1', ...options.env },
    },
  );
  const printed: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => printed.push(chunk.toString('utf8')));
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  const gateway: RunningGateway = {
    pid: child.pid ?? 0,
    output: () => printed.join(''),
    running,
    stop: async () => {
      await end(child, 'SIGTERM');
      return child.exitCode;
    },
    kill: () => end(child, 'SIGKILL'),
  };
  if (await ready(folder.opsUrl, running, startMs)) return gateway;
  await gateway.kill();
  throw new Error(`The gateway did not become ready. It printed:\n${gateway.output()}`);
}

async function ready(opsUrl: string, running: () => boolean, withinMs: number): Promise<boolean> {
  const until = Date.now() + withinMs;
  while (Date.now() < until && running()) {
    const answer = await fetch(`${opsUrl}/health/ready`).catch(() => undefined);
    if (answer?.ok) return true;
    await wait(50);
  }
  return false;
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}
