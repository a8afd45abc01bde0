// What values do the Parameters of an operation give? Each name once, each value in one of the types that its kind takes.
// https://hl7.org/fhir/R4/parameters.html
import { parseDate } from '../../fhir/dates.ts';
import { bsnSystem, isBsn, normaliseSystem } from '../../fhir/identifiers.ts';
import type { FhirResource, Identifier, Issue } from '../../model.ts';
import { type AskingRule, askingIssue } from './askingTexts.ts';

export type ValueKind = 'identifier' | 'purpose' | 'role' | 'moment' | 'text' | 'flag' | 'count';

/** One parameter as it was given: the value that its kind has; a moment and a count also as text. */
export type Given = { place: string; identifier?: Identifier; text?: string; moment?: Date; flag?: boolean };

type Value = Omit<Given, 'place'>;
type Row = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Kinds = Readonly<Record<string, ValueKind>>;

/** Every fault is told, with its place; a name that is not in `kinds` is one. */
export function readGiven(
  body: FhirResource | undefined,
  kinds: Kinds,
): { given: Map<string, Given>; issues: Issue[] } {
  const given = new Map<string, Given>();
  if (body?.resourceType !== 'Parameters') {
    return { given, issues: [askingIssue('parameters-missing', body?.resourceType ?? 'Parameters')] };
  }
  const issues: Issue[] = [];
  const seen = new Set<string>();
  const rows: readonly unknown[] = Array.isArray(body.parameter) ? body.parameter : [];
  for (const [index, row] of rows.filter(isRow).entries()) {
    const place = `Parameters.parameter[${index}]`;
    const name = String(row.name ?? '');
    const { value, rule }: Read = seen.has(name) ? { rule: repeated } : readRow(row, name, kinds);
    seen.add(name);
    if (rule === undefined) given.set(name, { ...value, place });
    else issues.push(askingIssue(rule, place));
  }
  return { given, issues };
}

const repeated = 'parameter-repeated';

type Read = { value?: Value | undefined; rule?: AskingRule | undefined };

function readRow(row: Row, name: string, kinds: Kinds): Read {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (kind === undefined) return { rule: 'parameter-unknown' };
  const others = Object.keys(row).filter((key) => key !== 'name' && key !== 'id');
  const [key = ''] = others;
  const type = key.replace(/^value/, '');
  if (others.length !== 1 || !typesOf[kind].includes(type))
    return { rule: name === 'patient' ? 'patient-identifier' : 'value-type' };
  if (name === 'patient') return readPatient(row[key]);
  return readers[kind](row[key]);
}

/** The types in which a value of each kind may come: `Code` for valueCode. */
export const typesOf: Readonly<Record<ValueKind, readonly string[]>> = {
  identifier: ['Identifier'],
  purpose: ['Code', 'Coding', 'String'],
  role: ['Code', 'Coding', 'String'],
  moment: ['DateTime', 'Date', 'Instant'],
  text: ['String', 'Id', 'Code'],
  flag: ['Boolean'],
  count: ['Integer', 'PositiveInt', 'UnsignedInt'],
};

const longestText = 200;
/** Codes and ids alone: these reach audit records. */
const textShape = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/;
/** Codes that are known under these systems alone; a code without system is taken as it stands. */
const purposeSystems =
  /(v3-ActReason|\/v3\/ActReason|2\.16\.840\.1\.113883\.5\.8|2\.16\.840\.1\.113883\.1\.11\.20448)$/;
const roleSystems = /(uzi-rolcode|2\.16\.840\.1\.113883\.2\.4\.15\.111)$/;

const readers: Readonly<Record<ValueKind, (value: unknown) => Read>> = {
  identifier: readIdentifier,
  purpose: (value) => readCode(value, purposeSystems),
  role: (value) => readCode(value, roleSystems),
  moment: readMoment,
  text: (value) => readText(value),
  flag: (value) => (typeof value === 'boolean' ? { value: { flag: value } } : { rule: 'value-type' }),
  count: readCount,
};

function readIdentifier(value: unknown): Read {
  const { system, value: number } = isRow(value) ? value : {};
  if (typeof system !== 'string' || typeof number !== 'string') return { rule: 'identifier-incomplete' };
  if (number.trim() === '' || number.length > longestText) return { rule: 'identifier-incomplete' };
  return { value: { identifier: { system: normaliseSystem(system), value: number.trim() } } };
}

function readPatient(value: unknown): Read {
  const read = readIdentifier(value);
  const { identifier } = read.value ?? {};
  if (identifier === undefined) return { rule: 'patient-identifier' };
  if (identifier.system !== bsnSystem) return { rule: 'patient-system' };
  return isBsn(identifier.value) ? read : { rule: 'patient-bsn' };
}

function readCode(value: unknown, systems: RegExp): Read {
  if (!isRow(value)) return readText(value);
  const { system, code } = value;
  if (typeof system === 'string' && !systems.test(system)) return { rule: 'code-system' };
  return readText(code);
}

function readText(value: unknown): Read {
  if (typeof value !== 'string' || value.trim() === '') return { rule: 'value-empty' };
  return textShape.test(value.trim()) ? { value: { text: value.trim() } } : { rule: 'value-shape' };
}

const mostCount = 1_200;

/** A number of months or the like. */
function readCount(value: unknown): Read {
  const counts = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= mostCount;
  return counts ? { value: { text: String(value) } } : { rule: 'value-shape' };
}

/** Nobody asks about a time before records were kept, or after everybody who asks. */
const [earliest, latest] = [Date.UTC(1950, 0, 1), Date.UTC(2150, 0, 1)];

/** The last moment of a day or month, as a crew card counts it. */
function readMoment(value: unknown): Read {
  const date = typeof value === 'string' ? parseDate(value) : undefined;
  if (date === undefined) return { rule: 'moment-unreadable' };
  const isExact = date.precision === 'second' || date.precision === 'fraction';
  const moment = isExact ? date.start : date.end - 1;
  if (moment < earliest || moment > latest) return { rule: 'moment-range' };
  return { value: { moment: new Date(moment), text: String(value) } };
}
