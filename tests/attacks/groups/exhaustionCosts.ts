// Group R: does a request of a few KB cost what a few KB cost? Values by the million, numbers to be kept as they stand, packed nothing.
import { gzipSync } from 'node:zlib';
import { must, refusals, type Try } from '../attack.ts';
import { ecdB, epd } from '../cast.ts';
import { handoff } from '../content.ts';
import { fhirJson } from '../handovers.ts';
import { plain, raw, requestHead } from '../raw.ts';
import type { Ask, Stage } from '../stage.ts';

const listOf = (value: string, count: number): Buffer =>
  gzipSync(`{"resourceType":"OperationDefinition","parameter":[${`${value},`.repeat(count)}${value}]}`);

/** Each unpacks to some 10 MB. */
const costly: Readonly<Record<string, Buffer>> = {
  'empty objects': listOf('{}', 3_450_000),
  'whole numbers': listOf('1', 5_200_000),
  'powers of ten': listOf('1e5', 2_400_000),
  fractions: listOf('1.0', 2_400_000),
};

const headers = { ...fhirJson, 'content-encoding': 'gzip' };
const unknown = '/stu3/Task/00000000-0000-4000-8000-000000000004';

const tried = (name: string, ask: Ask): Try =>
  plain(name, (stage) => stage.ask({ ...ask, headers, timeoutMs: 10_000 }), { status: 413, ms: 1_000 });

const tries = (): readonly Try[] =>
  Object.entries(costly).flatMap(([name, body]) => [
    tried(`a push of ${name}`, { method: 'POST', path: '/stu3/$handover', as: epd, body }),
    tried(`a Task of ${name}`, { method: 'PUT', path: unknown, as: ecdB, body }),
  ]);

const packedHandover = (): Ask => ({
  method: 'POST',
  path: '/stu3/$handover',
  as: epd,
  headers,
  body: gzipSync(JSON.stringify(handoff())),
});
const twin = plain('a handover, packed', (stage) => stage.ask(packedHandover()), { status: 202 });

const refused = refusals({ tries, twin: () => twin });

const inChunk = (bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

/** Blocks that are well packed and hold nothing. */
async function packedNothing(stage: Stage): Promise<string> {
  const head = requestHead(
    'POST /oauth/token',
    'Content-Type: application/x-www-form-urlencoded',
    'Content-Encoding: deflate',
    'Transfer-Encoding: chunked',
  );
  const blocks = inChunk(
    Buffer.concat(Array.from({ length: 2_000 }, () => Buffer.from([0, 0, 0, 0xff, 0xff]))),
  );
  const parts = [head, inChunk(Buffer.from([0x78, 0x9c])), ...Array.from({ length: 20 }, () => blocks)];
  const seen = await raw(stage, { parts, silenceMs: 1_500 });
  must(seen.statuses[0] === 413, `packed nothing: ${seen.statuses}`);
  return 'packed nothing 413';
}

export const costs = async (stage: Stage): Promise<string> =>
  `${await refused(stage)}; ${await packedNothing(stage)}`;
