// Does the gateway keep wishes and medication as an ordinary holder would? Registered, superseded, revoked, checked, fetched: on every store.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ExchangeDeps } from '../../src/exchange/exchange.ts';
import { medicationRegistration } from '../../src/exchange/medication/register.ts';
import { buildCard } from '../../src/exchange/wishes/card.ts';
import { wishesRegistration } from '../../src/exchange/wishes/register.ts';
import { fetchRegistered, registeredSetSystem } from '../../src/holder/registered.ts';
import type { FhirResource, FhirResponse, Permit, Requester } from '../../src/model.ts';
import { registeredHolders } from '../../src/routing/regionalIndex.ts';
import { asking, keptHere as endpoint, home, hospital, registering } from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { bsn, changed, codes, otherBsn, patient, r4Directive, r4Form } from '../world/wishes.ts';
import { adaDocument } from './medicationWorld.ts';
import { storeKinds } from './storesUnderTest.ts';

const bundle = (...resources: readonly FhirResource[]): FhirResource => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});
const named = (value: string, content: FhirResource): FhirResource => ({
  ...content,
  identifier: { system: 'urn:oid:2.999.7', value },
});
const wish = (decision: 'permit' | 'deny' = 'deny', date = '2025-01-01') =>
  r4Directive(codes.cpr, decision, date);
const wishes = (...more: readonly FhirResource[]) => bundle(patient(), ...more);
const subject = { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsn } };

const permitFor = (patientBsn = bsn, more: object = {}): Permit => {
  const permit: unknown = {
    decisionId: 'd',
    expires: new Date('2027-01-01'),
    patientBsn,
    holderId: 'home',
    categories: [],
    basis: 'own',
    ...more,
  };
  return permit as Permit;
};

const partOf = (response: FhirResponse, name: string): unknown => {
  const parts = response.resource?.parameter as { name: string; [value: string]: unknown }[];
  const part = parts.find((one) => one.name === name);
  return part && Object.entries(part).find(([key]) => key !== 'name')?.[1];
};

describe.each(storeKinds)('registered records on %s', (kind) => {
  let stage: Stage;
  let deps: ExchangeDeps;
  beforeEach(async () => {
    stage = await openStage({ kind });
    deps = stage.deps;
  });
  afterEach(() => stage.end());

  const call = (
    name: string,
    body: FhirResource | undefined,
    { who = registering(home), ifMatch = undefined as string | undefined, on = deps } = {},
  ): Promise<FhirResponse> => {
    const transaction = [...wishesRegistration, ...medicationRegistration].find(
      (one) => one.path[0] === `$${name}`,
    )!;
    const request = {
      version: 'r4' as const,
      method: 'POST',
      path: [`$${name}`],
      query: new Map<string, string>(),
      language: 'en' as const,
      requestId: 'r-1',
      params: {},
      profileChecks: 'gate' as const,
      ...(body ? { resource: body } : {}),
      ...(ifMatch ? { ifMatch } : {}),
    };
    return transaction.answer(request, who, on);
  };
  const register = (body: FhirResource, more = {}) => call('register-wishes', body, more);
  const refusal = (work: Promise<FhirResponse>) =>
    work.then(
      () => 'accepted',
      (error: { kind?: string; reason?: string; issues?: { rule?: string; expression?: string[] }[] }) => ({
        kind: error.kind,
        ...(error.reason ? { reason: error.reason } : {}),
        rules: error.issues?.map(({ rule }) => rule),
        places: error.issues?.flatMap(({ expression }) => expression ?? []),
      }),
    );
  const parameters = (set: unknown, version?: number): FhirResource => ({
    resourceType: 'Parameters',
    parameter: [
      { name: 'set', valueString: set },
      ...(version === undefined ? [] : [{ name: 'version', valueInteger: version }]),
    ],
  });
  const fetched = (
    resourceType = 'Consent',
    { permit = permitFor(), filter = [] as [string, string][], at = endpoint } = {},
  ) =>
    fetchRegistered(
      {
        endpoint: at,
        permit,
        holderId: 'home',
        ask: {
          queries: [{ resourceType, parameters: filter }],
          requestId: 'r-2',
          signal: new AbortController().signal,
        },
      },
      { store: deps.store, clock: deps.clock },
    );
  const typesOf = (resources: readonly FhirResource[]) =>
    resources.map(({ resourceType }) => resourceType).sort();

  test('of two versions that come in at one moment the one that was written later stands', async () => {
    const written = (timestamp: string, decision: 'permit' | 'deny') =>
      named('set-1', { ...wishes(wish(decision)), timestamp });
    const told = await Promise.allSettled([
      register(written('2026-02-02T10:00:00Z', 'deny')),
      register(written('2026-02-01T10:00:00Z', 'permit')),
    ]);
    expect(told.map(({ status }) => status)).toContain('fulfilled');
    for (const one of told)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ reason: 'set-older' });
    const { resources } = await fetched();
    expect(JSON.stringify(resources)).toContain('"deny"');
  });

  test('are given to who asks under a permit, and the card reads them', async () => {
    const first = await register(wishes(wish()));
    expect(first.status).toBe(201);
    expect(partOf(first, 'result')).toBe('new');
    const reply = await fetched();
    expect(reply.state).toBe('answered');
    expect(typesOf(reply.resources)).toEqual(['Consent', 'Patient']);
    const card = buildCard([{ holder: { name: 'Het Veer' }, resources: reply.resources }], {
      at: new Date('2026-01-15'),
      bsn,
    });
    expect(card.lines[0]).toMatchObject({ key: 'cpr', decision: 'do_not', holder: 'Het Veer' });
    const located = { patientBsn: bsn, exchange: 'wishes' };
    expect(await registeredHolders(located, deps.store)).toEqual(['home']);
  });

  test('name their set and version, and have ids of the gateway with references that follow', async () => {
    const first = await register(wishes(wish()));
    const { resources } = await fetched();
    const consent = resources.find(({ resourceType }) => resourceType === 'Consent');
    const person = resources.find(({ resourceType }) => resourceType === 'Patient');
    expect(consent?.meta).toEqual({
      tag: [{ system: registeredSetSystem, version: '1', code: partOf(first, 'set') }],
    });
    expect(consent?.patient).toEqual({ reference: `Patient/${person?.id}` });
    expect(person?.id).not.toBe('p1');
    expect(person?.id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('whose references mean the addresses of entries are read, and their references follow', async () => {
    const [ofPatient, ofWish] = ['urn:uuid:11111111-1111-4111-8111-111111111111', 'urn:uuid:2'];
    const entry = [
      { fullUrl: ofPatient, resource: { ...patient(), id: undefined } },
      { fullUrl: ofWish, resource: changed(wish(), { id: undefined, patient: { reference: ofPatient } }) },
    ].map((one) => ({ ...one, request: { method: 'POST', url: one.resource.resourceType } }));
    const body = { resourceType: 'Bundle', type: 'transaction', entry };
    expect(await refusal(register(body))).toBe('accepted');
    const { resources } = await fetched();
    const given = resources.find(({ resourceType }) => resourceType === 'Patient');
    const consent = resources.find(({ resourceType }) => resourceType === 'Consent');
    expect(consent?.patient).toEqual({ reference: `Patient/${given?.id}` });
  });

  test('of a form alone are given as that form', async () => {
    await register(named('form-1', { ...r4Form({ 1386: { decision: '2' } }, '2025-01-01'), subject }));
    expect(typesOf((await fetched('QuestionnaireResponse')).resources)).toEqual(['QuestionnaireResponse']);
    expect((await fetched('Consent')).resources).toEqual([]);
  });

  test('of a form that names nobody are those of the patient it was sent for, by part or by the one Patient', async () => {
    const form = { ...r4Form({ 1386: { decision: '2' } }, '2025-01-01') };
    const body = (number: string, content: FhirResource = form): FhirResource => ({
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'patient',
          valueIdentifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: number },
        },
        { name: 'content', resource: content },
      ],
    });
    expect(await refusal(register(form))).toMatchObject({
      rules: expect.arrayContaining(['patient-missing']),
    });
    expect(await refusal(register(body('123456789')))).toMatchObject({
      rules: expect.arrayContaining(['patient-missing']),
    });
    expect(await refusal(register(body(otherBsn, wishes(wish()))))).toMatchObject({
      rules: expect.arrayContaining(['several-patients']),
    });
    await register(body(bsn));
    await register(wishes({ ...form, id: 'second' }));
    const { resources } = await fetched('QuestionnaireResponse');
    const forms = resources.filter(({ resourceType }) => resourceType === 'QuestionnaireResponse');
    expect(forms.map((one) => one.subject)).toEqual(Array(2).fill({ type: 'Patient', ...subject }));
    const card = buildCard([{ holder: { name: 'Het Veer' }, resources }], {
      at: new Date('2026-01-15'),
      bsn,
    });
    expect(card.lines[0]).toMatchObject({ decision: 'do_not' });
    expect(card.findings).toEqual([]);
  });

  test('are filtered by the tokens of the question', async () => {
    await register(
      wishes(wish(), {
        resourceType: 'Goal',
        id: 'g',
        lifecycleStatus: 'active',
        subject: { reference: 'Patient/p1' },
        description: { coding: [{ system: 'http://snomed.info/sct', code: '385987000' }] },
        category: [{ coding: [{ system: 'http://snomed.info/sct', code: '713603004' }] }],
      }),
    );
    const category = (code: string): [string, string][] => [['category', `http://snomed.info/sct|${code}`]];
    expect(typesOf((await fetched('Consent', { filter: category('129125009') })).resources)).toContain(
      'Consent',
    );
    expect((await fetched('Consent', { filter: category('11341000146107') })).resources).toEqual([]);
    expect(typesOf((await fetched('Goal')).resources)).toEqual(['Goal', 'Patient']);
  });

  test('the same content is kept once, however often it comes and in whatever order of elements', async () => {
    const content = wishes(wish());
    const first = await register(content);
    const again = await register({
      entry: content.entry,
      type: content.type,
      resourceType: 'Bundle',
    } as FhirResource);
    expect([again.status, partOf(again, 'result'), partOf(again, 'set')]).toEqual([
      200,
      'same',
      partOf(first, 'set'),
    ]);
    expect(await deps.store.read.selectFrom('registered_version').selectAll().execute()).toHaveLength(1);
  });

  test('a new version takes the place of the old one, which is kept and given to nobody', async () => {
    const first = await register(named('set-1', wishes(wish('deny'))));
    stage.later(1_000);
    const second = await register(named('set-1', wishes(wish('permit'))));
    expect([second.status, partOf(second, 'version'), second.headers?.ETag]).toEqual([200, 2, 'W/"2"']);
    expect(partOf(second, 'set')).toBe(partOf(first, 'set'));
    const { resources } = await fetched();
    expect(resources.filter(({ resourceType }) => resourceType === 'Consent')).toMatchObject([
      { provision: { type: 'permit' } },
    ]);
    const versions = await deps.store.read
      .selectFrom('registered_version')
      .selectAll()
      .orderBy('version')
      .execute();
    expect(versions.map(({ version, ended_at }) => [version, ended_at])).toEqual([
      [1, '2026-01-15T10:00:01.000Z'],
      [2, null],
    ]);
  });

  test('a set can be named by its id, and goes on under it', async () => {
    const first = await register(wishes(wish('deny')));
    const body = (content: FhirResource): FhirResource => ({
      resourceType: 'Parameters',
      parameter: [
        { name: 'set', valueString: partOf(first, 'set') },
        { name: 'content', resource: content },
      ],
    });
    expect(partOf(await register(body(wishes(wish('permit')))), 'version')).toBe(2);
    expect(await refusal(register(body(bundle(patient(otherBsn), wish()))))).toMatchObject({
      kind: 'conflict',
      reason: 'patient-changed',
    });
  });

  test('content without a name that was superseded does not come back by being sent again', async () => {
    const content = wishes(wish('deny'));
    const first = await register(content);
    await register({
      resourceType: 'Parameters',
      parameter: [
        { name: 'set', valueString: partOf(first, 'set') },
        { name: 'content', resource: wishes(wish('permit')) },
      ],
    });
    expect(await refusal(register(content))).toMatchObject({ kind: 'conflict', reason: 'set-superseded' });
  });

  test('content that was superseded, or written earlier, returns only where If-Match says so', async () => {
    const first = named('set-1', wishes(wish('deny')));
    await register(first);
    await register(named('set-1', { ...wishes(wish('permit')), timestamp: '2026-01-15T09:00:00Z' }));
    expect(await refusal(register(first))).toMatchObject({ kind: 'conflict', reason: 'set-superseded' });
    const older = named('set-1', { ...wishes(wish('permit')), timestamp: '2026-01-14T09:00:00Z' });
    expect(await refusal(register(older))).toMatchObject({ kind: 'conflict', reason: 'set-older' });
    expect(partOf(await register(older, { ifMatch: 'W/"2"' }), 'version')).toBe(3);
    expect(partOf(await register(first, { ifMatch: 'W/"3"' }), 'version')).toBe(4);
  });

  test('If-Match with another version is refused', async () => {
    await register(named('set-1', wishes(wish('deny'))));
    const change = () => register(named('set-1', wishes(wish('permit', '2025-02-02'))), { ifMatch: 'W/"1"' });
    expect(partOf(await change(), 'version')).toBe(2);
    expect(await refusal(change())).toMatchObject({ kind: 'preconditionFailed', reason: 'version-stale' });
    const never = register(named('set-2', wishes(wish('deny'))), { ifMatch: 'W/"1"' });
    expect(await refusal(never)).toMatchObject({ kind: 'preconditionFailed', reason: 'version-stale' });
  });

  test('are given at an endpoint for their exchange alone', async () => {
    await register(wishes(wish()));
    const others = { ...endpoint, exchanges: ['medication'] };
    expect((await fetched('Consent', { at: others })).resources).toEqual([]);
  });

  test('a revoked set is given to nobody and takes no new version', async () => {
    const first = await register(named('set-1', wishes(wish())));
    const set = partOf(first, 'set');
    const revoked = await call('revoke-wishes', parameters(set));
    expect(partOf(revoked, 'state')).toBe('revoked');
    expect((await fetched()).resources).toEqual([]);
    expect((await call('revoke-wishes', parameters(set))).status).toBe(200);
    expect(await deps.store.read.selectFrom('registered_version').select('ended_at').execute()).toEqual([
      { ended_at: expect.any(String) },
    ]);
    expect(await refusal(register(named('set-1', wishes(wish('permit')))))).toMatchObject({
      reason: 'set-revoked',
    });
  });

  test('a set is revoked by the name that its participant gave it, by nobody else', async () => {
    const byName = (value: string): FhirResource => ({
      resourceType: 'Parameters',
      parameter: [{ name: 'set', valueIdentifier: { system: 'urn:oid:2.999.7', value } }],
    });
    const set = partOf(await register(named('set-1', wishes(wish()))), 'set');
    const unknown = { kind: 'notFound', reason: 'set-unknown' };
    expect(await refusal(call('revoke-wishes', byName('set-2')))).toMatchObject(unknown);
    const who = registering(hospital);
    expect(await refusal(call('revoke-wishes', byName('set-1'), { who }))).toMatchObject(unknown);
    expect(await refusal(call('revoke-medication', byName('set-1')))).toMatchObject(unknown);
    expect((await fetched()).resources).not.toEqual([]);
    const revoked = await call('revoke-wishes', byName('set-1'));
    expect([partOf(revoked, 'set'), partOf(revoked, 'state')]).toEqual([set, 'revoked']);
    expect((await fetched()).resources).toEqual([]);
  });

  test('a copy is current, superseded or revoked, and the answer says nothing else', async () => {
    const set = partOf(await register(named('set-1', wishes(wish('deny')))), 'set');
    const check = async (version: number, who: Requester = registering(hospital)) =>
      partOf(await call('check-wishes', parameters(set, version), { who }), 'state');
    expect(await check(1)).toBe('current');
    await register(named('set-1', wishes(wish('permit'))));
    expect([await check(1), await check(2)]).toEqual(['superseded', 'current']);
    await call('revoke-wishes', parameters(set));
    expect([await check(1), await check(2)]).toEqual(['revoked', 'revoked']);
    expect(await refusal(call('check-wishes', parameters(set, 3)))).toMatchObject({ kind: 'notFound' });
    const answer = await call('check-wishes', parameters(set, 1));
    const names = (answer.resource!.parameter as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(['set', 'version', 'state']);
  });

  test('only who registered a set may change or revoke it; others hear what they hear of one that never was', async () => {
    const set = partOf(await register(named('set-1', wishes(wish('deny')))), 'set');
    const who = registering(hospital);
    const foreign: FhirResource = {
      resourceType: 'Parameters',
      parameter: [
        { name: 'set', valueString: set },
        { name: 'content', resource: wishes(wish('permit')) },
      ],
    };
    const never = '0b5c1f3e-1111-4222-8333-444455556666';
    expect(await refusal(register(foreign, { who }))).toMatchObject({
      kind: 'notFound',
      reason: 'set-unknown',
    });
    expect(await refusal(call('revoke-wishes', parameters(set), { who }))).toEqual(
      await refusal(call('revoke-wishes', parameters(never), { who })),
    );
    // the same name of another participant is another set
    expect(partOf(await register(named('set-1', wishes(wish('permit'))), { who }), 'set')).not.toBe(set);
    expect((await fetched()).resources.find(({ resourceType }) => resourceType === 'Consent')).toMatchObject({
      provision: { type: 'deny' },
    });
  });

  test('another patient, another holder and a permit that has ended give nothing', async () => {
    await register(wishes(wish()));
    expect((await fetched('Consent', { permit: permitFor(otherBsn) })).resources).toEqual([]);
    await expect(
      fetched('Consent', { permit: permitFor(bsn, { holderId: 'hospital' }) }),
    ).rejects.toMatchObject({
      kind: 'fault',
    });
    await expect(
      fetched('Consent', { permit: permitFor(bsn, { expires: new Date('2020-01-01') }) }),
    ).rejects.toMatchObject({ kind: 'fault' });
  });

  test('what the card could not read is refused with its place', async () => {
    const strange = changed(wish(), {
      modifierExtension: [{ url: 'https://x.example/y', valueBoolean: true }],
    });
    const both = changed(wish(), {
      modifierExtension: r4Directive(codes.cpr, { other: 'Soms' }).modifierExtension,
    });
    const cases: [FhirResource, string, string][] = [
      [wishes(wish(), strange), 'wish-modifier-unknown', 'Bundle.entry[2].resource'],
      [wishes(both), 'wish-text-beside-type', 'Bundle.entry[1].resource'],
      [
        wishes(r4Directive(codes.cpr, undefined, '2025-01-01')),
        'wish-no-decision',
        'Bundle.entry[1].resource',
      ],
      [
        wishes(wish(), changed(wish(), { provision: {} })),
        'wish-treatment-missing',
        'Bundle.entry[2].resource',
      ],
      [
        wishes({ resourceType: 'QuestionnaireResponse', id: 'q', status: 'completed', subject, item: [] }),
        'wish-not-read',
        'Bundle.entry[1].resource',
      ],
      [wishes(), 'wish-not-read', 'Bundle'],
      [{ resourceType: 'Medication', id: 'm' }, 'wish-not-read', 'Medication'],
    ];
    for (const [content, rule, place] of cases) {
      const told = await refusal(register(content));
      expect(told).toMatchObject({ kind: 'unprocessable' });
      expect((told as { rules: string[] }).rules).toContain(rule);
      expect((told as { places: string[] }).places).toContain(place);
    }
    expect(await deps.store.read.selectFrom('registered_set').selectAll().execute()).toEqual([]);
  });

  test('what nobody would ever get is refused with its place', async () => {
    const category = (coding: object) => changed(wish(), { category: [{ coding: [coding] }] });
    const sct = 'http://snomed.info/sct';
    const goal = {
      resourceType: 'Goal',
      id: 'g',
      lifecycleStatus: 'active',
      subject: { reference: 'Patient/p1' },
      description: { coding: [{ system: sct, code: '385987000' }] },
    };
    const other = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: otherBsn };
    const observation = { resourceType: 'Observation', id: 'o', status: 'final', subject };
    const strange = { ...observation, code: { coding: [{ system: sct, code: '999' }] } };
    const cases: [FhirResource, string][] = [
      [category({ system: sct, code: '11291000146105' }), 'wish-not-asked'],
      [changed(wish(), { category: [{ text: 'Behandelaanwijzing' }] }), 'wish-not-asked'],
      [goal, 'wish-not-asked'],
      [bundle(wish()), 'wish-not-asked'],
      [changed(wish(), { performer: [{ identifier: other, display: 'Partner' }] }), 'wish-withheld'],
      [changed(wish(), { meta: { security: [{ code: 'V' }] } }), 'wish-withheld'],
    ];
    for (const [content, rule] of cases)
      expect(await refusal(register(wishes(content, wish())))).toMatchObject({
        rules: [rule],
        places: ['Bundle.entry[1].resource'],
      });
    expect(await refusal(register(wishes(strange)))).toMatchObject({ rules: ['wish-not-asked'] });
    const told = await register(wishes(wish(), strange));
    expect(JSON.stringify(partOf(told, 'outcome'))).toContain('wish-not-asked');
    await register(wishes(category({ system: 'urn:oid:2.16.840.1.113883.6.96', code: '129125009' })));
    const filter: [string, string][] = [['category', `${sct}|129125009`]];
    expect(typesOf((await fetched('Consent', { filter })).resources)).toEqual([
      'Consent',
      'Consent',
      'Patient',
      'Patient',
    ]);
  });

  test('what nobody is asked for is refused: its participant keeps nothing here for this exchange', async () => {
    const nowhere = [
      asking(home),
      registering(home, { kind: 'fhir', address: 'https://home.example/fhir' }),
      registering(home, { exchanges: ['medication'] }),
      registering(home, { status: 'off' }),
    ];
    for (const who of nowhere)
      expect(await refusal(register(wishes(wish()), { who }))).toMatchObject({
        kind: 'unprocessable',
        rules: ['exchange-not-held'],
      });
    expect(await registeredHolders({ patientBsn: bsn, exchange: 'wishes' }, stage.deps.store)).toEqual([]);
    const paused = await register(wishes(wish()), { who: registering(home, { status: 'suspended' }) });
    expect(paused.status).toBe(201);
  });

  test('no patient, several patients and a number that is none are refused, without showing any number', async () => {
    const noBsn = changed(patient(), { identifier: [] });
    const cases: [FhirResource, string][] = [
      [bundle(noBsn, wish()), 'patient-missing'],
      [bundle(patient('123456789'), wish()), 'patient-missing'],
      [bundle(patient(), patient(otherBsn, 'p2'), wish()), 'several-patients'],
    ];
    for (const [content, rule] of cases) {
      const error = await register(content).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ kind: 'unprocessable' });
      expect(JSON.stringify(error)).toContain(rule);
      expect(JSON.stringify(error)).not.toMatch(/9999\d{5}|123456789/);
    }
  });

  test('parts that the operation does not know are refused with their place', async () => {
    const body = (...parameter: object[]): FhirResource => ({ resourceType: 'Parameters', parameter });
    const content = { name: 'content', resource: wishes(wish()) };
    for (const [given, place] of [
      [body(content, { name: 'why', valueString: 'x' }), 'Parameters.parameter[1]'],
      [body(content, content), 'Parameters.parameter[1]'],
      [body({ name: 'set', valueString: 'no id' }, content), 'Parameters.parameter[0]'],
      [body(), 'Parameters'],
    ] as const) {
      expect(await refusal(register(given))).toMatchObject({ kind: 'unprocessable', places: [place] });
    }
    expect(await refusal(call('register-wishes', undefined))).toMatchObject({ kind: 'invalid' });
    expect(
      await refusal(call('check-wishes', parameters('0b5c1f3e-1111-4222-8333-444455556666'))),
    ).toMatchObject({
      kind: 'unprocessable',
    });
  });

  test('what the profiles call an error refuses, what they call a warning is told', async () => {
    const issue = (severity: 'error' | 'warning') => ({
      severity,
      code: 'invalid',
      rule: 'form-required',
      text: { nl: 'n', en: 'e' },
      expression: ['Bundle'],
    });
    const on = (severity: 'error' | 'warning') => ({ ...deps, checkProfiles: () => [issue(severity)] });
    expect(await refusal(register(wishes(wish()), { on: on('error') }))).toMatchObject({
      rules: ['form-required'],
    });
    const kept = await register(wishes(wish()), { on: on('warning') });
    expect(JSON.stringify(partOf(kept, 'outcome'))).toContain('form-required');
  });

  test('are sealed: neither number nor words are in the database in the clear', async () => {
    await register(wishes(r4Directive(codes.icu, { other: 'Alleen bij een breuk' }, '2025-01-01')));
    const [sets, versions, payloads, audit] = [
      await deps.store.read.selectFrom('registered_set').selectAll().execute(),
      await deps.store.read.selectFrom('registered_version').selectAll().execute(),
      await deps.store.read.selectFrom('payload').selectAll().execute(),
      await deps.store.read.selectFrom('audit').selectAll().execute(),
    ];
    const text = JSON.stringify([sets, versions, audit.map(({ body }) => body)]);
    const bytes = payloads.map(({ ciphertext }) => Buffer.from(ciphertext).toString('latin1')).join();
    for (const secret of [bsn, 'breuk', 'Aagje']) {
      expect(text).not.toContain(secret);
      expect(bytes).not.toContain(secret);
    }
  });

  test('are recorded: each registration, revocation and check, with the patient where there is one', async () => {
    const set = partOf(await register(named('set-1', wishes(wish()))), 'set');
    await call('check-wishes', parameters(set, 1), { who: registering(hospital) });
    await call('revoke-wishes', parameters(set));
    const rows = await deps.store.read.selectFrom('audit').selectAll().orderBy('position').execute();
    expect(rows.map((row) => [row.event, row.participant_id, row.object, row.patient_hash !== null])).toEqual(
      [
        ['wishes.registered', 'home', `RegisteredSet/${set}`, true],
        ['wishes.copyChecked', 'hospital', `RegisteredSet/${set}`, true],
        ['wishes.revoked', 'home', `RegisteredSet/${set}`, true],
      ],
    );
  });

  test('two gateways that register one set at once keep one set with one current version', async () => {
    const other = await stage.ground.open({
      gateway: 'gateway-2',
      ...(kind === 'sqlite' ? { role: 'command' as const } : {}),
    });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        register(
          named('set-1', wishes(wish('deny', `2025-01-${String((index % 4) + 1).padStart(2, '0')}`))),
          {
            on: index % 2 === 0 ? deps : { ...deps, store: other },
          },
        ),
      ),
    );
    expect(new Set(answers.map((one) => partOf(one, 'set'))).size).toBe(1);
    const open = await deps.store.read
      .selectFrom('registered_version')
      .selectAll()
      .where('ended_at', 'is', null)
      .execute();
    expect(open).toHaveLength(1);
    const set = await deps.store.read.selectFrom('registered_set').selectAll().executeTakeFirstOrThrow();
    expect(set.version).toBe(open[0]!.version);
  });

  test('one damaged set does not take the others along, and is told', async () => {
    await register(named('set-1', wishes(wish())));
    const set = partOf(await register(named('set-2', wishes(wish('permit')))), 'set');
    await deps.store.write(async ({ db }) => {
      const { payload_id } = await db
        .selectFrom('registered_version')
        .selectAll()
        .where('set_id', '=', String(set))
        .executeTakeFirstOrThrow();
      await db
        .updateTable('payload')
        .set({ ciphertext: Buffer.alloc(40) })
        .where('id', '=', payload_id)
        .execute();
    });
    const reply = await fetched();
    expect([reply.state, reply.reason]).toEqual(['partial', 'record-damaged']);
    expect(reply.resources.filter(({ resourceType }) => resourceType === 'Consent')).toHaveLength(1);
  });

  const agreement = (more: object = {}): FhirResource => ({
    resourceType: 'MedicationRequest',
    id: 'ma',
    identifier: [{ system: 'urn:oid:2.999.1', value: 'ma-1' }],
    status: 'unknown',
    intent: 'order',
    category: [{ coding: [{ system: 'http://snomed.info/sct', code: '33633005' }] }],
    medicationCodeableConcept: { text: 'paracetamol 500 mg' },
    subject,
    extension: [
      {
        url: 'http://nictiz.nl/fhir/StructureDefinition/ext-PharmaceuticalTreatment.Identifier',
        valueIdentifier: { system: 'urn:oid:2.999.2', value: 'mbh-1' },
      },
    ],
    ...more,
  });

  test('medication is kept in the same way, apart from wishes', async () => {
    const kept = await call('register-medication', bundle(agreement()));
    expect([kept.status, partOf(kept, 'result')]).toEqual([201, 'new']);
    expect(typesOf((await fetched('MedicationRequest')).resources)).toEqual(['MedicationRequest']);
    expect((await fetched('Consent')).resources).toEqual([]);
    expect(await refusal(call('revoke-wishes', parameters(partOf(kept, 'set'))))).toMatchObject({
      kind: 'notFound',
    });
    expect(partOf(await call('revoke-medication', parameters(partOf(kept, 'set'))), 'state')).toBe('revoked');
  });

  test('an ADA document is kept and given as it came', async () => {
    const document = adaDocument(bsn);
    const content = {
      resourceType: 'Binary',
      contentType: 'application/xml',
      data: Buffer.from(document).toString('base64'),
    };
    expect((await call('register-medication', content)).status).toBe(201);
    expect(await refusal(call('register-medication', { ...content, data: '' }))).toMatchObject({
      kind: 'invalid',
    });
    const reply = await fetched('MedicationRequest');
    expect([reply.resources, reply.documents]).toEqual([[], [document]]);
    expect((await fetched('Consent')).documents).toEqual([]);
  });

  test('medication that the overview cannot read is refused with its place', async () => {
    expect(
      await refusal(call('register-medication', bundle(agreement(), agreement({ id: 'x', category: [] })))),
    ).toMatchObject({
      rules: expect.arrayContaining(['medication-unknown-category']),
      places: expect.arrayContaining(['Bundle.entry[1].resource']),
    });
    expect(await refusal(call('register-medication', bundle(patient())))).toMatchObject({
      rules: expect.arrayContaining(['medication-not-read']),
    });
    const xml = (text: string) => ({
      resourceType: 'Binary',
      contentType: 'application/xml',
      data: Buffer.from(text).toString('base64'),
    });
    expect(await refusal(call('register-medication', xml('<nothing/>')))).toMatchObject({
      kind: 'unprocessable',
    });
    expect(await refusal(call('register-medication', xml('<nothing')))).toMatchObject({ kind: 'invalid' });
  });
});
