// How fast are requests answered? Sends one body many times over kept connections, each with a case of its own.
// A child of a benchmark: reads its order from the first argument (JSON), prints one line of JSON.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';

export type LoadOrder = {
  url: string;
  headers: Record<string, string>;
  /** The body; every `CASE-0000000` in it becomes a number of its own. */
  bodyFile: string;
  count: number;
  concurrency: number;
  /** Cases are numbered from here. */
  from: number;
};

export type LoadResult = { perSecond: number; p50: number; p99: number; refused: number; status: number };

const placeholder = 'CASE-0000000';

function sendOne(order: LoadOrder, body: Buffer, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(order.url, { method: 'POST', agent, headers: order.headers }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode ?? 0));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const template = readFileSync(order.bodyFile);
  const at = template.indexOf(placeholder);
  const agent = new Agent({ keepAlive: true, maxSockets: order.concurrency });
  const times: number[] = [];
  let [next, refused, status] = [0, 0, 0];
  const one = async () => {
    while (next < order.count) {
      const body = Buffer.from(template);
      body.write(`CASE-${String(order.from + next++).padStart(7, '0')}`, at);
      const began = performance.now();
      const answered = await sendOne(order, body, agent);
      times.push(performance.now() - began);
      if (answered !== 202) {
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
