// Which of loose resources say what is the matter? Diagnosis or history; what was a mistake or is refuted is in no section.
import { profilesOf } from './codes.ts';
import type { Entry } from './parcel.ts';
import { diagnosis, medicalHistory, sections } from './sections.ts';

const past = new Set(['inactive', 'resolved', 'remission']);

/** Problems that are over are history; the others, and those named as such, are why the patient was treated. */
export function problemSections(named: readonly Entry[], conditions: readonly Entry[]): [string, Entry[]][] {
  const others = conditions.filter((entry) => !named.includes(entry) && isProblem(entry));
  const over = others.filter((entry) => past.has(String(entry.resource.clinicalStatus)));
  const current = others.filter((entry) => !over.includes(entry));
  const standing = (list: readonly Entry[]) => list.filter((entry) => !isWithdrawn(entry));
  return [
    [diagnosis, standing([...named, ...current])],
    [medicalHistory, standing(over)],
  ];
}

/** What its own system calls a mistake, and a problem that turned out not to be there. */
export function isWithdrawn({ resource }: Entry): boolean {
  const { resourceType, status, verificationStatus } = resource;
  if (status === 'entered-in-error' || verificationStatus === 'entered-in-error') return true;
  return resourceType === 'Condition' && verificationStatus === 'refuted';
}

const lastPart = (profile: string) => profile.slice(profile.lastIndexOf('/') + 1).replace(/^zib-/, '');

/** Conditions that another section takes, such as wounds. */
const elsewhere = new Set(
  sections.flatMap(({ belongs }) =>
    belongs.flatMap(({ type, profiles = [] }) => (type === 'Condition' ? profiles : [])),
  ),
);

/** A vendor's own profile says nothing against it. */
function isProblem({ resource }: Entry): boolean {
  const names = profilesOf(resource).map(lastPart);
  return names.includes('Problem') || names.includes('Condition') || !names.some((one) => elsewhere.has(one));
}
