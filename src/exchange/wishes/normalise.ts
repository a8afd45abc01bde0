// What do all holders together record of one patient's wishes, whatever form each of them gave? Read per resource, by its content.
import { isResource } from '../../fhir/bundles.ts';
import type { FhirResource } from '../../model.ts';
import { readObservation, readPatient, readRelatedPerson } from './contacts.ts';
import { type HolderView, placeOf, viewOf } from './holderView.ts';
import { likeliestBsn, ownResources, type Person, personIn } from './patients.ts';
import { readConsent } from './readConsent.ts';
import { readForm } from './readForm.ts';
import { readGoal } from './readGoal.ts';
import { type Finding, type Found, type HolderAnswer, type HolderState, nothing } from './records.ts';
import { treesAt } from './tree.ts';

export type HolderResult = {
  name: string;
  ura: string | undefined;
  state: HolderState;
  /** Wishes on record here, current or not. */
  records: number;
  /** Wishes left out because they are another patient's. */
  leftOut: number;
  retrieved: string | undefined;
};

export type Wishes = Found & { patient: Person | null; holders: HolderResult[] };

export type Asked = {
  /** The clock: what counts is decided at this moment. */
  at: Date;
  /** The patient who was asked about; the likeliest one of the records when absent. */
  bsn?: string;
};

type Read = (resource: FhirResource, view: HolderView, at: Date) => Found;

const readers: ReadonlyMap<string, Read> = new Map([
  ['Consent', readConsent],
  ['QuestionnaireResponse', readForm],
  ['Goal', readGoal],
  ['Observation', readObservation],
  ['RelatedPerson', readRelatedPerson],
  ['Patient', readPatient],
]);

function add(to: Found, from: Found): void {
  to.records.push(...from.records);
  to.goals.push(...from.goals);
  to.contacts.push(...from.contacts);
  to.capacities.push(...from.capacities);
  to.statements.push(...from.statements);
  to.findings.push(...from.findings);
}

/** The same resource twice in one answer, by page or by `_include`, is one record; two versions of it are two. */
function once(resources: readonly FhirResource[]): FhirResource[] {
  const places = new Map<string, { first: FhirResource; prints?: Set<string> }>();
  return resources.filter((resource) => {
    const place = resource.id === undefined ? '' : placeOf(resource);
    const known = places.get(place);
    if (known === undefined) {
      places.set(place, { first: resource });
      return true;
    }
    known.prints ??= new Set([JSON.stringify(known.first)]);
    const print = JSON.stringify(resource);
    return !known.prints.has(print) && Boolean(known.prints.add(print));
  });
}

const isWishLeftOut = ({ code, place }: Finding): boolean =>
  code === 'other-patient' && !place.startsWith('Patient/');

function readHolder(view: HolderView, resources: readonly FhirResource[], at: Date): Found {
  const found = nothing();
  for (const resource of once(resources)) {
    const read = readers.get(resource.resourceType);
    if (read !== undefined) add(found, read(resource, view, at));
    for (const inner of treesAt(resource, 'contained'))
      if (isResource(inner) && inner.resourceType === 'RelatedPerson')
        add(found, readRelatedPerson(inner, view, at));
  }
  return found;
}

/**
 * Reads the holders' answers: STU3 and R4 resources, forms, Bundles, mixed. Nothing is decided here; every record
 * carries its holder, its place there, and whether it counts at this moment.
 */
export function normalise(answers: readonly HolderAnswer[], { at, bsn }: Asked): Wishes {
  const views = answers.map(viewOf);
  const patientBsn = bsn ?? likeliestBsn(views);
  const all = nothing();
  const patients: FhirResource[] = [];
  const holders = views.map((view): HolderResult => {
    const own = ownResources(view, patientBsn);
    const found = readHolder(view, own.resources, at);
    add(all, found);
    all.findings.push(...own.findings);
    patients.push(...own.resources.filter(({ resourceType }) => resourceType === 'Patient'));
    const state = view.answer.state ?? 'answered';
    return {
      name: view.name,
      ura: view.answer.holder.ura,
      state: state === 'answered' && view.partial ? 'partial' : state,
      records: found.records.length + found.goals.length + found.statements.length,
      leftOut: own.findings.filter(isWishLeftOut).length,
      retrieved: view.answer.retrieved,
    };
  });
  return { ...all, patient: personIn(patients, patientBsn), holders };
}
