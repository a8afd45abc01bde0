// Which searches are allowed? Those that the standards list, as they write them, and none of their near misses.
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { exchanges, match } from '../../src/exchange/index.ts';

type Pairs = readonly (readonly [name: string, value: string])[];

const id = '11111111-2222-4333-8444-555555555555';
const bsn = 'http://fhir.nl/fhir/NamingSystem/bsn|999911612';
const sct = 'http://snomed.info/sct';
const hl7 = 'http://terminology.hl7.org/CodeSystem';
const forms = 'https://api.iknl.nl/docs/pzp';
const observed = '153851000146100,395091006,340171000146104,247751003,570801000146104';
const devices = '72506001,465460004,468542000,704707009,1263462004,1236894001';

/** PZP R4 rc2, page "data exchange", with the asker's own id for [id]. */
const wishes: readonly string[] = [
  `Procedure?patient=Patient/${id}&code=${sct}|713603004&_include=Procedure:encounter`,
  `Encounter?patient=Patient/${id}&reason-reference:Procedure.code=${sct}|713603004&_include=Encounter:reason-reference`,
  `Consent?patient=Patient/${id}&scope=${hl7}/consentscope|treatment&category=${sct}|129125009&_include=Consent:actor`,
  `Consent?patient=Patient/${id}&scope=${hl7}/consentscope|adr&category=${hl7}/consentcategorycodes|acd&_include=Consent:actor`,
  `Goal?patient=Patient/${id}&category=${sct}|713603004`,
  `Observation?patient=Patient/${id}&code=${sct}|${observed}`,
  `DeviceUseStatement?patient=Patient/${id}&device.type=${sct}|${devices}&_include=DeviceUseStatement:device`,
  `CommunicationRequest?patient=${id}&category=${sct}|223449006`,
  `QuestionnaireResponse?subject=Patient/${id}&questionnaire=${forms}/r4/Questionnaire/ACP-zib2020`,
];

const iterated = ['organization', 'practitioner', 'location']
  .map((part) => `&_include:iterate=PractitionerRole:${part}`)
  .join('');
const including = (type: string, ...names: string[]) =>
  names.map((name) => `&_include=${type}:${name}`).join('');

/** MP9 3.0.0-rc.2, one per building block, with its own filters. */
const medication: readonly string[] = [
  `MedicationRequest?patient=Patient/${id}&category=${sct}|33633005${including('MedicationRequest', 'medication', 'reason', 'next-practitioner', 'requester')}${iterated}&period-of-use=ge2023-12-11&period-of-use=le2023-12-25&is-latest-stop=true`,
  `MedicationRequest?patient=Patient/${id}&category=${sct}|395067002&_include=MedicationRequest:medication&period-of-use=lt2023-12-25`,
  `MedicationRequest?patient=Patient/${id}&category=${sct}|52711000146108${including('MedicationRequest', 'medication', 'dispense-location')}&identifier=urn:oid:1.2|3`,
  `MedicationDispense?patient=Patient/${id}&category=${sct}|422037009${including('MedicationDispense', 'medication', 'performer')}${iterated}&pharmaceutical-treatment-identifier=urn:oid:1.2|3`,
  `MedicationDispense?patient=Patient/${id}&category=${sct}|373784005${including('MedicationDispense', 'medication', 'performer', 'destination')}&whenhandedover=ge2023-12-11&whenhandedover=le2023-12-25`,
  `MedicationStatement?patient=Patient/${id}&category=${sct}|422979000${including('MedicationStatement', 'medication', 'author', 'prescriber', 'source')}&medication.code=urn:oid:2.16.840.1.113883.2.4.4.10|3956`,
  `MedicationAdministration?patient=Patient/${id}&category=${sct}|18629005${including('MedicationAdministration', 'medication', 'performer')}&effective-time=ge2023-12-11`,
];

const split = (text: string): { type: string; pairs: Pairs } => {
  const [type = '', query = ''] = text.split(/\?(.*)/);
  const pairs = query.split('&').map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)] as const;
  });
  return { type, pairs };
};

/** The name of the transaction, or the kind of the refusal. */
function matched(path: readonly string[], pairs: Pairs, method = 'GET'): string {
  try {
    const question = { version: 'r4' as const, method, path, query: new Map(pairs), parameters: pairs };
    return match(question).transaction.name;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return error.kind;
  }
}

const all = [...wishes, ...medication];

describe.each(all)('%s', (text) => {
  const { type, pairs } = split(text);

  it('is one transaction by GET, HEAD and POST, also without its includes', () => {
    const name = matched([type], pairs);
    expect(name).toMatch(/^search[A-Z]/);
    expect(matched([type], pairs, 'HEAD')).toBe(name);
    expect(matched([type, '_search'], pairs, 'POST')).toBe(name);
    const bare = pairs.filter(([one]) => !one.startsWith('_include'));
    expect(matched([type], [...bare, ['_count', '10']])).toBe(name);
  });

  it('lacks nothing that the standard asks', () => {
    const needed = /^(patient|subject|scope|category|code|device\.type|questionnaire|reason-reference.*)$/;
    const drops = pairs.filter(([name]) => needed.test(name));
    expect(drops.length).toBeGreaterThan(1);
    for (const drop of drops) {
      const less = pairs.filter((pair) => pair !== drop);
      expect([drop[0], matched([type], less)]).toEqual([drop[0], 'unprocessable']);
    }
  });

  const more: Pairs = [
    ['status', 'active'],
    ['_summary', 'count'],
    ['_elements', 'id'],
    ['_total', 'accurate'],
    ['_sort', '-date'],
    ['_count', '0'],
    ['_count', '201'],
    ['_count', '1e2'],
    ['_filter', 'x eq y'],
    ['_query', 'x'],
    ['_list', '1'],
    ['_text', 'x'],
    ['_content', 'x'],
    ['_contained', 'both'],
    ['_id', '1'],
    ['_lastUpdated', 'ge2020'],
    ['_include', '*'],
    ['_include', 'Observation:subject'],
    ['_include', `${type}:patient:Patient`],
    ['_include:iterate', '*'],
    ['_include:iterate', 'Patient:general-practitioner'],
    ['_include:recurse', 'PractitionerRole:organization'],
    ['_revinclude', 'Provenance:target'],
    ['_revinclude', '*:*'],
    ['_has:Observation:patient:code', '1'],
    ['patient:Patient.identifier', bsn],
    ['subject:Patient.identifier', bsn],
    ['patient.name', 'x'],
    ['category:not', `${sct}|1`],
    ['code:in', 'x'],
    ['_page', '2'],
    ['__proto__', '1'],
  ];
  it.each(more)('takes no parameter more: %s=%s', (name, value) => {
    expect(matched([type], [...pairs, [name, value]])).toBe('unprocessable');
    expect(matched([type, '_search'], [...pairs, [name, value]], 'POST')).toBe('unprocessable');
  });

  it('is of one patient: no second one, no list, no chain', () => {
    const rest = pairs.filter(([name]) => name !== 'patient' && name !== 'subject');
    const [name = 'patient'] = pairs.find(([one]) => one === 'patient' || one === 'subject') ?? [];
    const misses: Pairs[] = [
      [[name, `Patient/${id},Patient/2`]],
      [
        [name, `Patient/${id}`],
        [name, 'Patient/2'],
      ],
      [[name, `Patient/${id}&patient=Patient/2`]],
      [[name, `https://elsewhere.example/Patient/${id}`]],
      [[name, `Group/${id}`]],
      [[name, '']],
      [[name, `Patient/${'a'.repeat(65)}`]],
      [[`${name}:Patient`, id]],
      [[`${name}:missing`, 'true']],
    ];
    for (const miss of misses)
      expect([miss, matched([type], [...miss, ...rest])]).toEqual([miss, 'unprocessable']);
  });

  it('has no wider and no other values', () => {
    const coded = pairs.filter(([name, value]) => value.includes('|') && !/identifier|medication/.test(name));
    for (const pair of coded) {
      const [name, value] = pair;
      const others = [
        `${value},1`,
        `${value},${sct}|1`,
        value.replace(/^.*\|/, ''),
        value.replace(/\|.*/, '|'),
        `|${value}`,
        '',
        '*',
      ];
      for (const other of others) {
        const changed = pairs.map((one) => (one === pair ? ([name, other] as const) : one));
        expect([name, other, matched([type], changed)]).toEqual([name, other, 'unprocessable']);
      }
      const modified = pairs.map((one) => (one === pair ? ([`${name}:not`, value] as const) : one));
      expect(matched([type], modified)).toBe('unprocessable');
    }
  });

  it('is of its own type alone', () => {
    for (const other of [
      'Patient',
      'Condition',
      'AllergyIntolerance',
      'Provenance',
      'AuditEvent',
      type.toLowerCase(),
    ])
      expect(matched([other], pairs)).not.toMatch(/^search/);
  });
});

describe('a search', () => {
  it('tells what is allowed when it is not', () => {
    expect(() =>
      match({ version: 'r4', method: 'GET', path: ['Consent'], parameters: [['patient', id]] }),
    ).toThrow(/Allowed here: Consent\?patient=Patient\/\[id\]&scope=.*\|treatment.* ; Consent\?.*\|adr/);
    // two exchanges have it, and it is said once
    const nobody = { version: 'r4', method: 'POST', path: ['Patient', '_search'], parameters: [] } as const;
    expect(() => match(nobody)).toThrow(/Allowed here: Patient\?identifier=[^ ]+$/);
  });

  it('may ask for less: some of the codes, each with its system', () => {
    const some = `${sct}|395091006,${sct}|247751003`;
    expect(
      matched(
        ['Observation'],
        [
          ['patient', id],
          ['code', some],
        ],
      ),
    ).toBe('searchWishObservations');
    expect(
      matched(
        ['Observation'],
        [
          ['patient', id],
          ['code', `${some},395091006`],
        ],
      ),
    ).toBe('unprocessable');
  });

  it('names a patient by BSN in a body alone, and only where its standard does', () => {
    const pairs: Pairs = [
      ['patient.identifier', bsn],
      ['category', `${sct}|33633005`],
    ];
    expect(matched(['MedicationRequest', '_search'], pairs, 'POST')).toBe('searchMedicationAgreements');
    expect(matched(['MedicationRequest'], pairs)).toBe('unprocessable');
    expect(matched(['MedicationRequest', '_search'], [['patient', id], ...pairs], 'POST')).toBe(
      'unprocessable',
    );
    expect(
      matched(
        ['Goal', '_search'],
        [
          ['patient.identifier', bsn],
          ['category', `${sct}|713603004`],
        ],
        'POST',
      ),
    ).toBe('unprocessable');
    expect(matched(['Patient', '_search'], [['identifier', bsn]], 'POST')).toBe('searchPatient');
    for (const value of [
      '999911612',
      'http://fhir.nl/fhir/NamingSystem/bsn|123456789',
      `${bsn},${bsn}`,
      'http://x|1',
    ])
      expect(matched(['Patient', '_search'], [['identifier', value]], 'POST')).toBe('unprocessable');
    expect(matched(['Patient'], [['identifier', bsn]])).toBe('unprocessable');
  });

  it('is no other method and no other address', () => {
    expect(matched(['Consent'], [], 'POST')).toBe('methodNotAllowed');
    expect(matched(['Consent', '_search'], [])).toBe('methodNotAllowed');
    expect(matched(['Consent', '_search', 'x'], [], 'POST')).toBe('notFound');
    expect(matched(['_search'], [], 'POST')).toBe('notFound');
    expect(matched([], [], 'POST')).toBe('unprocessable');
    expect(matched([], [])).toBe('notFound');
    expect(matched(['Consent', id], [])).toBe('notFound');
  });

  it('of both exchanges goes to the one that the token covers', () => {
    const question = {
      version: 'r4' as const,
      method: 'POST',
      path: ['Patient', '_search'],
      parameters: [['identifier', bsn]] as Pairs,
    };
    expect(match({ ...question, scopes: ['medication'] }).exchange.name).toBe('medication');
    expect(match({ ...question, scopes: ['wishes'] }).exchange.name).toBe('wishes');
  });
});

it('every declared search is in the tables above', () => {
  const declared = exchanges.flatMap(({ transactions }) =>
    transactions.flatMap(({ interaction, name }) => (interaction.kind === 'search-type' ? [name] : [])),
  );
  const tried = all.map((text) => matched([split(text).type], split(text).pairs));
  expect(new Set(tried)).toEqual(new Set(declared.filter((name) => name !== 'searchPatient')));
});

it('every include of a search leads somewhere', async () => {
  const { includePaths } = await import('../../src/exchange/searching/includePaths.ts');
  const includes = exchanges.flatMap(({ transactions }) =>
    transactions.flatMap(({ interaction }) =>
      interaction.kind === 'search-type' ? interaction.search.includes.flatMap(({ values }) => values) : [],
    ),
  );
  expect(includes.filter((one) => includePaths[one] === undefined)).toEqual([]);
});
