// Does a search give what a holder matched, although the holder writes it in another way than the guide?
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FhirResource } from '../../src/model.ts';
import { r4Form, stu3Directive } from '../world/wishes.ts';
import {
  directive,
  directives,
  type FederatedStage,
  openFederated,
  type Pairs,
  scopeSystem,
  snomed,
  told,
  withMode,
} from './federatedStage.ts';

let stage: FederatedStage;
afterEach(() => stage.end());

const open = async (opening?: Parameters<typeof openFederated>[0]) => {
  stage = await openFederated(opening);
  await stage.record(true);
};
/** Types of the matches and of what came along, the total, and what was told. */
async function asked(type: string, ...pairs: Pairs) {
  const found = await stage.ask(type, [['patient', `Patient/${await stage.patientId()}`], ...pairs]);
  const typesOf = (mode: string) => withMode(found, mode).map(({ resourceType }) => resourceType);
  return [typesOf('match'), typesOf('include'), found.resource?.total, told(found)];
}
const subject = { reference: 'Patient/p1' };
const whole = (match: string, ...included: string[]) => [[match], included, 1, []];

describe('a directive', () => {
  beforeEach(() => open());
  const search = async (more: Record<string, unknown>) => {
    stage.servers.gp.found.Consent = [directive('c1', more)];
    return asked('Consent', ...directives('').slice(1));
  };
  const category = (system: string, code = '129125009') => ({ category: [{ coding: [{ system, code }] }] });

  it.each([
    ['SNOMED as OID', category('urn:oid:2.16.840.1.113883.6.96')],
    ['SNOMED by another address', category('https://snomed.info/sct')],
    ['no system', { category: [{ coding: [{ code: '129125009' }] }] }],
    ['the category of STU3', category(snomed, '11291000146105')],
    [
      'another system of scopes',
      { scope: { coding: [{ system: 'http://hl7.org/fhir/consentscope', code: 'treatment' }] } },
    ],
    ['a scope in words', { scope: { text: 'behandeling' } }],
  ])('with %s', async (_, more) => {
    expect(await search(more)).toEqual(whole('Consent'));
  });

  it('with an element that its type does not have is given without it, and one without an element as it is', async () => {
    const provision = { type: 'deny', code: [{ text: 'reanimatie' }], foo: 1 };
    stage.servers.gp.found.Consent = [
      directive('c1', { foo: 'bar', provision }),
      directive('c2', { status: undefined }),
    ];
    const found = await stage.ask('Consent', directives(await stage.patientId()));
    expect(withMode(found, 'match')).toMatchObject([{ provision: { type: 'deny' } }, {}]);
    expect(JSON.stringify(withMode(found, 'match'))).not.toContain('foo');
    expect(found.resource?.total).toBe(2);
    const holder = 'Huisarts Aan de Kade (URA 90000404)';
    expect(told(found).toSorted()).toEqual([
      `${holder}: There is no such element here (2 times)`,
      `${holder}: This required element is missing`,
    ]);
    const { resource } = await stage.wishes();
    const entries = (resource?.entry ?? []) as { resource: FhirResource }[];
    const sources = entries.filter(({ resource: { contentType } }) =>
      /fhirVersion/.test(String(contentType)),
    );
    expect(sources).toHaveLength(1);
    expect(Buffer.from(String(sources[0]?.resource.data), 'base64').toString()).toContain('"foo":"bar"');
  });

  it('that cannot be given as R4 leaves the total open', async () => {
    await stage.end();
    await open({ wishes: { structureChecks: 'off' } });
    const [matches, , total, texts] = await search({ status: 'active ' });
    expect([matches, total]).toEqual([[], undefined]);
    expect(texts).toEqual(['Huisarts Aan de Kade (URA 90000404): Cannot be given as R4']);
  });

  it('with a code of something else, or of another search, is no match', async () => {
    expect((await search(category(snomed, '1')))[0]).toEqual([]);
    const scope = { coding: [{ system: scopeSystem, code: 'adr' }] };
    expect((await search({ ...category('http://x.example', 'acd'), scope }))[0]).toEqual([]);
  });

  it('with another scope beside its own category is found: else a directive would be in no answer at all', async () => {
    const scope = { coding: [{ system: scopeSystem, code: 'patient-privacy' }] };
    const [matches, , total, texts] = await search({ scope });
    expect([matches, total, texts]).toEqual([['Consent'], 1, []]);
  });
});

describe('a form', () => {
  const r4 = 'https://api.iknl.nl/docs/pzp/r4/Questionnaire/ACP-zib2020';
  const stu3 = 'https://api.iknl.nl/docs/pzp/stu3/Questionnaire/ACP-zib2017';
  const { questionnaire: _, ...nameless } = r4Form({ 1386: { decision: '2' } }, '2025-07-29', { subject });
  const search = async (form: FhirResource, questionnaire = r4) => {
    stage.servers.gp.found.QuestionnaireResponse = [form];
    return asked('QuestionnaireResponse', ['questionnaire', questionnaire]);
  };

  it('at the host of before, or of no name', async () => {
    await open({ gpEndpoint: { method: 'form' } });
    const old = { ...nameless, questionnaire: 'https://fhir.iknl.nl/fhir/Questionnaire/ACP-zib2020' };
    expect(await search(old)).toEqual(whole('QuestionnaireResponse'));
    expect(await search(nameless)).toEqual(whole('QuestionnaireResponse'));
    expect(
      (await search({ ...nameless, questionnaire: 'https://x.example/Questionnaire/other' }))[0],
    ).toEqual([]);
  });

  it('that its holder calls by a name of its own is known by its questions, and told without enough of them', async () => {
    await open({ gpEndpoint: { method: 'form' } });
    const questionnaire = 'Questionnaire/88';
    const answers = { 1386: { decision: '2' }, 1387: { decision: '2' } };
    const filled = r4Form(answers, '2025-07-29', { subject, questionnaire });
    expect(await search(filled)).toEqual(whole('QuestionnaireResponse'));
    const [matches, , total, texts] = await search({ ...nameless, questionnaire });
    expect([matches, total]).toEqual([[], undefined]);
    expect(texts).toContain(
      'Huisarts Aan de Kade (URA 90000404): Nothing shows that this was asked for; not passed on',
    );
  });

  it('of STU3, by the address of either version', async () => {
    await open({ gpEndpoint: { method: 'form', fhirVersion: 'stu3' } });
    const form = { ...nameless, questionnaire: { reference: stu3 } };
    expect(await search(form, r4)).toEqual(whole('QuestionnaireResponse'));
    expect(await search(form, stu3)).toEqual(whole('QuestionnaireResponse'));
  });
});

describe('what a search knows by something else', () => {
  const conversation = { coding: [{ system: snomed, code: '713603004' }] };
  const use = {
    resourceType: 'DeviceUseStatement',
    id: 'u',
    status: 'active',
    subject,
    device: { reference: 'Device/d' },
  };
  const device = (code: string) => ({
    resourceType: 'Device',
    id: 'd',
    patient: subject,
    type: { coding: [{ system: snomed, code }] },
  });
  const devices = async (...found: FhirResource[]) => {
    stage.servers.gp.found.DeviceUseStatement = found;
    const codes = `${snomed}|72506001,465460004,468542000,704707009,1263462004,1236894001`;
    return asked('DeviceUseStatement', ['device.type', codes], ['_include', 'DeviceUseStatement:device']);
  };
  const encounters = async (...found: FhirResource[]) => {
    stage.servers.gp.found.Encounter = found;
    const reason = ['reason-reference:Procedure.code', `${snomed}|713603004`] as const;
    return asked('Encounter', reason, ['_include', 'Encounter:reason-reference']);
  };
  const procedure = { resourceType: 'Procedure', id: 'pr', status: 'completed', code: conversation, subject };

  it('is given where the holder does not send that', async () => {
    await open();
    expect(await devices(use, device('72506001'))).toEqual(whole('DeviceUseStatement', 'Device'));
    expect(await devices(use)).toEqual(whole('DeviceUseStatement'));
    expect((await devices(use, device('1')))[0]).toEqual([]);
    const encounter = {
      resourceType: 'Encounter',
      id: 'e',
      status: 'finished',
      class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
      subject,
      reasonReference: [{ reference: 'Procedure/pr' }],
    };
    expect(await encounters(encounter, procedure)).toEqual(whole('Encounter', 'Procedure'));
    expect(await encounters(encounter)).toEqual(whole('Encounter'));
    const { reasonReference, ...plain } = encounter;
    expect((await encounters(plain))[0]).toEqual([]);
    const condition = { ...plain, reasonReference: [{ reference: 'Condition/x' }] };
    expect((await encounters(condition))[0]).toEqual([]);
  });

  it('comes along when it is the diagnosis of a contact in STU3', async () => {
    await open({ gpEndpoint: { fhirVersion: 'stu3' } });
    const encounter = {
      resourceType: 'Encounter',
      id: 'e',
      status: 'finished',
      subject,
      diagnosis: [{ condition: { reference: 'Procedure/pr' } }],
    };
    expect(await encounters(encounter, procedure)).toEqual(whole('Encounter', 'Procedure'));
    expect(await encounters(encounter)).toEqual(whole('Encounter'));
  });
});

it('a directive of STU3 with the category of R4', async () => {
  await open({ gpEndpoint: { fhirVersion: 'stu3' } });
  stage.servers.gp.found.Consent = [
    { ...stu3Directive('89666000', 'NEE'), category: [{ coding: [{ system: snomed, code: '129125009' }] }] },
  ];
  expect(await asked('Consent', ...directives('').slice(1))).toEqual(whole('Consent'));
});
