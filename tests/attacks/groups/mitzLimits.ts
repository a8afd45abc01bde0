// M06 to M09: what comes of an answer that is a weapon, of one that never comes, and of a Mitz that flaps?
import { gzipSync } from 'node:zlib';
import { type Case, must } from '../attack.ts';
import { around, believesNone, type Lie, packed, replacing, resultIn, saying } from '../mitzLies.ts';
import type { Stage } from '../stage.ts';
import { breaker, flapping, stalled } from './mitzTrouble.ts';

async function entities(stage: Stage): Promise<string> {
  const { url } = stage.canary;
  const touched = stage.canary.contacts.length;
  const before = (name: string, head: string): Lie => saying(name, (text) => `${head}${text}`);
  const laughs = Array.from(
    { length: 10 },
    (_, at) => `<!ENTITY l${at + 1} "${`&l${at};`.repeat(10)}">`,
  ).join('');
  const lies = [
    before('an internal entity', '<!DOCTYPE Envelope [<!ENTITY e "Permit">]>'),
    before('an empty document type', '<!DOCTYPE Envelope>'),
    before('an external subset', `<!DOCTYPE Envelope SYSTEM "${url}/dtd">`),
    before('a public subset', `<!DOCTYPE Envelope PUBLIC "-//X//EN" "${url}/dtd">`),
    before('an external entity', `<!DOCTYPE Envelope [<!ENTITY e SYSTEM "${url}/e">]>`),
    before('a file', '<!DOCTYPE Envelope [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
    before('a parameter entity', `<!DOCTYPE Envelope [<!ENTITY % e SYSTEM "${url}/e"> %e;]>`),
    before('ten document types', '<!DOCTYPE Envelope>'.repeat(10)),
    before('a billion laughs', `<!DOCTYPE Envelope [<!ENTITY l0 "ha">${laughs}]>`),
    before('lower case', '<!doctype Envelope []>'),
    before('behind a comment', '<!-- x --><!DOCTYPE Envelope []>'),
    before('a stylesheet', `<?xml-stylesheet href="${url}/x.xsl"?>`),
    replacing('an entity nobody declared', '>Permit<', '>&permit;<'),
    replacing('an instruction inside', '<Result>', '<?x y?><Result>'),
    replacing('a document type inside', '<Result>', '<!DOCTYPE x><Result>'),
    replacing(
      'an inclusion',
      '<Response ',
      `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${url}/x"/><Response `,
    ),
  ];
  const told = await believesNone(stage, lies);
  must(
    stage.canary.contacts.length === touched,
    `the canary was touched: ${stage.canary.contacts.slice(touched)}`,
  );
  return `${told}; canary silent`;
}

const zeros = gzipSync(Buffer.alloc(64 * 1_048_576));

const heavy: readonly Lie[] = [
  replacing('depth 65', '<Result>', `${'<x>'.repeat(65)}${'</x>'.repeat(65)}<Result>`),
  replacing('depth 100 000', '</s:Body>', `${'<x>'.repeat(100_000)}${'</x>'.repeat(100_000)}</s:Body>`),
  saying('1 MiB and more', (text) => text.replace('<Result>', `<!--${'x'.repeat(1_048_577)}--><Result>`)),
  replacing(
    '100 000 attributes',
    '<Result>',
    `<Result ${Array.from({ length: 100_000 }, (_, at) => `a${at}=""`).join(' ')}>`,
  ),
  saying('10 000 Results', (text) => text.replace(resultIn(text), resultIn(text).repeat(10_000))),
  packed('64 MiB of zeros in 64 KiB', 'gzip', () => zeros),
  packed('packed twice', 'gzip, gzip', (body) => gzipSync(gzipSync(body))),
  packed('five codings', 'gzip, gzip, gzip, gzip, gzip', (body) => gzipSync(body)),
  packed('an unknown coding', 'zip', (body) => body),
  packed('packed, and cut', 'gzip', (body) => gzipSync(body).subarray(0, -12)),
  around(
    '3 000 headers',
    200,
    Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`x-${at}`, 'y'])),
  ),
  around('a header of 100 kB', 200, { 'x-long': 'y'.repeat(100_000) }),
];

export const mitzLimits: readonly Case[] = [
  { id: 'M06', title: 'document types and entities', run: entities },
  { id: 'M07', title: 'depth, size, attributes and codings', run: (stage) => believesNone(stage, heavy) },
  { id: 'M08', title: 'answers that stall or break', run: stalled },
  { id: 'M08b', title: 'a row of failures', run: breaker },
  { id: 'M09', title: 'a Mitz that flaps', run: flapping },
];
