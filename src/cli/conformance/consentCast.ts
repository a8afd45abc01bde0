// Who asks in the published samples? The same people and numbers, as the gateway knows them.
import type { ConsentQuestion } from '../../consent/consent.ts';
import { uraSystem, uziSystem } from '../../fhir/identifiers.ts';
import type { Participant, Practitioner } from '../../model.ts';

export type Expectation = { name: string; holds: boolean; found: string };

export const organisation = (ura: string, facilityType: string): Participant => ({
  id: `ura-${ura}`,
  name: `Organisation ${ura}`,
  identifiers: [{ system: uraSystem, value: ura }],
  active: true,
  facilityType,
  clients: [],
  endpoints: [],
});

export const professional = (uzi: string, role?: string): Practitioner => ({
  identifier: { system: uziSystem, value: uzi },
  ...(role !== undefined && { role }),
});

export const askedBy = (participant: Participant): ConsentQuestion['requester'] => ({
  participant,
  clientId: `${participant.id}-system`,
  scopes: [],
  tokenId: '',
});

/** The question of `mitz/example.xml`. */
export const sampleQuestion: ConsentQuestion = {
  exchange: 'wishes',
  patientBsn: '900186021',
  holder: organisation('00000659', 'Z3'),
  requester: askedBy(organisation('00000666', 'Z3')),
  practitioner: professional('000095254', '01.015'),
  purposeOfUse: 'TREAT',
  categories: ['GGC002'],
  requestId: 'conformance',
  signal: new AbortController().signal,
};

/** What came of it, or the reason for which it was refused. */
export function outcomeOf(work: () => unknown): string {
  try {
    const value = work();
    return value instanceof Map ? [...value].map((one) => one.join(' ')).join(', ') : String(value);
  } catch (error) {
    return error instanceof Error && 'reason' in error ? String(error.reason) : 'broken';
  }
}

export const expectOutcome = (name: string, wanted: string, work: () => unknown): Expectation => {
  const found = outcomeOf(work);
  return { name: `${name}: ${wanted}`, holds: found === wanted, found };
};
