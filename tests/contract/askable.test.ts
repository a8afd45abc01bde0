// Is a question that may be put to nobody refused before anybody is looked for, and a good one let through?
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { unaskable } from '../../src/consent/askable.ts';
import { openGrant, widenGrant } from '../../src/consent/breakGlass.ts';
import type { AskingSide } from '../../src/consent/inputs.ts';
import { consentSettings } from '../../src/consent/settings.ts';
import type { Store } from '../../src/store/store.ts';
import { ambulance, bsn, question, requesterOf, uzi } from './consentStage.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const glass = { breakGlass: { enabled: true, facilityTypes: ['AMB'], roles: ['01.071'] } };
const emergency = { purposeOfUse: 'ETREAT' };

describe.each(storeKinds)('a question on %s', (kind) => {
  let ground: Ground;
  let store: Store;
  let now: number;
  beforeEach(async () => {
    ground = await prepareGround(kind);
    store = await ground.open();
    now = Date.parse('2026-03-02T10:00:00Z');
  });
  afterEach(() => ground.end());

  const clock = () => new Date(now);
  const judged = async (asking: Partial<AskingSide>, settings: object = glass) =>
    unaskable({ ...question(), ...asking }, { store, clock, settings: consentSettings.parse(settings) });
  const request = {
    patientBsn: bsn,
    requester: requesterOf(ambulance),
    practitioner: uzi('000095254'),
    purposeOfUse: 'ETREAT',
    reason: 'Reanimatie op straat, niet aanspreekbaar',
    requestId: 'r',
  };
  const deps = () => ({ store, clock, settings: consentSettings.parse(glass) });

  test('that is whole and allowed may be put', async () => {
    expect(await judged({})).toBeUndefined();
    const presumed = { exchanges: { wishes: { presumedConsent: true } } };
    expect(await judged({ purposeOfUse: 'COC' }, presumed)).toBeUndefined();
    expect(await judged({ categories: [] }, { exchanges: { wishes: { needed: false } } })).toBeUndefined();
  });

  test.each<[string, Partial<AskingSide>, object, string, string]>([
    ['without a category', { categories: [] }, glass, 'incomplete', 'category-missing'],
    ['with another purpose', { purposeOfUse: 'COC' }, glass, 'notAllowed', 'purpose-not-allowed'],
    ['with a grant and no emergency', { breakGlass: 'g' }, glass, 'notAllowed', 'break-glass-purpose'],
    ['where there is no break-glass', emergency, {}, 'notAllowed', 'break-glass-off'],
    [
      'of another role',
      { ...emergency, practitioner: uzi('1', '01.015') },
      glass,
      'notAllowed',
      'break-glass-not-allowed',
    ],
    [
      'of a number that Mitz has no register for',
      { practitioner: { ...uzi('1'), identifier: { system: 'urn:x', value: '1' } } },
      glass,
      'incomplete',
      'practitioner-number-unknown',
    ],
    ['without a grant', emergency, glass, 'notAllowed', 'break-glass-grant-missing'],
  ])('%s is refused', async (...given) => {
    const [, asking, settings, kindOf, reason] = given;
    expect(await judged(asking, settings)).toEqual({ kind: kindOf, reason });
  });

  test('of a number without a register may be put where Mitz is not asked', async () => {
    const stranger = { practitioner: { ...uzi('1'), identifier: { system: 'urn:x', value: '1' } } };
    expect(await judged(stranger, { policy: { sources: ['own'] } })).toBeUndefined();
    const presumed = { exchanges: { wishes: { presumedConsent: true } } };
    expect(await judged({ ...stranger, purposeOfUse: 'COC' }, presumed)).toBeUndefined();
  });

  test('in an emergency may be put under an open grant, in what its stage opens, until it ends', async () => {
    const grant = await openGrant(request, deps());
    const refusal = { kind: 'notAllowed', reason: 'break-glass-grant-missing' };
    expect(await judged(emergency)).toBeUndefined();
    expect(await judged({ ...emergency, breakGlass: grant.id })).toBeUndefined();
    expect(await judged({ ...emergency, breakGlass: 'another' })).toEqual(refusal);
    expect(await judged({ ...emergency, exchange: 'medication' })).toEqual(refusal);
    await widenGrant({ ...request, grantId: grant.id }, deps());
    expect(await judged({ ...emergency, exchange: 'medication' })).toBeUndefined();
    now += 60 * 60_000;
    expect(await judged(emergency)).toEqual(refusal);
    now -= 5 * 60_000;
    expect(await judged(emergency)).toEqual(refusal);
  });

  test('two second steps at once leave one set of reasons and nothing behind', async () => {
    const { id } = await openGrant(request, deps());
    const both = await Promise.allSettled([1, 2].map(() => widenGrant({ ...request, grantId: id }, deps())));
    expect(both.map((one) => one.status)).toContain('fulfilled');
    expect(await store.read.selectFrom('payload').select('id').execute()).toHaveLength(1);
  });
});
