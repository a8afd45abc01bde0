// Does a value equal what the profile fixes, contain its pattern, and stay within its bounds? http://hl7.org/fhir/R4/elementdefinition.html
import { numberOf } from './fhirpath/items.ts';
import { compareMoments } from './fhirpath/moments.ts';
import { sameValue } from './fhirpath/operators.ts';
import { isTree, type ProfileElement } from './profile.ts';
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

function boundCheck({ element, label, profile }: Named): Check {
  return (item, run) => {
    const low = element.least === undefined ? undefined : compareBounds(item.value, element.least);
    const high = element.most === undefined ? undefined : compareBounds(item.value, element.most);
    if (low !== undefined && low < 0) {
      report(run, {
        code: 'invalid',
        rule: 'minimum',
        profile,
        text: texts.tooLow(label, element.least, item.value),
      });
    }
    if (high !== undefined && high > 0) {
      report(run, {
        code: 'invalid',
        rule: 'maximum',
        profile,
        text: texts.tooHigh(label, element.most, item.value),
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
