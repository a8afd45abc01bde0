// What do the functions of FHIRPath answer? http://hl7.org/fhirpath/N1/#functions, http://hl7.org/fhir/R4/fhirpath.html#functions
import type { Expression } from '../../fhir/fhirpath/syntax.ts';
import type { Scope, Step } from './compile.ts';
import { fhirFunctions } from './fhirFunctions.ts';
import { bool, type Collection, type Item, integer, none } from './items.ts';
import { distinct, equal, membershipIn, truth } from './operators.ts';
import { textFunctions } from './textFunctions.ts';

export type FunctionMaker = (given: { args: readonly Step[]; trees: readonly Expression[] }) => Step;

const empty: Step = () => none;

/** An argument that is evaluated for each item, with `$this` and `$index`. */
const forItem = (step: Step, item: Item, at: { scope: Scope; index: number }): Collection =>
  step([item], { around: at.scope.around, self: [item], index: at.index, total: at.scope.total });

const only = (input: Collection, scope: Scope, step: Step): Item[] =>
  input.filter((item, index) => truth(forItem(step, item, { scope, index })) === true);

const eachTruth =
  (verdict: (truths: (boolean | undefined)[]) => boolean): FunctionMaker =>
  () =>
  (input) =>
    bool(verdict(input.map((item) => truth([item]))));

function repeated(step: Step): Step {
  return (input, scope) => {
    const found: Item[] = [];
    const seen = new Set<unknown>();
    let wave: Collection = input;
    while (wave.length > 0) {
      const next = wave.flatMap((item, index) => forItem(step, item, { scope, index }));
      wave = next.filter((item) => !seen.has(item.value) && seen.add(item.value));
      found.push(...wave);
    }
    return found;
  };
}

const countOf = (args: readonly Step[], input: Collection, scope: Scope): number => {
  const value = args[0]?.(scope.self, scope)[0]?.value;
  return typeof value === 'number' ? value : input.length;
};

const argument = (args: readonly Step[], scope: Scope): Collection => args[0]?.(scope.self, scope) ?? none;

const collections: Readonly<Record<string, FunctionMaker>> = {
  empty: () => (input) => bool(input.length === 0),
  exists: ({ args: [where] }) =>
    where === undefined
      ? (input) => bool(input.length > 0)
      : (input, scope) => bool(only(input, scope, where).length > 0),
  all:
    ({ args: [where = empty] }) =>
    (input, scope) =>
      bool(only(input, scope, where).length === input.length),
  where:
    ({ args: [where = empty] }) =>
    (input, scope) =>
      only(input, scope, where),
  select:
    ({ args: [step = empty] }) =>
    (input, scope) =>
      input.flatMap((item, index) => forItem(step, item, { scope, index })),
  repeat: ({ args: [step = empty] }) => repeated(step),
  not: () => (input) => {
    const value = truth(input);
    return value === undefined ? none : bool(!value);
  },
  allTrue: eachTruth((truths) => truths.every((one) => one === true)),
  anyTrue: eachTruth((truths) => truths.some((one) => one === true)),
  allFalse: eachTruth((truths) => truths.every((one) => one === false)),
  anyFalse: eachTruth((truths) => truths.some((one) => one === false)),
  count: () => (input) => integer(input.length),
  distinct: () => (input) => distinct(input),
  isDistinct: () => (input) => bool(distinct(input).length === input.length),
  single: () => (input) => (input.length === 1 ? input : none),
  first: () => (input) => input.slice(0, 1),
  last: () => (input) => input.slice(-1),
  tail: () => (input) => input.slice(1),
  skip:
    ({ args }) =>
    (input, scope) =>
      input.slice(Math.max(0, countOf(args, input, scope))),
  take:
    ({ args }) =>
    (input, scope) =>
      input.slice(0, Math.max(0, countOf(args, input, scope))),
  subsetOf:
    ({ args }) =>
    (input, scope) => {
      return bool(input.every(membershipIn(argument(args, scope))));
    },
  supersetOf:
    ({ args }) =>
    (input, scope) =>
      bool(argument(args, scope).every(membershipIn(input))),
  intersect:
    ({ args }) =>
    (input, scope) => {
      return distinct(input.filter(membershipIn(argument(args, scope))));
    },
  exclude:
    ({ args }) =>
    (input, scope) => {
      const held = membershipIn(argument(args, scope));
      return input.filter((item) => !held(item));
    },
  union:
    ({ args }) =>
    (input, scope) =>
      distinct([...input, ...argument(args, scope)]),
  combine:
    ({ args }) =>
    (input, scope) => [...input, ...argument(args, scope)],
  iif:
    ({ args: [condition = empty, then = empty, otherwise = empty] }) =>
    (input, scope) => {
      const inner = input.length === 1 ? { ...scope, self: input } : scope;
      return truth(condition(input, inner)) === true ? then(input, inner) : otherwise(input, inner);
    },
  aggregate:
    ({ args: [step = empty, start] }) =>
    (input, scope) => {
      const begin = start?.(scope.self, scope) ?? none;
      return input.reduce<Collection>(
        (total, item, index) => step([item], { ...scope, self: [item], index, total }),
        begin,
      );
    },
  trace: () => (input) => input,
  equals:
    ({ args }) =>
    (input, scope) =>
      bool(equal(input, argument(args, scope)) === true),
};

export const functions: Readonly<Record<string, FunctionMaker | undefined>> = {
  ...collections,
  ...textFunctions,
  ...fhirFunctions,
};
