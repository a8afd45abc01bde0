// What does a holder itself say to the gateway? Of whom it has records; it reads who opened them in an emergency, and what was given to it.
import { bsnSystem } from '../fhir/identifiers.ts';
import { type Caller, createCaller } from './caller.ts';
import { patientBsn } from './fixtures.ts';
import { keepKey } from './keys.ts';
import { type HolderSketch, holderSketches } from './regionCast.ts';
import { keyFileOf } from './sandbox.ts';

type Where = { folder: string; gatewayUrl: string };

export const holderScopes = ['localisation', 'break-glass', 'medication'];

/** The client id under which a holder's own system speaks to the gateway. */
export const indexClientOf = ({ id }: { id: string }): string => `${id}-index`;

/** How many entries were taken, and how many of them the index did not have. */
export async function enterPatient(where: Where): Promise<{ taken: number; fresh: number }> {
  const statuses = (await Promise.all(holderSketches.map((sketch) => enterAt(sketch, where)))).flat();
  const count = (wanted: number): number => statuses.filter((status) => status === wanted).length;
  return { taken: count(200) + count(201), fresh: count(201) };
}

/** Calls as the holder itself. */
export async function holderCaller(who: { id: string }, { folder, gatewayUrl }: Where): Promise<Caller> {
  const clientId = indexClientOf(who);
  const key = await keepKey(keyFileOf(folder, clientId), who.id);
  return createCaller({ gatewayUrl, clientId, key, scope: holderScopes.join(' ') });
}

async function enterAt(sketch: HolderSketch, where: Where): Promise<number[]> {
  const caller = await holderCaller(sketch, where);
  const patient = { name: 'patient', valueIdentifier: { system: bsnSystem, value: patientBsn } };
  const entries = sketch.holds.map(async ({ exchange }) => {
    const parameter = [patient, { name: 'exchange', valueString: exchange }];
    const resource = { resourceType: 'Parameters', parameter };
    return (await caller.call({ method: 'POST', path: '/r4/$register-patient', resource })).status;
  });
  return Promise.all(entries);
}
