// Does only what the patient permits, the question asks and the rules allow come back from the holders, in time and on record?
import { afterEach, describe, expect, it } from 'vitest';
import type { ConsentAnswer } from '../../src/consent/consent.ts';
import { GatewayError } from '../../src/errors.ts';
import type { Retrieval } from '../../src/exchange/retrieval.ts';
import { retrieve } from '../../src/exchange/retrieve.ts';
import type { FhirResource } from '../../src/model.ts';
import { bsn, changed, codes, otherBsn, patient, r4Directive } from '../world/wishes.ts';
import { hang } from './faultyReceiver.ts';
import { json, searchset } from './holderServer.ts';
import { asking, gp, home, openRetrieval, question, type RetrievalStage } from './retrievalStage.ts';
import { storeKinds } from './storesUnderTest.ts';

type Opening = Parameters<typeof openRetrieval>[0];
let stage: RetrievalStage;
afterEach(() => stage.end());
const open = async (opening?: Opening): Promise<RetrievalStage> => {
  stage = await openRetrieval(opening);
  return stage;
};

const treatment = 'http://terminology.hl7.org/CodeSystem/consentscope|treatment';
const retrieval: Retrieval = {
  exchange: 'wishes',
  event: 'wishes.test',
  asking: {
    requester: asking(),
    patientBsn: bsn,
    practitioner: asking().practitioner as NonNullable<ReturnType<typeof asking>['practitioner']>,
    purposeOfUse: 'TREAT',
    requestId: 'request-1',
  },
  categories: ['GGC002'],
  queriesFor: () => [
    {
      resourceType: 'Consent',
      parameters: [
        ['scope', treatment],
        ['category', 'http://snomed.info/sct|129125009'],
        ['_include', 'Consent:actor'],
      ],
    },
  ],
  deadlineMs: 1_000,
};
const cpr = (decision: 'permit' | 'deny' = 'deny') => r4Directive(codes.cpr, decision, '2025-01-01');
const byId = ({ results }: Awaited<ReturnType<typeof retrieve>>, id: string) => {
  const result = results.find(({ participant }) => participant.id === id);
  if (result === undefined) throw new Error(`no result of ${id}`);
  return result;
};
const rulesOf = (result: ReturnType<typeof byId>) => result.withheld.map(({ rule }) => rule);
/** Of a machine that does other things meanwhile; a holder that hangs would hang for seconds. */
const slack = 3_000;
const typesOf = ({ resources }: { resources: readonly FhirResource[] }) =>
  resources.map(({ resourceType }) => resourceType).sort();

describe.each(storeKinds)('consent, on %s', (kind) => {
  it('without consent the holder is not even asked; with it, it is', async () => {
    const { record, servers, deps, audit } = await open({ kind });
    for (const server of Object.values(servers)) server.found.Consent = [cpr()];
    await record(false, gp);
    await record(true, home);
    const answer = await retrieve({ ...retrieval, deadlineMs: 20_000 }, deps);

    expect(servers.gp.seen).toEqual([]);
    expect(servers.home.asked()).toEqual(['POST Patient/_search', 'POST Consent/_search']);
    expect(byId(answer, 'gp')).toMatchObject({ state: 'denied', reason: 'no-consent', resources: [] });
    expect(byId(answer, 'home')).toMatchObject({ state: 'answered', basis: 'own', withheld: [] });
    expect(typesOf(byId(answer, 'home'))).toEqual(['Consent', 'Patient']);

    const rows = (await audit()).map(({ event, outcome, reason, detail }) => ({
      event,
      outcome,
      reason,
      detail,
    }));
    const decided = rows.filter(({ event }) => String(event).startsWith('consent.'));
    expect(decided).toHaveLength(2);
    expect(rows.slice(-3)).toEqual([
      expect.objectContaining({
        event: 'wishes.holderAsked',
        outcome: 'refused',
        reason: 'no-consent',
        detail: expect.objectContaining({ holder: 'gp', state: 'denied', resources: 0 }),
      }),
      expect.objectContaining({
        event: 'wishes.holderAsked',
        outcome: 'success',
        detail: expect.objectContaining({
          holder: 'home',
          resources: 2,
          basis: 'own',
          decision: expect.stringMatching(/^[0-9a-f-]{36}$/),
        }),
      }),
      expect.objectContaining({
        event: 'wishes.test',
        outcome: 'success',
        detail: expect.objectContaining({ holders: 2, answered: 1, denied: 1, resources: 2 }),
      }),
    ]);
    expect(JSON.stringify(rows)).not.toContain(bsn);
  });

  it('what cannot be recorded does not leave', async () => {
    const { record, servers, deps } = await open({ kind });
    servers.home.found.Consent = [cpr()];
    await record(true, home);
    const full = new GatewayError('unavailable', 'The store does not answer');
    const store: typeof deps.store = { ...deps.store, write: () => Promise.reject(full) };
    await expect(retrieve(retrieval, { ...deps, store })).rejects.toBe(full);
    expect(servers.home.asked()).toContain('POST Consent/_search');
  });
});

describe('consent', () => {
  it('a question that lacks something is refused by name before anybody is looked for', async () => {
    const { record, servers, deps, wishes, audit } = await open();
    await record(true);
    let located = 0;
    const localise: typeof deps.localise = async (asked) => {
      located += 1;
      return stage.deps.localise(asked);
    };
    const { purposeOfUse: _, ...withoutPurpose } = retrieval.asking;
    const ask = retrieve({ ...retrieval, asking: withoutPurpose }, { ...deps, localise });
    await expect(ask).rejects.toMatchObject({
      kind: 'unprocessable',
      reason: 'purpose-missing',
      issues: [{ rule: 'purpose-missing', text: { en: expect.stringContaining('purpose_of_use') } }],
    });
    const { practitioner: _who, ...nobody } = asking();
    await expect(wishes(question(), nobody)).rejects.toMatchObject({
      kind: 'unprocessable',
      reason: 'practitioner-missing',
    });
    expect([located, servers.gp.seen.length, servers.home.seen.length]).toEqual([0, 0, 0]);
    expect((await audit()).at(-1)).toMatchObject({ outcome: 'refused', reason: 'practitioner-missing' });
    await retrieve(retrieval, { ...deps, localise });
    expect(located).toBe(1);
  });

  it('what a holder lacks in the settings is neither a refusal nor an outage', async () => {
    const { record, deps, servers } = await open({ gpType: undefined });
    await record(true);
    const answer = await retrieve(retrieval, deps);
    expect(byId(answer, 'gp')).toMatchObject({
      state: 'unavailable',
      configuration: true,
      reason: 'holder-type-missing',
    });
    expect(byId(answer, 'home').state).toBe('answered');
    expect(servers.gp.seen).toEqual([]);
  });

  it('what may be put to none of the holders is refused by name, not answered with nothing', async () => {
    const { deps, servers } = await open({
      gpType: undefined,
      homeEndpoint: { exchanges: ['medication'] },
    });
    await expect(retrieve(retrieval, deps)).rejects.toMatchObject({
      kind: 'denied',
      reason: 'holder-type-missing',
    });
    expect(servers.gp.seen).toEqual([]);
  });

  it('break-glass where the region has none is refused by name, and nobody is asked', async () => {
    const { record, servers, wishes, audit } = await open();
    await record(true);
    await expect(wishes(question(), asking({ purposeOfUse: 'ETREAT' }))).rejects.toMatchObject({
      kind: 'denied',
      reason: expect.stringMatching(/^break-glass/),
    });
    expect(servers.gp.seen.length + servers.home.seen.length).toBe(0);
    const told = (await audit()).filter(({ event }) => event === 'wishes.card');
    expect(told).toMatchObject([{ outcome: 'refused', reason: expect.stringMatching(/^break-glass/) }]);
  });

  it('a source of consent that is silent holds nothing up, and permits nothing', async () => {
    const { record, servers, deps } = await open();
    await record(true);
    servers.home.found.Consent = [cpr()];
    const { decideConsent } = deps;
    const silent: typeof decideConsent = (asked) =>
      asked.holder.id === 'gp' ? new Promise<ConsentAnswer>(() => undefined) : decideConsent(asked);
    const began = performance.now();
    const answer = await retrieve(retrieval, { ...deps, decideConsent: silent });
    expect(performance.now() - began).toBeLessThan(retrieval.deadlineMs + slack);
    expect(byId(answer, 'gp')).toMatchObject({ state: 'unavailable', reason: 'consent-timeout' });
    expect(byId(answer, 'home').resources).toHaveLength(2);
    expect(servers.gp.seen).toEqual([]);
  });

  it('a permit for a part of the categories asks for that part', async () => {
    const { record, servers, deps } = await open();
    await record(true, home, { categories: ['GGC002'] });
    const [query] = retrieval.queriesFor(undefined as never);
    if (query === undefined) throw new Error('no query');
    const wider = {
      ...retrieval,
      categories: ['GGC002', 'GGC012'],
      queriesFor: () => [
        { ...query, category: 'GGC002' },
        { resourceType: 'MedicationRequest', parameters: [], category: 'GGC012' },
      ],
    };
    const answer = await retrieve(wider, deps);
    const asked = servers.home.asked().filter((one) => !one.includes('Patient'));
    expect(asked).toEqual(asked.length === 0 ? [] : ['POST Consent/_search']);
    expect(['answered', 'unavailable', 'denied']).toContain(byId(answer, 'home').state);
  });
});

describe('a concealed refusal', () => {
  const concealing = { consent: { concealRefusal: true }, wishes: { quietMs: 700 } };

  it('answers as for a patient of whom nobody knows anything, and as late', async () => {
    const { record, deps, servers, audit } = await open(concealing);
    await record(false);
    const unknown = async () => ({ holders: [], unreachable: [], sources: [] });
    const timed = async (work: () => Promise<unknown>) => {
      const began = performance.now();
      return { answer: await work(), ms: performance.now() - began };
    };
    const refused = await timed(() => retrieve(retrieval, deps));
    const nothing = await timed(() => retrieve(retrieval, { ...deps, localise: unknown }));
    expect(refused.answer).toEqual(nothing.answer);
    expect(refused.answer).toEqual({ results: [], missing: [] });
    for (const { ms } of [refused, nothing]) expect(ms).toBeGreaterThan(690);
    expect(servers.gp.seen.length + servers.home.seen.length).toBe(0);
    const concealed = (await audit()).filter(
      ({ detail }) => (detail as { concealed?: boolean } | undefined)?.concealed,
    );
    expect(concealed).toHaveLength(2);
  });

  it('takes no other time beside a holder that answers, however long it took to hear of it', async () => {
    const { record, deps, servers } = await open(concealing);
    servers.home.found.Consent = [cpr()];
    await record(true);
    await record(false, gp);
    const slowly: typeof deps.decideConsent = async (asked) => {
      if (asked.holder.id === 'gp') await new Promise((done) => setTimeout(done, 400));
      return deps.decideConsent(asked);
    };
    for (const decideConsent of [deps.decideConsent, slowly]) {
      const began = performance.now();
      const { results } = await retrieve(retrieval, { ...deps, decideConsent });
      expect(performance.now() - began).toBeGreaterThan(690);
      expect(results.map(({ state }) => state)).toEqual(['answered']);
    }
  });

  it('waits for no step beyond the deadline, and for none where nothing is concealed', async () => {
    const { record, deps } = await open({ ...concealing, wishes: { quietMs: 5_000 } });
    await record(false);
    const took = async (given: typeof deps) => {
      const began = performance.now();
      await retrieve(retrieval, given);
      return performance.now() - began;
    };
    const late = await took(deps);
    expect(late).toBeGreaterThan(930);
    expect(late).toBeLessThan(retrieval.deadlineMs + slack);
    const { settings } = deps;
    const telling = { ...settings.consent, policy: { ...settings.consent.policy, concealRefusal: false } };
    const plain = { ...deps, settings: { ...settings, consent: telling } };
    // the quickest of three: a busy machine slows each of them, a wait that is meant would too
    expect(Math.min(await took(plain), await took(plain), await took(plain))).toBeLessThan(600);
  });

  it('names no holder that cannot be asked either, when the patient refused it', async () => {
    const suspended = { ...concealing, homeEndpoint: { status: 'suspended' } } as const;
    const { record, deps } = await open(suspended);
    await record(false);
    expect(await retrieve(retrieval, deps)).toEqual({ results: [], missing: [] });
    await record(true, home);
    const { missing } = await retrieve(retrieval, deps);
    expect(missing).toMatchObject([{ name: home.name, ura: home.ura, reason: 'endpoint-suspended' }]);
  });

  it('leaves no trace beside a holder that answers', async () => {
    const { record, deps, wishes, servers } = await open(concealing);
    servers.home.found.Consent = [cpr()];
    await record(true);
    await record(false, gp);
    const answer = await retrieve(retrieval, deps);
    expect(answer.results.map(({ participant }) => participant.id)).toEqual(['home']);
    const { resource } = await wishes();
    expect(JSON.stringify(resource)).not.toContain(gp.name);
    expect(JSON.stringify(resource)).not.toContain(gp.ura);
  });
});

describe('the deadline', () => {
  it('a holder that hangs costs its own records and nothing else', async () => {
    const { record, servers, deps } = await open();
    await record(true);
    servers.gp.found.Consent = hang;
    servers.home.found.Consent = [cpr()];
    const began = performance.now();
    const answer = await retrieve(retrieval, deps);
    const ms = performance.now() - began;
    expect(ms).toBeGreaterThan(retrieval.deadlineMs * 0.8);
    expect(ms).toBeLessThan(retrieval.deadlineMs + slack);
    expect(byId(answer, 'gp')).toMatchObject({ state: 'timeout' });
    expect(byId(answer, 'home').resources).toHaveLength(2);
  });

  it('a caller who hangs up ends the questions, and the record says that nothing was delivered', async () => {
    const { record, servers, deps, audit } = await open();
    await record(true);
    servers.gp.found.Consent = hang;
    const caller = new AbortController();
    const began = performance.now();
    const asking = { ...retrieval.asking, gone: caller.signal };
    const answer = retrieve({ ...retrieval, deadlineMs: 20_000, asking }, deps);
    setTimeout(() => caller.abort(), 400);
    await answer;
    expect(performance.now() - began).toBeLessThan(5_000);
    expect((await audit()).at(-1)).toMatchObject({
      event: 'wishes.test',
      outcome: 'failed',
      reason: 'not-delivered',
    });
  });

  it('localisation that hangs is told as missing', async () => {
    const { record, deps } = await open();
    await record(true);
    const answer = await retrieve(
      { ...retrieval, deadlineMs: 300 },
      { ...deps, localise: () => new Promise(() => undefined) },
    );
    expect(answer).toEqual({ results: [], missing: [{ name: 'localisation', reason: 'timeout' }] });
  });

  it('a fault of our own at one holder is noted, and the others still answer', async () => {
    const { record, servers, deps, faults } = await open();
    await record(true);
    servers.home.found.Consent = [cpr()];
    const { fetchFrom } = deps;
    const broken: typeof fetchFrom = (endpoint, permit, ask) =>
      ask.holderId === 'gp' ? Promise.reject(new Error('bug')) : fetchFrom(endpoint, permit, ask);
    const answer = await retrieve(retrieval, { ...deps, fetchFrom: broken });
    expect(byId(answer, 'gp')).toMatchObject({ state: 'failed', reason: 'fault', resources: [] });
    expect(byId(answer, 'home').state).toBe('answered');
    expect(faults).toHaveLength(1);
  });
});

describe('what a holder sends beside what was asked', () => {
  const sending = async (found: readonly FhirResource[], opening?: Opening) => {
    const { record, servers, deps } = await open(opening);
    await record(true, home);
    servers.home.found.Consent = json(searchset(found));
    return byId(await retrieve(retrieval, deps), 'home');
  };
  const stranger = patient(otherBsn, 'p2');

  it('of another patient is kept back, and named without its id', async () => {
    const foreign = changed(cpr(), { id: 'secret-id', patient: { reference: 'Patient/p2' } });
    const result = await sending([cpr(), foreign, stranger]);
    expect(typesOf(result)).toEqual(['Consent', 'Patient']);
    expect(rulesOf(result)).toEqual(expect.arrayContaining(['other-patient', 'other-patient']));
    expect(JSON.stringify(result.withheld)).not.toMatch(/secret-id|p2|9999/);
  });

  it('of this patient with another one inside is kept back, and the answer is not whole', async () => {
    const actor = { role: { text: 'x' }, reference: { reference: 'Patient/p2' } };
    const mixed = changed(cpr(), { provision: { type: 'deny', actor: [actor] } });
    const contained = changed(cpr(), {
      contained: [{ ...stranger, id: 'inside' }],
      provision: { actor: [{ ...actor, reference: { reference: '#inside' } }] },
    });
    const identified = changed(cpr(), {
      patient: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: otherBsn } },
    });
    const result = await sending([mixed, contained, identified, stranger]);
    expect(typesOf(result)).toEqual(['Patient']);
    expect(rulesOf(result)).toEqual([
      'other-patient-beside',
      'other-patient-beside',
      'other-patient',
      'other-patient',
    ]);
    expect(result).toMatchObject({ state: 'partial' });
  });

  it('of another patient is of that one, whomever it names beside', async () => {
    const foreign = changed(cpr(), {
      patient: { reference: 'Patient/p2' },
      performer: [{ reference: 'Patient/p1' }],
    });
    const result = await sending([cpr(), foreign, stranger]);
    expect(rulesOf(result)).toEqual(['other-patient', 'other-patient']);
  });

  it('of this patient whose partner is named by BSN is kept back, and the answer is not whole', async () => {
    const identifier = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: otherBsn };
    const inside = { ...patient(), id: 'own' };
    const partner = changed(cpr(), { performer: [{ identifier, display: 'Partner' }] });
    const contained = changed(partner, { patient: { reference: '#own' }, contained: [inside] });
    for (const one of [partner, contained]) {
      const result = await sending([one]);
      expect([result.state, ...rulesOf(result)]).toEqual(['partial', 'other-patient-beside']);
    }
  });

  it('a second Patient under the same id does not pass as this one', async () => {
    const second = changed(patient(otherBsn, 'p1'), { meta: { versionId: '2' } });
    const result = await sending([cpr(), second]);
    expect(typesOf(result)).toEqual(['Patient']);
  });

  it('nor does one whose number was another in an earlier version', async () => {
    const local = { system: 'urn:local', value: '7' };
    const versions = [otherBsn, bsn].map((value, index) => {
      const made = patient(value, 'p1');
      const identifier = [...(made.identifier as object[]), local];
      return changed(made, { identifier, meta: { versionId: String(index + 1) } });
    });
    expect(typesOf(await sending([cpr(), ...versions]))).not.toContain('Consent');
  });

  it('that was asked and turns out to be of somebody else makes the answer not whole, however that shows', async () => {
    const numbers = [bsn, otherBsn].map((value) => patient(value).identifier as object[]);
    const corrected = changed(patient(), { identifier: numbers.flat() });
    const inside = changed(cpr(), {
      contained: [{ ...stranger, id: 'inside' }],
      patient: { reference: '#inside' },
    });
    for (const found of [[cpr(), corrected], [cpr(), patient(otherBsn, 'p1')], [inside]]) {
      const result = await sending(found);
      expect(typesOf(result)).not.toContain('Consent');
      expect([result.state, result.reason]).toEqual(['partial', 'withheld']);
    }
  });

  it('of a patient of whom the answer does not say who it is, is kept back', async () => {
    const result = await sending([changed(cpr(), { patient: { reference: 'Patient/unknown' } })]);
    expect(rulesOf(result)).toEqual(['patient-unproven']);
  });

  it('of whoever is named in a way that leads to nobody is kept back, whatever of this patient stands beside', async () => {
    const actor = (reference: string) => [{ role: { text: 'x' }, reference: { reference } }];
    const own = changed(cpr(), { provision: { type: 'deny', actor: actor('Practitioner/d') } });
    const doctor = { resourceType: 'Practitioner', id: 'd' };
    const relative = { resourceType: 'RelatedPerson', id: 'r', patient: { reference: 'Patient/p1' } };
    const subjects = [
      { reference: 'urn:uuid:0b5c1f3e-1111-4222-8333-444455556666' },
      { identifier: { system: 'urn:local', value: '88' } },
      { display: 'Aagje Proef' },
      undefined,
    ];
    for (const about of subjects)
      for (const person of ['Practitioner/d', 'RelatedPerson/r']) {
        // who agreed is the doctor of many, or the relative of this patient
        if (about === undefined && person === 'RelatedPerson/r') continue;
        const { patient: _, ...rest } = changed(cpr(), { provision: { actor: actor(person) } });
        const other = about === undefined ? rest : { ...rest, patient: about };
        const result = await sending([own, other, doctor, relative]);
        expect(typesOf(result)).toEqual(['Consent', 'Patient', 'Practitioner', 'RelatedPerson']);
        expect([result.state, ...rulesOf(result)]).toEqual(['partial', 'patient-unproven']);
      }
  });

  it('of the patient by a number of the holder is known by the Patient that has it', async () => {
    const numbered = (number: string, value: string) => {
      const made = patient(value, `n${number}`);
      const local = { system: 'urn:local', value: number };
      return changed(made, { identifier: [...(made.identifier as object[]), local] });
    };
    const of = (value: string) => changed(cpr(), { patient: { identifier: { system: 'urn:local', value } } });
    const result = await sending([of('77'), of('88'), numbered('77', bsn), numbered('88', otherBsn)]);
    expect(typesOf(result)).toEqual(['Consent', 'Patient', 'Patient']);
    expect(result.state).toBe('partial');
    expect(rulesOf(result)).toEqual(['other-patient', 'other-patient']);
  });

  it('of a type or with a code that was not asked is kept back', async () => {
    const subject = { reference: 'Patient/p1' };
    const goal = {
      resourceType: 'Goal',
      id: 'g',
      lifecycleStatus: 'active',
      description: { text: 'x' },
      subject,
    };
    const privacy = changed(cpr(), { category: [{ coding: [{ code: 'IDSCL' }] }] });
    const result = await sending([cpr(), goal, privacy]);
    expect(typesOf(result)).toEqual(['Consent', 'Patient']);
    expect(rulesOf(result)).toEqual(['not-asked', 'not-asked']);
  });

  it('with nothing where the question looks is kept back, and the answer is not whole', async () => {
    const result = await sending([changed(cpr(), { category: [{ text: 'Behandelaanwijzing' }] })]);
    expect([result.state, ...rulesOf(result)]).toEqual(['partial', 'asking-unproven']);
  });

  it('as its guide for the other FHIR version writes it, or without a scope, is given', async () => {
    const twin = changed(cpr(), { category: [{ coding: [{ code: '11291000146105' }] }] });
    const { scope: _, ...old } = cpr();
    const result = await sending([twin, old]);
    expect(typesOf(result)).toEqual(['Consent', 'Consent', 'Patient']);
    expect(result).toMatchObject({ state: 'answered', withheld: [] });
  });

  it('with the category of the question and another scope is given: its category says what it is', async () => {
    const scopeOf = (code: string) => ({
      scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code }] },
    });
    const found = ['patient-privacy', 'adr'].map((code) => changed(cpr(), scopeOf(code)));
    const result = await sending(found);
    expect(typesOf(result)).toEqual(['Consent', 'Consent', 'Patient']);
    expect(result).toMatchObject({ state: 'answered', withheld: [] });
  });

  it('who agreed comes along, others do not', async () => {
    const actors = ['PractitionerRole/r', 'RelatedPerson/f'].map((reference) => ({
      role: { text: 'x' },
      reference: { reference },
    }));
    const result = await sending([
      changed(cpr(), { provision: { type: 'deny', actor: actors } }),
      { resourceType: 'PractitionerRole', id: 'r', practitioner: { reference: 'Practitioner/d' } },
      { resourceType: 'Practitioner', id: 'd' },
      { resourceType: 'RelatedPerson', id: 'f', patient: { reference: 'Patient/p1' } },
      { resourceType: 'RelatedPerson', id: 'h', patient: { reference: 'Patient/p1' } },
      { resourceType: 'Practitioner', id: 'nobody' },
    ]);
    expect(typesOf(result)).toEqual([
      'Consent',
      'Patient',
      'Practitioner',
      'PractitionerRole',
      'RelatedPerson',
      'RelatedPerson',
    ]);
    expect(rulesOf(result)).toEqual(['not-asked']);
  });

  it('the BSN of who speaks for the patient is not taken for another patient', async () => {
    const identifier = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: otherBsn };
    const actor = { role: { text: 'x' }, reference: { type: 'RelatedPerson', identifier } };
    const result = await sending([changed(cpr(), { provision: { type: 'deny', actor: [actor] } })]);
    expect(typesOf(result)).toEqual(['Consent', 'Patient']);
  });

  it('with a security label, under unknown rules, or with a broken structure is kept back', async () => {
    const labelled = changed(cpr(), { meta: { security: [{ code: 'V' }] } });
    const ruled = changed(cpr(), { implicitRules: 'https://example.org/rules' });
    const broken = changed(cpr(), { status: 'active ' });
    const result = await sending([labelled, ruled, broken, cpr()]);
    expect(typesOf(result)).toEqual(['Consent', 'Patient']);
    expect(rulesOf(result)).toEqual(
      expect.arrayContaining(['security-label', 'implicit-rules', 'shape-format']),
    );
    expect(result).toMatchObject({ state: 'partial', reason: 'withheld' });
    expect(result.withheld.flatMap(({ expression = [] }) => expression)).toContain('Consent.status');
  });

  it('of this patient, with an element that its type does not have, is told and given', async () => {
    const odd = changed(cpr(), { patient: { reference: 'Patient/p1', kind: 'x' } });
    const result = await sending([odd]);
    expect(result).toMatchObject({ state: 'answered', withheld: [] });
    expect(typesOf(result)).toEqual(['Consent', 'Patient']);
    expect(result.findings).toMatchObject([{ rule: 'shape-unknown-element', severity: 'warning' }]);
  });

  it('refuses the whole answer where the settings say so', async () => {
    const broken = changed(cpr(), { status: 7 });
    const result = await sending([broken, cpr()], { wishes: { structureChecks: 'refuse' } });
    expect(result).toMatchObject({ state: 'failed', reason: 'content-refused', resources: [] });
  });

  it('what does not fit its profile is told, or kept back where the settings say so', async () => {
    const issue = {
      severity: 'error',
      code: 'invariant',
      rule: 'ppc-1',
      text: { nl: 'x', en: 'x' },
    } as const;
    const asSet = async (profileChecks: 'off' | 'warn' | 'withhold') => {
      const { record, servers, deps, end } = await open({ wishes: { profileChecks } });
      await record(true, home);
      servers.home.found.Consent = [cpr()];
      const checkProfiles = ({ resourceType }: FhirResource) => (resourceType === 'Consent' ? [issue] : []);
      const result = byId(await retrieve(retrieval, { ...deps, checkProfiles }), 'home');
      if (profileChecks !== 'withhold') await end();
      return [typesOf(result), result.findings?.map(({ severity }) => severity), rulesOf(result)];
    };
    expect(await asSet('off')).toEqual([['Consent', 'Patient'], [], []]);
    expect(await asSet('warn')).toEqual([['Consent', 'Patient'], ['warning'], []]);
    expect(await asSet('withhold')).toEqual([['Patient'], [], ['ppc-1']]);
  });
});
