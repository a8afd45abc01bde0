// Is anything of a patient left where it must not be? Logs, metrics, notifications and the database, in every spelling of a BSN.
import { createHash } from 'node:crypto';
import { formsOf } from '../e2e/stage.ts';
import { bsns, secretWords } from './content.ts';
import type { Stage } from './stage.ts';

export type Found = { id: string; title: string; ok: boolean; seen: string };

/** Plain, spaced, base64 at each offset, URL-encoded, hexadecimal, reversed, and as an unsalted hash. */
export function spellings(bsn: string): string[] {
  const reversed = [...bsn].reverse().join('');
  const hashes = ['sha256', 'sha1', 'md5'].flatMap((name) => {
    const digest = createHash(name).update(bsn).digest();
    return [
      digest.toString('hex'),
      digest.toString('base64'),
      digest.toString('base64url'),
      digest.toString('latin1'),
    ];
  });
  const hex = Buffer.from(bsn).toString('hex');
  return [...formsOf(bsn), reversed, hex.toUpperCase(), ...hashes];
}

function hits(text: string, words: readonly string[]): string[] {
  return words.filter((word) => text.includes(word));
}

export async function scanStage(stage: Stage): Promise<Found[]> {
  const numbers = bsns.flatMap(spellings);
  const metrics = await Promise.all(stage.opsUrls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  const printed = stage.gateways.map(({ run }) => run.output()).join('\n');
  const sent = [...stage.receiver.log, ...stage.evil.log]
    .map((one) => `${one.path} ${JSON.stringify(one.headers)} ${one.body}`)
    .join('\n');
  const { holders, mitzWire } = stage.region;
  const asked = [mitzWire, ...Object.values(holders).map(({ wire }) => wire)]
    .flatMap(({ log }) => log.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`))
    .join('\n');
  const files = await stage.files();
  const places: [string, string, string][] = [
    ['L01', 'no BSN in what the gateways print', printed],
    ['L01m', 'no BSN in the metrics', metrics.join('\n')],
    ['L01o', 'no BSN in anything sent to others', sent],
    ['L01h', 'no BSN in an address at which holders or Mitz were asked', asked],
    ...files.map(({ name, bytes }): [string, string, string] => [
      'L02',
      `no BSN and no word of a patient in ${name.split('/').at(-1)}`,
      bytes.toString('latin1'),
    ]),
  ];
  const selfCheck = hits(Buffer.from(` ${bsns[0]}&`).toString('base64'), numbers).length > 0;
  const found = places.map(([id, title, text]) => {
    const seen = hits(text, [...numbers, ...secretWords]);
    return {
      id,
      title,
      ok: seen.length === 0 && selfCheck,
      seen: seen.length > 0 ? `found ${seen.join(', ')}` : `${text.length} bytes`,
    };
  });
  const lines = printed.split('\n').filter((one) => one.startsWith('{'));
  const broken = lines.filter((one) => !isObject(one));
  return [
    ...found,
    {
      id: 'H17',
      title: 'every log line is one JSON object',
      ok: broken.length === 0 && lines.length > 0,
      seen: `${lines.length} lines${broken[0] ? `, broken: ${broken[0].slice(0, 200)}` : ''}`,
    },
  ];
}

function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
