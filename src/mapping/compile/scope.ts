// What does a rule see while it is compiled? Variables with their slots and types, and where faults go.
import type { Expression } from '../../fhir/fhirpath/syntax.ts';
import type { Type } from '../elementTypes.ts';
import { compileExpression, type Names } from '../fhirpath/compile.ts';
import type { Evaluate, Frame, Reading, Run, Touch } from '../fhirpath/frame.ts';
import { type Items, isLeaf, none, plain } from '../fhirpath/values.ts';
import type { Constant, MapFault, Place } from '../language/syntax.ts';
import { Cell, cellValue } from '../target.ts';
import type { CompiledGroup } from './compileGroup.ts';
import { type Library, type Module, tableChain } from './library.ts';

/** One compilation of one map. */
export type Compiler = {
  library: Library;
  faults: MapFault[];
  /** Groups by name and the types they are called with. */
  groups: Map<string, CompiledGroup>;
};

export type Variable = { slot: number; mode: 'source' | 'target'; type: Type | undefined };

export type Scope = {
  compiler: Compiler;
  module: Module;
  variables: ReadonlyMap<string, Variable>;
  /** How many slots the group's frame needs; shared by all scopes of a group. */
  slots: { count: number };
  rule: string | undefined;
};

export const report = (scope: Scope, place: Place, text: string): void => {
  const fault = { map: place.map, line: place.line, column: place.column, text };
  const known = scope.compiler.faults.some(
    (one) =>
      one.text === text && one.line === place.line && one.column === place.column && one.map === place.map,
  );
  if (!known) scope.compiler.faults.push(scope.rule === undefined ? fault : { ...fault, rule: scope.rule });
};

/** A scope with one variable more. */
export const withVariable = (
  scope: Scope,
  name: string,
  variable: Omit<Variable, 'slot'>,
): { scope: Scope; slot: number } => {
  const slot = scope.slots.count;
  scope.slots.count += 1;
  const variables = new Map(scope.variables);
  variables.set(name, { ...variable, slot });
  return { scope: { ...scope, variables }, slot };
};

/** The value in a slot as an expression sees it. */
export const slotValue = (frame: Frame, slot: number): unknown => {
  const value = frame.slots[slot];
  return value instanceof Cell ? cellValue(value) : value;
};

const readTraced = (frame: Frame, slot: number, value: unknown): Items => {
  const items = [value];
  const places = frame.places?.[slot] ?? [];
  const { reading } = frame.run;
  if (reading && isLeaf(plain(value))) {
    for (const place of places) reading.touches.push({ ...place, live: true });
    const last = reading.touches[reading.touches.length - 1];
    if (places.length === 1) reading.aligned.set(items, [last]);
  }
  return items;
};

export const readSlot =
  (slot: number): Evaluate =>
  (frame) => {
    const value = slotValue(frame, slot);
    if (value === undefined) return none;
    return frame.run.reading ? readTraced(frame, slot, value) : [value];
  };

type Known = { items: Items; touches: readonly Touch[] };

/** The items with touches of their own: what one use leaves aside, another may take. */
const usedAgain = (reading: Reading, { items, touches }: Known): Items => {
  const copies = new Map(touches.map((touch) => [touch, { ...touch }]));
  reading.touches.push(...copies.values());
  const copy = [...items];
  const aligned = reading.aligned.get(items);
  if (aligned)
    reading.aligned.set(
      copy,
      aligned.map((touch) => touch && (copies.get(touch) ?? { ...touch })),
    );
  return copy;
};

/** Evaluates once in a run. */
const once = (evaluate: Evaluate): Evaluate => {
  const runs = new WeakMap<Run, Known>();
  const knownIn = (frame: Frame): Known => {
    const { run } = frame;
    const known = runs.get(run);
    if (known) return known;
    const touches = run.reading?.touches;
    const before = touches?.length ?? 0;
    const items = evaluate(frame, [run.source]);
    const found = { items, touches: touches?.splice(before) ?? [] };
    runs.set(run, found);
    return found;
  };
  return (frame) => {
    const known = knownIn(frame);
    const { reading } = frame.run;
    return reading ? usedAgain(reading, known) : known.items;
  };
};

/** Constants that are compiled already: however often a map uses one, it is evaluated once. */
const compiledConstants = new WeakMap<Constant, Evaluate>();

/** A constant of the map (`let`), evaluated once in a run. */
export const constantOf = (scope: Scope, name: string): Evaluate | undefined => {
  const { constants } = scope.module.map;
  const constant = constants.find((one) => one.name === name);
  if (!constant) return undefined;
  const compiled = compiledConstants.get(constant);
  if (compiled) return compiled;
  const others = constants.slice(0, constants.indexOf(constant));
  const module = { ...scope.module, map: { ...scope.module.map, constants: others } };
  const evaluate = once(compileIn({ ...scope, module, variables: new Map() }, constant.expression, true));
  compiledConstants.set(constant, evaluate);
  return evaluate;
};

const compileIn = (scope: Scope, expression: Expression, focused: boolean): Evaluate => {
  const { map } = scope.module.map.place;
  const names: Names = {
    focused,
    variable: (name) => {
      const variable = scope.variables.get(name);
      return variable ? readSlot(variable.slot) : constantOf(scope, name);
    },
    tables: (name) => tableChain(scope.module, scope.compiler.library, name),
    fault: (text, at) => report(scope, { map, line: at.line, column: at.column }, text),
  };
  return compileExpression(expression, names);
};

/** Compiles an expression with a focus: bare names are variables first, then elements of the focus. */
export const compile = (scope: Scope, expression: Expression): Evaluate => compileIn(scope, expression, true);

/** Compiles an expression without a focus: bare names are variables. */
export const compileParameter = (scope: Scope, expression: Expression): Evaluate =>
  compileIn(scope, expression, false);

/** Sets the places in the source that a slot's value comes from. */
export const setPlaces = (frame: Frame, slot: number, places: readonly Touch[]): void => {
  if (frame.places) frame.places[slot] = places;
};
