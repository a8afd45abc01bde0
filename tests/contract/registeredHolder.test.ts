// Is the gateway an ordinary holder for what was registered at it? From the registration to the crew's card, on every store.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answer } from '../../src/exchange/index.ts';
import { entriesOf } from '../../src/fhir/bundles.ts';
import type { DataEndpoint, FhirResource, FhirResponse } from '../../src/model.ts';
import { bsn, codes, patient, r4Directive, r4Form } from '../world/wishes.ts';
import { patient as holderPatient } from './holderServer.ts';
import { type MedicationStage, bsn as medicationBsn, openMedicationStage } from './medicationStage.ts';
import * as world from './medicationWorld.ts';
import { asking, home, openRetrieval, question, type RetrievalStage } from './retrievalStage.ts';
import { storeKinds } from './storesUnderTest.ts';

const bundle = (value: string, ...resources: readonly FhirResource[]): FhirResource => ({
  resourceType: 'Bundle',
  type: 'collection',
  identifier: { system: 'urn:oid:2.999.7', value },
  entry: [patient(), ...resources].map((resource) => ({ resource })),
});

describe.each(storeKinds)('wishes that a nursing home registered, on %s', (kind) => {
  let stage: RetrievalStage;
  beforeEach(async () => {
    stage = await openRetrieval({ kind, homeEndpoint: { kind: 'registered', address: '' } });
    await stage.record(true);
  });
  afterEach(() => stage.end());

  const call = (name: string, resource: FhirResource): Promise<FhirResponse> => {
    const participant = stage.deps.directory.byId(home.id);
    if (!participant) throw new Error('no home');
    const request = {
      version: 'r4',
      method: 'POST',
      path: [`$${name}`],
      query: new Map(),
      language: 'en',
    } as const;
    const who = { ...asking(), participant, clientId: 'home-system' };
    return answer({ ...request, resource, requestId: 'registration' }, who, stage.deps);
  };
  const setOf = ({ resource }: FhirResponse): string => {
    const parts = (resource?.parameter ?? []) as { name: string; valueString?: string }[];
    return parts.find(({ name }) => name === 'set')?.valueString ?? '';
  };
  const cpr = async () => {
    const response = await stage.wishes(question(undefined, { name: 'answer', valueCode: 'card' }));
    const card = JSON.parse(Buffer.from(response.raw?.bytes ?? []).toString());
    return { ...card, cpr: card.lines[0] };
  };

  test('are on the card of a crew, superseded at once and gone when revoked', async () => {
    const first = await call(
      'register-wishes',
      bundle('set-1', r4Directive(codes.cpr, 'permit', '2024-01-01')),
    );
    expect(first.status).toBe(201);
    expect((await cpr()).cpr).toMatchObject({ decision: 'do', holder: home.name, conflict: 'none' });
    await call('register-wishes', bundle('set-1', r4Directive(codes.cpr, 'deny', '2024-02-01')));
    expect((await cpr()).cpr).toMatchObject({ decision: 'do_not', conflict: 'none' });
    const revocation = {
      resourceType: 'Parameters',
      parameter: [{ name: 'set', valueString: setOf(first) }],
    };
    await call('revoke-wishes', revocation);
    const card = await cpr();
    expect(card.cpr).toMatchObject({ decision: 'no_record' });
    expect(card.holders).toContainEqual(
      expect.objectContaining({ name: home.name, state: 'answered', records: 0 }),
    );
    expect(stage.faults).toEqual([]);
  });

  test('a form that names nobody is read with the resources that it says', async () => {
    const form = r4Form(
      { 1386: { decision: '2' }, 1393: { decision: '1', text: 'Alleen bij een breuk' } },
      '2025-01-01',
    );
    await call('register-wishes', bundle('form-1', form));
    const { cpr: line, incomplete, findings } = await cpr();
    expect(line).toMatchObject({ decision: 'do_not', holder: home.name });
    expect([incomplete, findings]).toEqual([false, []]);
    const whole = await stage.wishes();
    const types = entriesOf(whole.resource ?? { resourceType: 'Bundle' }).map(
      (one) => one.resource.resourceType,
    );
    for (const type of ['QuestionnaireResponse', 'Consent', 'Patient', 'Provenance'])
      expect(types).toContain(type);
  });

  test('bring who it is and whom to call, though no wish leads to them', async () => {
    const daughter = {
      resourceType: 'RelatedPerson',
      id: 'r1',
      patient: { reference: 'Patient/p1' },
      name: [{ text: 'Marijke Proef' }],
      telecom: [{ system: 'phone', value: '06-00000128' }],
      relationship: [{ coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.3.11.22.472', code: '24' }] }],
    };
    const byNumber = { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: bsn } };
    const wish = { ...r4Directive(codes.cpr, 'deny', '2024-01-01'), patient: byNumber };
    const told = await call('register-wishes', bundle('set-1', wish, daughter));
    expect(JSON.stringify(told.resource)).not.toContain('wish-not-asked');
    const card = await cpr();
    expect(card.patient).toMatchObject({ name: 'Aagje Proef' });
    expect(card.representatives).toEqual([
      expect.objectContaining({ name: 'Marijke Proef', phone: '06-00000128' }),
    ]);
  });

  test('are not given when the patient refuses that holder', async () => {
    await call('register-wishes', bundle('set-1', r4Directive(codes.cpr, 'deny', '2024-01-01')));
    await stage.record(false, home);
    const card = await cpr();
    expect(card.cpr.decision).toBe('no_record');
    expect(card.holders).toContainEqual(expect.objectContaining({ name: home.name, state: 'refused' }));
    expect(card.incomplete).toBe(true);
  });

  test('cannot be registered without the scope of the exchange', async () => {
    const participant = stage.deps.directory.byId(home.id);
    const request = {
      version: 'r4',
      method: 'POST',
      path: ['$register-wishes'],
      query: new Map(),
      language: 'en',
    } as const;
    const work = answer(
      { ...request, resource: bundle('x', r4Directive(codes.cpr, 'deny')), requestId: 'request-1' },
      { ...asking({ scopes: ['medication'] }), participant: participant! },
      stage.deps,
    );
    await expect(work).rejects.toMatchObject({ kind: 'denied', reason: 'scope-missing' });
    expect(await stage.audit()).toMatchObject([{ event: 'wishes.registerWishes', outcome: 'refused' }]);
  });
});

describe.each(storeKinds)('medication that a GP registered, on %s', (kind) => {
  let stage: MedicationStage;
  beforeEach(async () => {
    stage = await openMedicationStage(kind);
    const kept = stage.cast.gp.dataEndpoints as DataEndpoint[];
    kept.splice(0, 1, { ...kept[0]!, kind: 'registered', address: '' });
    await stage.choose('gp', true);
  });
  afterEach(() => stage.end());

  test.each(['resources', 'ADA'])('as %s is on the overview, from that GP', async (form) => {
    const resources = Object.values(world.hospitalResources()).flat();
    const content: FhirResource =
      form === 'ADA'
        ? {
            resourceType: 'Binary',
            contentType: 'application/xml',
            data: Buffer.from(world.adaDocument(medicationBsn)).toString('base64'),
          }
        : {
            resourceType: 'Bundle',
            type: 'collection',
            entry: [holderPatient('p1', medicationBsn), ...resources].map((resource) => ({ resource })),
          };
    const kept = await stage.post('$register-medication', content, 'gp');
    expect(kept.status).toBe(201);
    const response = await stage.post('$medication-overview', {
      resourceType: 'Parameters',
      parameter: [
        {
          name: 'patient',
          valueIdentifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: medicationBsn },
        },
        { name: 'answer', valueCode: 'overview' },
      ],
    });
    const overview = JSON.parse(Buffer.from(String(response.resource?.data), 'base64').toString());
    const own = overview.holders.find(({ holder }: { holder: string }) => holder === 'gp');
    expect(own).toMatchObject({ outcome: 'answered' });
    expect(own.records).toBeGreaterThan(0);
  });
});
