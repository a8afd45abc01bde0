// What do cc, c, qty, id and cp make? FHIR data types of texts: https://hl7.org/fhir/R4/valueset-map-transform.html
import { cast } from '../coerce.ts';
import { RunFault } from '../faults.ts';
import { type Evaluate, firstOf } from '../fhirpath/frame.ts';
import { none, type Tree, textOf } from '../fhirpath/values.ts';

type Build = (texts: readonly (string | undefined)[]) => Tree | undefined;

/** Drops what has no value. */
export const compact = (tree: Tree): Tree =>
  Object.fromEntries(Object.entries(tree).filter(([, value]) => value !== undefined));

/** A transform that builds a data type of the texts of its parameters; nothing when it has nothing to build of. */
export const built =
  (build: Build) =>
  ({ evaluated }: { evaluated: readonly Evaluate[] }): Evaluate =>
  (frame) => {
    const tree = build(evaluated.map((evaluate) => textOf(firstOf(frame.run, evaluate(frame, none)))));
    return tree ? [tree] : none;
  };

export const coding: Build = ([system, code, display]) =>
  code === undefined ? undefined : compact({ system, code, display });

export const concept: Build = (texts) => {
  if (texts.length === 1) return texts[0] === undefined ? undefined : { text: texts[0] };
  const made = coding(texts);
  return made && { coding: [made] };
};

const quantityOf = (text: string): Tree => {
  const found = /^\s*([<>]=?)?\s*([+-]?\d+(?:\.\d+)?)\s*(.*?)\s*$/.exec(text);
  if (!found?.[2])
    throw new RunFault('qty needs a number, perhaps with a comparator and a unit', { value: text });
  return compact({
    comparator: found[1],
    value: cast(found[2], 'decimal'),
    unit: found[3] === '' ? undefined : found[3],
  });
};

export const quantity: Build = ([value, unit, system, code]) => {
  if (value === undefined) return undefined;
  if (unit === undefined && system === undefined) return quantityOf(value);
  return compact({ value: cast(value, 'decimal'), unit, system, code });
};

export const identifier: Build = ([system, value, type]) => {
  if (value === undefined) return undefined;
  return compact({ type: type === undefined ? undefined : { coding: [{ code: type }] }, system, value });
};

export const contactPoint: Build = (texts) => {
  const [system, value] = texts.length === 1 ? [systemOf(texts[0] ?? ''), texts[0]] : texts;
  return value === undefined ? undefined : compact({ system, value });
};

const systemOf = (value: string): string | undefined => {
  if (/^[^\s@]+@[^\s@]+$/.test(value)) return 'email';
  if (/^https?:/.test(value)) return 'url';
  return /^[+\d][\d\s()-]+$/.test(value) ? 'phone' : undefined;
};
