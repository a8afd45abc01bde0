// Can a regional consent facility feed the gateway, and does a patient's changed mind count from then on?
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DecideConsent } from '../../src/consent/consent.ts';
import { createDecideConsent } from '../../src/consent/decide.ts';
import { listConsents, registerConsent } from '../../src/consent/ownRecords.ts';
import { consentSettings } from '../../src/consent/settings.ts';
import { answer } from '../../src/exchange/index.ts';
import type { FhirResource, Requester } from '../../src/model.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import {
  ambulance,
  bsn,
  gp,
  hospital,
  openConsentStage,
  otherBsn,
  question,
  requesterOf,
} from './consentStage.ts';
import { hasPostgresql, storeKinds } from './storesUnderTest.ts';

const facility: Requester = { ...requesterOf(hospital), scopes: ['consent'] };
const role = (code: string) => ({ coding: [{ code }] });
const ura = (value: string) => ({ identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value } });

type Said = { type: string; identifier?: string; holder?: string; patient?: string; dateTime?: string };
const consentOf = ({ type, identifier = 'one', holder, patient = bsn, ...more }: Said): FhirResource => ({
  resourceType: 'Consent',
  ...more,
  identifier: [{ system: 'urn:facility', value: identifier }],
  status: 'active',
  scope: { coding: [{ code: 'patient-privacy' }] },
  patient: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: patient } },
  provision: { type, ...(holder ? { actor: [{ role: role('CST'), reference: ura(holder) }] } : {}) },
});
const parameters = (...parameter: object[]): FhirResource => ({ resourceType: 'Parameters', parameter });

describe.each(storeKinds)('registered consents on %s', (kind) => {
  let stage: Stage;
  let decider: DecideConsent;
  beforeEach(async () => {
    stage = await openStage({ kind, participants: [gp, ambulance, hospital] });
    const { store, clock } = stage.deps;
    const settings = consentSettings.parse({ policy: { sources: ['own'] } });
    decider = createDecideConsent({ store, clock, settings, sources: {} });
  });
  afterEach(() => stage.end());

  const post = (path: string, resource: FhirResource, who = facility) =>
    answer(
      {
        version: 'r4',
        method: 'POST',
        path: [path],
        query: new Map(),
        language: 'nl',
        requestId: 'r',
        resource,
      },
      who,
      stage.deps,
    );
  const decide = async (more: object = {}) => (await decider(question(more))).kind;
  const idIn = ({ resource }: { resource?: FhirResource }) =>
    ((resource?.parameter ?? []) as { valueId?: string }[])[0]?.valueId ?? '';

  test('the specific beats the general, and a tie is an objection', async () => {
    await post('$register-consent', consentOf({ type: 'permit' }));
    expect(await decide()).toBe('permit');
    const objection = consentOf({ type: 'deny', identifier: 'two', holder: '90000001' });
    await post('$register-consent', parameters({ name: 'consent', resource: objection }));
    expect(await decide()).toBe('denied');
    expect(await decide({ holder: hospital })).toBe('permit');
    await post('$register-consent', consentOf({ type: 'permit', identifier: 'three', holder: '90000001' }));
    expect(await decide()).toBe('denied');
  });

  test('the same business identifier replaces; what was replaced stays readable', async () => {
    await post('$register-consent', consentOf({ type: 'permit' }));
    stage.later(1_000);
    const { status, resource } = await post('$register-consent', consentOf({ type: 'deny' }));
    expect(status).toBe(201);
    expect(resource?.parameter).toContainEqual({ name: 'replaced', valueInteger: 1 });
    expect(await decide()).toBe('denied');
    const kept = await listConsents(stage.deps.store, bsn, { all: true });
    expect(kept.map(({ consent, endedAt }) => [consent.permits, endedAt !== undefined])).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  test.each([
    ['2026-02-01', '2026-01-31T23:59:59+01:00'],
    ['2026-02-01T10:00:00.2Z', '2026-02-01T10:00:00.1Z'],
    ['2026-02', '2025'],
  ])('an objection of %s is not replaced by a permit of %s that comes late', async (first, late) => {
    await post('$register-consent', consentOf({ type: 'deny', dateTime: first }));
    const permit = consentOf({ type: 'permit', dateTime: late });
    await expect(post('$register-consent', permit)).rejects.toMatchObject({
      kind: 'conflict',
      reason: 'consent-superseded',
    });
    expect(await decide()).toBe('denied');
    expect(await listConsents(stage.deps.store, bsn)).toMatchObject([{ consent: { permits: false } }]);
    await post('$register-consent', consentOf({ type: 'permit', dateTime: late, identifier: 'other' }));
    expect(await decide()).toBe('denied');
  });

  test('of two that come in at one moment the later word stands', async () => {
    const objection = consentOf({ type: 'deny', dateTime: '2026-02-02' });
    const permit = consentOf({ type: 'permit', dateTime: '2026-02-01' });
    await Promise.allSettled([
      post('$register-consent', objection),
      post('$register-consent', permit),
      post('$register-consent', permit),
    ]);
    expect(await listConsents(stage.deps.store, bsn)).toMatchObject([{ consent: { permits: false } }]);
    expect(await decide()).toBe('denied');
  });

  test.each([
    ['2026-02-01', '2026-02-01'],
    ['2026-02-01', '2026-02'],
    ['2026-02-01', undefined],
    [undefined, '2020-01-01'],
  ])('a record of %s is replaced by one of %s: that is no older', async (first, next) => {
    const at = (dateTime?: string) => (dateTime === undefined ? {} : { dateTime });
    await post('$register-consent', consentOf({ type: 'deny', ...at(first) }));
    await post('$register-consent', consentOf({ type: 'permit', ...at(next) }));
    expect(await decide()).toBe('permit');
  });

  describe('a permit that comes once more', () => {
    const first = consentOf({ type: 'permit', dateTime: '2026-02-01' });
    const withdraw = () =>
      post(
        '$withdraw-consent',
        parameters({ name: 'identifier', valueIdentifier: { system: 'urn:facility', value: 'one' } }),
      );
    const refused = { kind: 'conflict', reason: 'consent-superseded' };

    test('after it was withdrawn, or one of later than it was, stays withdrawn', async () => {
      await post('$register-consent', first);
      await withdraw();
      await expect(post('$register-consent', first)).rejects.toMatchObject(refused);
      await post('$register-consent', consentOf({ type: 'deny', dateTime: '2026-02-03' }));
      await withdraw();
      const late = consentOf({ type: 'permit', dateTime: '2026-02-02' });
      await expect(post('$register-consent', late)).rejects.toMatchObject(refused);
      expect(await decide()).toBe('denied');
      await post('$register-consent', consentOf({ type: 'permit', dateTime: '2026-02-03' }));
      expect(await decide()).toBe('permit');
    });

    test('after an objection of the same day, does not replace it', async () => {
      await post('$register-consent', first);
      await post('$register-consent', consentOf({ type: 'deny', dateTime: '2026-02-01' }));
      await expect(post('$register-consent', first)).rejects.toMatchObject(refused);
      expect(await decide()).toBe('denied');
    });

    test('while it stands, stands, as often as it comes', async () => {
      for (const _ of [1, 2, 3]) expect((await post('$register-consent', first)).status).toBe(201);
      expect(await decide()).toBe('permit');
    });

    test('is taken where it is an objection', async () => {
      const objection = consentOf({ type: 'deny', dateTime: '2026-02-01' });
      await post('$register-consent', objection);
      await withdraw();
      expect((await post('$register-consent', objection)).status).toBe(201);
    });
  });

  test('a record that was made for the wrong patient is replaced for that patient too', async () => {
    await post('$register-consent', consentOf({ type: 'permit', patient: otherBsn }));
    expect(await decide({ patientBsn: otherBsn })).toBe('permit');
    await post('$register-consent', consentOf({ type: 'permit' }));
    expect(await decide()).toBe('permit');
    expect(await decide({ patientBsn: otherBsn })).toBe('denied');
  });

  test('withdrawn is no consent, by id or by identifier, and only by who registered it', async () => {
    const id = idIn(await post('$register-consent', consentOf({ type: 'permit' })));
    const byId = parameters({ name: 'id', valueId: id });
    const stranger = { ...facility, participant: gp };
    await expect(post('$withdraw-consent', byId, stranger)).rejects.toMatchObject({ kind: 'notFound' });
    expect(await decide()).toBe('permit');
    await post('$withdraw-consent', byId);
    expect(await decide()).toBe('denied');
    await expect(post('$withdraw-consent', byId)).rejects.toMatchObject({ kind: 'notFound' });
    await post('$register-consent', consentOf({ type: 'permit' }));
    const valueIdentifier = { system: 'urn:facility', value: 'one' };
    await post('$withdraw-consent', parameters({ name: 'identifier', valueIdentifier }));
    expect(await decide()).toBe('denied');
  });

  test('it is recorded, and the patient’s will is not in the record', async () => {
    const id = idIn(await post('$register-consent', consentOf({ type: 'deny' })));
    await post('$withdraw-consent', parameters({ name: 'id', valueId: id }));
    const records = await stage.audit();
    expect(records).toMatchObject([
      { event: 'consent.registered', action: 'C', object: `ConsentRecord/${id}` },
      { event: 'consent.withdrawn', action: 'D', object: `ConsentRecord/${id}` },
    ]);
    expect(JSON.stringify(records)).not.toMatch(/999911120|deny|permit/);
    const rows = await stage.deps.store.read.selectFrom('consent_record').selectAll().execute();
    expect(JSON.stringify(rows)).not.toMatch(/999911120|deny|permit|90000001/);
  });

  test.each<[string, string, FhirResource, string]>([
    ['a Patient', '$register-consent', { resourceType: 'Patient' }, 'parameters'],
    ['nothing', '$register-consent', parameters(), 'parameters'],
    [
      'two Consents',
      '$register-consent',
      parameters(
        { name: 'consent', resource: consentOf({ type: 'permit' }) },
        { name: 'consent', resource: consentOf({ type: 'deny' }) },
      ),
      'parameters',
    ],
    ['half a Consent', '$register-consent', { resourceType: 'Consent' }, 'consent-not-understood'],
    ['no id', '$withdraw-consent', parameters({ name: 'id' }), 'parameters'],
  ])('%s is refused by name', async (...given) => {
    const [, path, body, reason] = given;
    await expect(post(path, body)).rejects.toMatchObject({ kind: 'unprocessable', reason });
    expect(await stage.audit()).toMatchObject([{ outcome: 'refused', reason }]);
  });

  test('the scope of another exchange does not register', async () => {
    const other = { ...facility, scopes: ['wishes'] };
    await expect(post('$register-consent', consentOf({ type: 'permit' }), other)).rejects.toMatchObject({
      kind: 'denied',
    });
  });
});

test.skipIf(!hasPostgresql)(
  'sent to two gateways at one moment, one version of a record is left',
  async () => {
    const stage = await openConsentStage('postgresql', 'own');
    const { store } = await stage.gateway({ name: 'gateway-2' });
    const consent = {
      permits: true,
      status: 'active',
      holder: { kind: 'any' as const },
      requester: { kind: 'any' as const },
      purposes: [],
    };
    const by = { requester: facility, requestId: 'r', now: new Date('2026-03-02T10:00:00Z') };
    const versionOf = (category: string) => ({
      patientBsn: bsn,
      identifier: 'urn:facility|one',
      consent: { ...consent, categories: [category] },
      resource: { resourceType: 'Consent' },
    });
    for (let round = 0; round < 5; round += 1) {
      const versions = ['GGC002', 'GGC007', 'GGC012', 'GGC013'].map(versionOf);
      await Promise.all(versions.map((one, at) => registerConsent(at % 2 ? store : stage.store, one, by)));
      expect(await listConsents(stage.store, bsn)).toHaveLength(1);
    }
    await stage.end();
  },
);
