// C07 and C08: does a link to the next page give more than its asker may have, to whom, and for how long?
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { type Case, must, mustAll, type Try } from '../attack.ts';
import { evil } from '../cast.ts';
import { bsns, patients, secretWords } from '../content.ts';
import { hearing, silent, wordsIn } from '../hearing.ts';
import { type Asking, askAs } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { uraOf } from '../region.ts';
import { outOfHours, untyped } from '../regionCast.ts';
import { countIn, firstOfMany } from '../searches.ts';
import type { Stage } from '../stage.ts';

const noPage = { status: 404, code: 'not-found' };
const empty = (words: readonly string[]): string | undefined =>
  words.length === 0 ? undefined : `holds ${words.join(' ')}`;
const nothing = { ...noPage, check: (seen: { text: string }) => empty(wordsIn(seen)) };

/** Hands into which the link may fall. */
const others: readonly (readonly [string, Asking, number | readonly number[]])[] = [
  ['EVIL-M', { as: evil, vouch: { role: '01.015' } }, [403, 404]],
  ['another service', { as: outOfHours }, 404],
  ['an organisation without a type', { as: untyped }, 404],
  ['another scope', { vouch: { scope: 'medication' } }, [403, 404]],
  ['break-glass alone', { vouch: { scope: 'break-glass' } }, 403],
  ['another professional', { vouch: { practitioner: '900000799' } }, 404],
  ['another role', { vouch: { role: '30.000' } }, 404],
  [
    'a mandate',
    { vouch: { mandate: { registered_by: 'urn:oid:2.16.528.1.1007.3.1#900000801', role_code: '01.015' } } },
    404,
  ],
  ['another purpose', { vouch: { purpose: ['ETREAT'] } }, 404],
  ['for continuity of care', { vouch: { purpose: ['COC'] } }, 404],
];

const flipped = (text: string, at: number): string => {
  const other = text[at] === '0' ? '1' : '0';
  return `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
};

/** Spellings of a link that are not the link. */
function spellings(next: string): [string, string][] {
  const token = next.split('/').at(-1) ?? '';
  const path = next.slice(0, -token.length);
  return [
    ...[0, 5, 27, 28, 40, 60, 63].map((at): [string, string] => [
      `character ${at} changed`,
      `${path}${flipped(token, at)}`,
    ]),
    ['upper case', `${path}${token.toUpperCase()}`],
    ['cut', `${path}${token.slice(0, -1)}`],
    ['longer', `${path}${token}0`],
    ['twice', `${path}${token}${token}`],
    ['reversed', `${path}${[...token].reverse().join('')}`],
    ['zeros', `${path}${'0'.repeat(token.length)}`],
    ['a page number behind it', `${next}?page=2`],
    ['an offset behind it', `${next}?_getpagesoffset=4`],
    ['a count behind it', `${next}?_count=1000`],
    ['a path behind it', `${next}/2`],
    ['under stu3', next.replace('/r4/', '/stu3/')],
  ];
}

async function stolen(stage: Stage): Promise<string> {
  const { next } = await firstOfMany(stage, 'yes');
  const thieves = others.map(
    ([name, asking, status]): Try =>
      plain(name, () => askAs(stage, { path: next }, asking), { status, check: nothing.check }),
  );
  const forged = spellings(next).map(
    ([name, path]): Try =>
      plain(name, () => askAs(stage, { path }), { status: [400, 404, 422], check: nothing.check }),
  );
  const verbs = (['POST', 'PUT', 'DELETE', 'PATCH'] as const).map(
    (method): Try =>
      plain(method, () => askAs(stage, { method, path: next }), {
        status: [400, 404, 405],
        check: nothing.check,
      }),
  );
  const tries = [
    ...thieves,
    ...forged,
    ...verbs,
    plain('no token', (one) => one.ask({ path: next }), { status: 401 }),
  ];
  const { result, heard } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  const second = await askAs(stage, { path: next });
  must(second.status === 200 && countIn(second, 'match') === 2, `twin: ${second.status}`);
  mustBe(await askAs(stage, { path: next }), { status: 200 }, 'twin, again');
  return `${result.length} hands and spellings refused; twin page 2`;
}

/** Page 2 asks consent again; once withdrawn, nobody gets it any more, at either gateway. */
async function withdrawn(stage: Stage): Promise<string> {
  const { region } = stage;
  const { next } = await firstOfMany(stage, 'turn');
  mustBe(await askAs(stage, { path: next }), { status: 200 }, 'twin before');
  for (const at of ['d', 'e', 'f'] as const) {
    region.choose('turn', at, false);
    const told = await region.mitz.notify(patients.turn.bsn, uraOf(region.holders[at].who));
    must(told.join() === '204', `the notification: ${told}`);
  }
  const { heard } = await hearing(stage, async () => {
    const tries = [0, 1, 0].map((gateway) =>
      plain(
        `gateway ${gateway}`,
        () => askAs(stage, { path: next }, gateway < stage.urls.length ? { gateway } : {}),
        nothing,
      ),
    );
    await mustAll(stage, tries);
  });
  silent(heard);
  must(heard.closed.length > 0, 'Mitz was not asked again for page 2');
  for (const at of ['d', 'e', 'f'] as const) region.choose('turn', at, true);
  mustBe(await askAs(stage, { path: next }), noPage, 'a withdrawn page stays away');
  const anew = await firstOfMany(stage, 'turn');
  mustBe(await askAs(stage, { path: anew.next }), { status: 200 }, 'twin after');
  return 'page 2 asked consent again and is gone at each gateway; a new search is served';
}

async function ended(stage: Stage): Promise<string> {
  const { next } = await firstOfMany(stage, 'mix');
  mustBe(await askAs(stage, { path: next }), { status: 200 }, 'twin');
  const past = new Date(Date.now() - 1_000).toISOString();
  await stage.alter(`update search_snapshot set expires_at = '${past}'`);
  mustBe(await askAs(stage, { path: next }), nothing, 'an hour later');
  return 'gone after its time; twin 200 before';
}

const attempt = (work: () => Buffer): Buffer => {
  try {
    return work();
  } catch {
    return Buffer.alloc(0);
  }
};

async function opaque(stage: Stage): Promise<string> {
  const { id, first, next } = await firstOfMany(stage, 'yes');
  const again = await firstOfMany(stage, 'yes');
  const token = next.split('/').at(-1) ?? '';
  const raw = [Buffer.from(token, 'hex'), Buffer.from(token, 'base64'), Buffer.from(token, 'base64url')];
  const layers = raw.flatMap((bytes) => [
    bytes,
    attempt(() => gunzipSync(bytes)),
    attempt(() => inflateRawSync(bytes)),
    Buffer.from(bytes.toString('latin1'), 'base64'),
  ]);
  const words = [
    ...bsns,
    ...secretWords,
    ...Object.values(stage.region.holders).map(({ who }) => who.id),
    id,
  ];
  for (const bytes of [Buffer.from(token), ...layers]) {
    const text = bytes.toString('latin1');
    const found = words.filter((word) => text.includes(word) || text.includes(word.replaceAll('-', '')));
    must(found.length === 0, `the link holds ${found.join(', ')}`);
  }
  must(!token.includes('.') && token !== again.next.split('/').at(-1), 'the link is not one of a kind');
  const self = first.text.slice(first.text.indexOf('"link"'), first.text.indexOf('"entry"'));
  must(!bsns.some((bsn) => self.includes(bsn)), 'a BSN in the links');
  for (const { wire } of Object.values(stage.region.holders))
    must(!first.text.includes(wire.url), 'the address of a holder is in the answer');
  return `${token.length} characters that say nothing, in ${layers.length} readings`;
}

export const consentPages: readonly Case[] = [
  { id: 'C07', title: 'the next page for another asker, or written otherwise', run: stolen },
  { id: 'C07w', title: 'the next page after consent was withdrawn', run: withdrawn },
  { id: 'C07e', title: 'the next page after its time', run: ended },
  { id: 'C08', title: 'a link to a page, taken apart', run: opaque },
];
