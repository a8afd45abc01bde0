// How do the gateways live and die? As processes of their own on fixed ports, started, paused, killed, starved of disk.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { GatewayFolder } from '../../src/sandbox/gatewayFolder.ts';

const run = promisify(execFile);
const commandLine = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

export type Gateway = {
  name: string;
  url: string;
  opsUrl: string;
  /** Starts it when it does not run; does not wait. */
  start(): void;
  running(): boolean;
  isReady(): Promise<boolean>;
  /** Resolves when it answers; starts it when it has died. */
  ready(): Promise<void>;
  kill(): Promise<void>;
  pause(): void;
  resume(): void;
  /** Lets no file of it grow past `bytes`; unlimited without. */
  limitFiles(bytes?: number): Promise<void>;
  /** Runs a command of the product with this gateway's settings; gives its exit code and what it printed. */
  command(...args: string[]): Promise<{ code: number; text: string }>;
};

/** `url` is where it listens itself; its settings may name another address as the public one. */
export function createGateway(name: string, url: string, folder: GatewayFolder): Gateway {
  let child: ChildProcess | undefined;
  const running = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const start = (): void => {
    if (running()) return;
    const log = openSync(join(folder.folder, 'printed.log'), 'a');
    child = spawn(process.execPath, [commandLine, 'start', '--config', folder.settingsFile], {
      stdio: ['ignore', log, log],
      env: { ...process.env, NO_COLOR: '1' },
    });
    closeSync(log);
  };
  const isReady = async (): Promise<boolean> => {
    const signal = AbortSignal.timeout(1_000);
    const answer = await fetch(`${folder.opsUrl}/health/ready`, { signal }).catch(() => undefined);
    return answer?.ok === true;
  };
  return {
    name,
    url,
    opsUrl: folder.opsUrl,
    start,
    running,
    isReady,
    async ready() {
      const limit = Date.now() + 30_000;
      while (!(await isReady())) {
        if (Date.now() > limit) throw new Error(`${name} does not become ready`);
        start();
        await wait(50);
      }
    },
    kill: () => killed(child, running()),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async limitFiles(bytes) {
      const limit = bytes === undefined ? 'unlimited' : String(bytes);
      if (running()) await run('prlimit', ['--pid', String(child?.pid), `--fsize=${limit}:unlimited`]);
    },
    command: (...args) => command([...args, '--config', folder.settingsFile]),
  };
}

function killed(child: ChildProcess | undefined, running: boolean): Promise<void> {
  if (!running || child === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

async function command(args: string[]): Promise<{ code: number; text: string }> {
  const options = { env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 1 << 30 };
  try {
    const { stdout, stderr } = await run(process.execPath, [commandLine, ...args], options);
    return { code: 0, text: `${stdout}${stderr}` };
  } catch (error) {
    const failed = error as { code?: unknown; stdout?: string; stderr?: string };
    const code = typeof failed.code === 'number' ? failed.code : 1;
    return { code, text: `${failed.stdout ?? ''}${failed.stderr ?? ''}` };
  }
}
