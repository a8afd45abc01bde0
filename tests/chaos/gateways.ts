// How do the gateways live and die? As processes of their own on fixed ports, started, paused, killed, starved of disk.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { cp, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { GatewayFolder } from '../../src/sandbox/gatewayFolder.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const startMs = 60_000;

/** A copy of the product, so that what is edited meanwhile does not start in the middle of a run. Gives its command line. */
export async function copyProduct(folder: string): Promise<string> {
  await cp(join(root, 'src'), join(folder, 'src'), { recursive: true });
  await cp(join(root, 'package.json'), join(folder, 'package.json'));
  for (const name of ['node_modules', 'profiles', 'mappings']) {
    if (existsSync(join(root, name))) await symlink(join(root, name), join(folder, name));
  }
  return join(folder, 'src/cli.ts');
}

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

type Place = { folder: GatewayFolder; commandLine: string };

/** `url` is where it listens itself; its settings may name another address as the public one. */
export function createGateway(name: string, url: string, at: Place): Gateway {
  const { folder, commandLine } = at;
  const printed = join(folder.folder, 'printed.log');
  let child: ChildProcess | undefined;
  const running = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const start = (): void => {
    if (running()) return;
    const log = openSync(printed, 'a');
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
      const limit = Date.now() + startMs;
      while (!(await isReady())) {
        if (Date.now() > limit)
          throw new Error(`${name} does not become ready:\n${readFileSync(printed, 'utf8').slice(-2_000)}`);
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
    command: (...args) => command(commandLine, [...args, '--config', folder.settingsFile]),
  };
}

function killed(child: ChildProcess | undefined, running: boolean): Promise<void> {
  if (!running || child === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

async function command(commandLine: string, args: string[]): Promise<{ code: number; text: string }> {
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
