// Which functions may an expression call, and what is wrong with a call before it runs?
import type { Expression, Spot } from '../../fhir/fhirpath/syntax.ts';
import type { CodeTable } from '../codeMaps.ts';
import { existenceFunctions } from './existence.ts';
import { fhirFunctions } from './fhirFunctions.ts';
import type { Evaluate } from './frame.ts';
import { collectionFunctions, type Operation } from './functions.ts';
import { keyFunctions } from './keyFunctions.ts';
import { numberFunctions } from './numberFunctions.ts';
import { isPattern } from './patterns.ts';
import { textFunctions } from './textFunctions.ts';

/** Where names in expressions lead, and where faults go. */
export type Names = {
  /** The variable of this name, compiled; undefined when there is none. */
  variable(name: string): Evaluate | undefined;
  /** The concept map of this address or `#name`, and those that it refers to; empty when there is none. */
  tables(name: string): readonly CodeTable[];
  fault(text: string, at: Spot): void;
  /** Is there a focus that bare names are elements of? Parameters of transforms have none: there they are variables. */
  focused: boolean;
};

/** Functions whose parameters are evaluated on the items of their input. */
export const onItems: ReadonlySet<string> = new Set([
  ...['where', 'select', 'exists', 'all', 'repeat', 'aggregate', 'trace', 'iif', 'isFirstOf'],
]);

export const functions: Readonly<Record<string, Operation>> = {
  ...collectionFunctions,
  ...existenceFunctions,
  ...textFunctions,
  ...numberFunctions,
  ...fhirFunctions,
  ...keyFunctions,
};

const patterned: ReadonlySet<string> = new Set(['matches', 'matchesFull', 'replaceMatches']);

/** Reports a pattern that is no regular expression. */
export const checkPattern = ({ name, parameters }: Expression & { kind: 'call' }, names: Names): void => {
  const [pattern] = parameters;
  if (!patterned.has(name) || pattern?.kind !== 'literal' || typeof pattern.value !== 'string') return;
  if (!isPattern(pattern.value)) names.fault(`‘${pattern.value}’ is no regular expression`, pattern);
};
