// Does a value equal what the profile fixes, contain its pattern, and stay within its bounds? http://hl7.org/fhir/R4/elementdefinition.html
import { numberOf } from './fhirpath/items.ts';
import { compareMoments } from './fhirpath/moments.ts';
import { sameValue } from './fhirpath/operators.ts';
import { isTree, type ProfileElement, textOf } from './profile.ts';
import { type Check, report } from './run.ts';
import { texts } from './texts.ts';
import { compareQuantities } from './ucum.ts';

/** Does the value contain the pattern? Every item of a list in the pattern must be met by some item of the value. */
export function containsPattern(value: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(value) && pattern.every((wanted) => value.some((one) => containsPattern(one, wanted)))
    );
  }
  if (!isTree(pattern)) return sameValue(value, pattern);
  return isTree(value) && Object.keys(pattern).every((key) => containsPattern(value[key], pattern[key]));
}

/** Negative, zero or positive; undefined when the two cannot be compared. */
export function compareBounds(value: unknown, bound: unknown): number | undefined {
  const a = numberOf(value);
  const b = numberOf(bound);
  if (a !== undefined && b !== undefined) return a - b;
  if (typeof value === 'string' && typeof bound === 'string') return compareMoments(value, bound);
  return compareQuantities(value, bound);
}

type Named = { element: ProfileElement; label: string; profile: string };

function fixedCheck({ element, label, profile }: Named): Check {
  return (item, run) => {
    if (item.value === undefined || sameValue(item.value, element.fixed)) return;
    report(run, {
      code: 'value',
      rule: 'fixed',
      profile,
      text: texts.fixed(label, element.fixed, item.value),
    });
  };
}

function patternCheck({ element, label, profile }: Named): Check {
  return (item, run) => {
    if (item.value === undefined || containsPattern(item.value, element.pattern)) return;
    report(run, {
      code: 'value',
      rule: 'pattern',
      profile,
      text: texts.pattern(label, element.pattern, item.value),
    });
  };
}

const timeUnits: Readonly<Record<string, (at: Date, count: number) => void>> = {
  a: (at, count) => at.setUTCFullYear(at.getUTCFullYear() + count),
  mo: (at, count) => at.setUTCMonth(at.getUTCMonth() + count),
  wk: (at, count) => at.setUTCDate(at.getUTCDate() + 7 * count),
  d: (at, count) => at.setUTCDate(at.getUTCDate() + count),
  h: (at, count) => at.setUTCHours(at.getUTCHours() + count),
  min: (at, count) => at.setUTCMinutes(at.getUTCMinutes() + count),
};

/** A duration as bound of a date counts from now: back for a minimum, forward for a maximum. */
function boundOf(value: unknown, bound: unknown, counting: { sign: 1 | -1; now: number }): unknown {
  if (typeof value !== 'string' || !isTree(bound)) return bound;
  const move = timeUnits[textOf(bound.code) ?? ''];
  const count = numberOf(bound.value);
  if (move === undefined || count === undefined) return bound;
  const at = new Date(counting.now);
  move(at, counting.sign * count);
  return at.toISOString().slice(0, value.length > 10 ? 24 : 10);
}

function boundCheck({ element, label, profile }: Named): Check {
  return (item, run) => {
    const now = run.now();
    const least = boundOf(item.value, element.least, { sign: -1, now });
    const most = boundOf(item.value, element.most, { sign: 1, now });
    const low = least === undefined ? undefined : compareBounds(item.value, least);
    const high = most === undefined ? undefined : compareBounds(item.value, most);
    if (low !== undefined && low < 0) {
      report(run, {
        code: 'invalid',
        rule: 'minimum',
        profile,
        text: texts.tooLow(label, least, item.value),
      });
    }
    if (high !== undefined && high > 0) {
      report(run, {
        code: 'invalid',
        rule: 'maximum',
        profile,
        text: texts.tooHigh(label, most, item.value),
      });
    }
  };
}

function lengthCheck({ element, label, profile }: Named): Check {
  const most = element.maxLength ?? 0;
  return (item, run) => {
    if (typeof item.value !== 'string' || item.value.length <= most) return;
    report(run, {
      code: 'too-long',
      rule: 'length',
      profile,
      text: texts.tooLong(label, most, item.value.length),
    });
  };
}

/** The checks on the value itself that an element states. */
export function valueChecks(named: Named): Check[] {
  const { element } = named;
  const checks: Check[] = [];
  if (element.fixed !== undefined) checks.push(fixedCheck(named));
  if (element.pattern !== undefined) checks.push(patternCheck(named));
  if (element.least !== undefined || element.most !== undefined) checks.push(boundCheck(named));
  if (element.maxLength !== undefined) checks.push(lengthCheck(named));
  return checks;
}
