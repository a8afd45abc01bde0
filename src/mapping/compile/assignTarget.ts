// What does `tgt.name = value` do? Each value of the transform into the element, with its type checked at load.
import { isPrimitive, typeNamed } from '../elementTypes.ts';
import { RunFault } from '../faults.ts';
import type { Target, Transform } from '../language/syntax.ts';
import { compileContainer } from './container.ts';
import { report, type Scope, setPlaces, withVariable } from './scope.ts';
import { putValue, type Site } from './site.ts';
import type { Action } from './sourceLoop.ts';
import { type CompiledTarget, evaluated, makeOf, siteOf } from './targetParts.ts';
import type { Made } from './transforms.ts';

const checkAssignable = (scope: Scope, target: Target, { site, made }: { site: Site; made: Made }): void => {
  const { field, property } = site;
  if (!field || made.typeName === undefined) return;
  const type = typeNamed(made.typeName, scope.module.targetVersion);
  const simple = isPrimitive(type);
  const kinds = property ? [property] : field.options;
  const fitting = kinds.some((option) =>
    simple
      ? option.kind === 'primitive' || option.kind === 'xhtml'
      : option.type === type.name || option.kind === 'resource',
  );
  if (!fitting && type.definition)
    report(
      scope,
      target.place,
      `${site.name} takes ${kinds.map((one) => one.type).join(', ')}, not a ${type.name}`,
    );
};

/** Compiles a target with a value. */
export const compileAssign = (scope: Scope, target: Target, transform: Transform): CompiledTarget => {
  const container = compileContainer(scope, target);
  const made = makeOf(scope, transform);
  const site = siteOf(scope, target, { type: container.type, typeName: made.typeName });
  checkAssignable(scope, target, { site, made });
  const version = container.type?.version ?? scope.module.targetVersion;
  const type = site.property ? typeNamed(site.property.type, version) : undefined;
  const bound =
    target.variable === undefined
      ? undefined
      : withVariable(scope, target.variable, { mode: 'target', type });
  const action: Action = (frame) => {
    const { items, touches } = evaluated(frame, made);
    if (items.length === 0) return;
    if (items.length > 1 && site.field && !site.field.many)
      throw new RunFault(`${site.name} takes one value, ${items.length} were given`, {
        reason: 'map-cardinality',
      });
    for (const item of items) {
      const value = putValue(frame, site, {
        container: container.get(frame),
        item,
        fresh: made.fresh,
        touches,
      });
      if (!bound) continue;
      frame.slots[bound.slot] = value;
      setPlaces(frame, bound.slot, touches);
    }
  };
  const bare = bound ? clearing(bound.slot, action) : action;
  return { scope: bound?.scope ?? scope, action: bare, type, slot: bound?.slot };
};

/** A variable of an earlier firing must not be seen again when this one gives nothing. */
const clearing =
  (slot: number, action: Action): Action =>
  (frame) => {
    frame.slots[slot] = undefined;
    action(frame);
  };
