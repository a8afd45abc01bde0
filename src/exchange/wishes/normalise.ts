// What do all holders together record of one patient's wishes, whatever form each of them gave? Read per resource, by its content.
import { newestVersions } from '../../fhir/versions.ts';
import type { FhirResource } from '../../model.ts';
import { readObservation, readPatient } from './capacity.ts';
import { readContained, readRelatedPerson } from './contacts.ts';
import { type HolderView, viewOf } from './holderView.ts';
import { fullest, likeliestBsn, ownResources, type Person, personIn } from './patients.ts';
import { readConsent } from './readConsent.ts';
import { readForm } from './readForm.ts';
import { readGoal } from './readGoal.ts';
import { type Finding, type Found, type HolderAnswer, type HolderState, nothing } from './records.ts';

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

const isWishLeftOut = ({ code, place }: Finding): boolean =>
  code === 'other-patient' && !place.startsWith('Patient/');

/** What one holder's resources say. */
export type WishReading = {
  found: Found;
  patient: Person | undefined;
  /** Wishes left out because they are another patient's. */
  leftOut: number;
  /** The holder said that there is more, or that something went wrong on its side. */
  partial: boolean;
};

function foundIn(view: HolderView, resources: readonly FhirResource[], at: Date): Found {
  const found = nothing();
  for (const resource of newestVersions(resources).resources) {
    const read = readers.get(resource.resourceType);
    if (read !== undefined) add(found, read(resource, view, at));
    found.contacts.push(...readContained(resource, view, at));
  }
  return found;
}

/** Reads one holder's resources of this patient. Nothing is decided here; every record carries whether it counts now. */
export function readWishes(view: HolderView, { at, bsn }: Asked): WishReading {
  const own = ownResources(view, bsn);
  const found = foundIn(view, own.resources, at);
  found.findings.push(...own.findings);
  // also one that lies inside a record
  const meant = own.resources.flatMap((one) => [
    one,
    ...[view.resolve(one.patient ?? one.subject, one)].filter((subject) => subject !== undefined),
  ]);
  return {
    found,
    patient: personIn(meant.filter(({ resourceType }) => resourceType === 'Patient')),
    leftOut: own.findings.filter(isWishLeftOut).length,
    partial: view.partial,
  };
}

/** A holder, what became of asking it, and what it said; absent where it gave nothing to read. */
export type HolderPart = Omit<HolderAnswer, 'resources'> & { reading: WishReading | undefined };

function resultOf({ holder, state = 'answered', retrieved, reading }: HolderPart): HolderResult {
  const { records = [], goals = [], statements = [] } = reading?.found ?? {};
  return {
    name: holder.name,
    ura: holder.ura,
    state: state === 'answered' && reading?.partial ? 'partial' : state,
    records: records.length + goals.length + statements.length,
    leftOut: reading?.leftOut ?? 0,
    retrieved,
  };
}

/** Everybody's wishes together. */
export function joinReadings(parts: readonly HolderPart[], bsn: string | undefined): Wishes {
  const all = nothing();
  for (const { reading } of parts) if (reading) add(all, reading.found);
  const best = fullest(parts.flatMap(({ reading }) => reading?.patient ?? []));
  const nameless = bsn === undefined ? null : { name: null, birthDate: null, bsn };
  return { ...all, patient: best ?? nameless, holders: parts.map(resultOf) };
}

/**
 * Reads the holders' answers: STU3 and R4 resources, forms, Bundles, mixed. Nothing is decided here; every record
 * carries its holder, its place there, and whether it counts at this moment.
 */
export function normalise(answers: readonly HolderAnswer[], asked: Asked): Wishes {
  const views = answers.map(viewOf);
  const bsn = asked.bsn ?? likeliestBsn(views);
  const of = { at: asked.at, ...(bsn === undefined ? {} : { bsn }) };
  return joinReadings(
    views.map((view) => ({ ...view.answer, reading: readWishes(view, of) })),
    bsn,
  );
}
