// Which Composition belongs to these resources? The sender's own, completed from Parameters, or one put together by section.
import { isDeepStrictEqual } from 'node:util';
import type { FhirResource, Participant } from '../../model.ts';
import type { Directory } from '../../routing/directory.ts';
import { indexDocuments } from './attachments.ts';
import { type Cast, castOf } from './cast.ts';
import { codes, profiles, profilesOf } from './codes.ts';
import { finding } from './findings.ts';
import { type Handoff, patientOf, readHandoff } from './handoff.ts';
import type { Entry, Parcel } from './parcel.ts';
import { addTransferDate, place, referenceTo, type Tree } from './placing.ts';
import { isWithdrawn } from './problems.ts';
import {
  type Belongs,
  diagnosis,
  documents,
  personal,
  practitioners,
  receivingOrganization,
  sections,
  sendingOrganization,
} from './sections.ts';
import { replaceTransferDate, transferDateIn } from './transferDate.ts';

export type Assembling = { sender: Participant; directory: Directory; at: Date };

/** Always gives a handoff: what is missing in it is for the check to say. */
export function assemble(parcel: Parcel, assembling: Assembling): Handoff {
  if (parcel.composition) return complete(parcel, parcel.composition, assembling);
  const cast = castOf(parcel, assembling);
  const entries = [...parcel.entries, ...cast.made];
  indexDocuments(entries, cast.patient, assembling.at);
  const composition: Entry = {
    resource: compositionOf(cast, { ...parcel, entries }, assembling.at),
    fullUrl: undefined,
    place: 'Composition',
    madeAt: 'date',
  };
  const read = readHandoff({ ...parcel, entries: [...entries, composition] }, composition);
  const withdrawn = parcel.entries
    .filter(isWithdrawn)
    .map(({ place }) => finding('handover-withdrawn', [place]));
  return { ...read, issues: [...read.issues, ...cast.issues, ...withdrawn] };
}

/** Parts that a section takes. */
const sectionOfPart: Readonly<Record<string, string>> = {
  payer: personal,
  sender: sendingOrganization,
  practitioner: practitioners,
  diagnosis,
  document: documents,
};

/** Adds what came beside the content and is not in it yet. Of what the content says only the transfer date is replaced. */
function complete(parcel: Parcel, composition: Entry, assembling: Assembling): Handoff {
  const read = readHandoff(parcel, composition);
  indexDocuments(parcel.entries, patientOf(read), assembling.at);
  const additions = partsBeside(read);
  let made: readonly Entry[] = [];
  if (parcel.given.receiver && !read.sections.get(receivingOrganization)?.some((one) => one.target)) {
    const cast = castOf(parcel, assembling);
    made = cast.made;
    if (cast.receiver) additions.set(receivingOrganization, [cast.receiver]);
  }
  const { transferDate } = parcel.given;
  const date = transferDate === transferDateIn(composition.resource) ? undefined : transferDate;
  if (additions.size === 0 && !date) return read;
  const resource = completed(composition.resource, additions, date);
  const whole = { ...composition, resource };
  const entries = [...parcel.entries.map((one) => (one === composition ? whole : one)), ...made];
  return readHandoff({ ...parcel, entries }, whole);
}

/** By section: what came in a part of its own and does not stand there yet, under a name that leads to it alone. */
function partsBeside({ given, sections: present, composition, resolve }: Handoff): Map<string, Entry[]> {
  const additions = new Map<string, Entry[]>();
  for (const [part, section] of Object.entries(sectionOfPart)) {
    const placed = present.get(section) ?? [];
    const missing = (given.parts.get(part) ?? []).filter(
      ({ resource }) =>
        resource.resourceType !== 'Binary' &&
        !placed.some((one) => isDeepStrictEqual(one.target?.resource, resource)),
    );
    for (const one of missing) {
      if (resolve(referenceTo(one), composition) !== one) one.fullUrl = `urn:place:${one.place}`;
    }
    if (missing.length > 0) additions.set(section, missing);
  }
  return additions;
}

function completed(
  composition: FhirResource,
  additions: ReadonlyMap<string, Entry[]>,
  date: string | undefined,
): FhirResource {
  const resource = structuredCopy(composition);
  let list = resource.section as Tree[];
  for (const section of sections) list = place(list, section, additions.get(section.code) ?? []);
  resource.section = list;
  if (!date) return resource;
  const dated = replaceTransferDate(resource, date);
  if (!dated.found) addTransferDate(dated.holder.section as Tree[], date);
  return dated.holder;
}

/** A copy as deep as sections go; what is below is shared. */
function structuredCopy(resource: FhirResource): FhirResource {
  const copySections = (list: unknown): unknown =>
    Array.isArray(list)
      ? list.map((one: Tree) => ({
          ...one,
          ...(one.extension ? { extension: [...(one.extension as unknown[])] } : {}),
          ...(one.entry ? { entry: [...(one.entry as unknown[])] } : {}),
          ...(one.section ? { section: copySections(one.section) } : {}),
        }))
      : [];
  return { ...resource, section: copySections(resource.section) };
}

function compositionOf(cast: Cast, parcel: Parcel, at: Date): FhirResource {
  const listed = parcel.entries.filter((one) => !isWithdrawn(one));
  let list: Tree[] = [];
  for (const section of sections) {
    list = place(
      list,
      section,
      cast.placed.get(section.code) ?? listed.filter((one) => belongs(one, section.belongs)),
    );
  }
  if (parcel.given.transferDate) addTransferDate(list, parcel.given.transferDate);
  const { patient, author } = cast;
  return {
    resourceType: 'Composition',
    meta: { profile: [profileFor(patient?.resource, at)] },
    status: 'final',
    type: { coding: [{ ...codes.nursingHandoff }] },
    ...(patient ? { subject: { reference: referenceTo(patient) } } : {}),
    date: at.toISOString(),
    author: author ? [{ reference: referenceTo(author) }] : [],
    title: 'Nursing handoff',
    section: list,
  };
}

function profileFor(patient: FhirResource | undefined, at: Date): string {
  const birth = typeof patient?.birthDate === 'string' ? patient.birthDate : undefined;
  if (!birth) return profiles.adults;
  const born = new Date(birth);
  const years = at.getUTCFullYear() - born.getUTCFullYear();
  const had = at.getUTCMonth() * 32 + at.getUTCDate() >= born.getUTCMonth() * 32 + born.getUTCDate();
  const age = had ? years : years - 1;
  if (age < 1) return profiles.infants;
  return age < 18 ? profiles.children : profiles.adults;
}

/** By profile where one is declared, else by category or code; a type that a section takes whole needs neither. */
function belongs(entry: Entry, rows: readonly Belongs[]): boolean {
  const { resource } = entry;
  const names = profilesOf(resource).map((profile) =>
    profile.slice(profile.lastIndexOf('/') + 1).replace(/^zib-/, ''),
  );
  return rows.some((row) => {
    if (row.type !== resource.resourceType) return false;
    if (!row.profiles && !row.codes) return true;
    if (row.profiles?.some((profile) => names.includes(profile))) return true;
    return row.codes !== undefined && codesIn(resource).some((code) => row.codes?.includes(code));
  });
}

function codesIn(resource: FhirResource): string[] {
  const concepts = [resource.code, resource.category].flat() as { coding?: unknown }[];
  return concepts
    .flatMap((concept) => (Array.isArray(concept?.coding) ? (concept.coding as { code?: unknown }[]) : []))
    .flatMap((coding) => (typeof coding?.code === 'string' ? [coding.code] : []));
}
