// What must the crew card of the published patient say? One expectation a line; the sentences are ours, the records official.
import { join } from 'node:path';
import { buildCard } from '../../exchange/wishes/card.ts';
import type { Card } from '../../exchange/wishes/cardShape.ts';
import { cardLimit, sizeOf } from '../../exchange/wishes/fitCard.ts';
import { readAnswers } from '../card/readAnswers.ts';
import { type Expectation, expectLine, lineOf, shown, type Wanted } from './wishesExpectation.ts';
import { expectVendors } from './wishesVendors.ts';

/** After all records, and before the one of July 2025 that ends in December does so. */
const at = new Date('2025-08-01T12:00:00+02:00');

const cardFor = (holders: readonly string[]): Card => buildCard(readAnswers([], holders).answers, { at });

const of2025: readonly (readonly [string, Wanted])[] = [
  ['cpr', { decision: 'do_not', conflict: 'strong', date: '2025-07-29' }],
  ['icu', { decision: 'do_not', conflict: 'weak', date: '2025-07-29' }],
  ['ventilation', { decision: 'do_not', conflict: 'weak', date: '2025-07-29' }],
  ['hospital', { decision: 'do', conflict: 'none', date: '2025-07-29' }],
  ['blood', { decision: 'do', conflict: 'none', date: '2025-07-29' }],
  ['antibiotics', { decision: 'conditional', conflict: 'weak', text: 'symptoomverlichting' }],
  ['icd_off', { decision: 'unknown', conflict: 'none' }],
];

const past = (card: Card, key: string): string[] =>
  (lineOf(card, key)?.history ?? [])
    .filter((entry) => entry.contradicts)
    .map((entry) => `${entry.decision} ${entry.date}`);

const pastOf2025: readonly (readonly [string, readonly string[]])[] = [
  ['cpr', ['conditional 2022-11-08', 'do 2020-10-01']],
  ['icu', ['do 2022-11-08', 'do 2020-10-01']],
  ['ventilation', ['do 2020-10-01']],
  ['antibiotics', ['do 2022-11-08', 'do 2020-10-01']],
];

const general = (set: string, card: Card): Expectation[] => [
  {
    name: `${set}: at most ${cardLimit} bytes`,
    holds: sizeOf(card) <= cardLimit,
    found: `${sizeOf(card)} bytes`,
  },
  { name: `${set}: complete`, holds: !card.incomplete, found: String(card.incomplete) },
];

/** The decisions of 2025, what contradicts them, the goal and the people: the same however the records are spread. */
function expect2025(set: string, card: Card): Expectation[] {
  const { goal, representatives } = card;
  const speaker = representatives[0];
  return [
    ...of2025.map((one) => expectLine(set, card, one)),
    ...pastOf2025.map(([key, wanted]): Expectation => {
      const found = past(card, key);
      const name = `${set}: ${key} is contradicted in its history by ${wanted.join(' and ')}`;
      return { name, holds: wanted.every((one) => found.includes(one)), found: found.join(', ') };
    }),
    {
      name: `${set}: goal symptom_relief, conflict weak`,
      holds: goal?.key === 'symptom_relief' && goal.conflict === 'weak',
      found: JSON.stringify(goal),
    },
    {
      name: `${set}: the representative comes first, with a phone number`,
      holds: speaker?.roles.includes('24') === true && speaker.phone === '06-45612378',
      found: JSON.stringify(speaker),
    },
    ...general(set, card),
  ];
}

function expectR4(wishes: string): Expectation[] {
  const set = 'r4-rc2';
  const card = cardFor([`${set}=${join(wishes, set)}`]);
  const cpr = lineOf(card, 'cpr');
  return [
    {
      name: `${set}: cpr has a strong conflict and is never a plain do`,
      holds: cpr?.conflict === 'strong' && cpr.decision !== 'do',
      found: shown(cpr),
    },
    expectLine(set, card, ['icu', { decision: 'do', conflict: 'none', date: '2022-11-08' }]),
    expectLine(set, card, ['icd_off', { decision: 'unknown', text: 'Niet besproken' }]),
    ...general(set, card),
  ];
}

const everyDo = ['ventilation', 'icu', 'hospital', 'antibiotics', 'blood'].map(
  (key): readonly [string, Wanted] => [key, { decision: 'do', conflict: 'none', method: 'form' }],
);

function expectForms(wishes: string, folder: string): Expectation[] {
  const form = (day: string): string =>
    join(wishes, folder, `QuestionnaireResponse-HendrikHartman-${day}.json`);
  const first = cardFor([`GP=${form('20201001')}`]);
  const second = cardFor([`GP=${form('20221108')}`]);
  const [of2020, of2022] = [`${folder} form of 2020`, `${folder} form of 2022`];
  const expected2022: readonly (readonly [string, Wanted])[] = [
    ['cpr', { decision: 'conditional', conflict: 'none', text: 'Wel op OK met kans op goed herstel' }],
    ['ventilation', { decision: 'do_not' }],
    ['icu', { decision: 'do_not' }],
    ['hospital', { decision: 'do' }],
    ['antibiotics', { decision: 'do' }],
    ['blood', { decision: 'do' }],
    ['icd_off', { decision: 'unknown' }],
  ];
  return [
    expectLine(of2020, first, ['cpr', { decision: 'do', conflict: 'none', date: '2020-10-01' }]),
    ...everyDo.map((one) => expectLine(of2020, first, one)),
    expectLine(of2020, first, ['icd_off', { decision: 'unknown' }]),
    ...general(of2020, first),
    ...expected2022.map((one) => expectLine(of2022, second, one)),
    ...general(of2022, second),
  ];
}

/** Four holders: both packages and both forms. The packages give the patient two BSNs: the R4 records must stay out. */
function expectSpread(wishes: string): Expectation[] {
  const set = 'four holders';
  const form = (day: string): string =>
    join(wishes, 'stu3-rc2', `QuestionnaireResponse-HendrikHartman-${day}.json`);
  const holders = [
    `Nursing home=${join(wishes, 'stu3-rc2')}`,
    `Hospital=${join(wishes, 'r4-rc2')}`,
    `GP=${form('20201001')}`,
    `Out-of-hours GP=${form('20221108')}`,
  ];
  const card = cardFor(holders);
  const turned = cardFor(holders.toReversed());
  const stranger = card.findings.find(({ code }) => code === 'other-patient');
  return [
    ...expect2025(set, card),
    {
      name: `${set}: the same card in any order of holders`,
      holds: JSON.stringify(card) === JSON.stringify(turned),
      found: 'another card',
    },
    {
      name: `${set}: records under another BSN are an error and not on the card`,
      holds: stranger?.severity === 'error' && stranger.holder === 'Hospital',
      found: JSON.stringify(card.findings),
    },
  ];
}

/** Every expectation about the corpus's `wishes/` and `vendor-stu3/`. */
export function expectations(corpus: string): Expectation[] {
  const wishes = join(corpus, 'wishes');
  const whole = cardFor([`stu3-rc2=${join(wishes, 'stu3-rc2')}`]);
  const superseded = cardFor([`r4-0.1.3=${join(wishes, 'r4-0.1.3-superseded')}`]);
  return [
    ...expect2025('stu3-rc2', whole),
    ...expectR4(wishes),
    ...expectForms(wishes, 'stu3-rc2'),
    ...expectForms(wishes, 'r4-0.1.3-superseded'),
    ...expectSpread(wishes),
    expectLine('r4-0.1.3', superseded, ['cpr', { decision: 'conditional', conflict: 'weak' }]),
    expectLine('r4-0.1.3', superseded, ['icu', { decision: 'do', conflict: 'weak', date: '2022-11-08' }]),
    ...general('r4-0.1.3', superseded),
    ...expectVendors(join(corpus, 'vendor-stu3')),
  ];
}
