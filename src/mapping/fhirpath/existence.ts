// Which functions ask about a collection? http://hl7.org/fhirpath/N1/#existence, section 5.1
import { distinct, matching, type Operation, onItem, parameter } from './functions.ts';
import { DistinctItems } from './sameItems.ts';
import { type Items, isTrue, none, truth } from './values.ts';

const every = (input: Items, value: boolean): Items => [input.every((item) => truth([item]) === value)];
const some = (input: Items, value: boolean): Items => [input.some((item) => truth([item]) === value)];

export const existenceFunctions: Readonly<Record<string, Operation>> = {
  empty: { min: 0, max: 0, run: ({ input }) => [input.length === 0] },
  exists: {
    min: 0,
    max: 1,
    run: (call) => [call.parameters.length ? matching(call).length > 0 : call.input.length > 0],
  },
  all: {
    min: 1,
    max: 1,
    run: (call) => [call.input.every((item, index) => isTrue(onItem(call, item, index)))],
  },
  allTrue: { min: 0, max: 0, run: ({ input }) => every(input, true) },
  anyTrue: { min: 0, max: 0, run: ({ input }) => some(input, true) },
  allFalse: { min: 0, max: 0, run: ({ input }) => every(input, false) },
  anyFalse: { min: 0, max: 0, run: ({ input }) => some(input, false) },
  subsetOf: {
    min: 1,
    max: 1,
    run: (call) => {
      const other = new DistinctItems(call.frame.run, parameter(call, 0));
      return [call.input.every((item) => other.has(item))];
    },
  },
  supersetOf: {
    min: 1,
    max: 1,
    run: (call) => {
      const input = new DistinctItems(call.frame.run, call.input);
      return [parameter(call, 0).every((item) => input.has(item))];
    },
  },
  count: { min: 0, max: 0, run: ({ input }) => [input.length] },
  distinct: { min: 0, max: 0, run: ({ input, frame }) => distinct(input, frame) },
  isDistinct: {
    min: 0,
    max: 0,
    run: ({ input, frame }) => [distinct(input, frame).length === input.length],
  },
  not: {
    min: 0,
    max: 0,
    run: ({ input }) => {
      const value = truth(input);
      return value === undefined ? none : [!value];
    },
  },
};
