// How fast is a card, and how fast a read at one holder? Beside bare Node servers that put the same requests to the same holders in the
// same run and check nothing; over mutual TLS as production demands it, and over plain HTTP. Usage:
// npm run bench:wishes [-- COUNT [ROUNDS [cards|reads|hung [tls|plain]]]]; BENCH_PROFILE=FOLDER also writes CPU profiles.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bsnSystem } from '../src/fhir/identifiers.ts';
import { choiceArgument, countArgument } from './arguments.ts';
import { end, killAll, launchServer } from './children.ts';
import { createContest } from './contest.ts';
import type { LoadOrder, Turn } from './load.ts';
import { filesOf, makeCertificates } from './mutualTls.ts';
import { type BenchGateway, type GatewayOrder, startGateway } from './wishesGateway.ts';
import { bsns, holderCount, searches } from './wishesWorld.ts';

const usage = 'npm run bench:wishes [-- COUNT [ROUNDS [cards|reads|hung [tls|plain]]]]';
const count = countArgument(0, 600, usage);
const rounds = countArgument(1, 3, usage);
const part = choiceArgument(2, ['cards', 'reads', 'hung'], usage);
const transport = choiceArgument(3, ['tls', 'plain'], usage);
const concurrency = 16;
const warmUp = { cards: 2_000, reads: 20_000 };
const deadlineMs = 2_500;
const folder = mkdtempSync(join(tmpdir(), 'sluis-bench-'));
const pem = join(folder, 'pem');
const profiles = process.env.BENCH_PROFILE;
const say = (line: string) => process.stdout.write(`${line}\n`);
const { shoot, compare, refused } = createContest({ count, rounds, say });

/** The data holders of a part, and what they are called with. */
type Holders = { addresses: readonly string[]; secure: boolean };

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
  if (answered !== holderCount - silent || decided < 6)
    throw new Error(`This is not the card: ${text.slice(-500)}`);
}

const folderOf = (name: string, { secure }: Holders) => join(folder, `${name}-${secure ? 'tls' : 'plain'}`);

/** Each request leaves its records: one for each holder's decision and answer, and one for the card. */
function checkAudit(name: string, holders: Holders): void {
  const least = warmUp.cards + count * rounds;
  const file = join(folderOf(name, holders), 'sluis.sqlite');
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database.prepare('SELECT event, count(*) AS number FROM audit GROUP BY event').all();
  database.close();
  const of = (event: string) => Number(rows.find((row) => row.event === event)?.number ?? 0);
  const found = `audit records of ${name}: ${of('consent.decided')} decisions, ${of('wishes.holderAsked')} holders, ${of('wishes.card')} cards`;
  if (of('consent.decided') < least * holderCount || of('wishes.card') < least)
    throw new Error(`Too few ${found}`);
  say(`  ${found}`);
}

const told = ({ secure }: Holders) => (secure ? 'over mutual TLS' : 'over plain HTTP');

/** Bare Node servers that ask through node:http, and where that can be with fetch. */
async function startFloors(kind: string, path: string, { addresses, secure }: Holders) {
  const floor = async (client: string) => {
    const { child, url } = await launchServer('wishesBare.ts', [client, secure ? pem : 'none', ...addresses]);
    return { name: `${kind} (${client})`, child, order: bareOrder(`${url}${path}`) };
  };
  return Promise.all((secure ? ['http'] : ['http', 'fetch']).map(floor));
}

const start = (name: string, holders: Holders, order: Omit<GatewayOrder, 'folder' | 'holders'>) =>
  startGateway({
    ...order,
    holders: holders.addresses,
    folder: folderOf(name, holders),
    settings: {
      ...(holders.secure ? { outgoing: { allowPrivate: ['127.0.0.0/8'], ...filesOf(pem, 'client') } } : {}),
      ...order.settings,
    },
    ...(profiles ? { flags: ['--cpu-prof', `--cpu-prof-dir=${profiles}`] } : {}),
  });

async function cards(holders: Holders): Promise<void> {
  say(`Cards of ${holderCount} holders ${told(holders)}, ${concurrency} at once, ${count} a round`);
  const floors = await startFloors('bare fan-out', '/card', holders);
  const cached = await start('cached', holders, { permitCacheSeconds: 60 });
  const decided = await start('decided', holders, { permitCacheSeconds: 0 });
  const contestant = (name: string, gateway: BenchGateway) => ({
    name,
    child: gateway.child,
    order: asked(gateway, '/r4/$wishes', cardTurns()),
  });
  const others = [
    contestant('gateway, permits cached 60 s', cached),
    contestant('gateway, every permit decided', decided),
  ];
  for (const { order } of others) await checkCard({ ...order, count: 1, from: 0 });
  await compare({ floors, others, goal: 0.5, warmUp: warmUp.cards });
  for (const name of ['cached', 'decided']) checkAudit(name, holders);
  for (const { child } of [...floors, cached, decided]) await end(child);
}

async function reads({ addresses, secure }: Holders): Promise<void> {
  const holder = { addresses: addresses.slice(0, 1), secure };
  say(
    `Searches of treatment directives at one holder ${told(holder)}, ${concurrency} at once, ${count} a round`,
  );
  const floors = await startFloors('bare proxy', '/one', holder);
  const gateway = await start('reads', holder, { permitCacheSeconds: 60 });
  const query = (searches[0]?.parameters ?? []).map(
    ([name, value]) => `${name}=${encodeURIComponent(value)}`,
  );
  const turns = (await gateway.patientIds()).map((id) => ({
    path: `?patient=Patient/${id}&${query.join('&')}`,
  }));
  const order = asked(gateway, '/r4/Consent', turns);
  const response = await fetch(`${order.url}${turns[0]?.path}`, { headers: order.headers });
  const text = await response.text();
  const { total } = JSON.parse(text) as { total?: number };
  if (total !== 8) throw new Error(`This is not the searchset: ${text.slice(-500)}`);
  const others = [{ name: 'gateway, permits cached 60 s', child: gateway.child, order }];
  await compare({ floors, others, goal: 0.4, warmUp: warmUp.reads });
  for (const { child } of [...floors, gateway]) await end(child);
}

/** The breaker would leave the silent holder alone after a few cards; here every card waits for it. Crews do not ask in step. */
async function hung({ addresses, secure }: Holders): Promise<void> {
  const most = 192;
  say(
    `Cards while one of ${holderCount} holders is hung, ${concurrency} under way at any time, ${most} in all`,
  );
  const silent = await launchServer('wishesHolder.ts', ['hang']);
  const holders = { addresses: [...addresses.slice(0, -1), silent.url], secure };
  const gateway = await start('hung', holders, {
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

const launchHolders = async (secure: boolean): Promise<Holders> => {
  const numbers = Array.from({ length: holderCount }, (_, at) => String(at));
  const started = await Promise.all(
    numbers.map((number) => launchServer('wishesHolder.ts', secure ? [number, pem] : [number])),
  );
  return { addresses: started.map(({ url }) => url), secure };
};

try {
  makeCertificates(pem);
  const transports = ['tls', 'plain'].filter((one) => transport === undefined || transport === one);
  for (const one of transports) {
    const holders = await launchHolders(one === 'tls');
    for (const measure of [cards, reads, hung])
      if (part === undefined || part === measure.name) await measure(holders);
  }
  if (refused() > 0) process.exitCode = 1;
} finally {
  killAll();
  rmSync(folder, { recursive: true, force: true });
}
