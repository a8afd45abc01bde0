// Which building blocks do the tests of unseen patients tell? One description of a patient, here spelt as R4; unseenAda.ts has ADA.
import type { FhirResource } from '../../src/model.ts';

export type Kind = 'MA' | 'WDS' | 'TA' | 'MGB' | 'MVE' | 'MTD' | 'VV';
export type StopName = 'interrupted' | 'stopped' | 'cancelled';

export type Told = {
  kind?: Kind;
  id: string;
  /** Registered at; no registration when empty. */
  at?: string;
  from?: string;
  to?: string;
  /** How long, in UCUM: `[3, 'd']`. */
  lasts?: readonly [number, 'd' | 'wk' | 'mo' | 'a'];
  stop?: StopName;
  /** The block of its own kind before it; the MA it belongs to. */
  prior?: string;
  of?: string;
  /** Its treatment, and the PRK code of its medicine. */
  t?: string;
  code?: string;
  copy?: boolean;
  error?: boolean;
  used?: boolean;
  asAgreed?: boolean;
  dosage?: string;
  updated?: string;
};

export const number = '999911612';
export const idRoot = '2.999.10';
export const treatmentRoot = '2.999.20';
export const prkRoot = '2.16.840.1.113883.2.4.4.10';
const base = 'http://nictiz.nl/fhir/StructureDefinition/';
export const stops = { interrupted: '385655000', stopped: '410546004', cancelled: '89925002' } as const;
const categories: Readonly<Record<Kind, readonly [type: string, code: string]>> = {
  MA: ['MedicationRequest', '33633005'],
  WDS: ['MedicationRequest', '395067002'],
  VV: ['MedicationRequest', '52711000146108'],
  TA: ['MedicationDispense', '422037009'],
  MVE: ['MedicationDispense', '373784005'],
  MGB: ['MedicationStatement', '422979000'],
  MTD: ['MedicationAdministration', '18629005'],
};

type More = Record<string, unknown>;
export const registeredOf = ({ at, from }: Told): string | undefined => at ?? from;
const logical = (type: string, id: string): More => ({
  type,
  identifier: { system: `urn:oid:${idRoot}`, value: id },
  display: id,
});
const extension = (name: string, value: More): More => ({ url: `${base}${name}`, ...value });
const some = (value: unknown, ...made: readonly More[]): More[] => (value === undefined ? [] : [...made]);

function period({ from, to, lasts }: Told): More {
  const duration = lasts && { value: lasts[0], system: 'http://unitsofmeasure.org', code: lasts[1] };
  return {
    ...(from === undefined ? {} : { start: from }),
    ...(to === undefined ? {} : { end: to }),
    ...(duration ? { extension: [extension('ext-TimeInterval.Duration', { valueDuration: duration })] } : {}),
  };
}

function relations(kind: Kind, { prior, of }: Told): More {
  const before = kind === 'TA' ? {} : { priorPrescription: prior && logical('MedicationRequest', prior) };
  const owner = of === undefined ? undefined : [logical('MedicationRequest', of)];
  if (kind === 'TA') return { authorizingPrescription: owner };
  return kind === 'WDS' ? { ...before, basedOn: owner } : before;
}

function useOf(told: Told): More {
  const status = told.used === false ? (told.stop === undefined ? 'not-taken' : 'stopped') : 'active';
  return { status, effectivePeriod: period(told), dateAsserted: registeredOf(told) };
}

const dated = (name: string, registered: string | undefined): More[] =>
  registered === undefined || registered === '' ? [] : [extension(name, { valueDateTime: registered })];

function extensionsOf(told: Told, kind: Kind): More[] {
  const { asAgreed, copy, prior } = told;
  const treatment = { system: `urn:oid:${treatmentRoot}`, value: told.t ?? 'T' };
  const before = logical('MedicationDispense', prior ?? '');
  const own = [
    extension('ext-PharmaceuticalTreatment.Identifier', { valueIdentifier: treatment }),
    extension('ext-RenderedDosageInstruction', { valueString: told.dosage ?? told.id }),
  ];
  if (kind === 'MGB')
    return [...own, ...some(asAgreed, extension('ext-AsAgreedIndicator', { valueBoolean: asAgreed }))];
  const timed = [
    ...own,
    ...dated('ext-RegistrationDateTime', registeredOf(told)),
    extension('ext-TimeInterval.Period', { valuePeriod: period(told) }),
  ];
  if (kind !== 'TA') return timed;
  return [
    ...timed,
    ...some(copy, extension('ext-CopyIndicator', { valueBoolean: copy })),
    ...some(prior, extension('ext-RelationAdministrationAgreement', { valueReference: before })),
  ];
}

function stopOf({ stop }: Told): More {
  if (stop === undefined) return {};
  const coding = [{ system: 'http://snomed.info/sct', code: stops[stop] }];
  return { modifierExtension: [extension('ext-StopType', { valueCodeableConcept: { coding } })] };
}

function ofItsKind(told: Told, kind: Kind): More {
  const [type, code] = categories[kind];
  const category = { coding: [{ system: 'http://snomed.info/sct', code }] };
  const status = told.error ? 'entered-in-error' : 'unknown';
  const registered = registeredOf(told);
  if (type === 'MedicationRequest')
    return { category: [category], status, intent: 'order', ...(told.copy ? { reportedBoolean: true } : {}) };
  if (kind === 'MGB') return { category, ...useOf(told) };
  if (kind === 'MVE') return { category, status, whenHandedOver: registered };
  return kind === 'MTD' ? { category, status, effectiveDateTime: registered } : { category, status };
}

/** One building block as R4 systems send it. */
export function r4Block(told: Told): FhirResource {
  const kind = told.kind ?? 'MA';
  const tree: More = {
    id: told.id,
    ...(told.updated === undefined ? {} : { meta: { lastUpdated: told.updated } }),
    extension: extensionsOf(told, kind),
    ...stopOf(told),
    identifier: [{ system: `urn:oid:${idRoot}`, value: told.id }],
    ...ofItsKind(told, kind),
    medicationReference: { reference: `Medication/prk${told.code ?? '1'}`, display: 'Pil' },
    subject: { reference: 'Patient/p1' },
    ...relations(kind, told),
  };
  const kept = Object.entries(tree).filter(([, value]) => value !== undefined);
  return { resourceType: categories[kind][0], ...Object.fromEntries(kept) };
}

export const r4Patient: FhirResource = {
  resourceType: 'Patient',
  id: 'p1',
  identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: number }],
  name: [{ text: 'Aagje Proef' }],
};

/** A searchset of the blocks with patient and products. */
export function r4Bundle(blocks: readonly Told[]): FhirResource {
  const codes = [...new Set(blocks.map(({ code }) => code ?? '1'))];
  const products = codes.map(
    (code): FhirResource => ({
      resourceType: 'Medication',
      id: `prk${code}`,
      code: { coding: [{ system: `urn:oid:${prkRoot}`, code, display: 'Pil', userSelected: true }] },
    }),
  );
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    entry: [r4Patient, ...blocks.map(r4Block), ...products].map((resource) => ({
      fullUrl: `https://holder.example/fhir/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  };
}
