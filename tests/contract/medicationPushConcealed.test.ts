// Does a pushed overview name who conceals from its receiver that there is anything, where it gave nothing to the sender either?
import { afterEach, describe, expect, test } from 'vitest';
import { bsn, type MedicationStage, openMedicationStage } from './medicationStage.ts';
import { storeKinds } from './storesUnderTest.ts';

const byNumber = (name: string, system: string, value: string) => ({
  name,
  valueIdentifier: { system, value },
});
const request = {
  resourceType: 'Parameters',
  parameter: [
    byNumber('receiver', 'http://fhir.nl/fhir/NamingSystem/ura', '90001002'),
    byNumber('patient', 'http://fhir.nl/fhir/NamingSystem/bsn', bsn),
    byNumber('case', 'https://nurses.example/cases', 'c-1'),
  ],
};

describe.each(storeKinds)('a pushed overview on %s', (kind) => {
  let stage: MedicationStage;
  afterEach(() => stage.end());

  const pushed = async (): Promise<string> => {
    const { status, headers } = await stage.post('$push-medication', request);
    expect(status).toBe(202);
    const task = await stage.get((headers?.Location ?? '').split('/').slice(-2).join('/'));
    const focus = task.resource?.focus as { reference: string } | undefined;
    const { resource } = await stage.get(focus?.reference ?? '');
    return JSON.stringify(resource);
  };

  test('names a silent holder to who may see it', async () => {
    stage = await openMedicationStage(kind, {}, { concealRefusal: true });
    expect(await pushed()).toContain('Apotheek Stil');
  });

  test('and to nobody else', async () => {
    stage = await openMedicationStage(kind, {}, { concealRefusal: true });
    await stage.choose('silent', false, 'home');
    expect(await pushed()).not.toContain('Apotheek Stil');
  });
});
