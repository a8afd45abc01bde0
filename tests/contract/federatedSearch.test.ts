// Do the standards' own searches work over all holders? Found, joined, renamed and told; and every way round them refused.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { holderOfServed } from '../../src/exchange/answers/servedIds.ts';
import { forgetSearches } from '../../src/exchange/index.ts';
import { checkShape } from '../../src/fhir/shape.ts';
import type { FhirResponse, Requester } from '../../src/model.ts';
import { bsn, otherBsn, patient, r4Form, r4Statement, stu3Directive } from '../world/wishes.ts';
import {
  bsnSystem,
  directive,
  directives,
  entriesOf,
  type FederatedStage,
  linkOf,
  openFederated,
  type Pairs,
  relative,
  snomed,
  told,
  withMode,
} from './federatedStage.ts';
import { asking, gp, home } from './retrievalStage.ts';
import { storeKinds } from './storesUnderTest.ts';

const silent = () => undefined;

/** Kind and reason of the refusal. */
async function refusal(work: Promise<FhirResponse>): Promise<string> {
  try {
    const { status } = await work;
    return `answered ${status}`;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return `${error.kind} ${error.reason}`;
  }
}

const stranger = (more: Partial<Requester> = {}): Requester => {
  const own = asking();
  return { ...own, participant: { ...own.participant, id: 'evil' }, clientId: 'evil-system', ...more };
};

let stage: FederatedStage;
afterEach(() => stage.end());

describe.each(storeKinds)('a search over holders, on %s', (kind) => {
  beforeEach(async () => {
    stage = await openFederated({ kind });
  });

  it('joins what they have, matches apart from what comes along, each holder named', async () => {
    await stage.record(true);
    stage.servers.gp.found.Consent = [directive('c1'), relative()];
    stage.servers.home.found.Consent = [directive('c1'), relative()];
    const found = await stage.ask(
      'Consent',
      directives(await stage.patientId(), ['_include', 'Consent:actor']),
    );
    expect(withMode(found, 'match').map(({ meta }) => meta)).toEqual([
      { source: `http://fhir.nl/fhir/NamingSystem/ura|${gp.ura}` },
      { source: `http://fhir.nl/fhir/NamingSystem/ura|${home.ura}` },
    ]);
    expect(withMode(found, 'include').map(({ resourceType }) => resourceType)).toEqual([
      'RelatedPerson',
      'RelatedPerson',
    ]);
    expect(found.resource).toMatchObject({ type: 'searchset', total: 2 });
    expect(withMode(found, 'outcome')).toEqual([]);
    expect(checkShape(found.resource ?? { resourceType: '' }, 'r4')).toEqual([]);
  });

  it('gives ids that lead back to their holder, are the same each time, and show nothing of it', async () => {
    await stage.record(true);
    stage.servers.gp.found.Consent = [directive('own-x'), relative()];
    stage.servers.home.found.Consent = [directive('own-x'), relative()];
    const id = await stage.patientId();
    const search = () => stage.ask('Consent', directives(id, ['_include', 'Consent:actor']));
    const [found, again] = [await search(), await search()];
    expect(entriesOf(again)).toEqual(entriesOf(found));
    const holders = ['gp', 'home'].map((one) => ({ participant: { id: one }, endpoint: { id: 'wishes' } }));
    const ids = entriesOf(found).map(({ resource }) => resource.id ?? '');
    expect(new Set(ids).size).toBe(4);
    expect(
      withMode(found, 'match').map(
        (one) => holderOfServed(stage.store, one.id ?? '', holders)?.participant.id,
      ),
    ).toEqual(['gp', 'home']);
    const text = JSON.stringify(found.resource);
    for (const secret of ['own-x', '/r1', '/p1"', bsn, stage.servers.gp.base, stage.servers.home.base])
      expect([secret, text.includes(secret)]).toEqual([secret, false]);
    for (const one of ids) expect(one).toMatch(/^[A-Za-z0-9\-.]{1,64}$/);
  });

  it('rewrites every reference to what was given, to the patient, and to what was not', async () => {
    await stage.record(true);
    const { base } = stage.servers.gp;
    const more = {
      sourceReference: { reference: `${base}/Consent/elsewhere` },
      organization: [{ reference: 'https://other.example/fhir/Organization/9' }, { reference: 'urn:uuid:9' }],
      performer: [{ reference: `${base}/Patient/p1` }],
      sourceAttachment: undefined,
    };
    stage.servers.gp.found.Consent = [directive('c1', more), relative()];
    const id = await stage.patientId();
    const found = await stage.ask('Consent', directives(id, ['_include', 'Consent:actor']));
    const [consent] = withMode(found, 'match');
    const [person] = withMode(found, 'include');
    expect(consent).toMatchObject({
      patient: { reference: `Patient/${id}` },
      performer: [{ reference: `Patient/${id}` }],
      provision: { actor: [{ reference: { reference: `RelatedPerson/${person?.id}`, display: 'Michiel' } }] },
    });
    expect(person).toMatchObject({ patient: { reference: `Patient/${id}` } });
    expect(JSON.stringify(consent)).not.toMatch(/elsewhere|other\.example|127\.0\.0\.1/);
  });

  it('asks each holder the query of the standard, about its own patient, and keeps what was not asked', async () => {
    await stage.record(true);
    const statement = r4Statement('NR', '2025-04-28', { id: 'statement' });
    stage.servers.gp.found.Consent = [directive('c1'), statement, relative()];
    const found = await stage.ask('Consent', directives(await stage.patientId()));
    const [, asked] = stage.servers.gp.seen;
    expect(decodeURIComponent(asked?.body ?? '')).toContain(
      `patient=Patient/p1&scope=http://terminology.hl7.org/CodeSystem/consentscope|treatment&category=${snomed}|129125009`,
    );
    expect(withMode(found, 'match')).toHaveLength(1);
    expect(withMode(found, 'include')).toEqual([]);
    expect(told(found).join()).toMatch(/Huisarts Aan de Kade \(URA 90000404\): .*not passed on/);
  });

  it('gives some of the codes when some are asked', async () => {
    await stage.record(true);
    const observation = (code: string) => ({
      resourceType: 'Observation',
      id: code,
      status: 'final',
      code: { coding: [{ system: snomed, code }] },
      subject: { reference: 'Patient/p1' },
    });
    stage.servers.gp.found.Observation = ['395091006', '247751003', '153851000146100'].map(observation);
    const id = await stage.patientId();
    const ask = (code: string) =>
      stage.ask('Observation', [
        ['patient', id],
        ['code', code],
      ]);
    expect(withMode(await ask(`${snomed}|395091006,247751003`), 'match')).toHaveLength(2);
    expect(withMode(await ask(`${snomed}|153851000146100`), 'match')).toHaveLength(1);
  });

  it('tells by name who refused, failed or was silent, and leaves the total open', async () => {
    await stage.record(true, gp);
    await stage.record(false, home);
    stage.servers.gp.found.Consent = [directive('c1'), relative()];
    const id = await stage.patientId();
    const refused = await stage.ask('Consent', directives(id));
    expect(withMode(refused, 'match')).toHaveLength(1);
    expect(told(refused)).toEqual(['Verpleeghuis Het Veer (URA 90000202) may not give this']);
    expect(refused.resource).not.toHaveProperty('total');
    expect(stage.servers.home.seen).toEqual([]);

    stage.servers.gp.found.Consent = (_, response) => void response.writeHead(503).end();
    const failed = await stage.ask('Consent', directives(id));
    expect(failed.status).toBe(200);
    expect(told(failed).join()).toMatch(/Huisarts Aan de Kade \(URA 90000404\) .*could not answer/);

    stage.servers.gp.found.Consent = silent;
    const late = await stage.ask('Consent', directives(id));
    expect(told(late).join()).toMatch(/Huisarts Aan de Kade \(URA 90000404\) did not answer/);
  });

  it('ends for holders when its asker hangs up, and is not recorded as delivered', async () => {
    await stage.record(true);
    const id = await stage.patientId();
    const { settings } = stage.deps;
    const unhurried = { ...settings, wishes: { ...settings.wishes, deadlineMs: 60_000 } };
    const leaving = () => ({
      gone: AbortSignal.timeout(100),
      deps: { ...stage.deps, settings: unhurried },
    });
    const began = performance.now();
    stage.servers.gp.found.Consent = silent;
    await stage.ask('Consent', directives(id), leaving());
    stage.servers.gp.found.Patient = silent;
    await stage.ask(`Patient/${id}`, [], leaving());
    expect(performance.now() - began).toBeLessThan(9_000);
    expect(
      (await stage.audit())
        .filter(({ event }) => /searchTreatmentDirectives|readPatient/.test(String(event)))
        .map(({ outcome, reason }) => [outcome, reason]),
    ).toEqual([
      ['failed', 'not-delivered'],
      ['failed', 'not-delivered'],
    ]);
  });

  it('withholds what is of another patient, however it comes, and says so without its id', async () => {
    await stage.record(true);
    stage.servers.gp.found.Patient = [patient(bsn, 'p1')];
    const other = relative();
    const stray = { ...directive('stray'), patient: { reference: 'Patient/someone' } };
    stage.servers.gp.found.Consent = [
      directive('c1'),
      stray,
      patient(otherBsn, 'someone'),
      { ...other, patient: { reference: 'Patient/someone' } },
    ];
    const id = await stage.patientId();
    const found = await stage.ask('Consent', directives(id, ['_include', 'Consent:actor']));
    expect(withMode(found, 'include')).toEqual([]);
    expect(withMode(found, 'match').length).toBeLessThanOrEqual(1);
    expect(told(found).join()).toMatch(/another patient/i);
    const text = JSON.stringify(found.resource);
    expect(text).not.toContain('stray');
    expect(text).not.toContain('someone');
    expect(text).not.toContain(otherBsn);
  });
});

describe.each(storeKinds)('the id of a patient, on %s', (kind) => {
  beforeEach(async () => {
    stage = await openFederated({ kind });
    await stage.record(true);
    stage.servers.gp.found.Consent = [directive('c1'), relative()];
  });

  const nothingAsked = () => expect(stage.servers.gp.seen.concat(stage.servers.home.seen)).toEqual([]);

  it('is given for any BSN alike, without asking anybody', async () => {
    const search = (of: string) =>
      stage.ask('Patient/_search', [['identifier', `${bsnSystem}|${of}`]], { method: 'POST' });
    const [known, unknown] = [await search(bsn), await search('999990196')];
    const shape = (response: FhirResponse, of: string) => {
      const id = entriesOf(response)[0]?.resource.id ?? '';
      return JSON.stringify(response).replaceAll(id, '[id]').replaceAll(of, '[bsn]');
    };
    expect(shape(unknown, '999990196')).toBe(shape(known, bsn));
    expect(linkOf(known, 'self')).not.toContain(bsn);
    nothingAsked();
    expect((await stage.audit()).map(({ event }) => event)).toEqual([
      'wishes.searchPatient',
      'wishes.searchPatient',
    ]);
  });

  it('is the same for its asker, another for every other, and good for its asker alone', async () => {
    const id = await stage.patientId();
    expect(await stage.patientId()).toBe(id);
    expect(await stage.patientId(stranger())).not.toBe(id);
    const otherClient = asking({ clientId: 'rav-other-system' });
    for (const who of [stranger(), otherClient])
      expect(await refusal(stage.ask('Consent', directives(id), { who }))).toBe('notFound patient-not-known');
    for (const who of [stranger(), otherClient])
      expect(await refusal(stage.ask(`Patient/${id}`, [], { who }))).toBe('notFound patient-not-known');
    nothingAsked();
    expect((await stage.ask('Consent', directives(id))).status).toBe(200);
  });

  it('ends after an hour, and nobody can make one up', async () => {
    const id = await stage.patientId();
    const late = { deps: stage.later(61) };
    expect(await refusal(stage.ask('Consent', directives(id), late))).toBe('notFound patient-not-known');
    expect(await refusal(stage.ask('Consent', directives('p1')))).toBe('notFound patient-not-known');
    nothingAsked();
    expect((await stage.ask('Consent', directives(id), { deps: stage.later(59) })).status).toBe(200);
    expect(await forgetSearches(stage.store, new Date(Date.now() + 61 * 60_000))).toBe(1);
    expect(await stage.store.read.selectFrom('served_patient').selectAll().execute()).toEqual([]);
    expect(await refusal(stage.ask('Consent', directives(id)))).toBe('notFound patient-not-known');
  });

  it('stands in the store without the BSN, at two gateways at once as one row', async () => {
    const payloads = () => stage.store.read.selectFrom('payload').select('id').execute();
    const before = await payloads();
    const ids = await Promise.all([1, 2, 3, 4].map(() => stage.patientId()));
    expect(new Set(ids).size).toBe(1);
    const rows = await stage.store.read.selectFrom('served_patient').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(bsn);
    expect(await payloads()).toHaveLength(before.length + 1);
  });

  it('reads as who it is where a holder may say so, and else as what the asker knew', async () => {
    stage.servers.home.found.Patient = [
      { ...patient(), gender: 'female', telecom: [{ value: '06-1' }], address: [{ city: 'Lek' }] },
    ];
    stage.servers.gp.found.Patient = [patient(bsn, 'p1')].map((one) => ({ ...one, name: undefined }));
    const id = await stage.patientId();
    const read = await stage.ask(`Patient/${id}`, []);
    expect(read.resource).toMatchObject({
      id,
      identifier: [{ system: bsnSystem, value: bsn }],
      name: [{ text: 'Aagje Proef' }],
      gender: 'female',
    });
    expect(Object.keys(read.resource ?? {})).not.toContain('telecom');
    expect(Object.keys(read.resource ?? {})).not.toContain('address');
    expect(stage.servers.gp.asked()).toEqual(['POST Patient/_search']);
    await stage.record(false);
    expect((await stage.ask(`Patient/${id}`, [])).resource).toEqual({
      resourceType: 'Patient',
      id,
      identifier: [{ system: bsnSystem, value: bsn }],
    });
  });
});

describe('holders of other kinds', () => {
  it('of STU3 are asked in STU3 and answer in R4', async () => {
    stage = await openFederated({ homeEndpoint: { fhirVersion: 'stu3' } });
    await stage.record(true);
    stage.servers.home.found.Consent = [stu3Directive('89666000', 'NEE', { verified: '2025-07-29' })];
    const found = await stage.ask('Consent', directives(await stage.patientId()));
    expect(decodeURIComponent(stage.servers.home.seen[1]?.body ?? '')).toContain(
      `category=${snomed}|11291000146105`,
    );
    expect(withMode(found, 'match')).toMatchObject([
      {
        resourceType: 'Consent',
        scope: { coding: [{ code: 'treatment' }] },
        provision: { type: 'deny', code: [{ coding: [{ code: '89666000' }] }] },
        meta: { source: `http://fhir.nl/fhir/NamingSystem/ura|${home.ura}` },
      },
    ]);
    expect(checkShape(found.resource ?? { resourceType: '' }, 'r4')).toEqual([]);
  });

  it('that have the form alone answer with what it says, or with the form', async () => {
    stage = await openFederated({ homeEndpoint: { method: 'form' } });
    await stage.record(true);
    const filled = r4Form({ '1386': { decision: '2' } }, '2025-07-29', {
      subject: { reference: 'Patient/p1' },
    });
    stage.servers.home.found.QuestionnaireResponse = [filled];
    const id = await stage.patientId();
    const found = await stage.ask('Consent', directives(id));
    expect(withMode(found, 'match')).toMatchObject([
      { patient: { reference: `Patient/${id}` }, provision: { type: 'deny' } },
    ]);
    expect(told(found)).toEqual([
      'Verpleeghuis Het Veer (URA 90000202): Gave a filled form; the resources were made of it',
    ]);
    const questionnaire = 'https://api.iknl.nl/docs/pzp/r4/Questionnaire/ACP-zib2020';
    const pairs: Pairs = [
      ['subject', `Patient/${id}`],
      ['questionnaire', questionnaire],
    ];
    const form = await stage.ask('QuestionnaireResponse', pairs);
    expect(withMode(form, 'match')).toMatchObject([{ resourceType: 'QuestionnaireResponse' }]);
    expect(told(form)).toEqual([]);
    expect(stage.servers.home.asked()).not.toContain('POST Consent/_search');
  });

  it('that refuse in secret are not there at all', async () => {
    stage = await openFederated({ consent: { concealRefusal: true } });
    await stage.record(true, gp);
    await stage.record(false, home);
    stage.servers.gp.found.Consent = [directive('c1'), relative()];
    const found = await stage.ask('Consent', directives(await stage.patientId()));
    const text = JSON.stringify(found);
    expect([found.resource?.total, withMode(found, 'outcome')]).toEqual([1, []]);
    expect(text).not.toContain(home.ura);
    expect(text).not.toContain('Veer');
  });
});
