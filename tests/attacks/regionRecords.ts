// What do the holders keep of the patients of the groups C and M? Directives, a goal and medication, each with words to find again.
import { bsnSystem } from '../../src/fhir/identifiers.ts';
import type { FhirResource } from '../../src/model.ts';
import { fixtureRecords } from '../../src/sandbox/fixtures.ts';
import { changed, codes, r4Directive, stu3Directive } from '../world/wishes.ts';
import { patients } from './content.ts';
import type { HolderName } from './regionCast.ts';

export type PatientName = keyof typeof patients;

/** Of them nobody knows anything. */
export const unknownTo: ReadonlySet<PatientName> = new Set(['nil', 'other']);
export const knownPatients = (Object.keys(patients) as PatientName[]).filter((name) => !unknownTo.has(name));

export const patientIdAt = (name: PatientName): string => `pat-${name}`;
/** A word of what this holder keeps of this patient: where it stands, its records have come out. */
export const wordOf = (name: PatientName, at: HolderName): string => `Vermelding${at.toUpperCase()}${name}`;

const person = (name: PatientName): FhirResource => ({
  resourceType: 'Patient',
  id: patientIdAt(name),
  identifier: [{ system: bsnSystem, value: patients[name].bsn }],
  name: [{ text: `Ottoline ${patients[name].family}`, family: patients[name].family }],
  birthDate: '1940-05-01',
});

const goal = (name: PatientName): FhirResource => ({
  resourceType: 'Goal',
  id: `goal-${name}`,
  lifecycleStatus: 'active',
  category: [{ coding: [{ system: 'http://snomed.info/sct', code: '713603004' }] }],
  description: { text: `Rust en ${wordOf(name, 'd')}` },
  subject: { reference: `Patient/${patientIdAt(name)}` },
  startDate: '2024-05-01',
});

/** Six directives, so that a search has pages. */
const directives = (name: PatientName, at: HolderName): FhirResource[] =>
  Object.values(codes).map((code, index) =>
    changed(r4Directive(code, { other: `${wordOf(name, at)} ${index}` }, `202${index}-03-01`), {
      id: `dir-${at}-${name}-${index}`,
      patient: { reference: `Patient/${patientIdAt(name)}` },
      policyRule: { text: 'gemaakte afspraak' },
    }),
  );

const stu3Directives = (name: PatientName): FhirResource[] => [
  changed(
    stu3Directive(codes.cpr, 'JA_MAAR', { verified: '2024-01-01', limit: `Tenzij ${wordOf(name, 'f')}` }),
    {
      id: `dir-f-${name}`,
      patient: { reference: `Patient/${patientIdAt(name)}` },
      policyRule: 'http://example.nl/afspraak',
    },
  ),
];

/** Of the sandbox's GP one agreement, rewritten for this patient at this holder. */
function medication(name: PatientName, at: HolderName, from: readonly FhirResource[]): FhirResource[] {
  const kept = from.filter(({ id }) => ['ma-acenocoumarol-1', 'med-acenocoumarol'].includes(id ?? ''));
  const text = JSON.stringify(kept)
    .replaceAll('Patient/pat-1', `Patient/${patientIdAt(name)}`)
    .replaceAll('acenocoumarol-1', `${at}-${name}`)
    .replaceAll('mbh-acenocoumarol', `mbh-${at}-${name}`)
    .replaceAll('med-acenocoumarol', `med-${at}-${name}`)
    .replaceAll('volgens schema trombosedienst, oraal', wordOf(name, at));
  return JSON.parse(text) as FhirResource[];
}

/** Everything that each holder keeps. */
export async function regionRecords(): Promise<Record<HolderName, FhirResource[]>> {
  const fixture = await fixtureRecords(['medication-gp.json']);
  const of = (at: 'd' | 'e', name: PatientName): FhirResource[] => [
    person(name),
    ...directives(name, at),
    ...medication(name, at, fixture),
  ];
  return {
    d: knownPatients.flatMap((name) => [...of('d', name), goal(name)]),
    e: knownPatients.flatMap((name) => of('e', name)),
    f: knownPatients.flatMap((name) => [person(name), ...stu3Directives(name)]),
    g: knownPatients.map(person),
  };
}
