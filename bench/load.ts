// How fast are requests answered? Sends one body many times over kept connections, each with a case of its own; or several in turn.
// A child of a benchmark: reads its order from the first argument (JSON), prints one line of JSON.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

export type LoadOrder = {
  url: string;
  headers: Record<string, string>;
  /** The body; every `CASE-0000000` in it becomes a number of its own. */
  bodyFile?: string;
  /** Instead of the one body: what is asked in turn, a path after `url` without a body as GET. */
  turns?: readonly Turn[];
  /** The status that counts as an answer; 202 unless given. */
  expected?: number;
  count: number;
  concurrency: number;
  /** Callers start one after the other within so many ms, not in step; 0 unless given. */
  spreadMs?: number;
  /** Cases are numbered from here. */
  from: number;
};

export type Turn = { path?: string; body?: string };
type Sent = { url: string; headers: Record<string, string>; body: Buffer | undefined };

export type LoadResult = { perSecond: number; p50: number; p99: number; refused: number; status: number };

const placeholder = 'CASE-0000000';

function sendOne({ url, headers, body }: Sent, agent: Agent): Promise<number> {
  const method = body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent, headers }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

/** What is sent as the n-th request. */
function sendings({ url, headers, turns, bodyFile = '' }: LoadOrder): (n: number) => Sent {
  if (turns !== undefined) {
    const each = turns.map(({ path = '', body }): Sent => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      return {
        url: `${url}${path}`,
        headers: { ...headers, ...length },
        body: body === undefined ? undefined : Buffer.from(body),
      };
    });
    return (n) => each[n % each.length] ?? { url, headers, body: undefined };
  }
  const template = readFileSync(bodyFile);
  const at = template.indexOf(placeholder);
  return (n) => {
    const body = Buffer.from(template);
    body.write(`CASE-${String(n).padStart(7, '0')}`, at);
    return { url, headers, body };
  };
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const nth = sendings(order);
  const agent = new Agent({ keepAlive: true, maxSockets: order.concurrency });
  const times: number[] = [];
  let [next, refused, status] = [0, 0, 0];
  const one = async (_: unknown, caller: number) => {
    await wait((caller * (order.spreadMs ?? 0)) / order.concurrency);
    while (next < order.count) {
      const sending = nth(order.from + next++);
      const began = performance.now();
      const answered = await sendOne(sending, agent);
      times.push(performance.now() - began);
      if (answered !== (order.expected ?? 202)) {
        refused++;
        status = answered;
      }
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: order.concurrency }, one));
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  const sorted = times.sort((a, b) => a - b);
  const quantile = (q: number) => Number((sorted[Math.floor(sorted.length * q)] ?? 0).toFixed(2));
  return {
    perSecond: Math.round(order.count / seconds),
    p50: quantile(0.5),
    p99: quantile(0.99),
    refused,
    status,
  };
}

if (import.meta.main)
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(process.argv[2] ?? '{}')))}\n`);
