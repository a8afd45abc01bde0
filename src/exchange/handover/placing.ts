// How does an entry come to stand in a section? By a reference that finds it, in a section that is made where there is none.
import { snomed, transferDateExtension } from './codes.ts';
import { sectionCode } from './handoff.ts';
import type { Entry } from './parcel.ts';
import { type Section, sections } from './sections.ts';

export type Tree = Record<string, unknown>;

/** Puts entries in their section, making the section and its parent where the Composition has none. */
export function place(list: Tree[], section: Section, entries: readonly Entry[]): Tree[] {
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

/** Under Administrative data, which is made where there is none. */
export function addTransferDate(list: Tree[], date: string): void {
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
