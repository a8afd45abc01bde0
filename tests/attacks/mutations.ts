// What do five thousand broken bodies do? Never a 5xx, never a crash, and never half a handover: an accepted one is whole.
import { printXml } from '../../src/fhir/xml.ts';
import type { FhirResource } from '../../src/model.ts';
import { optionsOf } from '../world/options.ts';
import { epd } from './cast.ts';
import { handoff, newCase } from './content.ts';
import { handedOver, push, putTask, readTask } from './handovers.ts';
import { type Randomly, randomly } from './randomly.ts';
import { type Seen, type Stage, startStage } from './stage.ts';
import { wholeHandovers } from './whole.ts';

type Sent = { body: string | Buffer; contentType: string; coding?: string };
type Mutation = { name: string; make(random: Randomly): Sent };

const json = 'application/fhir+json';
const xml = 'application/fhir+xml';
/** A copy: the builder shares its parts, and a mutation must not reach the next one. */
const fresh = (): FhirResource => structuredClone(handoff({ case: newCase() }));
const jsonText = (): string => JSON.stringify(fresh());
const xmlText = (): string => printXml(JSON.parse(jsonText()), 'stu3');
const textOf = (random: Randomly): Sent =>
  random.chance(0.5) ? { body: jsonText(), contentType: json } : { body: xmlText(), contentType: xml };

const odd: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  2 ** 53,
  '',
  ' ',
  'x',
  [],
  {},
  [null],
  [[]],
  [{}],
  { a: 1 },
  'x'.repeat(10_000),
  '2026-02-30',
  '\u0000',
  '__proto__',
  { resourceType: 'Patient' },
  { reference: '#' },
  { reference: 7 },
];

/** A place somewhere in the tree: its holder and key. */
function place(
  root: unknown,
  random: Randomly,
): { holder: Record<string, unknown>; key: string } | undefined {
  let holder = root as Record<string, unknown>;
  for (let step = 0; step < 14; step += 1) {
    const keys = Object.keys(holder);
    if (keys.length === 0) return undefined;
    const key = random.of(keys);
    const inner = holder[key];
    if (typeof inner !== 'object' || inner === null || (step > 2 && random.chance(0.25)))
      return { holder, key };
    holder = inner as Record<string, unknown>;
  }
  return undefined;
}

function changedTree(
  random: Randomly,
  change: (at: { holder: Record<string, unknown>; key: string }) => void,
): Sent {
  const tree = fresh();
  for (let count = random.below(3) + 1; count > 0; count -= 1) {
    const at = place(tree, random);
    if (at) change(at);
  }
  return { body: JSON.stringify(tree), contentType: json };
}

const flipBytes = (sent: Sent, random: Randomly): Sent => {
  const bytes = Buffer.from(sent.body as string);
  for (let count = random.below(6) + 1; count > 0; count -= 1) {
    const at = random.below(bytes.length);
    bytes[at] = random.chance(0.5) ? (bytes[at] ?? 0) ^ (1 << random.below(8)) : random.below(256);
  }
  return { ...sent, body: bytes };
};

const contentTypes = [
  'text/plain',
  'application/json; charset=utf-16',
  'application/fhir+json; fhirVersion=4.0',
  'multipart/form-data',
  'application/octet-stream',
  '',
  'x',
  'application/fhir+json,application/fhir+xml',
  'application/xml; charset=latin1',
];

const mutations: readonly Mutation[] = [
  {
    name: 'cut',
    make: (random) => {
      const sent = textOf(random);
      return { ...sent, body: String(sent.body).slice(0, random.below(String(sent.body).length)) };
    },
  },
  {
    name: 'wrong type',
    make: (random) =>
      changedTree(random, ({ holder, key }) => {
        holder[key] = structuredClone(random.of(odd));
      }),
  },
  {
    name: 'removed',
    make: (random) =>
      changedTree(random, ({ holder, key }) => {
        if (Array.isArray(holder)) holder.splice(Number(key), 1);
        else delete holder[key];
      }),
  },
  {
    name: 'renamed',
    make: (random) =>
      changedTree(random, ({ holder, key }) => {
        holder[
          random.of([
            'x',
            '_x',
            key.toUpperCase(),
            `_${key}`,
            '__proto__x',
            'resourceType',
            'id',
            'contained',
          ])
        ] = holder[key];
      }),
  },
  {
    name: 'wrapped',
    make: (random) =>
      changedTree(random, ({ holder, key }) => {
        holder[key] = random.chance(0.5) ? [holder[key]] : { value: holder[key] };
      }),
  },
  {
    name: 'moved',
    make: (random) => {
      let kept: unknown = null;
      return changedTree(random, ({ holder, key }) => {
        [holder[key], kept] = [structuredClone(kept), holder[key]];
      });
    },
  },
  {
    name: 'huge list',
    make: (random) =>
      changedTree(random, ({ holder, key }) => {
        holder[key] = Array.from({ length: random.below(4_000) }, () => holder[key]).slice(
          0,
          typeof holder[key] === 'object' ? 40 : 4_000,
        );
      }),
  },
  {
    name: 'deep',
    make: (random) =>
      changedTree(random, ({ holder, key }) => {
        let value: unknown = holder[key];
        for (let depth = random.below(300); depth > 0; depth -= 1)
          value = random.chance(0.5) ? [value] : { extension: value };
        holder[key] = value;
      }),
  },
  { name: 'byte flips', make: (random) => flipBytes(textOf(random), random) },
  {
    name: 'bad UTF-8',
    make: (random) => {
      const sent = textOf(random);
      const bytes = Buffer.from(sent.body as string);
      const at = random.below(bytes.length);
      const wrong = random.of([
        [0xff],
        [0xc0, 0xaf],
        [0xed, 0xa0, 0x80],
        [0xf4, 0x90, 0x80, 0x80],
        [0xe2, 0x82],
        [0x00],
      ]);
      return {
        ...sent,
        body: Buffer.concat([bytes.subarray(0, at), Buffer.from(wrong), bytes.subarray(at)]),
      };
    },
  },
  {
    name: 'wrong media type',
    make: (random) => ({ ...textOf(random), contentType: random.of([...contentTypes, json, xml]) }),
  },
  {
    name: 'wrong coding',
    make: (random) => ({ ...textOf(random), coding: random.of(['gzip', 'br', 'deflate', 'zstd', 'x']) }),
  },
  {
    name: 'spliced',
    make: (random) => {
      const [one, other] = [String(textOf(random).body), String(textOf(random).body)];
      const at = random.below(one.length);
      return {
        body: one.slice(0, at) + other.slice(random.below(other.length)),
        contentType: random.of([json, xml]),
      };
    },
  },
  {
    name: 'repeated part',
    make: (random) => {
      const sent = textOf(random);
      const text = String(sent.body);
      const from = random.below(text.length);
      const part = text.slice(from, from + random.below(400));
      return { ...sent, body: text.slice(0, from) + part.repeat(random.below(20)) + text.slice(from) };
    },
  },
  {
    name: 'XML tags',
    make: (random) => {
      const text = xmlText();
      const tags = [...text.matchAll(/<[^>]+>/g)].map((match) => match[0]);
      return {
        body: text.replace(
          random.of(tags),
          random.of([...tags, '', '<x/>', '<!-- -->', '<![CDATA[x]]>', '<!DOCTYPE x>', '&#0;']),
        ),
        contentType: xml,
      };
    },
  },
  {
    name: 'noise',
    make: (random) => ({
      body: Buffer.from(Array.from({ length: random.below(3_000) }, () => random.below(256))),
      contentType: random.of([json, xml]),
    }),
  },
];

const noise = mutations.at(-1) as Mutation;
const lane = 8;

async function sendMutation(stage: Stage, mutation: Mutation, random: Randomly): Promise<Seen> {
  const { body, contentType, coding } = mutation.make(random);
  const headers = {
    ...(contentType ? { 'content-type': contentType } : {}),
    ...(coding ? { 'content-encoding': coding } : {}),
  };
  return push(stage, '', { body, headers, timeoutMs: 20_000 });
}

/** Broken Tasks: only a whole and allowed one may change anything. */
async function sendTask(stage: Stage, given: { id: string; text: string }, random: Randomly): Promise<Seen> {
  const sent = flipBytes({ body: given.text, contentType: json }, random);
  return putTask(stage, given.id, '', { body: sent.body, headers: { 'content-type': json } });
}

export type MutationResult = { sent: number; statuses: ReadonlyMap<number, number>; faults: string[] };

/** Sends `count` broken bodies from this seed, then looks at what is stored. */
export async function mutate(
  stage: Stage,
  options: { count: number; seed: number },
): Promise<MutationResult> {
  const statuses = new Map<number, number>();
  const faults: string[] = [];
  const before = await wholeHandovers(stage);
  faults.push(...before.faults.map((fault) => `before: ${fault}`));
  const victim = await handedOver(stage);
  const task = { id: victim.taskId, text: JSON.stringify({ ...victim.task, status: 'requested' }) };
  let next = 0;
  let acceptedCases = 0;
  const one = async (index: number): Promise<void> => {
    const random = randomly(options.seed * 100_003 + index);
    const mutation = mutations[index % mutations.length] ?? noise;
    const isTask = index % 19 === 18;
    const sending = isTask ? sendTask(stage, task, random) : sendMutation(stage, mutation, random);
    const seen = await sending.catch((error: Error) => error);
    const status = seen instanceof Error ? 0 : seen.status;
    const text = seen instanceof Error ? seen.message : seen.text.slice(0, 200);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (!isTask && status === 202) acceptedCases += 1;
    if (status >= 500 || status < 200) faults.push(`${index} ${mutation.name}: ${status} ${text}`);
  };
  const work = async (): Promise<void> => {
    while (next < options.count) await one(next++);
  };
  await Promise.all(Array.from({ length: lane }, work));
  const after = await wholeHandovers(stage);
  faults.push(...after.faults);
  const versions = after.versions - before.versions - 1;
  if (versions !== acceptedCases)
    faults.push(`${acceptedCases} pushes were accepted, ${versions} versions were stored`);
  if (JSON.parse((await readTask(stage, victim.taskId)).text).status !== 'in-progress')
    faults.push('a broken Task changed the handover');
  if (stage.gateways.some(({ run }) => !run.running())) faults.push('a gateway ended');
  const clean = await push(stage, handoff());
  if (clean.status !== 202) faults.push(`a clean push afterwards: ${clean.status}`);
  return { sent: options.count, statuses, faults };
}

export const told = ({ sent, statuses }: MutationResult): string =>
  `${sent} bodies: ${[...statuses]
    .sort()
    .map(([status, count]) => `${count}×${status}`)
    .join(' ')}`;

async function main(): Promise<void> {
  const values = optionsOf(
    { seed: { type: 'string' }, count: { type: 'string' }, store: { type: 'string' } },
    'npm run test:mutations [-- --count N --store sqlite|postgresql --seed N]',
  );
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  const kind = values.store === 'postgresql' ? 'postgresql' : 'sqlite';
  console.log(`seed ${seed}, ${kind}, as ${epd.id}`);
  const wide = { points: 1_000_000, seconds: 1 };
  const stage = await startStage({ kind, seed, rates: { push: wide, read: wide, status: wide } });
  const result = await mutate(stage, { count: Number(values.count ?? 5_000), seed });
  await stage.close();
  for (const fault of result.faults.slice(0, 40)) console.log(`FAIL  ${fault}`);
  console.log(told(result));
  console.log(`${result.sent - result.faults.length} passed, ${result.faults.length} failed`);
  process.exit(result.faults.length > 0 ? 1 : 0);
}

if (import.meta.main) await main();
