// Into which object does a target write? The variable it names, through single elements, made where they are missing.
import { fieldNames, fieldOf, isPrimitive, type Type, typeNamed } from '../elementTypes.ts';
import { RunFault } from '../faults.ts';
import type { Frame } from '../fhirpath/frame.ts';
import { forbidden } from '../fhirpath/member.ts';
import { isTree, type Tree } from '../fhirpath/values.ts';
import type { Target } from '../language/syntax.ts';
import { Cell, companionOf } from '../target.ts';
import { report, type Scope } from './scope.ts';

export type Container = { get(frame: Frame): Tree; type: Type | undefined };

const faultyContainer: Container = { get: () => ({}), type: undefined };

const ofSlot =
  (slot: number, name: string): Container['get'] =>
  (frame) => {
    const value = frame.slots[slot];
    if (value instanceof Cell) return companionOf(value);
    if (isTree(value)) return value;
    throw new RunFault(`the target ${name} is no object to write elements into`, {
      kind: 'fault',
      reason: 'map-type',
    });
  };

const through =
  (get: Container['get'], key: string): Container['get'] =>
  (frame) => {
    const tree = get(frame);
    const known = tree[key];
    if (isTree(known)) return known;
    const made: Tree = {};
    tree[key] = made;
    return made;
  };

const intermediate = (
  scope: Scope,
  container: Container,
  at: { name: string; target: Target },
): Container => {
  const { name, target } = at;
  const definition = container.type?.definition;
  if (!definition) return { get: through(container.get, name), type: undefined };
  const field = fieldOf(definition, name);
  const only = field?.options.length === 1 ? field.options[0] : undefined;
  if (!field || !container.type) {
    reportUnknown(scope, container.type, at);
    return faultyContainer;
  }
  if (!only || field.many || only.kind === 'primitive') {
    const why = field.many ? 'repeats' : 'is no single object';
    report(scope, target.place, `${container.type.name}.${name} ${why}: bind it to a variable first`);
    return faultyContainer;
  }
  return { get: through(container.get, only.name), type: typeNamed(only.type, container.type.version) };
};

/** Reports an element that its type does not have. */
export const reportUnknown = (
  scope: Scope,
  type: Type | undefined,
  { name, target }: { name: string; target: Target },
): void => {
  if (!type?.definition) return;
  const names = fieldNames(type.definition).join(', ');
  report(scope, target.place, `${type.name} (${type.version}) has no element ${name}; it has ${names}`);
};

/** The object that a target's last element is written into. */
export const compileContainer = (scope: Scope, target: Target): Container => {
  const name = target.context ?? '';
  const variable = scope.variables.get(name);
  if (!variable) {
    const known = [...scope.variables.keys()].filter((one) => one !== ' source').join(', ');
    report(scope, target.place, `unknown variable ${name}; known here: ${known}`);
    return faultyContainer;
  }
  if (variable.mode === 'source') {
    report(scope, target.place, `${name} is a source and cannot be written to`);
    return faultyContainer;
  }
  const bad = target.path.find((element) => forbidden.has(element));
  if (bad !== undefined) {
    report(scope, target.place, `the name ‘${bad}’ cannot be written`);
    return faultyContainer;
  }
  const type = isPrimitive(variable.type)
    ? typeNamed('Element', variable.type?.version ?? 'r4')
    : variable.type;
  let container: Container = { get: ofSlot(variable.slot, name), type };
  for (const element of target.path.slice(0, -1))
    container = intermediate(scope, container, { name: element, target });
  return container;
};
