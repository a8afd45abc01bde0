// C16 to C19 and C23: is a question that lacks something, or that is asked for a reason nobody may have, refused by its name?
import { type Case, type Expected, must, mustAll, type Try } from '../attack.ts';
import { hearing, mustHold, silent } from '../hearing.ts';
import { type Asking, askCard, askOverview, askToken, type Vouch } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { ambulance, outOfHours, untyped } from '../regionCast.ts';
import { directives, search, searchPatient, servedId } from '../searches.ts';
import type { Stage } from '../stage.ts';
import { nobodyHears, uzi } from '../unheard.ts';
import { glassOff, purposes } from './consentPurposes.ts';

const lacking: readonly (readonly [name: string, asking: Asking, code: string])[] = [
  ['no professional', { vouch: { practitioner: undefined, role: undefined } }, 'practitioner-missing'],
  ['no role', { vouch: { role: undefined } }, 'practitioner-role-missing'],
  ['a role that is none', { vouch: { role: '1.71' } }, 'practitioner-role-unknown'],
  ['a role in words', { vouch: { role: 'ambulance' } }, 'practitioner-role-unknown'],
  [
    'a mandate without role',
    { vouch: { mandate: { registered_by: `${uzi}#900000801` } } },
    'mandate-role-missing',
  ],
  [
    'a mandate in a role that is none',
    { vouch: { mandate: { registered_by: `${uzi}#900000801`, role_code: 'x' } } },
    'mandate-role-unknown',
  ],
  ['an organisation without a type', { as: untyped }, 'requester-type-missing'],
  ['no claims at all', { vouch: { bare: true } }, 'practitioner-missing'],
  ['a purpose that is none', { vouch: { purpose: ['HRESCH'] } }, 'purpose-unknown'],
];

async function lackingInputs(stage: Stage): Promise<string> {
  const expected = (code: string): Expected => ({ status: 422, code });
  const rows = await Promise.all(
    lacking.map(async ([name, asking, code]) => ({
      name,
      asking,
      code,
      id: await servedId(stage, 'yes', asking),
    })),
  );
  const count = await nobodyHears(
    stage,
    rows.flatMap(({ name, asking, code, id }) => [
      plain(`${name}: card`, () => askCard(stage, 'yes', asking), expected(code)),
      plain(`${name}: overview`, () => askOverview(stage, 'yes', asking), expected(code)),
      plain(
        `${name}: search`,
        () => search(stage, { type: 'Consent', pairs: directives(id) }, asking),
        expected(code),
      ),
      plain(`${name}: of P-nil`, () => askCard(stage, 'nil', asking), expected(code)),
    ]),
  );
  mustHold(await askCard(stage, 'yes'), ['Dyes', 'Eyes', 'Fyes'], 'twin');
  return `${count} refused by name, the same for P-nil; neither Mitz nor a holder asked`;
}

export const token = (name: string, vouch: Vouch, expected: Expected): Try =>
  plain(name, (stage) => askToken(stage, ambulance, vouch), expected);

const invalidRequest: Expected = { status: 400, code: 'invalid_request' };

async function falseClaims(stage: Stage): Promise<string> {
  const ura = 'urn:oid:2.16.528.1.1007.3.3';
  const tries = [
    token('no purpose', { purpose: undefined }, invalidRequest),
    token('an empty purpose', { purpose: [] }, invalidRequest),
    token('a purpose of nothing', { purpose: [''] }, invalidRequest),
    token('two purposes', { purpose: ['TREAT', 'COC'] }, invalidRequest),
    token('the same twice', { purpose: ['TREAT', 'TREAT'] }, invalidRequest),
    token('a purpose as text', { purpose: 'TREAT' }, invalidRequest),
    token('a purpose of another system', { purpose: ['http://example.org/purposes#TREAT'] }, invalidRequest),
    token('a purpose in an object', { purpose: [{ code: 'TREAT' }] }, invalidRequest),
    token('null', { b2b: null }, { status: 400 }),
    token('a list', { b2b: [] }, invalidRequest),
    token('another version', { b2b: { version: '2' } }, invalidRequest),
    token('a version in digits', { b2b: { version: 1 } }, invalidRequest),
    token(
      'another organisation',
      { organisation: `${ura}#90000504` },
      { status: 401, code: 'invalid_client' },
    ),
    token('an organisation of no system', { organisation: '90000509' }, { status: [400, 401] }),
    token('an organisation with more', { organisation: `${ura}#90000509#90000504` }, { status: [400, 401] }),
    token(
      'a mandate without professional',
      {
        practitioner: undefined,
        role: undefined,
        mandate: { registered_by: `${uzi}#1`, role_code: '01.015' },
      },
      invalidRequest,
    ),
    token(
      'a mandate without system',
      { mandate: { registered_by: '900000801', role_code: '01.015' } },
      invalidRequest,
    ),
  ];
  const seen = await mustAll(stage, tries);
  stage.recorded.push(...seen);
  mustBe(await askToken(stage, ambulance), { status: 200 }, 'twin');
  return `${seen.length} claims refused by name; twin 200`;
}

/** Settings under which nothing may be asked do not open anything: the gateway does not start, or refuses by name. */
async function badSettings(stage: Stage): Promise<string> {
  const bad: [string, Record<string, unknown>, RegExp][] = [
    [
      'three faults at once',
      {
        consent: {
          exchanges: { wensen: { needed: false }, wishes: { purposes: ['ETREAT'] } },
          policy: { sources: [] },
          breakGlass: { enabled: true },
        },
      },
      /wensen|sources|purposes|facilityTypes/g,
    ],
    ['a purpose as text', { consent: { policy: { purposes: 'TREAT' } } }, /purposes/g],
    ['no categories', { consent: { dataCategories: [] } }, /dataCategories/g],
  ];
  for (const [name, settings, words] of bad) {
    const said = await stage.another(settings).then(
      () => 'it started',
      (error: Error) => error.message,
    );
    must(
      said !== 'there is no gateway here' && new Set(said.match(words)).size > 0,
      `${name}: ${said.slice(0, 400)}`,
    );
    if (name.startsWith('three'))
      must(new Set(said.match(words)).size >= 3, `not all faults at once: ${said.slice(-600)}`);
  }
  const { there, end } = await stage.another({ consent: { dataCategories: ['GGC013'] } }, { sameKeys: true });
  const { result, heard } = await hearing(there, () => askCard(there, 'yes'));
  mustBe(result, { status: 422, code: 'category-unknown' }, 'a category that the region does not have');
  silent(heard);
  mustBe(await searchPatient(there, 'yes', { as: outOfHours }), { status: 200 }, 'twin: it runs');
  await end();
  return `${bad.length} settings do not start, with every fault; an unknown category is refused by name`;
}

export const consentInputs: readonly Case[] = [
  { id: 'C16', title: 'a question that lacks what consent rests on', run: lackingInputs },
  { id: 'C16t', title: 'claims that are not whole, or not the asker’s', run: falseClaims },
  { id: 'C18', title: 'settings without what consent needs', run: badSettings },
  { id: 'C19', title: 'an emergency where there is no break-glass', run: glassOff },
  { id: 'C23', title: 'no purpose, two, or one that the exchange does not take', run: purposes },
];
