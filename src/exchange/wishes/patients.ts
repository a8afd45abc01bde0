// Whose records are these? Another BSN's record never comes on the card; what cannot be proved is said.
import { bsnSystem, identifiersOf } from '../../fhir/identifiers.ts';
import { referenceParts } from '../../fhir/references.ts';
import type { FhirResource } from '../../model.ts';
import { readDate } from './clinicalDate.ts';
import { birthDateIn } from './formPeople.ts';
import { type HolderView, identifiersIn, nameIn, placeOf } from './holderView.ts';
import type { Finding } from './records.ts';
import { isTree, type Tree, textOf } from './tree.ts';

export type Person = { name: string | null; birthDate: string | null; bsn: string | null };

const wishTypes = new Set(['Consent', 'Goal', 'Observation', 'QuestionnaireResponse']);

export const bsnOf = (holder: Tree): string | undefined =>
  holder.identifier === undefined
    ? undefined
    : identifiersOf(holder).find(({ system }) => system === bsnSystem)?.value;

const patientsIn = (view: HolderView): FhirResource[] =>
  view.resources.filter(({ resourceType }) => resourceType === 'Patient');

/** The reference that says whose record it is; a form's `source` counts only where it is a patient. */
function subjectOf(resource: FhirResource): Tree | undefined {
  const named = resource.patient ?? resource.subject;
  if (isTree(named)) return named;
  const source = resource.source;
  if (!isTree(source)) return undefined;
  const type = textOf(source.type) ?? referenceParts(textOf(source.reference) ?? '')?.type;
  return type === undefined || type === 'Patient' ? source : undefined;
}

/**
 * `local`: one and the same text for one and the same patient of a holder, as far as it can be known. `bornOn`: what a
 * form says of its patient where it refers to none.
 */
type Claim =
  | { bsn: string }
  | { local: string | undefined; found: boolean }
  | { local: undefined; found: false; bornOn: string };

const born = (patient: FhirResource): string => {
  const birthDate = textOf(patient.birthDate);
  return birthDate === undefined ? placeOf(patient) : `born ${birthDate}`;
};

/** What a record itself says about its patient. */
function claimOf(resource: FhirResource, view: HolderView): Claim {
  if (resource.resourceType === 'Patient') {
    const bsn = bsnOf(resource);
    return bsn === undefined ? { local: born(resource), found: true } : { bsn };
  }
  const subject = subjectOf(resource);
  if (subject === undefined) {
    const bornOn = resource.resourceType === 'QuestionnaireResponse' ? birthDateIn(resource) : undefined;
    return { local: undefined, found: false, ...(bornOn === undefined ? {} : { bornOn }) };
  }
  const target = view.resolve(subject, resource);
  const bsn = bsnOf(subject) ?? (target && bsnOf(target));
  if (bsn !== undefined) return { bsn };
  if (target !== undefined) return { local: born(target), found: true };
  const written = textOf(subject.reference) ?? identifiersIn(subject)[0];
  const parts = referenceParts(written ?? '');
  return { local: parts ? `${parts.type}/${parts.id}` : written, found: false };
}

type Verdict = 'ours' | 'unproven' | 'other';

/** The patients of a holder's answer: by number, and the one that is named most where nobody gave a number. */
type Known = {
  bsns: readonly string[];
  born: ReadonlySet<string>;
  /** On which days the patient was born; those of all patients where nobody gave a number. */
  days: ReadonlySet<string>;
  local(): string | undefined;
};

function knownIn(view: HolderView, bsn: string | undefined): Known {
  const patients = patientsIn(view);
  const ours = patients.filter((one) => bsn !== undefined && bsnOf(one) === bsn);
  const bsns = patients.map(bsnOf).filter((one) => one !== undefined);
  let tallied: { local: string | undefined } | undefined;
  const local = () => {
    tallied ??= { local: likeliest(talliesOf([view], 'local')) };
    return tallied.local;
  };
  const days = (bsns.length > 0 ? ours : patients).map(({ birthDate }) => textOf(birthDate));
  return {
    bsns,
    born: new Set(ours.map(born)),
    days: new Set(days.filter((day) => day !== undefined)),
    local,
  };
}

/** Not to be found, or of another birthday. */
function isSomebodyElse(claim: Exclude<Claim, { bsn: string }>, known: Known): boolean {
  const { local, found } = claim;
  if (local === undefined) return 'bornOn' in claim && known.days.size > 0 && !known.days.has(claim.bornOn);
  if (known.bsns.length === 0) {
    const likely = known.local();
    return likely !== undefined && likely !== local;
  }
  return !found || (local.startsWith('born ') && known.born.size > 0 && !known.born.has(local));
}

/** A record without a number is ours unless it is visibly of somebody else. */
function verdictOn(claim: Claim, bsn: string | undefined, known: Known): Verdict {
  if ('bsn' in claim) return bsn === undefined || claim.bsn === bsn ? 'ours' : 'other';
  if (bsn !== undefined && known.bsns.length > 0 && !known.bsns.includes(bsn)) return 'other';
  return isSomebodyElse(claim, known) ? 'other' : 'unproven';
}

const finding = (
  severity: Finding['severity'],
  code: string,
  { view, resource }: { view: HolderView; resource: FhirResource },
): Finding => ({ severity, code, holder: view.name, place: placeOf(resource) });

/** Of these it is told when they are not, or not surely, this patient's. */
const toldTypes = new Set(['Consent', 'Goal', 'QuestionnaireResponse', 'Patient']);

/** Types that say nothing about a patient by themselves and are only read through references. */
const isOwn = ({ resourceType }: FhirResource): boolean =>
  wishTypes.has(resourceType) || resourceType === 'Patient' || resourceType === 'RelatedPerson';

/**
 * The resources of one holder that are this patient's, with an error for each that is another's and a warning for each
 * that names a patient whom nothing proves to be this one.
 */
export function ownResources(
  view: HolderView,
  bsn: string | undefined,
): { resources: FhirResource[]; findings: Finding[] } {
  const resources: FhirResource[] = [];
  const findings: Finding[] = [];
  const known = knownIn(view, bsn);
  for (const resource of view.resources.filter(isOwn)) {
    const verdict = verdictOn(claimOf(resource, view), bsn, known);
    const isTold = toldTypes.has(resource.resourceType);
    if (verdict !== 'other') resources.push(resource);
    else if (isTold) findings.push(finding('error', 'other-patient', { view, resource }));
    if (verdict === 'unproven' && isTold && resource.resourceType !== 'Patient')
      findings.push(finding('warning', 'patient-unproven', { view, resource }));
  }
  return { resources, findings };
}

type Tally = { records: Set<string>; newest: number };

const namedBy = (claim: Claim, by: 'bsn' | 'local'): string | undefined =>
  by === 'bsn' ? ('bsn' in claim ? claim.bsn : undefined) : 'bsn' in claim ? undefined : claim.local;

function talliesOf(views: readonly HolderView[], by: 'bsn' | 'local'): Map<string, Tally> {
  const found = new Map<string, Tally>();
  for (const view of views) {
    for (const resource of view.resources.filter(isOwn)) {
      const name = namedBy(claimOf(resource, view), by);
      if (name === undefined) continue;
      const tally = found.get(name) ?? { records: new Set(), newest: 0 };
      found.set(name, tally);
      if (!wishTypes.has(resource.resourceType)) continue;
      tally.records.add(identifiersIn(resource)[0] ?? JSON.stringify(resource));
      tally.newest = Math.max(tally.newest, readDate(resource.dateTime)?.when.start ?? 0);
    }
  }
  return found;
}

function likeliest(tallies: ReadonlyMap<string, Tally>): string | undefined {
  const ranked = [...tallies].sort(
    ([a, one], [b, other]) =>
      other.records.size - one.records.size || other.newest - one.newest || a.localeCompare(b),
  );
  return ranked[0]?.[0];
}

/** Whose card is it when nobody said? The patient of most distinct records, then of the newest; the others are errors. */
export const likeliestBsn = (views: readonly HolderView[]): string | undefined =>
  likeliest(talliesOf(views, 'bsn'));

const fullness = ({ name, birthDate, bsn }: Person): number =>
  [bsn, birthDate, name].filter((one) => one !== null).length;

const printOf = (one: Person): string => `${one.bsn}\n${one.birthDate}\n${one.name}`;

/** The fullest of what is said of one patient; the same whatever the order. */
export const fullest = (people: readonly Person[]): Person | undefined =>
  people.toSorted((a, b) => fullness(b) - fullness(a) || printOf(a).localeCompare(printOf(b)))[0];

/** How the patient is called, from the fullest of a holder's Patients. */
export const personIn = (patients: readonly FhirResource[]): Person | undefined =>
  fullest(
    patients.map((patient) => ({
      name: nameIn(patient) ?? null,
      birthDate: textOf(patient.birthDate) ?? null,
      bsn: bsnOf(patient) ?? null,
    })),
  );
