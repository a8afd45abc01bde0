// C11 and C13: is a remembered permit used for nothing else than its own question, and never after the patient's no?
import { setTimeout as wait } from 'node:timers/promises';
import { type Case, must } from '../attack.ts';
import { patients } from '../content.ts';
import { hearing, mustHold, stateOf, wordsIn } from '../hearing.ts';
import { registerConsent, withdrawConsent } from '../ownConsents.ts';
import { type Asking, askCard, askOverview, askToken, askWishes } from '../questions.ts';
import { mustBe } from '../raw.ts';
import { uraOf } from '../region.ts';
import { ambulance, outOfHours } from '../regionCast.ts';
import { directives, search, servedId } from '../searches.ts';
import type { Stage } from '../stage.ts';

const uzi = 'urn:oid:2.16.528.1.1007.3.1';
const gateway = 0;

/** One input changed at a time; `asked`: how many holders Mitz must be asked about anew. */
const changes: readonly (readonly [name: string, asking: Asking])[] = [
  ['another organisation, of another type', { as: outOfHours, gateway }],
  ['another professional', { vouch: { practitioner: '900000732' }, gateway }],
  ['the same number with a zero before it', { vouch: { practitioner: '0900000731' }, gateway }],
  ['another role', { vouch: { role: '30.000' }, gateway }],
  ['a mandate', { vouch: { mandate: { registered_by: `${uzi}#900000801`, role_code: '01.015' } }, gateway }],
  [
    'another mandating professional',
    { vouch: { mandate: { registered_by: `${uzi}#900000802`, role_code: '01.015' } }, gateway },
  ],
  [
    'another mandating role',
    { vouch: { mandate: { registered_by: `${uzi}#900000801`, role_code: '01.016' } }, gateway },
  ],
  [
    'the mandate turned round',
    {
      vouch: {
        practitioner: '900000801',
        mandate: { registered_by: `${uzi}#900000731`, role_code: '01.071' },
      },
      gateway,
    },
  ],
];

async function keyOfPermit(stage: Stage): Promise<string> {
  const first = await hearing(stage, () => askCard(stage, 'cache', { gateway }));
  mustHold(first.result, ['Dcache', 'Ecache', 'Fcache'], 'the first question');
  must(first.heard.closed.length === 3, `${first.heard.closed.length} questions at first`);
  const again = await hearing(stage, () => askCard(stage, 'cache', { gateway }));
  must(
    again.heard.closed.length === 0,
    `twin: the same question was asked of Mitz ${again.heard.closed.length} times again`,
  );
  for (const [name, asking] of changes) {
    const { result, heard } = await hearing(stage, () => askCard(stage, 'cache', asking));
    must(result.status === 200, `${name}: ${result.status} ${result.text.slice(0, 200)}`);
    must(heard.closed.length === 3, `${name}: Mitz was asked ${heard.closed.length} times`);
  }
  const other = await hearing(stage, () => askOverview(stage, 'cache', { gateway }));
  must(other.heard.closed.length === 2, `another exchange and category: ${other.heard.closed.length}`);
  const mix = await hearing(stage, () => askCard(stage, 'mix', { gateway }));
  must(
    mix.heard.closed.some(({ body }) => body.includes(patients.mix.bsn)),
    'another patient: Mitz was not asked',
  );
  const coc = await hearing(stage, () => askCard(stage, 'cache', { vouch: { purpose: ['COC'] }, gateway }));
  must(
    coc.result.status === 403 && wordsIn(coc.result).length === 0,
    `another purpose: ${coc.result.status}`,
  );
  const gone = await hearing(stage, () => askCard(stage, 'cache', { vouch: { role: undefined }, gateway }));
  must(gone.result.status === 422 && wordsIn(gone.result).length === 0, `no role: ${gone.result.status}`);
  return `asked once, remembered once; ${changes.length + 3} changed inputs asked anew, 2 refused`;
}

/** A no is known everywhere at once: the answer to the notification is the moment. */
async function changeOfMind(stage: Stage): Promise<string> {
  const { region } = stage;
  const all = stage.urls.map((_, index) => index);
  for (const index of all)
    mustHold(await askCard(stage, 'swift', { gateway: index }), ['Dswift', 'Eswift', 'Fswift'], 'before');
  const id = await servedId(stage, 'swift');
  region.choose('swift', 'd', false);
  for (const index of all) {
    const { heard } = await hearing(stage, () => askCard(stage, 'swift', { gateway: index }));
    must(heard.closed.length === 0, 'the permits are remembered until somebody tells');
  }
  const told = await region.mitz.notify(patients.swift.bsn, uraOf(region.holders.d.who));
  must(told.join() === '204', `the notification: ${told}`);
  await wait(10);
  for (const index of [...all].reverse()) {
    const { result, heard } = await hearing(stage, () => askCard(stage, 'swift', { gateway: index }));
    mustHold(result, ['Eswift', 'Fswift'], `gateway ${index}, 10 ms later`);
    must(heard.holders.d.length === 0 && stateOf(result, 'd') === 'refused', `gateway ${index}: D was asked`);
    const found = await search(stage, { type: 'Consent', pairs: directives(id) }, { gateway: index });
    must(!wordsIn(found).includes('Dswift'), `gateway ${index}: the search`);
  }
  region.choose('swift', 'd', true);
  await region.mitz.notify(patients.swift.bsn, uraOf(region.holders.d.who));
  mustHold(await askCard(stage, 'swift'), ['Dswift', 'Eswift', 'Fswift'], 'twin: yes again');
  return `refused at ${all.length} gateway(s) 10 ms after the notification; yes again counts too`;
}

/** Questions in a crowd while the patient changes its mind: none that begins after the no is told gives. */
async function race(stage: Stage): Promise<string> {
  const { region } = stage;
  let toldAt = Number.POSITIVE_INFINITY;
  const late: string[] = [];
  let asked = 0;
  const ask = async (index: number): Promise<void> => {
    await wait(index * 12);
    const began = performance.now();
    const seen = await askCard(stage, 'swift');
    asked += 1;
    if (began > toldAt && wordsIn(seen).includes('Eswift')) late.push(`${Math.round(began - toldAt)} ms`);
  };
  const crowd = Promise.allSettled(Array.from({ length: 60 }, (_, index) => ask(index)));
  await wait(250);
  region.choose('swift', 'e', false);
  const told = await region.mitz.notify(patients.swift.bsn, uraOf(region.holders.e.who));
  toldAt = performance.now();
  must(told.join() === '204', `the notification: ${told}`);
  const broken = (await crowd).filter(({ status }) => status === 'rejected');
  must(broken.length === 0, `${broken.length} questions without an answer`);
  region.choose('swift', 'e', true);
  await region.mitz.notify(patients.swift.bsn, uraOf(region.holders.e.who));
  must(late.length === 0, `E gave to questions that began ${late.join(', ')} after the no`);
  mustHold(await askCard(stage, 'swift'), ['Dswift', 'Eswift', 'Fswift'], 'twin');
  return `${asked} questions around a change of mind: none after it was told`;
}

/** An objection that is registered here ends what both gateways remember, with the same commit. */
async function ownObjection(stage: Stage): Promise<string> {
  const all = stage.urls.map((_, index) => index);
  for (const index of all) await askCard(stage, 'cache', { gateway: index });
  const holderUra = uraOf(stage.region.holders.e.who);
  const choice = { id: 'cache', patient: 'cache', permits: false, holderUra } as const;
  mustBe(await registerConsent(stage, choice), { status: 201 }, 'registered');
  for (const index of all) {
    const { result, heard } = await hearing(stage, () => askCard(stage, 'cache', { gateway: index }));
    mustHold(result, ['Dcache', 'Fcache'], `gateway ${index}`);
    must(heard.holders.e.length === 0, `gateway ${index}: E was asked`);
  }
  mustBe(await withdrawConsent(stage, 'cache'), { status: 200 }, 'withdrawn');
  mustHold(await askCard(stage, 'cache'), ['Dcache', 'Ecache', 'Fcache'], 'twin');
  return `an objection counts at ${all.length} gateway(s) at once; twin after it was withdrawn`;
}

/** A token that is asked while another is in use changes nothing for that one. */
async function twoTokens(stage: Stage): Promise<string> {
  const asks = await Promise.all([
    askWishes(stage, 'yes'),
    askToken(stage, ambulance, { practitioner: '900000740' }),
    askWishes(stage, 'no'),
    askWishes(stage, 'yes', { vouch: { practitioner: '900000741' } }),
  ]);
  const [yes, , no, again] = asks;
  must(yes && no && again, 'four answers');
  mustHold(yes, ['Dyes', 'Eyes', 'Fyes'], 'P-yes');
  mustHold(again, ['Dyes', 'Eyes', 'Fyes'], 'P-yes, by another');
  mustHold(no, [], 'P-no');
  return 'side by side: each its own patient and professional';
}

export const consentMemory: readonly Case[] = [
  { id: 'C11', title: 'a remembered permit with one input changed', run: keyOfPermit },
  { id: 'C11s', title: 'questions of two tokens side by side', run: twoTokens },
  { id: 'C13', title: 'a change of mind, 10 ms later', run: changeOfMind },
  { id: 'C13r', title: 'a change of mind in a crowd', run: race },
  { id: 'C13o', title: 'an objection registered here', run: ownObjection },
];
