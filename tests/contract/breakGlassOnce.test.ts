// Is there one grant, whoever asks for it at the same moment, and at which gateway?
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openGrant } from '../../src/consent/breakGlass.ts';
import { consentSettings } from '../../src/consent/settings.ts';
import { ambulance, bsn, type ConsentStage, openConsentStage, requesterOf, uzi } from './consentStage.ts';
import { storeKinds } from './storesUnderTest.ts';

const settings = consentSettings.parse({
  breakGlass: { enabled: true, facilityTypes: ['AMB'], roles: ['01.071'] },
});
const request = {
  patientBsn: bsn,
  requester: requesterOf(ambulance),
  practitioner: uzi('000095254'),
  purposeOfUse: 'ETREAT',
  reason: 'Onwel op straat, patient is niet aanspreekbaar',
  requestId: 'r',
};

describe.each(storeKinds)('break-glass asked for many times at once, on %s', (kind) => {
  let stage: ConsentStage;
  beforeEach(async () => {
    stage = await openConsentStage(kind, 'own');
  });
  afterEach(() => stage.end());

  test('opens one grant, that one and no other', async () => {
    const second = kind === 'postgresql' ? [await stage.gateway({ name: 'gateway-2' })] : [];
    const gateways = [await stage.gateway(), ...second];
    const asked = Array.from({ length: 4 }, () => gateways)
      .flat()
      .map(({ store, clock }) => openGrant(request, { store, clock, settings }));
    const given = await Promise.all(asked);
    const rows = await stage.store.read.selectFrom('break_glass_grant').select('id').execute();
    expect(rows).toHaveLength(1);
    expect(new Set(given.map(({ id }) => id))).toEqual(new Set(rows.map(({ id }) => id)));
  });
});
