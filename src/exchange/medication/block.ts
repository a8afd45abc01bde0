// What is a building block of medication, whatever form it came in? MP9: https://informatiestandaarden.nictiz.nl/wiki/Landingspagina_Medicatieproces
import type { Stretch } from './moments.ts';
import type { Period } from './period.ts';

/**
 * MA medication agreement, WDS variable dosing schedule, VV dispense request, TA administration agreement,
 * MVE dispense, MGB use, MTD administration.
 */
export type BlockKind = 'MA' | 'WDS' | 'VV' | 'TA' | 'MVE' | 'MGB' | 'MTD';

export type StopType = 'interrupted' | 'stopped' | 'cancelled';
/** `old`: coded as before MP9 3.0 (temporary, definitive). */
export type Stop = { type: StopType; old: boolean };

export type Code = { system: string; code: string; display?: string };
export type Medicine = { text: string; codes: readonly Code[] };
export type Author = { name?: string; organisation?: string };

/** The dosing of a block that has no text for it and cannot be told whole: a part of it would be another dosing. */
export const dosingAtSource = 'lees de dosering bij de bron';

/** One building block. Records and treatments are written `system|value`. */
export type Block = {
  kind: BlockKind;
  record: string;
  /** Its further identifiers, by which others may name it too. */
  aliases?: readonly string[];
  treatment: string;
  /** Who sent it, and where it stood in what was sent. */
  holder: string;
  place: string;
  /** The patient, as `system|value`; for checking that all blocks are of one patient, never shown. */
  patient?: string;
  /** Registration for MA, WDS, TA, MTD; date of VV, MVE, MGB. */
  registered?: { text: string } & Stretch;
  /** Period of use; for VV the period of supply. */
  period: Period;
  stop?: Stop;
  /** The block of its own kind that this one follows, stops or cancels. */
  prior?: string;
  /** Blocks of other kinds that it names. */
  relations: Partial<Record<BlockKind, readonly string[]>>;
  medicine: Medicine;
  /** Which product resource it names, for counting what a search includes. */
  product?: string;
  dosage?: string;
  route?: Code;
  author?: Author;
  reason?: string;
  note?: string;
  /** Sent by another than its author. */
  copy: boolean;
  enteredInError: boolean;
  /** meta.lastUpdated, in milliseconds. */
  updated?: number;
  /** MGB: is it used, and as agreed? */
  use?: { used?: boolean; asAgreed?: boolean };
  /** MVE handed over, MTD given. */
  done?: { text: string } & Stretch;
  /** MVE, MTD: recorded as what was not done. */
  notDone?: boolean;
};

/** http://snomed.info/sct codes in `category`; 16076005 is the medication agreement before 9.1. */
export const kindOfCategory: Readonly<Record<string, BlockKind>> = {
  '33633005': 'MA',
  '16076005': 'MA',
  '395067002': 'WDS',
  '52711000146108': 'VV',
  '422037009': 'TA',
  '373784005': 'MVE',
  '422979000': 'MGB',
  '18629005': 'MTD',
};

/** The resource type that carries each kind in R4. */
export const typeOfKind: Readonly<Record<BlockKind, string>> = {
  MA: 'MedicationRequest',
  WDS: 'MedicationRequest',
  VV: 'MedicationRequest',
  TA: 'MedicationDispense',
  MVE: 'MedicationDispense',
  MGB: 'MedicationStatement',
  MTD: 'MedicationAdministration',
};

export const snomed = 'http://snomed.info/sct';
const oldStops = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.2.1';

const stops: Readonly<Record<string, Stop>> = {
  [`${snomed}|385655000`]: { type: 'interrupted', old: false },
  [`${snomed}|410546004`]: { type: 'stopped', old: false },
  [`${snomed}|89925002`]: { type: 'cancelled', old: false },
  [`${snomed}|113381000146106`]: { type: 'interrupted', old: true },
  [`${snomed}|113371000146109`]: { type: 'stopped', old: true },
  [`${oldStops}|1`]: { type: 'interrupted', old: true },
  [`${oldStops}|2`]: { type: 'stopped', old: true },
};

/** The stop that a code means; undefined for a code that is not in the value sets. */
export const stopOf = (system: string, code: string): Stop | undefined => stops[`${system}|${code}`];

/** Product code systems of the G-Standaard. */
export const prk = 'urn:oid:2.16.840.1.113883.2.4.4.10';
export const hpk = 'urn:oid:2.16.840.1.113883.2.4.4.7';

const systemNames: Readonly<Record<string, string>> = {
  [prk]: 'PRK',
  [hpk]: 'HPK',
  'urn:oid:2.16.840.1.113883.2.4.4.1': 'GPK',
  'urn:oid:2.16.840.1.113883.2.4.4.8': 'ZI',
  'http://www.whocc.no/atc': 'ATC',
  'https://www.gs1.org/gtin': 'GTIN',
};

/** What a medicine without a name is shown by: its codes, which somebody can look up. */
export const shownByCodes = ({ codes }: Medicine): string =>
  codes.map(({ system, code }) => `${systemNames[system] ?? system} ${code}`.trim()).join(', ');

/** Where a treatment without identifier of its own gets one from: https://informatiestandaarden.nictiz.nl/wiki/mp:Vkickstart_MigratieHybride */
export const genericSystems = {
  prk: 'urn:oid:2.16.840.1.113883.2.4.3.11.61.2',
  hpk: 'urn:oid:2.16.840.1.113883.2.4.3.11.61.3',
  record: 'urn:oid:1.3.6.1.4.1.58606.1.2',
};

export const isGeneric = (treatment: string): boolean =>
  treatment.startsWith(`${genericSystems.prk}|`) ||
  treatment.startsWith(`${genericSystems.hpk}|`) ||
  treatment.startsWith(`${genericSystems.record}.`);

/** The generic treatment identifier of a block that came without one: by PRK, else by HPK, else by its own identifier. */
export function genericTreatment(medicine: Medicine, record: string): string {
  const code = (system: string): string | undefined =>
    medicine.codes.find((one) => one.system === system)?.code;
  const [byPrk, byHpk] = [code(prk), code(hpk)];
  if (byPrk !== undefined) return `${genericSystems.prk}|${byPrk}`;
  if (byHpk !== undefined) return `${genericSystems.hpk}|${byHpk}`;
  return `${genericSystems.record}.${record.replace(/^urn:oid:/, '')}`;
}

/** All identifiers of a block, the one that it goes by first. */
export const namesOf = ({ record, aliases = [] }: Block): readonly string[] => [record, ...aliases];

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** An order that depends on nothing but identity, to settle ties whatever the order of input. */
export const compareIdentity = (a: Block, b: Block): number =>
  compareTexts(a.record, b.record) || compareTexts(a.treatment, b.treatment) || compareTexts(a.kind, b.kind);

/** When a block counts as registered: its own date, else the start of its period. */
export const registeredAt = (block: Block): number =>
  block.registered?.start ?? (Number.isFinite(block.period.start) ? block.period.start : 0);

/** `system|value` as ADA's root or FHIR's system give it; blanks around the value are no part of it. */
export const recordKey = (system: string, value: string): string => {
  const oid = /^\d+(?:\.\d+)+$/.test(system) ? `urn:oid:${system}` : system;
  return `${oid}|${value.trim()}`;
};
