// What do FHIRPath's boolean operators and relations answer, with three truths? http://hl7.org/fhirpath/N1/#boolean-logic
import type { Step } from './compile.ts';
import { bool, type Collection, none } from './items.ts';
import { type CompareQuantities, distinct, equal, equivalent, holds, truth } from './operators.ts';

type Logic = (left: Step, right: Step) => Step;
export const logic: Readonly<Record<string, Logic>> = {
  and: (left, right) => (input, scope) => {
    const a = truth(left(input, scope));
    if (a === false) return bool(false);
    const b = truth(right(input, scope));
    if (b === false) return bool(false);
    return a === undefined || b === undefined ? none : bool(true);
  },
  or: (left, right) => (input, scope) => {
    const a = truth(left(input, scope));
    if (a === true) return bool(true);
    const b = truth(right(input, scope));
    if (b === true) return bool(true);
    return a === undefined || b === undefined ? none : bool(false);
  },
  xor: (left, right) => (input, scope) => {
    const a = truth(left(input, scope));
    const b = truth(right(input, scope));
    return a === undefined || b === undefined ? none : bool(a !== b);
  },
  implies: (left, right) => (input, scope) => {
    const a = truth(left(input, scope));
    if (a === false) return bool(true);
    const b = truth(right(input, scope));
    if (b === true) return bool(true);
    return a === undefined || b === undefined ? none : bool(false);
  },
};

const answer = (value: boolean | undefined): Collection => (value === undefined ? none : bool(value));
const not = (value: boolean | undefined): boolean | undefined => (value === undefined ? undefined : !value);

type Relation = (a: Collection, b: Collection, quantities: CompareQuantities) => Collection;
export const relations: Readonly<Record<string, Relation>> = {
  '=': (a, b, quantities) => answer(equal(a, b, quantities)),
  '!=': (a, b, quantities) => answer(not(equal(a, b, quantities))),
  '~': (a, b) => bool(equivalent(a, b)),
  '!~': (a, b) => bool(!equivalent(a, b)),
  '|': (a, b) => distinct([...a, ...b]),
  in: (a, b) => (a[0] === undefined ? none : bool(holds(b, a[0]))),
  contains: (a, b) => (b[0] === undefined ? none : bool(holds(a, b[0]))),
};
