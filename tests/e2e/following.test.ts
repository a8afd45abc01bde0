// Does the gateway hear from Mitz about the patients that holders have entered, and about no others? With real processes.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { patientBsn } from '../../src/sandbox/fixtures.ts';
import { gp, homeCare } from '../../src/sandbox/regionCast.ts';
import { type RegionCast, startRegionCast } from './regionStage.ts';
import { until } from './stage.ts';

let cast: RegionCast;
beforeAll(async () => {
  cast = await startRegionCast();
});
afterAll(() => cast.close());

const followed = (): string[] =>
  [...cast.region.consent.mitz.subscriptions.values()].map(({ holderUra }) => holderUra);

async function withdraw(exchange: string): Promise<number> {
  const caller = await cast.region.asHolder(gp);
  const patient = { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: patientBsn };
  const parameter = [
    { name: 'patient', valueIdentifier: patient },
    { name: 'exchange', valueString: exchange },
  ];
  const resource = { resourceType: 'Parameters', parameter };
  return (await caller.call({ method: 'POST', path: '/r4/$withdraw-patient', resource })).status;
}

it('subscribes once for each holder that entered the patient, for however many exchanges', async () => {
  expect(followed()).toEqual([]);
  expect(await cast.region.enterPatient()).toBe(9);
  await until(() => followed().length >= 7, 'subscriptions');
  expect(followed()).toHaveLength(7);
  expect(new Set(followed()).size).toBe(7);
});

it('hears of a change while it is subscribed', async () => {
  expect(await cast.region.consent.change(gp.id, false)).toBe('told to the gateway');
});

it('stays subscribed while the holder has an entry, and ends with the last', async () => {
  expect(await withdraw('wishes')).toBe(200);
  expect(followed()).toContain(gp.ura);
  expect(await withdraw('medication')).toBe(200);
  await until(() => !followed().includes(gp.ura), 'the end of the subscription');
  expect(followed()).toContain(homeCare.ura);
  expect(await cast.region.consent.change(gp.id, true)).toBe('told to nobody');
});
