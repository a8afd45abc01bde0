// What do all forms of a target need? Its transform, what that read, the element it goes into, a new instance.
import type { Property } from '../../fhir/definitions.ts';
import { type Field, fieldOf, isPrimitive, type Type } from '../elementTypes.ts';
import { type Frame, oneOf, type Touch } from '../fhirpath/frame.ts';
import { type Items, none, type Tree } from '../fhirpath/values.ts';
import type { Target, TargetMode, Transform } from '../language/syntax.ts';
import { reportUnknown } from './container.ts';
import { isUnknownType, typeIn, unknownType } from './library.ts';
import { compileParameter, report, type Scope } from './scope.ts';
import type { Site } from './site.ts';
import type { Action } from './sourceLoop.ts';
import { compileTransform, type Made } from './transforms.ts';

export type CompiledTarget = {
  scope: Scope;
  action: Action;
  /** The type of what was made or written; its slot when it has a variable. */
  type: Type | undefined;
  slot: number | undefined;
};

type Evaluated = { items: Items; touches: readonly Touch[] };

/** Evaluates a transform and, in a recorded run, what it read. */
export const evaluated = (frame: Frame, made: Pick<Made, 'evaluate'>): Evaluated => {
  const { reading, recorder } = frame.run;
  if (!reading || !recorder) return { items: made.evaluate(frame, none), touches: [] };
  recorder.translation = undefined;
  const before = reading.touches.length;
  const items = made.evaluate(frame, none);
  return { items, touches: reading.touches.splice(before).filter((touch) => touch.live) };
};

/** Gives one item; what stands behind others counts as not read. */
export const usingOne = ({ evaluate }: Pick<Made, 'evaluate'>): Pick<Made, 'evaluate'> => ({
  evaluate: (frame, focus) => oneOf(frame.run, evaluate(frame, focus)),
});

export const createdType = (scope: Scope, transform: Transform & { kind: 'call' }): Type | undefined => {
  const [named] = transform.parameters;
  if (!named) return undefined;
  const name =
    named.kind === 'literal' ? String(named.value) : named.kind === 'member' && !named.base ? named.name : '';
  const type = typeIn(scope.module, name, 'target');
  if (name === '' || transform.parameters.length > 1)
    report(scope, transform.place, 'create takes the name of one type');
  else if (type.definition?.abstract)
    report(scope, transform.place, `${name} is abstract and cannot be created`);
  else if (isUnknownType(scope.module, { type: name, mode: 'target' }))
    report(scope, transform.place, unknownType(name));
  return type;
};

export const isCreate = (transform: Transform | undefined): transform is Transform & { kind: 'call' } =>
  transform?.kind === 'call' && transform.name === 'create';

const targetVariable = (scope: Scope, transform: Transform): Type | undefined | false => {
  if (transform.kind !== 'expression' || transform.expression.kind !== 'member' || transform.expression.base)
    return false;
  const variable = scope.variables.get(transform.expression.name);
  return variable?.mode === 'target' && !isPrimitive(variable.type) ? variable.type : false;
};

export const makeOf = (scope: Scope, transform: Transform): Made => {
  if (transform.kind === 'call') return compileTransform(scope, transform);
  const type = targetVariable(scope, transform);
  return {
    evaluate: compileParameter(scope, transform.expression),
    typeName: type === false ? undefined : type?.name,
    fresh: type !== false,
  };
};

/** A new instance of a type: resources, and only they, say what they are. */
export const instanceOf = (type: Type | undefined): Tree =>
  type?.definition?.kind === 'resource' && !type.name.includes('.') ? { resourceType: type.name } : {};

const listMode = (target: Target): TargetMode | undefined =>
  target.modes.find((mode) => mode === 'first' || mode === 'last');

const optionFor = (field: Field | undefined, typeName: string | undefined): Property | undefined => {
  if (!field) return undefined;
  if (field.options.length === 1) return field.options[0];
  return typeName === undefined ? undefined : field.options.find((option) => option.type === typeName);
};

export const siteOf = (
  scope: Scope,
  target: Target,
  at: { type: Type | undefined; typeName: string | undefined },
): Site => {
  const name = target.path[target.path.length - 1] ?? '';
  const field = at.type?.definition && fieldOf(at.type.definition, name);
  if (!field) reportUnknown(scope, at.type, { name, target });
  return {
    name,
    field,
    property: optionFor(field, at.typeName),
    mode: listMode(target),
    rule: scope.rule,
    place: target.place,
  };
};
