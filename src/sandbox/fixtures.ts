// What do the sandbox's data holders keep? Files of our own about invented people, with dates that follow the calendar.
import { readFile } from 'node:fs/promises';
import { entriesOf, isResource } from '../fhir/bundles.ts';
import { dutchDay } from '../fhir/dates.ts';
import { parseJson } from '../fhir/json.ts';
import type { FhirResource } from '../model.ts';

/** The patient of the second and third story, and somebody whose records lie beside hers. Numbers of the test range. */
export const patientBsn = '999912318';
export const otherPatientBsn = '999912331';

const dayMs = 24 * 3_600_000;

/** Fills in `{{T}}`, `{{T-30}}` and `{{T+7}}`: Dutch days from today; `{{hl7 T-30}}` as HL7 v3 writes them. */
export function withDates(text: string, today: Date): string {
  const midnight = Date.parse(dutchDay(today));
  return text.replace(/\{\{(hl7 )?T([+-]\d+)?\}\}/g, (_, hl7?: string, days?: string) => {
    const date = new Date(midnight + Number(days ?? 0) * dayMs).toISOString().slice(0, 10);
    return hl7 === undefined ? date : date.replaceAll('-', '');
  });
}

/** The text of a fixture with its dates filled in. */
export async function fixtureText(name: string, today = new Date()): Promise<string> {
  const text = await readFile(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
  return withDates(text, today);
}

/** The resource in a fixture. */
export async function fixtureResource(name: string, today?: Date): Promise<FhirResource> {
  const value = parseJson(Buffer.from(await fixtureText(name, today)));
  if (!isResource(value)) throw new Error(`The fixture ${name} is not a resource.`);
  return value;
}

/** The resources in a fixture that is a Bundle, without those that an earlier one held already (by type and id). */
export async function fixtureRecords(names: readonly string[], today?: Date): Promise<FhirResource[]> {
  const records = new Map<string, FhirResource>();
  for (const name of names) {
    for (const { resource } of entriesOf(await fixtureResource(name, today))) {
      const key = `${resource.resourceType}/${resource.id}`;
      if (!records.has(key)) records.set(key, resource);
    }
  }
  return [...records.values()];
}
