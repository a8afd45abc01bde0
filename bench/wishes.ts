// How fast is a card, and how fast a read at one holder? Beside a bare Node server that puts the same requests to the same holders in
// the same run and checks nothing. Usage: npm run bench:wishes [-- COUNT [ROUNDS [cards|reads|hung]]]; BENCH_PROFILE=FOLDER also writes CPU profiles.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bsnSystem } from '../src/fhir/identifiers.ts';
import { countArgument } from './arguments.ts';
import { type Child, cpuOf, end, killAll, launchServer, load } from './children.ts';
import type { LoadOrder, LoadResult, Turn } from './load.ts';
import { type BenchGateway, type GatewayOrder, startGateway } from './wishesGateway.ts';
import { bsns, holderCount, searches } from './wishesWorld.ts';

const usage = 'npm run bench:wishes [-- COUNT [ROUNDS [cards|reads|hung]]]';
const count = countArgument(0, 600, usage);
const rounds = countArgument(1, 3, usage);
/** Until the engine has compiled what is used. */
const warmUp = 2_000;
const part = process.argv[4];
const concurrency = 16;
const deadlineMs = 2_500;
const folder = mkdtempSync(join(tmpdir(), 'sluis-bench-'));
const profiles = process.env.BENCH_PROFILE;
const say = (line: string) => process.stdout.write(`${line}\n`);
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

type Contestant = { name: string; child: Child; order: Omit<LoadOrder, 'count' | 'from'> };
type Shot = LoadResult & { cpuMs: number };

let from = 0;
let refused = 0;

async function shoot({ name, child, order }: Contestant, many: number, quiet = false): Promise<Shot> {
  const before = cpuOf(child);
  const result = await load({ ...order, count: many, from });
  from += many;
  const shot = { ...result, cpuMs: (cpuOf(child) - before) / many };
  refused += result.refused;
  if (!quiet || result.refused > 0) {
    say(
      `  ${name.padEnd(34)} ${String(shot.perSecond).padStart(5)}/s   p50 ${shot.p50.toFixed(1).padStart(6)} ms   p99 ${shot.p99.toFixed(1).padStart(6)} ms   ${shot.cpuMs.toFixed(2)} ms CPU each` +
        (shot.refused > 0 ? `   ${shot.refused} NOT ANSWERED (${shot.status})` : ''),
    );
  }
  return shot;
}

/** The first is what the others are held against, round by round. */
async function compare(all: readonly [Contestant, ...Contestant[]], goal: number): Promise<void> {
  for (const one of all) await shoot(one, warmUp, true);
  const shots = new Map<Contestant, Shot[]>(all.map((one) => [one, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const one of all) shots.get(one)?.push(await shoot(one, count));
  }
  const [bare, ...others] = all;
  const floor = shots.get(bare) ?? [];
  for (const one of others) {
    const own = shots.get(one) ?? [];
    const ratio = median(own.map((shot, at) => shot.perSecond / (floor[at]?.perSecond ?? 1)));
    const cpu = median(own.map((shot, at) => (floor[at]?.cpuMs ?? 1) / shot.cpuMs));
    say(
      `  ${one.name}: ${ratio.toFixed(2)} of the bare rate (goal ${goal}: ${ratio >= goal ? 'yes' : 'NO'}); ${cpu.toFixed(2)} by CPU time of the process alone; medians of ${rounds}`,
    );
  }
}

const cardTurns = (): Turn[] =>
  bsns.map((bsn) => ({
    body: JSON.stringify({
      resourceType: 'Parameters',
      parameter: [
        { name: 'patient', valueIdentifier: { system: bsnSystem, value: bsn } },
        { name: 'answer', valueCode: 'card' },
      ],
    }),
  }));

const asked = ({ baseUrl, token }: BenchGateway, path: string, turns: readonly Turn[]) => ({
  url: `${baseUrl}${path}`,
  headers: {
    authorization: `Bearer ${token}`,
    ...(turns.some(({ body }) => body !== undefined) ? { 'content-type': 'application/fhir+json' } : {}),
  },
  turns,
  expected: 200,
  concurrency,
});

const bareOrder = (url: string) => ({
  url,
  headers: {},
  turns: bsns.map((body) => ({ body })),
  expected: 200,
  concurrency,
});

/** Does the card hold what it must? Else its speed says nothing. */
async function checkCard({ url, headers, turns }: LoadOrder, silent = 0): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers, body: turns?.[0]?.body ?? '' });
  const text = await response.text();
  const card = JSON.parse(text) as { lines?: { decision: string }[]; holders?: { state: string }[] };
  const answered = card.holders?.filter(({ state }) => state === 'answered').length;
  const decided = card.lines?.filter(({ decision }) => decision === 'do_not').length ?? 0;
  if (answered !== holderCount - silent || decided < 6) throw new Error(`This is not the card: ${text}`);
}

/** Each request leaves its records: one for each holder's decision and answer, and one for the card. */
function checkAudit(name: string, { decisions, cards }: { decisions: number; cards: number }): void {
  const database = new DatabaseSync(join(folder, name, 'sluis.sqlite'), { readOnly: true });
  const rows = database.prepare('SELECT event, count(*) AS number FROM audit GROUP BY event').all();
  database.close();
  const of = (event: string) => Number(rows.find((row) => row.event === event)?.number ?? 0);
  const told = `audit records of ${name}: ${of('consent.decided')} decisions, ${of('wishes.holderAsked')} holders, ${of('wishes.card')} cards`;
  if (of('consent.decided') < decisions || of('wishes.card') < cards) throw new Error(`Too few ${told}`);
  say(`  ${told}`);
}

const start = (name: string, order: Omit<GatewayOrder, 'folder'>) =>
  startGateway({
    ...order,
    folder: join(folder, name),
    ...(profiles ? { flags: ['--cpu-prof', `--cpu-prof-dir=${profiles}`] } : {}),
  });

async function cards(holders: readonly string[]): Promise<void> {
  say(`Cards of ${holderCount} holders, ${concurrency} at once, ${count} a round`);
  const bare = await launchServer('wishesBare.ts', holders);
  const cached = await start('cached', { holders, permitCacheSeconds: 60 });
  const decided = await start('decided', { holders, permitCacheSeconds: 0 });
  const contestant = (name: string, gateway: BenchGateway) => ({
    name,
    child: gateway.child,
    order: asked(gateway, '/r4/$wishes', cardTurns()),
  });
  const [one, other] = [
    contestant('gateway, permits cached 60 s', cached),
    contestant('gateway, every permit decided', decided),
  ];
  for (const { order } of [one, other]) await checkCard({ ...order, count: 1, from: 0 });
  const floor = { name: 'bare fan-out', child: bare.child, order: bareOrder(`${bare.url}/card`) };
  await compare([floor, one, other], 0.5);
  const least = warmUp + count * rounds;
  for (const name of ['cached', 'decided'])
    checkAudit(name, { decisions: least * holderCount, cards: least });
  for (const { child } of [bare, cached, decided]) await end(child);
}

async function reads(holders: readonly string[]): Promise<void> {
  say(`Searches of treatment directives at one holder, ${concurrency} at once, ${count} a round`);
  const bare = await launchServer('wishesBare.ts', holders.slice(0, 1));
  const gateway = await start('reads', { holders: holders.slice(0, 1), permitCacheSeconds: 60 });
  const query = (searches[0]?.parameters ?? []).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  const turns = (await gateway.patientIds()).map((id) => ({
    path: `?patient=Patient/${id}&${query.join('&')}`,
  }));
  const order = asked(gateway, '/r4/Consent', turns);
  const response = await fetch(`${order.url}${turns[0]?.path}`, { headers: order.headers });
  const bundle = (await response.json()) as { total?: number };
  if (bundle.total !== 8) throw new Error(`This is not the searchset: ${JSON.stringify(bundle)}`);
  const floor = { name: 'bare proxy', child: bare.child, order: bareOrder(`${bare.url}/one`) };
  await compare([floor, { name: 'gateway, permits cached 60 s', child: gateway.child, order }], 0.4);
  for (const { child } of [bare, gateway]) await end(child);
}

/** The breaker would leave the silent holder alone after a few cards; here every card waits for it. Crews do not ask in step. */
async function hung(holders: readonly string[]): Promise<void> {
  const most = 192;
  say(
    `Cards while one of ${holderCount} holders is hung, ${concurrency} under way at any time, ${most} in all`,
  );
  const silent = await launchServer('wishesHolder.ts', ['hang']);
  const gateway = await start('hung', {
    holders: [...holders.slice(0, -1), silent.url],
    permitCacheSeconds: 60,
    settings: { holder: { breakerFailures: 1_000 }, wishes: { deadlineMs } },
  });
  const order = { ...asked(gateway, '/r4/$wishes', cardTurns()), spreadMs: deadlineMs };
  await checkCard({ ...order, count: 1, from: 0 }, 1);
  const contestant = { name: 'gateway', child: gateway.child, order };
  await shoot({ ...contestant, order: { ...order, concurrency: 64 } }, 256, true);
  const { p99 } = await shoot(contestant, most);
  const within = p99 <= deadlineMs + 50;
  say(`  p99 within the deadline of ${deadlineMs} ms + 50 ms: ${within ? 'yes' : 'NO'}`);
  for (const { child } of [silent, gateway]) await end(child);
}

try {
  const started = await Promise.all(
    Array.from({ length: holderCount }, (_, at) => launchServer('wishesHolder.ts', [String(at)])),
  );
  const holders = started.map(({ url }) => url);
  for (const one of [cards, reads, hung]) if (part === undefined || part === one.name) await one(holders);
  if (refused > 0) process.exitCode = 1;
} finally {
  killAll();
  rmSync(folder, { recursive: true, force: true });
}
