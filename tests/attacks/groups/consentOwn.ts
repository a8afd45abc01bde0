// C24: of what a patient has recorded here, does the specific beat the general, and the objection win a tie, whatever the order?
import { type Case, must, mustAll, type Try } from '../attack.ts';
import { patients } from '../content.ts';
import { fhirJson } from '../handovers.ts';
import { hearing, mustHold, silent, wordsIn } from '../hearing.ts';
import { type Choice, consentOf, registerConsent, withdrawConsent } from '../ownConsents.ts';
import { askAs, askCard, askOverview, operate } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { uraOf } from '../region.ts';
import { ambulance, holderSketches, registrar } from '../regionCast.ts';
import type { Stage } from '../stage.ts';

const ura = Object.fromEntries(
  Object.entries(holderSketches).map(([at, { who }]) => [at, uraOf(who)]),
) as Record<keyof typeof holderSketches, string>;
const crew = uraOf(ambulance);
/** The consulting category of ambulances. */
const kind = 'RPZAC104';

type Row = Omit<Choice, 'id' | 'permits'>;
const yes = (choice: Row = {}): Row & { permits: boolean } => ({ ...choice, permits: true });
const no = (choice: Row = {}): Row & { permits: boolean } => ({ ...choice, permits: false });

const all = ['Down', 'Eown', 'Fown'];
const notE = ['Down', 'Fown'];
/** Mitz says no everywhere; what is recorded here, and who may give then. */
const rows: readonly (readonly [
  name: string,
  choices: readonly (Row & { permits: boolean })[],
  words: readonly string[],
])[] = [
  ['nothing', [], []],
  ['a general permit', [yes()], all],
  [
    'a permit of the category, an objection of the holder',
    [yes({ category: 'GGC002' }), no({ holderUra: ura.e })],
    notE,
  ],
  ['an objection of everything, a permit of the holder', [no(), yes({ holderUra: ura.e })], ['Eown']],
  [
    'permit and objection of the same holder',
    [yes(), yes({ holderUra: ura.e }), no({ holderUra: ura.e })],
    notE,
  ],
  ['the same in another order', [no({ holderUra: ura.e }), yes({ holderUra: ura.e }), yes()], notE],
  [
    'a permit of the kind, an objection of the holder',
    [yes({ holderType: 'J8' }), no({ holderUra: ura.e })],
    [],
  ],
  [
    'an objection of the kind, a permit of the holder',
    [yes(), no({ holderType: 'J8' }), yes({ holderUra: ura.e })],
    all,
  ],
  ['an objection against the kind of asker', [yes(), no({ requesterKind: kind })], []],
  [
    'that, and a permit for the asker',
    [yes(), no({ requesterKind: kind }), yes({ requesterUra: crew })],
    all,
  ],
  ['each more specific in another respect', [yes({ holderUra: ura.e }), no({ requesterUra: crew })], []],
  [
    'an objection to treatment, and a permit to one holder',
    [yes({ holderUra: ura.e }), no({ purpose: 'TREAT' })],
    [],
  ],
  ['an objection to everything, and a permit for treatment', [yes({ purpose: 'TREAT' }), no()], []],
  ['an objection in another category', [yes(), no({ category: 'GGC013' })], all],
  ['a permit in another category', [yes({ category: 'GGC013' })], []],
  ['a permit for another asker', [yes({ requesterUra: '90000504' })], []],
  ['a permit for another purpose', [yes({ purpose: 'COC' })], []],
  ['a permit that has ended', [yes({ period: { end: '2020-01-01' } })], []],
  ['a permit that has not begun', [yes({ period: { start: '2099-01-01' } })], []],
  ['an objection that has ended', [yes(), no({ holderUra: ura.e, period: { end: '2020-01-01' } })], all],
  ['a permit that is not active', [yes({ more: { status: 'inactive' } })], []],
  ['a permit entered in error', [yes({ more: { status: 'entered-in-error' } })], []],
  ['a proposed permit', [yes({ more: { status: 'proposed' } })], []],
  ['a permit of another patient', [yes({ patient: 'mix' })], []],
];

async function precedence(stage: Stage): Promise<string> {
  for (const at of ['d', 'e', 'f'] as const) stage.region.choose('own', at, false);
  for (const [row, [name, choices, words]] of rows.entries()) {
    // what was withdrawn does not come back by being sent again
    const ids = choices.map((_, index) => `own-${row}-${index}`);
    for (const [index, choice] of choices.entries())
      mustBe(
        await registerConsent(stage, { ...choice, id: ids[index] ?? '' }),
        { status: 201 },
        `${name}: registered`,
      );
    const gateways = [...stage.urls.keys()];
    for (const gateway of gateways) {
      const { result, heard } = await hearing(stage, () => askCard(stage, 'own', { gateway }));
      mustHold(result, words, `${name}, gateway ${gateway}`);
      const asked = (['d', 'e', 'f'] as const)
        .filter((at) => heard.holders[at].length > 0)
        .map((at) => `${at.toUpperCase()}own`);
      must(asked.join() === [...words].join(), `${name}: asked were ${asked}`);
    }
    for (const id of ids) mustBe(await withdrawConsent(stage, id), { status: 200 }, `${name}: withdrawn`);
  }
  mustHold(await askCard(stage, 'own'), [], 'after all was withdrawn');
  return `${rows.length} sets of records: who is asked is who may give`;
}

/** Records that would be half understood are refused whole; so are those that somebody else keeps. */
async function notUnderstood(stage: Stage): Promise<string> {
  const refused = { status: 422 };
  const choice = (name: string, more: Partial<Choice>): Try =>
    plain(name, () => registerConsent(stage, { id: 'own-odd', permits: true, ...more }), refused);
  const provision = (name: string, more: object): Try => choice(name, { provision: more });
  const person = (value: string) => ({ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value });
  const role = {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'CST' }],
  };
  const tries = [
    provision('data', { data: [{ meaning: 'instance', reference: { reference: 'Observation/1' } }] }),
    provision('dataPeriod', { dataPeriod: { start: '2020' } }),
    provision('code', { code: [{ text: 'x' }] }),
    provision('action', { action: [{ text: 'collect' }] }),
    provision('securityLabel', { securityLabel: [{ code: 'R' }] }),
    provision('nested', { provision: [{ type: 'deny' }] }),
    provision('a modifier', { modifierExtension: [{ url: 'http://x.example', valueBoolean: true }] }),
    provision('no decision', { type: undefined }),
    provision('an actor by name', { actor: [{ role, reference: { display: 'Huisarts' } }] }),
    provision('an actor in no role', {
      actor: [
        {
          role: { text: 'x' },
          reference: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: ura.e } },
        },
      ],
    }),
    provision('an actor with a modifier', {
      actor: [
        {
          modifierExtension: [{ url: 'http://x.example/not', valueBoolean: true }],
          role,
          reference: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: ura.e } },
        },
      ],
    }),
    provision('a purpose of another system', { purpose: [{ system: 'http://x.example', code: 'TREAT' }] }),
    provision('a class of another system', { class: [{ system: 'http://x.example', code: 'GGC002' }] }),
    provision('a period that is none', { period: { start: 'soon' } }),
    choice('rules that are not known', { more: { implicitRules: 'http://x.example/rules' } }),
    choice('a modifier on top', {
      more: { modifierExtension: [{ url: 'http://x.example', valueBoolean: true }] },
    }),
    choice('another scope', { more: { scope: { coding: [{ code: 'treatment' }] } } }),
    choice('no patient', { more: { patient: { display: 'x' } } }),
    choice('a BSN that is none', { more: { patient: { identifier: person('123456789') } } }),
    choice('two patients', {
      more: {
        contained: [{ resourceType: 'Patient', id: 'p', identifier: [person(patients.mix.bsn)] }],
        patient: { reference: '#p', identifier: person(patients.own.bsn) },
      },
    }),
    plain(
      'no Consent',
      () =>
        operate(
          stage,
          { path: '/r4/$register-consent', body: { resourceType: 'Patient' } },
          { as: registrar },
        ),
      { status: [400, 422] },
    ),
  ];
  const seen = await mustAll(stage, tries);
  stage.recorded.push(...seen.filter(({ status }) => status === 422));
  const told = seen.filter(({ text }) => text.includes(patients.own.bsn) || text.includes(patients.mix.bsn));
  must(told.length === 0, 'a refusal repeats a BSN');
  const { result, heard } = await hearing(stage, () => askCard(stage, 'own'));
  silent(heard);
  must(wordsIn(result).length === 0, 'a refused record permits');
  mustBe(await registerConsent(stage, { id: 'own-odd', permits: true }), { status: 201 }, 'twin');
  mustHold(await askCard(stage, 'own'), all, 'twin');
  const forged = {
    headers: fhirJson,
    method: 'POST',
    path: '/r4/$register-consent',
    body: JSON.stringify(consentOf({ id: 'own-odd', permits: false })),
  };
  mustBe(await askAs(stage, forged), { status: 403, code: 'scope-missing' }, 'by who may not register');
  mustBe(await withdrawConsent(stage, 'own-odd'), { status: 200 }, 'withdrawn');
  mustBe(await withdrawConsent(stage, 'own-odd'), { status: 404 }, 'withdrawn twice');
  mustHold(await askOverview(stage, 'own'), [], 'medication asks Mitz alone, which says no');
  return `${tries.length} records refused whole; twin counts until it is withdrawn`;
}

export const consentOwn: readonly Case[] = [
  { id: 'C24', title: 'precedence of what is recorded here', run: precedence },
  { id: 'C24u', title: 'records that would be half understood', run: notUnderstood },
];
