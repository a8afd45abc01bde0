// Does a coded element hold a code that its binding allows? http://hl7.org/fhir/R4/terminologies.html#strength
import type { Item } from './fhirpath/items.ts';
import { type Binding, isTree, type Tree, treesOf } from './profile.ts';
import { type Check, type Run, report } from './run.ts';
import { texts } from './texts.ts';
import type { Membership } from './valueSets.ts';

type Coding = { system?: string; code: string };

const codingOf = ({ system, code }: Tree): Coding[] => {
  if (typeof code !== 'string') return [];
  return [typeof system === 'string' ? { system, code } : { code }];
};

/** The codes of a coded value. */
function codingsOf({ value }: Item): Coding[] {
  if (typeof value === 'string') return [{ code: value }];
  if (!isTree(value)) return [];
  return Array.isArray(value.coding) ? treesOf(value.coding).flatMap(codingOf) : codingOf(value);
}

/** Is this Coding in the value set? Without system it is in none. */
function isMember(run: Run, coding: unknown, valueSet: string): Membership {
  if (!isTree(coding) || typeof coding.code !== 'string' || typeof coding.system !== 'string') return false;
  return run.terminology.memberOf(run.version, valueSet, { system: coding.system, code: coding.code });
}

/** Is one of the codes in the value set? */
export function membership(run: Run, { value }: Item, valueSet: string): Membership {
  if (typeof value === 'string') return run.terminology.memberOf(run.version, valueSet, { code: value });
  if (!isTree(value) || !Array.isArray(value.coding)) return isMember(run, value, valueSet);
  let undecided = false;
  for (const coding of value.coding) {
    const answer = isMember(run, coding, valueSet);
    if (answer === true) return true;
    if (answer === undefined) undecided = true;
  }
  return undecided ? undefined : false;
}

const shown = (coding: Coding): string =>
  coding.system === undefined ? coding.code : `${coding.system}#${coding.code}`;

type Bound = {
  valueSet: string;
  severity: 'error' | 'warning';
  label: string;
  profile: string;
  rule: string;
  /** The codes to name, found when the first code misses. */
  listed?: { valueSet: string; codes: readonly string[] };
};

/** Names the fix when only the system is wrong. */
function nearMiss(run: Run, bound: Bound, codings: readonly Coding[]): boolean {
  const [coding] = codings;
  if (coding?.system === undefined || codings.length !== 1) return false;
  const { code } = coding;
  const right = run.terminology
    .systemsOf(run.version, bound.valueSet)
    .find(
      (system) =>
        system !== coding.system &&
        run.terminology.memberOf(run.version, bound.valueSet, { system, code }) === true,
    );
  if (right === undefined) return false;
  report(run, {
    severity: bound.severity,
    code: 'code-invalid',
    rule: bound.rule,
    profile: bound.profile,
    text: texts.wrongSystem(bound.label, coding.system, right),
  });
  return true;
}

function reportMiss(run: Run, bound: Bound, item: Item): void {
  const codings = codingsOf(item);
  const { severity, rule, profile, valueSet } = bound;
  const base = { severity, code: 'code-invalid', rule, profile };
  bound.listed ??= { valueSet, codes: run.terminology.codesOf(run.version, valueSet) };
  const { listed } = bound;
  const [first] = codings;
  if (first === undefined) {
    report(run, { ...base, code: 'code-invalid', text: texts.noCode(bound.label, listed) });
    return;
  }
  if (severity === 'error' && nearMiss(run, bound, codings)) return;
  report(run, {
    ...base,
    text: texts.notInValueSet(bound.label, codings.map(shown).join(', '), listed),
  });
}

function checkBound(run: Run, bound: Bound, item: Item): void {
  if (item.value === undefined || !coded.has(item.type)) return;
  const answer = membership(run, item, bound.valueSet);
  if (answer === true || mayLackCode(item, bound.severity) || isForUnits(run, item, bound.valueSet)) return;
  if (answer === false) {
    reportMiss(run, bound, item);
    return;
  }
  if (bound.severity === 'warning') return;
  const found = codingsOf(item).map(shown).join(', ');
  report(run, {
    severity: 'information',
    code: 'not-found',
    rule: 'binding-undecided',
    profile: bound.profile,
    text: texts.undecided(bound.label, found, bound.valueSet),
  });
}

const coded = new Set(['code', 'string', 'uri', 'Coding', 'CodeableConcept', 'Quantity', 'canonical', 'url']);
for (const quantity of ['Age', 'Count', 'Distance', 'Duration', 'Money']) coded.add(quantity);

const ucum = 'http://unitsofmeasure.org';

/** A list of units says nothing of the concepts that a choice element may hold instead of a quantity. */
function isForUnits(run: Run, item: Item, valueSet: string): boolean {
  if (item.type !== 'CodeableConcept' && item.type !== 'Coding') return false;
  const systems = run.terminology.systemsOf(run.version, valueSet);
  return systems.length === 1 && systems[0] === ucum;
}

function mayLackCode(item: Item, severity: 'error' | 'warning'): boolean {
  if (severity === 'error')
    return isTree(item.value) && item.type === 'Quantity' && item.value.code === undefined;
  return codingsOf(item).length === 0;
}

/** The check of a binding; nothing for strengths that do not bind. */
export function bindingChecks(binding: Binding, label: string, profile: string): Check[] {
  const bounds: Bound[] = [];
  const { strength, valueSet, max } = binding;
  if (valueSet !== undefined && (strength === 'required' || strength === 'extensible')) {
    const severity = strength === 'required' ? 'error' : 'warning';
    bounds.push({ valueSet, severity, label, profile, rule: `binding-${strength}` });
  }
  if (max !== undefined)
    bounds.push({ valueSet: max, severity: 'error', label, profile, rule: 'binding-max' });
  return bounds.map((bound) => (item, run) => checkBound(run, bound, item));
}
