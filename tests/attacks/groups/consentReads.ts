// C01 and C02: is every resource of the patient that was asked for, whoever names another one, in an id, a reference or an answer?
import { randomUUID } from 'node:crypto';
import { type Case, must, mustAll, type Try } from '../attack.ts';
import { patients } from '../content.ts';
import { hearing, mustHold, silent, stateOf, wordsIn } from '../hearing.ts';
import { bsn, leaks, withLeak } from '../leaks.ts';
import { askAs, askCard, askOverview, askWishes } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { outOfHours } from '../regionCast.ts';
import { agreements, countIn, directives, foundIn, search, searchPatient, servedId } from '../searches.ts';
import type { Seen, Stage } from '../stage.ts';
import { rewriting, twisted } from '../twister.ts';

const notKnown = { status: 404, code: 'not-found' };

/** Ids of P-no that EVIL-M, or a leaky screen, might give on. */
async function strangeIds(stage: Stage): Promise<[name: string, id: string][]> {
  const asking = { as: outOfHours, vouch: { role: '01.015' } };
  const card = await askWishes(stage, 'turn', asking);
  const consent = /"fullUrl":"[^"]*\/Consent\/([^"]+)"/.exec(card.text)?.[1] ?? '';
  must(consent !== '', 'another asker gets a Consent with an id');
  return [
    ['another asker’s id of P-no', await servedId(stage, 'no', asking)],
    ['another asker’s id of P-turn', await servedId(stage, 'turn', asking)],
    ['the holder’s id', 'pat-no'],
    ['a Consent of another asker’s card', consent],
    ['an id of nobody', randomUUID()],
  ];
}

async function otherIds(stage: Stage): Promise<string> {
  const mine = await servedId(stage, 'yes');
  const ids = await strangeIds(stage);
  const tries = ids.flatMap(([name, id]): Try[] => [
    plain(`read of ${name}`, () => askAs(stage, { path: `/r4/Patient/${id}` }), notKnown),
    plain(`directives of ${name}`, () => search(stage, { type: 'Consent', pairs: directives(id) }), notKnown),
    plain(
      `agreements by POST of ${name}`,
      () => search(stage, { type: 'MedicationRequest', pairs: agreements(id), method: 'POST' }),
      notKnown,
    ),
    plain(`Consent/${name}`, () => askAs(stage, { path: `/r4/Consent/${id}` }), { status: [404, 405] }),
  ]);
  const { result: seen, heard } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  must(heard.all.length === 0, 'Mitz was asked');
  const shapes = new Set(
    seen
      .filter((_, index) => index % 4 === 0)
      .map(({ text }) => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '…')),
  );
  must(shapes.size === 1, `the answers differ: ${[...shapes].join(' | ').slice(0, 400)}`);
  const twin = await search(stage, { type: 'Consent', pairs: directives(mine) });
  mustHold(twin, ['Dyes', 'Eyes'].concat(wordsIn(twin).includes('Fyes') ? ['Fyes'] : []), 'twin');
  return `${seen.length} times 404, all alike, nobody asked; twin 200`;
}

const hidden = ['Dno', patients.no.bsn, patients.no.family, 'dir-d-no', 'pat-no', 'rel-no'];

function nothingOf(seen: Seen, what: string): void {
  must(seen.status === 200, `${what}: ${seen.status} ${seen.text.slice(0, 300)}`);
  const packed = [...seen.text.matchAll(/"data":"([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  const text = [seen.text, ...packed].join('\n');
  const found = hidden.filter((word) => text.includes(word));
  must(found.length === 0, `${what}: holds ${found.join(', ')}`);
}

async function leakyHolder(stage: Stage): Promise<string> {
  const { wire } = stage.region.holders.d;
  const id = await servedId(stage, 'yes');
  const pairs = [...directives(id), ['_include', 'Consent:actor']] as const;
  for (const [name, ...entries] of leaks) {
    await twisted(wire, withLeak(entries), async () => {
      const found = await search(stage, { type: 'Consent', pairs });
      nothingOf(found, `${name}, searched`);
      const { total } = foundIn(found);
      const matches = countIn(found, 'match');
      must(total === undefined || total === matches, `${name}: total ${total} of ${matches}`);
      nothingOf(await askWishes(stage, 'yes'), `${name}, all wishes`);
      const card = await askCard(stage, 'yes');
      nothingOf(card, `${name}, the card`);
      must(card.text.includes('VermeldingDyes'), `${name}: P-yes’s own records went too`);
      must(['partial', 'answered'].includes(stateOf(card, 'd') ?? ''), `${name}: ${stateOf(card, 'd')}`);
    });
  }
  const twin = await search(stage, { type: 'Consent', pairs });
  const kept = /other-patient|patient-unproven|incomplete/.test(twin.text);
  must(wordsIn(twin).includes('Dyes') && !kept, `twin: ${twin.text.slice(-300)}`);
  return `${leaks.length} leaks by a holder, in search, Bundle and card: nothing of the stranger; twin whole`;
}

/** The medication of P-no under P-yes’s question: the whole answer of the holder exchanged. */
async function wrongPerson(stage: Stage): Promise<string> {
  const { wire } = stage.region.holders.d;
  const change = (from: string, to: string) => rewriting(/./, (text) => text.replaceAll(from, to));
  const swaps: [string, string, string][] = [
    ['the Patient has P-no’s BSN', patients.yes.bsn, patients.no.bsn],
    ['all of it is of pat-no', 'Patient/pat-yes', 'Patient/pat-no'],
  ];
  for (const [name, from, to] of swaps) {
    const seen = await twisted(wire, change(from, to), () => askOverview(stage, 'yes'));
    must(!wordsIn(seen).includes('Dyes'), `${name}: what is not proven to be P-yes’s came out`);
    must(wordsIn(seen).includes('Eyes'), `${name}: the other holder’s went too`);
    must(stateOf(seen, 'd') !== 'answered' || seen.text.includes('withheld'), `${name}: told as whole`);
  }
  const doubled = rewriting(/Patient/, (text) =>
    text.replace('"identifier":[', `"identifier":[${JSON.stringify(bsn)},`),
  );
  const both = await twisted(wire, doubled, () => askOverview(stage, 'yes'));
  nothingOf(both, 'a Patient with two numbers');
  must(wordsIn(await askOverview(stage, 'yes')).includes('Dyes'), 'twin');
  mustBe(await searchPatient(stage, 'yes'), { status: 200 }, 'twin');
  return `${swaps.length + 1} answers about somebody else withheld and told; twin whole`;
}

export const consentReads: readonly Case[] = [
  { id: 'C01', title: 'an id of another patient, learned elsewhere', run: otherIds },
  { id: 'C02', title: 'a holder slips another patient in beside the asked one', run: leakyHolder },
  { id: 'C31', title: 'a holder answers about somebody else', run: wrongPerson },
];
