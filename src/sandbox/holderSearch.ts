// What does a simulated data holder find? The searches that PZP and MP9 list (https://hl7.org/fhir/R4/search.html); anything else it refuses.
import { parseDate } from '../fhir/dates.ts';
import { eachReference } from '../fhir/references.ts';
import type { FhirResource } from '../model.ts';

export type Parameters = readonly (readonly [name: string, value: string])[];
export type SearchRules = { patientParameter: 'id' | 'reference' };
export type Found = { matches: readonly FhirResource[]; included: readonly FhirResource[] };

/** A search that this holder does not take; its message is what the holder answers. */
export class SearchRefusal extends Error {}

type Tree = Readonly<Record<string, unknown>>;
type Shelf = { records: readonly FhirResource[]; rules: SearchRules };
type Test = (resource: FhirResource, value: string, shelf: Shelf) => boolean;

const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';
const nictiz = 'http://nictiz.nl/fhir/StructureDefinition/';
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;
const keyOf = (resource: FhirResource): string => `${resource.resourceType}/${resource.id}`;

/** Every Coding and Identifier below an element, as `system|code`. */
function tokensBelow(value: unknown): string[] {
  if (!isTree(value)) return [];
  const own = 'code' in value ? value.code : value.value;
  const token = typeof own === 'string' ? [`${String(value.system ?? '')}|${own}`] : [];
  return [...token, ...Object.values(value).flatMap(tokensBelow)];
}

const meets = (token: string, wanted: string): boolean =>
  wanted.includes('|') ? token === wanted : token.endsWith(`|${wanted}`);

const hasToken = (value: unknown, list: string): boolean => {
  const tokens = typeof value === 'string' ? [`|${value}`] : tokensBelow(value);
  return list.split(',').some((wanted) => tokens.some((token) => meets(token, wanted)));
};

const at =
  (...elements: readonly string[]): Test =>
  (resource, value) =>
    elements.some((element) => hasToken(resource[element], value));

/** Whose record it is, as `Patient/id`. */
function patientOf(resource: FhirResource): string | undefined {
  if (resource.resourceType === 'Patient') return keyOf(resource);
  const reference = isTree(resource.patient) ? resource.patient : resource.subject;
  return isTree(reference) ? String(reference.reference) : undefined;
}

const byPatient: Test = (resource, value, { rules }) => {
  const isReference = value.startsWith('Patient/');
  if (isReference !== (rules.patientParameter === 'reference'))
    throw new SearchRefusal(
      `A patient is named here as ${rules.patientParameter === 'id' ? 'id' : 'Patient/id'}.`,
    );
  return patientOf(resource) === (isReference ? value : `Patient/${value}`);
};

const byPatientIdentifier: Test = (resource, value, { records }) => {
  const patient = records.find((one) => keyOf(one) === patientOf(resource));
  return hasToken(patient?.identifier, value);
};

/** `a.b`: the resource that reference `a` leads to has this code in `b`. */
const chained =
  (reference: string, element: string): Test =>
  (resource, value, { records }) =>
    targetsIn(resource, [reference], records).some((target) => hasToken(target[element], value));

function stretchOf(resource: FhirResource): { start: number; end: number } {
  const extensions = Array.isArray(resource.extension) ? resource.extension : [];
  const written = extensions.find((one) => one?.url === `${nictiz}ext-TimeInterval.Period`)?.valuePeriod;
  const period: unknown = written ?? resource.effectivePeriod;
  const moment = resource.whenHandedOver ?? resource.effectiveDateTime;
  const [start, end] = isTree(period) ? [period.start, period.end] : [moment, moment];
  return {
    start: parseDate(String(start ?? ''))?.start ?? Number.NEGATIVE_INFINITY,
    end: parseDate(String(end ?? ''))?.end ?? Number.POSITIVE_INFINITY,
  };
}

const byPeriod: Test = (resource, value) => {
  const [, prefix, text = ''] = /^(ge|gt|le|lt|eq)?(.+)$/.exec(value) ?? [];
  const date = parseDate(text);
  if (date === undefined) throw new SearchRefusal('This is not a date.');
  const { start, end } = stretchOf(resource);
  if (prefix === 'ge' || prefix === 'gt') return end > date.start;
  if (prefix === 'le' || prefix === 'lt') return start < date.end;
  return end > date.start && start < date.end;
};

const isForm: Test = ({ questionnaire }, value) => {
  const canonical = isTree(questionnaire) ? questionnaire.reference : questionnaire;
  return String(canonical).split('|')[0] === value.split('|')[0];
};

const tests: Readonly<Record<string, Test>> = {
  _id: (resource, value) => resource.id === value,
  patient: byPatient,
  subject: byPatient,
  'patient.identifier': byPatientIdentifier,
  'subject.identifier': byPatientIdentifier,
  identifier: at('identifier'),
  scope: at('scope'),
  category: at('category'),
  code: at('code'),
  status: at('status'),
  reason: at('reason'),
  'device.type': chained('device', 'type'),
  'medication.code': chained('medicationReference', 'code'),
  'reason-reference:Procedure.code': chained('reasonReference', 'code'),
  questionnaire: isForm,
  'pharmaceutical-treatment-identifier': at('extension'),
  'period-of-use': byPeriod,
  whenhandedover: byPeriod,
  'effective-time': byPeriod,
};

const told = new Set(['_count', '_format', '_include', '_include:iterate']);

/** Elements that an `_include` follows where they are not called after it. */
const includeElements: Readonly<Record<string, readonly string[]>> = {
  'Consent:actor': ['provision', 'consentingParty', 'actor'],
  'Encounter:reason-reference': ['reasonReference', 'diagnosis'],
  'Procedure:encounter': ['encounter', 'context'],
  'MedicationStatement:source': ['informationSource'],
  'MedicationStatement:author': ['extension'],
  'MedicationStatement:prescriber': ['extension'],
  'MedicationRequest:next-practitioner': ['extension'],
  'MedicationRequest:reason': ['reasonReference'],
};

function targetsIn(
  resource: FhirResource,
  elements: readonly string[],
  records: readonly FhirResource[],
): FhirResource[] {
  const keys = new Set<string>();
  for (const element of elements)
    eachReference({ resourceType: 'Basic', held: resource[element] }, ({ reference }) => {
      if (typeof reference === 'string') keys.add(reference);
    });
  return records.filter((one) => keys.has(keyOf(one)));
}

function includedBy(include: string, from: readonly FhirResource[], shelf: Shelf): FhirResource[] {
  const [type = '', name = ''] = include.split(':');
  const elements = includeElements[include] ?? [name, `${name}Reference`];
  return from
    .filter((one) => one.resourceType === type)
    .flatMap((one) => targetsIn(one, elements, shelf.records));
}

function includes(matches: readonly FhirResource[], parameters: Parameters, shelf: Shelf): FhirResource[] {
  const valuesOf = (wanted: string) =>
    parameters.filter(([name]) => name === wanted).map(([, value]) => value);
  const found = new Set(valuesOf('_include').flatMap((one) => includedBy(one, matches, shelf)));
  for (const resource of found)
    for (const include of valuesOf('_include:iterate'))
      for (const target of includedBy(include, [resource], shelf)) found.add(target);
  return [...found].filter((one) => !matches.includes(one));
}

/**
 * The records of one type that meet all parameters, and what their `_include`s bring in.
 * @throws SearchRefusal for a parameter, or a form of one, that this holder does not know
 */
export function search(type: string, parameters: Parameters, shelf: Shelf): Found {
  const wanted = parameters.filter(([name]) => !told.has(name));
  const unknown = wanted.find(([name]) => tests[name] === undefined);
  if (unknown) throw new SearchRefusal(`The parameter ${unknown[0]} is not known here.`);
  if (!wanted.some(([name]) => /^(patient|subject|identifier|_id)/.test(name)))
    throw new SearchRefusal('A search is about one patient here.');
  const matches = shelf.records
    .filter((one) => one.resourceType === type)
    .filter((one) => wanted.every(([name, value]) => tests[name]?.(one, value, shelf)));
  return { matches, included: includes(matches, parameters, shelf) };
}

/** The patient's records, by BSN. */
export const isOfPatient = (resource: FhirResource, bsn: string, records: readonly FhirResource[]): boolean =>
  byPatientIdentifier(resource, `${bsnSystem}|${bsn}`, { records, rules: { patientParameter: 'id' } });
