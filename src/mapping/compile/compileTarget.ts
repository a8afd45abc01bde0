// What does one target of a rule do? Make an element, give it a value, name it.
// https://hl7.org/fhir/R4/mapping-language.html#7.7.0.9.2
import { cast } from '../coerce.ts';
import { isPrimitive } from '../elementTypes.ts';
import { RunFault } from '../faults.ts';
import type { Frame } from '../fhirpath/frame.ts';
import { isLeaf, isTree, plain } from '../fhirpath/values.ts';
import type { Target, Transform } from '../language/syntax.ts';
import { recordWrite, type Write } from '../record.ts';
import { Cell, copy } from '../target.ts';
import { compileAssign } from './assignTarget.ts';
import { compileContainer } from './container.ts';
import { compileCreate } from './createTarget.ts';
import { type Scope, setPlaces, withVariable } from './scope.ts';
import type { Action } from './sourceLoop.ts';
import {
  type CompiledTarget,
  createdType,
  evaluated,
  instanceOf,
  isCreate,
  makeOf,
  usingOne,
} from './targetParts.ts';

const compileName = (scope: Scope, target: Target): CompiledTarget => {
  const context = scope.variables.get(target.context ?? '');
  if (!context) compileContainer(scope, target);
  const from = context?.slot ?? 0;
  const inner = withVariable(scope, target.variable ?? ' made', {
    mode: context?.mode ?? 'target',
    type: context?.type,
  });
  const action: Action = (frame) => {
    frame.slots[inner.slot] = frame.slots[from];
    setPlaces(frame, inner.slot, frame.places?.[from] ?? []);
  };
  return { scope: inner.scope, action, type: context?.type, slot: inner.slot };
};

const assignCell = (
  frame: Frame,
  cell: Cell,
  found: { item: unknown; write: Omit<Write, 'translation' | 'copyOf'> },
): void => {
  const value = cast(found.item, cell.type);
  const list = cell.index === undefined ? undefined : cell.container[cell.key];
  const at =
    Array.isArray(list) && cell.index !== undefined
      ? { container: list, key: cell.index }
      : { container: cell.container, key: cell.key };
  if (Array.isArray(list) && cell.index !== undefined) list[cell.index] = value;
  else cell.container[cell.key] = value;
  const { recorder } = frame.run;
  if (recorder)
    recordWrite(recorder, at, { ...found.write, translation: recorder.translation, copyOf: undefined });
};

/** `tgt = value`: a primitive gets the value, an object takes over the value's elements. */
const compileWhole = (scope: Scope, target: Target, transform: Transform): CompiledTarget => {
  compileContainer(scope, target);
  const slot = scope.variables.get(target.context ?? '')?.slot ?? 0;
  const made = usingOne(makeOf(scope, transform));
  const action: Action = (frame) => {
    const { items, touches } = evaluated(frame, made);
    const value = plain(items[0]);
    const goal = frame.slots[slot];
    if (items.length === 0) return;
    if (goal instanceof Cell) {
      assignCell(frame, goal, { item: items[0], write: { touches, place: target.place, rule: scope.rule } });
      return;
    }
    if (!isTree(goal) || !isTree(value))
      throw new RunFault(`${target.context} cannot be set to this value`, { kind: 'fault', value });
    Object.assign(goal, copy(frame.run, value));
  };
  return { scope, action, type: undefined, slot };
};

const compileBare = (scope: Scope, target: Target, transform: Transform): CompiledTarget => {
  if (isCreate(transform)) {
    const type = createdType(scope, transform);
    const inner = withVariable(scope, target.variable ?? ' made', { mode: 'target', type });
    const action: Action = (frame) => {
      frame.slots[inner.slot] = instanceOf(type);
      setPlaces(frame, inner.slot, []);
    };
    return { scope: inner.scope, action, type, slot: inner.slot };
  }
  const made = makeOf(scope, transform);
  const inner = withVariable(scope, target.variable ?? ' made', { mode: 'source', type: undefined });
  const action: Action = (frame) => {
    const { items, touches } = evaluated(frame, made);
    if (items.length > 1) throw new RunFault(`a variable takes one value, ${items.length} were given`);
    frame.slots[inner.slot] = items[0];
    const value = plain(items[0]);
    setPlaces(frame, inner.slot, isLeaf(value) ? touches : []);
  };
  return { scope: inner.scope, action, type: undefined, slot: inner.slot };
};

/** Compiles a target; its scope holds the target's variable. */
export const compileTarget = (scope: Scope, target: Target): CompiledTarget => {
  const { transform, path, context } = target;
  if (context === undefined && transform) return compileBare(scope, target, transform);
  const primitive = isPrimitive(scope.variables.get(context ?? '')?.type);
  if (primitive && path.length === 1 && path[0] === 'value' && transform)
    return compileWhole(scope, target, transform);
  if (path.length === 0)
    return transform ? compileWhole(scope, target, transform) : compileName(scope, target);
  if (!transform || isCreate(transform)) return compileCreate(scope, target);
  return compileAssign(scope, target, transform);
};
