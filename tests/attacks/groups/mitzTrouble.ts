// M08 and M09: what comes of an answer that never comes, or not whole, and of a Mitz that fails now and then?
import { setTimeout as wait } from 'node:timers/promises';
import { must } from '../attack.ts';
import { hearing, stateOf, wordsIn } from '../hearing.ts';
import { believesNone, isClosed, type Lie } from '../mitzLies.ts';
import { askCard, askOverview, enterPatients } from '../questions.ts';
import { mitzSettings } from '../region.ts';
import type { Seen, Stage } from '../stage.ts';
import { type Twist, twisted } from '../twister.ts';

const slowly =
  (write: Twist): Twist =>
  (reply, asked, response) =>
    isClosed(asked) ? write(reply, asked, response) : reply;

/** What happens to the connection instead of an answer. */
const stalls: readonly Lie[] = [
  ['no word', slowly(() => undefined)],
  [
    'a byte every 60 ms',
    slowly((reply, _, response) => {
      response.writeHead(200, { ...reply.headers, 'content-length': String(reply.body.length) });
      let at = 0;
      const timer = setInterval(() => response.write(reply.body.subarray(at, ++at)), 60);
      response.once('close', () => clearInterval(timer));
      return undefined;
    }),
  ],
  [
    'headers only',
    slowly((reply, _, response) => {
      response
        .writeHead(200, { ...reply.headers, 'content-length': String(reply.body.length) })
        .flushHeaders();
      return undefined;
    }),
  ],
  [
    'broken off half-way',
    slowly((reply, _, response) => {
      response.writeHead(200, { ...reply.headers, 'content-length': String(reply.body.length) });
      response.write(reply.body.subarray(0, reply.body.length / 2), () => response.destroy());
      return undefined;
    }),
  ],
  [
    'whole, but for its last chunk',
    slowly((reply, _, response) => {
      response.writeHead(200, { ...reply.headers });
      response.write(reply.body);
      return undefined;
    }),
  ],
  [
    'closed at once',
    slowly((_reply, _, response) => {
      response.destroy();
      return undefined;
    }),
  ],
  [
    'no HTTP',
    slowly((_reply, _, response) => {
      response.socket?.end('PERMIT\r\n\r\n<Decision>Permit</Decision>');
      return undefined;
    }),
  ],
];

export async function stalled(stage: Stage): Promise<string> {
  const began = performance.now();
  const told = await believesNone(stage, stalls);
  const each = (performance.now() - began) / stalls.length;
  must(each < 1_600, `${Math.round(each)} ms for each: the time limit of 700 ms does not hold`);
  return `${told}; ${Math.round(each)} ms each`;
}

const failing: Twist = (reply, asked) => (isClosed(asked) ? { ...reply, status: 500 } : reply);

/** The breaker saves time and never changes a word: after a row of failures nobody asks, and a no stays a no. */
export async function breaker(stage: Stage): Promise<string> {
  const { region } = stage;
  const mitz = { ...mitzSettings(region, stage.baseUrl), breakerFailures: 3, breakerOpenMs: 600 };
  const { there, end } = await stage.another({ mitz }, { sameKeys: true });
  await enterPatients(there, ['yes', 'no']);
  for (const name of ['yes', 'no'] as const) {
    const during = await twisted(region.mitzWire, failing, async () => {
      const seen = [];
      for (let count = 0; count < 4; count += 1)
        seen.push(await hearing(there, () => askOverview(there, name)));
      return seen;
    });
    const states = during.map(({ result }) => stateOf(result, 'd'));
    must(
      states.every((state) => state === 'unavailable'),
      `P-${name}: ${states}`,
    );
    must(during.at(-1)?.heard.closed.length === 0, `P-${name}: Mitz is asked on and on`);
    const open = await askOverview(there, name);
    must(stateOf(open, 'd') === 'unavailable', `P-${name}, while it is open: ${stateOf(open, 'd')}`);
    await wait(700);
    await askOverview(there, name);
    const after = await askOverview(there, name);
    const wanted = name === 'yes' ? 'answered' : 'denied';
    must(stateOf(after, 'd') === wanted, `P-${name}, afterwards: ${stateOf(after, 'd')}`);
  }
  await end();
  return 'a row of failures is told as our trouble and ends the asking; then yes is yes and no is no';
}

type Asked = { name: 'yes' | 'no'; answer: Seen };

/** How often each state was told; records are there exactly where it says so. */
function statesOf(seen: readonly Asked[]): Map<string, number> {
  const states = new Map<string, number>();
  for (const { name, answer } of seen) {
    for (const at of ['d', 'e'] as const) {
      const told = stateOf(answer, at) ?? 'none';
      // a permit of which the machine made too little in time is a permit
      const isLate = ['partial', 'timeout', 'failed', 'silent'].includes(told);
      const state = isLate ? 'answered' : told;
      states.set(`${name} ${state}`, (states.get(`${name} ${state}`) ?? 0) + 1);
      const holds = wordsIn(answer).includes(`${at.toUpperCase()}${name}`);
      must(
        isLate || holds === (state === 'answered'),
        `P-${name}: ${state}, and ${holds ? 'records' : 'nothing'}`,
      );
      must(['answered', 'denied', 'unavailable'].includes(state), `P-${name}: ${state}`);
    }
  }
  return states;
}

const crowdAsks = (stage: Stage): Promise<Asked[]> =>
  Promise.all(
    Array.from({ length: 80 }, async (_, index): Promise<Asked> => {
      await wait(index * 15);
      const name = index % 4 === 3 ? 'no' : 'yes';
      return { name, answer: await askOverview(stage, name) };
    }),
  );

export async function flapping(stage: Stage): Promise<string> {
  const given: boolean[] = [];
  const flap: Twist = (reply, asked) => {
    if (!isClosed(asked)) return reply;
    given.push(given.length % 2 === 0);
    return given.at(-1) ? reply : { ...reply, status: 500 };
  };
  const seen = await twisted(stage.region.mitzWire, flap, () => crowdAsks(stage));
  const states = statesOf(seen);
  const of = (state: string): number => states.get(state) ?? 0;
  must(of('no answered') === 0 && of('yes denied') === 0, [...states].join(' '));
  must(of('yes unavailable') > 0 && of('no denied') > 0, [...states].join(' '));
  const answers = given.filter(Boolean).length;
  const used = of('yes answered') + of('no denied');
  must(
    given.length <= 160 && used <= answers,
    `${used} decisions of ${answers} answers, ${given.length} questions`,
  );
  for (const { answer } of seen) {
    const rows = await stage.rows(
      `select id from audit where event = 'consent.decided' and body like '%"${answer.requestId}"%'`,
    );
    must(rows.length === 2, `${rows.length} decisions recorded`);
  }
  must(wordsIn(await askCard(stage, 'yes')).length > 0, 'twin');
  return [...states].map(([state, times]) => `${times}×${state}`).join(', ');
}
