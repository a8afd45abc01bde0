// M13 and M14: does a notification count only from Mitz, only when it is newer, and never as more than it says?
import { type Case, type Expected, must, mustAll, type Try } from '../attack.ts';
import { ecdB, epd, evil } from '../cast.ts';
import { patients } from '../content.ts';
import { mustHold } from '../hearing.ts';
import { bring, copyingRegion, mustBring, mustSay, type Notice, nextMoment, noticeOf } from '../notices.ts';
import { askCard } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { registrar } from '../regionCast.ts';
import type { Stage } from '../stage.ts';
import { meanings } from './mitzMeanings.ts';

async function strangers(stage: Stage): Promise<string> {
  const there = await copyingRegion(stage);
  await mustBring(there, noticeOf({ permit: false, when: nextMoment() }), 'a first no');
  const forged = noticeOf({ when: nextMoment() });
  const none: Expected = { status: 401 };
  const other: Expected = { status: 403, code: 'mitz-client' };
  const pem = '-----BEGIN CERTIFICATE-----%0AMIIB%0A-----END CERTIFICATE-----';
  const from = (name: string, telling: Parameters<typeof bring>[2], expected: Expected): Try =>
    plain(name, () => bring(there, forged, telling), expected);
  const tries = [
    from('nobody', { as: undefined }, none),
    from(
      'nobody, with a certificate in a header',
      { as: undefined, headers: { 'client-cert': `:${Buffer.from('x').toString('base64')}:` } },
      none,
    ),
    from(
      'nobody, by the header of a proxy',
      {
        as: undefined,
        headers: { 'x-forwarded-client-cert': pem, 'ssl-client-cert': pem, 'x-ssl-client-verify': 'SUCCESS' },
      },
      none,
    ),
    from('nobody, with another’s token', { as: undefined, headers: { authorization: 'Bearer x.y.z' } }, none),
    from('EVIL-M', { as: evil }, other),
    from('a hospital', { as: epd }, other),
    from('a nursing home', { as: ecdB }, other),
    from('the consent facility', { as: registrar }, other),
    ...['PUT', 'GET', 'DELETE', 'PATCH'].map((method) => from(method, { method }, { status: [400, 405] })),
  ];
  const seen = await mustAll(there, tries);
  must(
    seen.every(({ text }) => !text.includes(patients.told.bsn)),
    'a refusal repeats the BSN',
  );
  await mustSay(there, false, 'a forged yes');
  await mustBring(there, noticeOf({ when: nextMoment() }), 'twin');
  await mustSay(there, true, 'twin');
  const here = await bring(stage, noticeOf({ of: 'no', when: nextMoment() }));
  mustBe(here, { status: 204 }, 'a yes about P-no, where Mitz is asked');
  mustHold(await askCard(stage, 'no'), [], 'Mitz itself still says no');
  return `${seen.length} messengers refused; a yes is a permit only where copies count, and only from Mitz`;
}

async function order(stage: Stage): Promise<string> {
  const there = await copyingRegion(stage);
  const moments = Array.from({ length: 6 }, nextMoment);
  const [first = '', second = '', third = '', fourth = ''] = moments;
  const tell = (permit: boolean, when: string) =>
    mustBring(there, noticeOf({ permit, when }), `${permit} of ${when}`);
  await tell(false, second);
  await tell(true, first);
  await mustSay(there, false, 'an older yes after a no');
  await tell(true, third);
  await mustSay(there, true, 'twin: a newer yes');
  await tell(true, third);
  await tell(false, second);
  await mustSay(there, true, 'an older no, sent again');
  const digits = (text: string): string => fourth.replace(/\.\d+Z$/, `.${text}Z`);
  await tell(false, digits('1234568'));
  await tell(true, digits('1234567'));
  await mustSay(there, false, 'a tenth of a microsecond older');
  await tell(true, digits('123456800'));
  await mustSay(there, false, 'the same moment: no stands');
  await tell(true, digits('123456801'));
  await mustSay(there, true, 'a nanosecond newer');
  await tell(false, digits('2').replace('Z', '+00:00'));
  await mustSay(there, false, 'one digit, another zone');
  const zoned = new Date(Date.parse(digits('3')) + 3_600_000).toISOString().replace('Z', '+01:00');
  await tell(true, zoned);
  await mustSay(there, true, 'newer by an hour that is only a zone');
  const year = new Date(Date.now() + 365 * 86_400_000).toISOString();
  const soon = new Date(Date.now() + 600_000).toISOString();
  for (const when of [year, soon, '9999-12-31T23:59:59Z', '2026', '2026-02-30T00:00:00Z', 'now', ''])
    for (const permit of [true, false])
      mustBe(await bring(there, noticeOf({ permit, when })), { status: [400, 422] }, `${permit} of ${when}`);
  await mustSay(there, true, 'after what is far ahead, or no time');
  return 'the last word counts to the nanosecond, the no of two of one moment; the future is refused';
}

async function others(stage: Stage): Promise<string> {
  const there = await copyingRegion(stage);
  await mustBring(there, noticeOf({ permit: false, when: nextMoment() }), 'a no');
  const unknown: Expected = { status: 403, code: 'not-subscribed' };
  const malformed: Expected = { status: [400, 403, 422] };
  const about = (name: string, notice: Notice): Try =>
    plain(name, () => bring(there, noticeOf({ when: nextMoment(), ...notice })), unknown);
  const swapped = (name: string, from: string | RegExp, to: string): Try =>
    plain(
      name,
      () => bring(there, JSON.stringify(noticeOf({ when: nextMoment() })).replaceAll(from, to)),
      malformed,
    );
  const bundle = noticeOf({ when: nextMoment() });
  const rows = bundle.entry as object[];
  const altered = (name: string, body: unknown): Try => plain(name, () => bring(there, body), malformed);
  const tries = [
    about('a patient nobody subscribed to', { of: 'nil' }),
    about('a patient of other gateways', { of: 'yes' }),
    about('a holder nobody subscribed to', { at: 'g' }),
    swapped('a holder that does not exist', '90000504', '90000999'),
    swapped('a BSN that is none', patients.told.bsn, '123456789'),
    swapped('a patient of another system', 'NamingSystem/bsn', 'NamingSystem/x'),
    swapped('no category', 'CodeSystem/gegevenscategorie', 'CodeSystem/x'),
    swapped('no such actor', '"CST"', '"XYZ"'),
    altered('a searchset', { ...bundle, type: 'searchset' }),
    altered('no Consent', { ...bundle, entry: rows.slice(1) }),
    altered('no Patient', {
      ...bundle,
      entry: rows.filter((one) => !JSON.stringify(one).includes('"resourceType":"Patient"')),
    }),
    altered('nothing', { ...bundle, entry: [] }),
    altered('two patients', { ...bundle, entry: [...rows, ...(noticeOf({ of: 'mix' }).entry as object[])] }),
    altered('one right, one of nobody', {
      ...bundle,
      entry: [...rows, ...(noticeOf({ of: 'nil' }).entry as object[])],
    }),
    altered('a Consent alone', rows[0]),
    altered('no JSON', '{'),
    altered('an empty body', ''),
  ];
  const seen = await mustAll(there, tries);
  await mustSay(there, false, 'after all of these');
  await mustBring(there, noticeOf({ when: nextMoment() }), 'twin');
  await mustSay(there, true, 'twin');
  return `${seen.length} about others, or not whole, refused; nothing of them kept`;
}

export const mitzNotices: readonly Case[] = [
  { id: 'M13', title: 'a notification by somebody else', run: strangers },
  { id: 'M13o', title: 'notifications out of order, replayed and from the future', run: order },
  { id: 'M13s', title: 'a notification about others, or not whole', run: others },
  { id: 'M14', title: 'what is a no, and what is neither', run: meanings },
];
