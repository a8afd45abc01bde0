// Which building blocks does a search of the standard find? MP9 R4 parameters, among them the two that have no FHIRPath:
// period-of-use and is-latest-stop. http://nictiz.nl/fhir/SearchParameter/
import { GatewayError } from '../../errors.ts';
import { type Block, type BlockKind, kindOfCategory, namesOf, recordKey, typeOfKind } from './block.ts';
import { latestStops, stopsOf } from './latestStops.ts';
import { readStretch, type Stretch } from './moments.ts';

/** Name and value of each parameter, in order; a name may come more than once. */
export type SearchParameters = readonly (readonly [name: string, value: string])[];
type Test = (block: Block) => boolean;

const refuse = (text: string): never => {
  throw new GatewayError('invalid', text);
};

/** `system|code`, `|code` or `code`, against what a block has. */
function tokenTest(value: string, keysOf: (block: Block) => readonly string[]): Test {
  const wanted = value.split(',').map((one) => {
    const bar = one.indexOf('|');
    return bar < 0 ? { code: one } : { system: one.slice(0, bar), code: one.slice(bar + 1) };
  });
  const matches = (key: string): boolean => {
    const bar = key.lastIndexOf('|');
    return wanted.some(({ system, code }) =>
      system === undefined
        ? key.slice(bar + 1) === code
        : code === ''
          ? key.slice(0, bar) === system
          : recordKey(system, code) === key,
    );
  };
  return (block) => keysOf(block).some(matches);
}

const prefixes = ['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'] as const;
type Prefix = (typeof prefixes)[number];

function dateValue(name: string, value: string): { prefix: Prefix; range: Stretch } {
  const prefix = prefixes.find((one) => value.startsWith(one)) ?? 'eq';
  const text = prefixes.some((one) => value.startsWith(one)) ? value.slice(2) : value;
  return { prefix, range: readStretch(text) ?? refuse(`${name} has a value that is no date`) };
}

/**
 * Of a period with open ends: ge asks that it ends at or after the date, le that it starts at or before it, gt and lt the
 * same strictly, eq that it overlaps the date. A missing end is start + duration, a missing start end - duration.
 */
function periodTest(value: string): Test {
  const { prefix, range } = dateValue('period-of-use', value);
  const tests: Partial<Record<Prefix, Test>> = {
    ge: ({ period }) => period.end > range.start,
    gt: ({ period }) => period.end > range.end,
    le: ({ period }) => period.start < range.end,
    lt: ({ period }) => period.start < range.start,
    eq: ({ period }) => period.start < range.end && period.end > range.start,
  };
  const test = tests[prefix] ?? refuse(`period-of-use knows eq, gt, lt, ge and le, not ${prefix}`);
  return (block) => hasPeriod(block) && test(block);
}

const hasPeriod = ({ kind }: Block): boolean =>
  kind === 'MA' || kind === 'WDS' || kind === 'TA' || kind === 'MGB';

/** A moment against a date, as http://hl7.org/fhir/R4/search.html#date has it. */
function momentTest(name: string, kind: BlockKind, value: string): Test {
  const { prefix, range } = dateValue(name, value);
  const tests: Record<Prefix, (own: Stretch) => boolean> = {
    eq: (own) => range.start <= own.start && own.end <= range.end,
    ne: (own) => !(range.start <= own.start && own.end <= range.end),
    gt: (own) => own.end > range.end,
    ge: (own) => own.end > range.start,
    lt: (own) => own.start < range.start,
    le: (own) => own.start < range.end,
    sa: (own) => own.start >= range.end,
    eb: (own) => own.end <= range.start,
    ap: (own) => own.start < range.end && own.end > range.start,
  };
  return (block) => block.kind === kind && block.done !== undefined && tests[prefix](block.done);
}

const categoriesOf = (block: Block): string[] =>
  Object.entries(kindOfCategory)
    .filter(([, kind]) => kind === block.kind)
    .map(([code]) => `http://snomed.info/sct|${code}`);

const codesOf = (block: Block): string[] =>
  block.medicine.codes.map(({ system, code }) => recordKey(system, code));

const testOf: Readonly<Record<string, (value: string) => Test>> = {
  category: (value) => tokenTest(value, categoriesOf),
  identifier: (value) => tokenTest(value, namesOf),
  'pharmaceutical-treatment-identifier': (value) => tokenTest(value, ({ treatment }) => [treatment]),
  'medication.code': (value) => tokenTest(value, codesOf),
  'patient.identifier': (value) =>
    tokenTest(value, ({ patient }) => (patient === undefined ? [] : [patient])),
  'period-of-use': periodTest,
  whenhandedover: (value) => momentTest('whenhandedover', 'MVE', value),
  'effective-time': (value) => momentTest('effective-time', 'MTD', value),
};

const besideTheFilter = new Set(['_include', '_include:iterate', '_format', 'is-latest-stop', '_count']);

/** The tests of a search, those of its periods apart. */
function testsOf(type: string, parameters: SearchParameters): { tests: Test[]; periods: Test[] } {
  const narrowing = new Set(['period-of-use', 'whenhandedover', 'effective-time']);
  const tests: Test[] = [({ kind }) => typeOfKind[kind] === type];
  const periods: Test[] = [];
  for (const [name, value] of parameters) {
    if (besideTheFilter.has(name)) continue;
    const make = testOf[name] ?? refuse(`${name} is not a search parameter here`);
    (narrowing.has(name) ? periods : tests).push(make(value));
  }
  return { tests, periods };
}

/**
 * The building blocks that a search finds at each holder, in their own order. With `is-latest-stop=true` the latest stop of
 * each treatment at that holder comes with it, and each stop of what was found at any, also when it lies outside what was
 * asked for: without it a stopped medicine would look current.
 * @throws GatewayError invalid for a parameter that is not known, or a value that is no date
 */
export function searchEach(
  holders: readonly (readonly Block[])[],
  type: string,
  parameters: SearchParameters,
): Block[][] {
  const { tests, periods } = testsOf(type, parameters);
  const asked = holders.map((blocks) => blocks.filter((block) => tests.every((test) => test(block))));
  const found = asked.map((blocks) => blocks.filter((block) => periods.every((test) => test(block))));
  const wantsStops = parameters.some(([name, value]) => name === 'is-latest-stop' && value === 'true');
  if (!wantsStops) return found;
  const matched = new Set([...found.flat(), ...asked.flatMap((blocks) => latestStops(blocks))]);
  for (const stop of stopsOf(found.flat(), holders.flat())) matched.add(stop);
  return holders.map((blocks) => blocks.filter((block) => matched.has(block)));
}

/** The same of one holder. */
export const search = (blocks: readonly Block[], type: string, parameters: SearchParameters): Block[] =>
  searchEach([blocks], type, parameters).flat();

/** How many products a search result includes with `_include=…:medication`. */
export const productsIn = (blocks: readonly Block[]): number =>
  new Set(blocks.map(({ product }) => product).filter((product) => product !== undefined)).size;
