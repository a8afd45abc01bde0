// What comes back for bytes that no decent client sends? Everything until the other side closes or falls silent.
import { connect } from 'node:net';
import { type Expected, judge, must, type Try } from './attack.ts';
import type { Seen, Stage } from './stage.ts';

export type RawSeen = { text: string; statuses: number[]; closed: boolean; ms: number };

export type RawAsk = {
  /** Written one after the other, `pauseMs` apart. */
  parts: readonly (string | Buffer)[];
  pauseMs?: number;
  /** How long silence may last before we go. */
  silenceMs?: number;
  gateway?: number;
  limitMs?: number;
};

let turn = 0;

export function raw(stage: Stage, ask: RawAsk): Promise<RawSeen> {
  const target = new URL(stage.urls[ask.gateway ?? turn++ % stage.urls.length] ?? '');
  const began = performance.now();
  return new Promise((resolve) => {
    const socket = connect(Number(target.port), target.hostname);
    let text = '';
    let silence: NodeJS.Timeout | undefined;
    const done = (closed: boolean): void => {
      clearTimeout(silence);
      clearTimeout(limit);
      socket.destroy();
      const statuses = [...text.matchAll(/(?:^|[^\w])HTTP\/1\.1 (\d{3}) /g)].map(([, code]) => Number(code));
      resolve({ text, statuses, closed, ms: performance.now() - began });
    };
    const limit = setTimeout(() => done(false), ask.limitMs ?? 15_000);
    const wait = (): void => {
      clearTimeout(silence);
      silence = setTimeout(() => done(false), ask.silenceMs ?? 700);
    };
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      wait();
    });
    socket.on('error', () => done(true));
    socket.on('close', () => done(true));
    socket.on('connect', () => write(0));
    const write = (index: number): void => {
      const part = ask.parts[index];
      if (socket.destroyed) return;
      if (part === undefined) {
        wait();
        return;
      }
      socket.write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part);
      setTimeout(() => write(index + 1), ask.pauseMs ?? 0);
    };
  });
}

export const requestHead = (line: string, ...headers: string[]): string =>
  [`${line} HTTP/1.1`, 'Host: gateway', ...headers, '', ''].join('\r\n');

/** The request that a smuggler hides behind another. */
export const smuggled = requestHead('GET /.well-known/smart-configuration');

export type RawExpected = { first: number | readonly number[]; closed?: boolean };

/** One answer only, of this status; what is hidden behind it is never served. */
export async function mustRefuseRaw(
  stage: Stage,
  name: string,
  ask: RawAsk & RawExpected,
): Promise<string | undefined> {
  const seen = await raw(stage, ask);
  const [first = 0, ...more] = seen.statuses;
  if (![ask.first].flat().includes(first)) return `${name}: ${first || 'no answer'} instead of ${ask.first}`;
  if (more.length > 0) return `${name}: ${seen.statuses.length} answers (${seen.statuses})`;
  if (ask.closed !== false && !seen.closed) return `${name}: the connection stays open`;
  return undefined;
}

export async function mustRefuseAllRaw(
  stage: Stage,
  rows: readonly (RawAsk & RawExpected & { name: string })[],
): Promise<string> {
  const wrong: string[] = [];
  for (const row of rows) {
    const fault = await mustRefuseRaw(stage, row.name, row);
    if (fault) wrong.push(fault);
  }
  must(wrong.length === 0, wrong.join(' | '));
  const twin = await raw(stage, { parts: [smuggled, smuggled] });
  must(twin.statuses.join() === '200,200', `two good requests on one connection: ${twin.statuses}`);
  return `${rows.length} refused and closed, one answer each; twin 200, 200`;
}

export const plain = (name: string, send: Try['send'], expected: Expected): Try => ({ name, send, expected });

export function mustBe(seen: Seen, expected: Expected, what: string): void {
  const fault = judge(seen, expected);
  must(fault === undefined, `${what}: ${fault}`);
}
