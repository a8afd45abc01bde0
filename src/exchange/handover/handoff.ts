// What stands where in a nursing handoff? Sections are found by code at any depth, never by title.
import type { FhirResource, Issue } from '../../model.ts';
import { codingsOf, sameCoding, snomed } from './codes.ts';
import type { Entry, Given, Parcel } from './parcel.ts';
import { indexEntries, type Resolve } from './resolve.ts';
import { sections } from './sections.ts';
import { transferDateIn } from './transferDate.ts';

export type Placed = { type: string | undefined; target: Entry | undefined; reference: string | undefined };

/** A parcel with its Composition, from the sender or assembled here. */
export type Handoff = {
  composition: Entry;
  entries: readonly Entry[];
  resolve: Resolve;
  given: Given;
  task: Entry | undefined;
  bundleIdentifier: unknown;
  /** Codes of the sections present, with what each holds. */
  sections: ReadonlyMap<string, readonly Placed[]>;
  /** Places of sections whose code no release knows. */
  unknownSections: readonly string[];
  /** What was found while reading and assembling. */
  issues: readonly Issue[];
};

type Tree = Record<string, unknown>;
type Found = { sections: Map<string, Placed[]>; unknown: string[] };
const known = new Map(sections.map((section) => [section.code, section]));

/** Reads the sections of a Composition. */
export function readHandoff(parcel: Parcel, composition: Entry): Handoff {
  const { resolve, issues } = indexEntries(parcel.entries);
  const found: Found = { sections: new Map(), unknown: [] };
  readSections(composition.resource.section, { found, resolve, composition, path: composition.place });
  return {
    composition,
    entries: parcel.entries,
    resolve,
    given: parcel.given,
    task: parcel.task,
    bundleIdentifier: parcel.bundleIdentifier,
    sections: found.sections,
    unknownSections: found.unknown,
    issues,
  };
}

type Reading = { found: Found; resolve: Resolve; composition: Entry; path: string };

function readSections(list: unknown, reading: Reading): void {
  for (const [index, section] of listOf(list).entries()) {
    const path = `${reading.path}.section[${index}]`;
    const code = sectionCode(section);
    if (code === undefined) reading.found.unknown.push(path);
    const placed = listOf(section.entry).map((entry) => placedOf(entry, reading));
    const key = code ?? path;
    reading.found.sections.set(key, [...(reading.found.sections.get(key) ?? []), ...placed]);
    readSections(section.section, { ...reading, path });
  }
}

/** The code of the section table among all codings of the section. */
export function sectionCode(section: Tree): string | undefined {
  for (const coding of codingsOf(section.code)) {
    const { code } = coding as { code?: unknown };
    if (typeof code === 'string' && known.has(code) && sameCoding(coding, { system: snomed, code }))
      return code;
  }
  return undefined;
}

function placedOf(entry: Tree, reading: Reading): Placed {
  const { reference } = entry;
  if (typeof reference !== 'string') return { type: undefined, target: undefined, reference: undefined };
  const target = reference.startsWith('#')
    ? containedIn(reading.composition, reference)
    : reading.resolve(reference, reading.composition);
  return { type: target?.resource.resourceType, target, reference };
}

function containedIn(container: Entry, reference: string): Entry | undefined {
  const list = listOf(container.resource.contained);
  const index = list.findIndex((one) => one.id === reference.slice(1));
  const resource = list[index] as FhirResource | undefined;
  if (!resource) return undefined;
  return { resource, fullUrl: undefined, place: `${container.place}.contained[${index}]` };
}

function listOf(value: unknown): readonly Tree[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : [];
}

/** The resolved entries of one type in one section. */
export function inSection(handoff: Handoff, code: string, type: string): Entry[] {
  const found: Entry[] = [];
  for (const placed of handoff.sections.get(code) ?? []) {
    if (placed.type === type && placed.target) found.push(placed.target);
  }
  return found;
}

/** The transfer date: a dateTime as sent, with its precision. */
export function transferDateOf(handoff: Handoff): string | undefined {
  return handoff.given.transferDate ?? transferDateIn(handoff.composition.resource);
}

export function patientOf(handoff: Handoff): Entry | undefined {
  const subject = handoff.composition.resource.subject as { reference?: unknown } | undefined;
  if (typeof subject?.reference !== 'string') return undefined;
  const { reference } = subject;
  const target = reference.startsWith('#')
    ? containedIn(handoff.composition, reference)
    : handoff.resolve(reference, handoff.composition);
  return target?.resource.resourceType === 'Patient' ? target : undefined;
}
