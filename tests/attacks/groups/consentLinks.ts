// C22: is the page behind a card link shown to one pair of eyes, once, for ten minutes?
import { type Case, must, mustAll } from '../attack.ts';
import { bsns, secretWords } from '../content.ts';
import { askOverview, askWishes } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import type { PatientName } from '../regionRecords.ts';
import type { Seen, Stage } from '../stage.ts';

const withLink = { name: 'link', valueBoolean: true };
const html = { accept: 'text/html' };

async function linkOf(stage: Stage, name: PatientName, ask = askWishes): Promise<string> {
  const seen = await ask(stage, name, { more: [withLink] });
  const url = /<([^>]+)>;\s*rel="?alternate/.exec(seen.headers.link ?? '')?.[1];
  must(seen.status === 200 && url !== undefined, `no link: ${seen.status} ${seen.text.slice(0, 300)}`);
  return new URL(url).pathname;
}

const open = (stage: Stage, path: string, more: object = {}): Promise<Seen> =>
  stage.ask({ path, headers: html, ...more });

/** What any link that leads nowhere is answered with, word for word. */
const quiet = (seen: Seen): string =>
  JSON.stringify([
    seen.status,
    seen.body.toString('base64'),
    Object.entries(seen.headers).filter(
      ([name]) => !['date', 'x-request-id', 'connection', 'keep-alive'].includes(name),
    ),
  ]);

function mustShow(seen: Seen): void {
  mustBe(seen, { status: 200 }, 'the page');
  const { headers } = seen;
  must(headers['referrer-policy'] === 'no-referrer', `Referrer-Policy ${headers['referrer-policy']}`);
  must(headers['cache-control']?.includes('no-store'), `Cache-Control ${headers['cache-control']}`);
  must(
    /default-src 'none'/.test(headers['content-security-policy'] ?? ''),
    'no strict Content-Security-Policy',
  );
  must(headers['content-security-policy']?.includes("frame-ancestors 'none'"), 'may be framed');
  must(/noindex/.test(headers['x-robots-tag'] ?? ''), 'may be indexed');
  must(headers['set-cookie'] === undefined, 'sets a cookie');
  must(
    !/<script|https?:\/\/(?!127)/i.test(seen.text.replaceAll(/http:\/\/www\.w3\.org[^"]*/g, '')),
    'script, or another host',
  );
}

const flipCase = (text: string): string =>
  [...text]
    .map((letter) => (letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase()))
    .join('');

async function used(stage: Stage): Promise<string> {
  const path = await linkOf(stage, 'yes');
  const token = path.split('/').at(-1) ?? '';
  const never = await open(stage, `/card/${'A'.repeat(43)}`);
  mustBe(never, { status: 404 }, 'a link that never was');
  const wrong = [
    ['case changed', `/card/${flipCase(token)}`],
    ['cut', path.slice(0, -1)],
    ['one more', `${path}A`],
    ['the other kind', `/overview/${token}`],
    ['reversed', `/card/${[...token].reverse().join('')}`],
  ] as const;
  for (const [name, address] of wrong) {
    const seen = await open(stage, address);
    must(
      quiet(seen) === quiet(never) || address.startsWith('/overview'),
      `${name}: ${seen.status} is not the quiet 404`,
    );
    must(seen.status === 404, `${name}: ${seen.status}`);
  }
  const tries = [
    ['Card in other case', `/Card/${token}`],
    ['a slash behind', `${path}/`],
    ['two slashes', `/card//${token}`],
    ['encoded', `/card/%${token.charCodeAt(0).toString(16)}${token.slice(1)}x`],
    ['another place', `/r4/card/${token}`],
  ] as const;
  await mustAll(
    stage,
    tries.map(([name, address]) => plain(name, () => open(stage, address), { status: [400, 401, 404, 422] })),
  );
  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE'])
    mustBe(await open(stage, path, { method }), { status: [204, 400, 404, 405, 501] }, method);
  const looks = [
    { 'sec-purpose': 'prefetch' },
    { purpose: 'prefetch' },
    { 'x-moz': 'prefetch' },
    { 'x-purpose': 'preview' },
  ];
  for (const headers of looks)
    mustBe(
      await stage.ask({ path, headers: { ...html, ...headers } }),
      { status: 503 },
      JSON.stringify(headers),
    );
  mustBe(await stage.ask({ path, headers: { accept: 'application/json' } }), { status: 406 }, 'as JSON');
  for (const count of [1, 2, 3]) {
    const head = await open(stage, path, { method: 'HEAD' });
    must(
      head.status === 200 && head.body.length === 0,
      `HEAD ${count}: ${head.status}, ${head.body.length} bytes`,
    );
  }
  const first = await open(stage, path);
  mustShow(first);
  must(first.text.includes('VermeldingFyes'), 'the page does not show the card');
  for (const gateway of stage.urls.keys())
    must(
      quiet(await open(stage, path, { gateway })) === quiet(never),
      `used, gateway ${gateway}: not the quiet 404`,
    );
  mustBe(await open(stage, path, { method: 'HEAD' }), { status: 404 }, 'HEAD of a used link');
  return `${wrong.length + tries.length + 10} looks used nothing up; shown once; then the quiet 404`;
}

async function crowd(stage: Stage): Promise<string> {
  for (const [name, ask] of [
    ['wishes', askWishes],
    ['medication', askOverview],
  ] as const) {
    const path = await linkOf(stage, 'yes', ask);
    const all = await Promise.all(Array.from({ length: 50 }, () => open(stage, path)));
    const shown = all.filter(({ status }) => status === 200);
    const gone = all.filter(({ status }) => status === 404);
    must(
      shown.length === 1 && gone.length === 49,
      `${name}: shown ${shown.length} times, ${gone.length} times gone`,
    );
    must(
      gone.every(({ text }) => ![...bsns, ...secretWords].some((word) => text.includes(word))),
      'a refusal tells',
    );
  }
  return 'of 50 at once one is shown, at whichever gateway: card and overview';
}

async function late(stage: Stage): Promise<string> {
  const path = await linkOf(stage, 'yes');
  await stage.alter(
    `update one_time_link set expires_at = '${new Date(Date.now() - 1_000).toISOString()}' where opened_at is null`,
  );
  mustBe(await open(stage, path, { method: 'HEAD' }), { status: 404 }, 'HEAD');
  const seen = await open(stage, path);
  const never = await open(stage, `/card/${'B'.repeat(43)}`);
  must(seen.status === 404 && quiet(seen) === quiet(never), `late: ${seen.status}`);
  mustShow(await open(stage, await linkOf(stage, 'yes')));
  return 'after ten minutes the quiet 404; twin shown';
}

/** A link shows what the asker might see when it asked, recorded with who asked; its token stands nowhere. */
async function recorded(stage: Stage): Promise<string> {
  const path = await linkOf(stage, 'mix');
  const token = path.split('/').at(-1) ?? '';
  const page = await open(stage, path);
  mustShow(page);
  must(!page.text.includes('VermeldingE'), 'the page shows what E may not give');
  const rows = await stage.rows(`select event, body from audit where body like '%${page.requestId}%'`);
  must(
    rows.some(({ event }) => event === 'wishes.cardShown'),
    'the showing is not recorded',
  );
  const printed = stage.gateways.map(({ run }) => run.output()).join('\n');
  must(!printed.includes(token), 'the link’s token is in the log');
  must(
    (await stage.rows(`select id from one_time_link where token_hash = '${token}'`)).length === 0,
    'the token is kept',
  );
  return 'the page holds no more than the card did; its opening is recorded, its token kept nowhere';
}

export const consentLinks: readonly Case[] = [
  { id: 'C22', title: 'a card link: scanners, prefetchers, other spellings, a second look', run: used },
  { id: 'C22p', title: 'a card link opened by fifty at once', run: crowd },
  { id: 'C22e', title: 'a card link after its time', run: late },
  { id: 'C22r', title: 'what a card link shows and leaves behind', run: recorded },
];
