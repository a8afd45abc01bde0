// Which Composition belongs to these resources? The sender's own, completed from Parameters, or one put together by section.

import type { FhirResource, Participant } from '../../model.ts';
import type { Directory } from '../../routing/directory.ts';
import { type Cast, castOf } from './cast.ts';
import { codes, profiles, profilesOf, snomed, transferDateExtension } from './codes.ts';
import { type Handoff, readHandoff, sectionCode, transferDateOf } from './handoff.ts';
import type { Entry, Parcel } from './parcel.ts';
import { type Belongs, documents, receivingOrganization, type Section, sections } from './sections.ts';

type Tree = Record<string, unknown>;
export type Assembling = { sender: Participant; directory: Directory; at: Date };

/** Always gives a handoff: what is missing in it is for the check to say. */
export function assemble(parcel: Parcel, assembling: Assembling): Handoff {
  if (parcel.composition) return complete(parcel, parcel.composition, assembling);
  const cast = castOf(parcel, assembling);
  const entries = [...parcel.entries, ...cast.made];
  const composition: Entry = {
    resource: compositionOf(cast, { ...parcel, entries }, assembling.at),
    fullUrl: undefined,
    place: 'Composition',
  };
  const read = readHandoff({ ...parcel, entries: [...entries, composition] }, composition, true);
  return { ...read, issues: [...read.issues, ...cast.issues] };
}

/** Adds what came beside the content and is not in it yet: receiver, transfer date, documents. Nothing is replaced. */
function complete(parcel: Parcel, composition: Entry, assembling: Assembling): Handoff {
  const read = readHandoff(parcel, composition, false);
  const additions = new Map<string, Entry[]>();
  const given =
    parcel.given.parts.get('document')?.filter((one) => one.resource.resourceType !== 'Binary') ?? [];
  if (given.length > 0) additions.set(documents, [...given]);
  let made: readonly Entry[] = [];
  if (parcel.given.receiver && !read.sections.get(receivingOrganization)?.some((one) => one.target)) {
    const cast = castOf(parcel, assembling);
    made = cast.made;
    if (cast.receiver) additions.set(receivingOrganization, [cast.receiver]);
  }
  const ownDate = transferDateOf({ ...read, given: { parts: new Map() } });
  const date = ownDate ? undefined : parcel.given.transferDate;
  if (additions.size === 0 && !date) return read;
  const resource = structuredCopy(composition.resource);
  let list = resource.section as Tree[];
  for (const section of sections) list = place(list, section, additions.get(section.code) ?? []);
  if (date) addTransferDate(list, date);
  resource.section = list;
  const completed = { ...composition, resource };
  const entries = [...parcel.entries.map((one) => (one === composition ? completed : one)), ...made];
  return readHandoff({ ...parcel, entries }, completed, false);
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

/** Puts entries in their section, making the section and its parent where the Composition has none. */
function place(list: Tree[], section: Section, entries: readonly Entry[]): Tree[] {
  if (entries.length === 0) return list;
  const rows = entries.map((entry) => ({ reference: referenceTo(entry) }));
  const own = findSection(list, section.code);
  if (own) own.entry = [...((own.entry as unknown[] | undefined) ?? []), ...rows];
  else {
    const made = { ...heading(section), entry: rows };
    const parent = sections.find((one) => one.code === section.parent);
    if (!parent) list.push(made);
    else {
      const known = findSection(list, parent.code);
      const above = known ?? heading(parent);
      if (!known) list.push(above);
      above.section = [...((above.section as Tree[] | undefined) ?? []), made];
    }
  }
  return list;
}

function findSection(list: readonly Tree[], code: string): Tree | undefined {
  for (const one of list) {
    if (sectionCode(one) === code) return one;
    const below = findSection((one.section as Tree[] | undefined) ?? [], code);
    if (below) return below;
  }
  return undefined;
}

function heading(section: Section): Tree {
  return { title: section.title, code: { coding: [{ system: snomed, code: section.code }] } };
}

function addTransferDate(list: Tree[], date: string): void {
  const [administrative] = sections;
  if (!administrative) return;
  const known = findSection(list, administrative.code);
  const section = known ?? heading(administrative);
  if (!known) list.unshift(section);
  const extension = { url: transferDateExtension, valueDateTime: date };
  section.extension = [...((section.extension as unknown[] | undefined) ?? []), extension];
}

/** A reference that finds this entry again; one without any name is given one. */
export function referenceTo(entry: Entry): string {
  entry.fullUrl ??= entry.resource.id ? undefined : `urn:place:${entry.place}`;
  return entry.fullUrl ?? `${entry.resource.resourceType}/${entry.resource.id}`;
}

function compositionOf(cast: Cast, parcel: Parcel, at: Date): FhirResource {
  let list: Tree[] = [];
  for (const section of sections) {
    list = place(
      list,
      section,
      cast.placed.get(section.code) ?? parcel.entries.filter((one) => belongs(one, section.belongs)),
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
