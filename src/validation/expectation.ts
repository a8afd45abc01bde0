// What does a definition demand of a value, so that the value is recognised as belonging to it? http://hl7.org/fhir/R4/profiling.html#discriminator
import { membership } from './bindings.ts';
import type { Compiler } from './compiler.ts';
import type { Step } from './fhirpath/compile.ts';
import type { Item } from './fhirpath/items.ts';
import { sameValue } from './fhirpath/operators.ts';
import { ask, stepOf } from './invariants.ts';
import type { Node } from './profileTree.ts';
import type { Run } from './run.ts';
import { containsPattern } from './values.ts';

/** Undefined: it cannot be decided, for example because a reference cannot be followed here. */
export type Belongs = (item: Item, run: Run) => boolean | undefined;

export type Values = (item: Item, run: Run) => readonly Item[];

/** The parts of a discriminator path: `coding.code`, `extension('x').value`, `resolve().code`, `value.ofType(Quantity)`. */
export function partsOf(path: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const sign of path) {
    if (sign === '(') depth++;
    if (sign === ')') depth--;
    if (sign === '.' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += sign;
  }
  parts.push(part);
  return parts.filter((one) => one !== '$this' && one !== '');
}

export function valuesAt(path: string): Values {
  const parts = partsOf(path);
  if (parts.length === 0) return (item) => [item];
  const step: Step | undefined = stepOf(parts.join('.'));
  return (item, run) => (step === undefined ? [] : ask(run, step, item));
}

/** What a node demands of a value so that it is recognised: fixed value, pattern, required binding, or that of its children. */
export function expectation(compiler: Compiler, node: Node, depth: number): Belongs | undefined {
  const { fixed, pattern, binding } = node.element;
  if (fixed !== undefined) return (item) => sameValue(item.value, fixed);
  if (pattern !== undefined) return (item) => containsPattern(item.value, pattern);
  const nested = childrenExpectation(compiler, node, depth);
  if (nested !== undefined) return nested;
  const { valueSet } = binding ?? {};
  if (binding?.strength !== 'required' || valueSet === undefined) return undefined;
  return (item, run) => membership(run, item, valueSet);
}

export function every(tests: readonly Belongs[]): Belongs {
  return (item, run) => {
    let undecided = false;
    for (const test of tests) {
      const answer = test(item, run);
      if (answer === false) return false;
      if (answer === undefined) undecided = true;
    }
    return undecided ? undefined : true;
  };
}

export function some(items: readonly Item[], test: (item: Item) => boolean | undefined): boolean | undefined {
  let undecided = false;
  for (const item of items) {
    const answer = test(item);
    if (answer === true) return true;
    if (answer === undefined) undecided = true;
  }
  return undecided ? undefined : false;
}

const deepest = 4;

function childrenExpectation(compiler: Compiler, node: Node, depth: number): Belongs | undefined {
  if (depth > deepest || node.children.length === 0) return undefined;
  const tests = node.children.flatMap((child): Belongs[] => {
    const required = [child, ...child.slices.filter((slice) => (slice.element.min ?? 0) > 0)];
    return required.flatMap((one): Belongs[] => {
      const test = expectation(compiler, one, depth + 1);
      if (test === undefined || ((child.element.min ?? 0) === 0 && one === child && depth > 0)) return [];
      const values = valuesAt(child.name.replace('[x]', ''));
      return [(item, run) => some(values(item, run), (value) => test(value, run))];
    });
  });
  return tests.length === 0 ? undefined : every(tests);
}

export function anyOf(tests: readonly Belongs[], item: Item, run: Run): boolean | undefined {
  let undecided = false;
  for (const test of tests) {
    const answer = test(item, run);
    if (answer === true) return true;
    if (answer === undefined) undecided = true;
  }
  return undecided ? undefined : false;
}
