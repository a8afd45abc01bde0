// How may an answer of Mitz be wrong? Twists of a right one, and what must then be known of it: nothing.
import { gzipSync } from 'node:zlib';
import { must } from './attack.ts';
import { hearing, mustHold, silent, stateOf, wordsIn } from './hearing.ts';
import { askOverview, type Question } from './questions.ts';
import type { PatientName } from './regionRecords.ts';
import type { Seen, Stage } from './stage.ts';
import { type Passed, type Reply, type Twist, twisted } from './twister.ts';

export type Lie = readonly [name: string, twist: Twist];

export const isClosed = ({ path }: Passed): boolean => path.includes('geslotenautorisatievraag');

const ofClosed =
  (change: (reply: Reply, asked: Passed) => Reply): Twist =>
  (reply, asked) =>
    isClosed(asked) ? change(reply, asked) : reply;

/** Another text in the answer. */
export const saying = (name: string, change: (text: string, asked: Passed) => string): Lie => [
  name,
  ofClosed((reply, asked) => ({ ...reply, body: Buffer.from(change(reply.body.toString('utf8'), asked)) })),
];

export const replacing = (name: string, ...[from, to]: [string | RegExp, string]): Lie =>
  saying(name, (text) => text.replace(from, to));

/** Another status or other headers around the same body. */
export const around = (name: string, status: number, headers: Record<string, string> = {}): Lie => [
  name,
  ofClosed((reply) => ({ ...reply, status, headers: { ...reply.headers, ...headers } })),
];

export const packed = (name: string, coding: string, change: (body: Buffer) => Buffer = gzipSync): Lie => [
  name,
  ofClosed((reply) => ({
    ...reply,
    headers: { ...reply.headers, 'content-encoding': coding },
    body: change(reply.body),
  })),
];

export const resultIn = (text: string): string => /<Result>.*<\/Result>/s.exec(text)?.[0] ?? '';

/** Each question leaves one decision per holder, however it goes. */
async function mustBeRecorded(stage: Stage, seen: Seen, holders: number): Promise<void> {
  const rows = await stage.rows(
    `select body from audit where event = 'consent.decided' and body like '%"${seen.requestId}"%'`,
  );
  must(rows.length === holders, `${rows.length} decisions recorded for ${holders} holders`);
}

type Telling = { name?: PatientName; question?: Question; states?: readonly string[] };

/** Under each lie nobody is asked and nothing leaves, told as our trouble and not as the patient's will. */
export async function believesNone(
  stage: Stage,
  lies: readonly Lie[],
  telling: Telling = {},
): Promise<string> {
  const { name = 'yes', question = {}, states = ['unavailable'] } = telling;
  const wrong: string[] = [];
  for (const [lie, twist] of lies) {
    try {
      const { result, heard } = await twisted(stage.region.mitzWire, twist, () =>
        hearing(stage, () => askOverview(stage, name, question)),
      );
      must(result.status === 200, `${result.status} ${result.text.slice(0, 200)}`);
      must(wordsIn(result).length === 0, `holds ${wordsIn(result)}`);
      silent(heard);
      const told = [stateOf(result, 'd') ?? '', stateOf(result, 'e') ?? ''];
      must(
        told.every((state) => states.includes(state)),
        `told as ${told}`,
      );
      must(heard.closed.length === 2, `${heard.closed.length} questions instead of 2`);
      await mustBeRecorded(stage, result, 2);
    } catch (error) {
      wrong.push(`${lie}: ${error instanceof Error ? error.message : error}`);
    }
  }
  must(wrong.length === 0, wrong.join(' | '));
  mustHold(await askOverview(stage, 'yes'), ['Dyes', 'Eyes'], 'twin');
  return `${lies.length} answers: no decision, no holder asked, one record each; twin permitted`;
}
