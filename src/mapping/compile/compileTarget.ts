// What does one target of a rule do? Make an element, give it a value, name it.
// https://hl7.org/fhir/R4/mapping-language.html#7.7.0.9.2
import type { Property } from '../../fhir/definitions.ts';
import { cast } from '../coerce.ts';
import { RunFault } from '../faults.ts';
import type { Frame, Touch } from '../fhirpath/frame.ts';
import { type Items, isLeaf, isTree, none, plain, type Tree } from '../fhirpath/values.ts';
import type { Target, TargetMode, Transform } from '../language/syntax.ts';
import { Cell, copy } from '../target.ts';
import { type Field, fieldOf, isPrimitive, type Type, typeNamed } from '../types.ts';
import type { Action } from './compileSource.ts';
import { compileContainer, reportUnknown } from './container.ts';
import { typeIn } from './library.ts';
import { compileParameter, report, type Scope, setPlaces, withVariable } from './scope.ts';
import { type Put, putValue, type Site } from './site.ts';
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
const evaluated = (frame: Frame, made: Made): Evaluated => {
  const { reading, recorder } = frame.run;
  if (!reading || !recorder) return { items: made.evaluate(frame, none), touches: [] };
  recorder.translation = undefined;
  const before = reading.touches.length;
  const items = made.evaluate(frame, none);
  return { items, touches: reading.touches.splice(before).filter((touch) => touch.live) };
};

const createdType = (scope: Scope, transform: Transform & { kind: 'call' }): Type | undefined => {
  const [named] = transform.parameters;
  if (!named) return undefined;
  const name =
    named.kind === 'literal' ? String(named.value) : named.kind === 'member' && !named.base ? named.name : '';
  const type = typeIn(scope.module, name, 'target');
  if (name === '' || transform.parameters.length > 1)
    report(scope, transform.place, 'create takes the name of one type');
  else if (type.definition?.abstract)
    report(scope, transform.place, `${name} is abstract and cannot be created`);
  return type;
};

const isCreate = (transform: Transform | undefined): transform is Transform & { kind: 'call' } =>
  transform?.kind === 'call' && transform.name === 'create';

const targetVariable = (scope: Scope, transform: Transform): Type | undefined | false => {
  if (transform.kind !== 'expression' || transform.expression.kind !== 'member' || transform.expression.base)
    return false;
  const variable = scope.variables.get(transform.expression.name);
  return variable?.mode === 'target' && !isPrimitive(variable.type) ? variable.type : false;
};

const makeOf = (scope: Scope, transform: Transform): Made => {
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

const siteOf = (
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

const shared = (frame: Frame, at: { container: Tree; key: string }, make: () => unknown): unknown => {
  frame.run.shares ??= new Map();
  const known = frame.run.shares.get(at.container) ?? new Map<string, unknown>();
  frame.run.shares.set(at.container, known);
  if (!known.has(at.key)) known.set(at.key, make());
  return known.get(at.key);
};

const reused = (container: Tree, property: Property, many: boolean): unknown => {
  const known = container[property.name];
  if (many) return Array.isArray(known) ? known[0] : undefined;
  return known;
};

/** `tgt.name as n`: a new instance, the shared one, or the single one that is there. */
const creating = (
  site: Site,
  target: Target,
  type: Type | undefined,
): ((frame: Frame, container: Tree) => unknown) => {
  const { property } = site;
  const collate = target.modes.includes('collate') || target.modes.includes('single');
  const primitive = property?.kind === 'primitive';
  const make = (frame: Frame, container: Tree): unknown => {
    if (property && primitive)
      return new Cell(container, property.name, { index: undefined, type: property.type });
    const known =
      property && (collate || !property.list) ? reused(container, property, property.list) : undefined;
    if (isTree(known)) return known;
    const put: Put = { container, item: instanceOf(type), fresh: true, touches: [] };
    if (frame.run.recorder) frame.run.recorder.translation = undefined;
    return putValue(frame, site, put);
  };
  const { shareName } = target;
  if (shareName === undefined) return make;
  const key = `${site.name} ${shareName}`;
  return (frame, container) => shared(frame, { container, key }, () => make(frame, container));
};

const checkCreatable = (scope: Scope, site: Site, target: Target): void => {
  if (!site.field || site.property) return;
  const types = site.field.options.map((option) => option.type).join(', ');
  report(scope, target.place, `${site.name} has a choice of types: use create('…') with one of ${types}`);
};

const compileCreate = (scope: Scope, target: Target): CompiledTarget => {
  const container = compileContainer(scope, target);
  const named = isCreate(target.transform) ? createdType(scope, target.transform) : undefined;
  const site = siteOf(scope, target, { type: container.type, typeName: named?.name });
  const { property } = site;
  const version = container.type?.version ?? scope.module.targetVersion;
  const declared = property && typeNamed(property.type, version);
  const type =
    named && (!declared || declared.definition?.abstract || !declared.definition)
      ? named
      : (declared ?? named);
  if (named && site.field && property && !fits(named, property))
    report(scope, target.place, `${site.name} takes a ${property.type}, not a ${named.name}`);
  else checkCreatable(scope, site, target);
  if (type?.definition?.abstract && !named)
    report(scope, target.place, `${site.name} is any ${type.name}: use create('…') with a type`);
  const make = creating(site, target, type);
  const inner = withVariable(scope, target.variable ?? ' made', { mode: 'target', type });
  const action: Action = (frame) => {
    frame.slots[inner.slot] = make(frame, container.get(frame));
    setPlaces(frame, inner.slot, []);
  };
  return { scope: inner.scope, action, type, slot: inner.slot };
};

const fits = (type: Type, property: Property): boolean =>
  property.type === type.name || (property.kind === 'resource' && type.definition?.kind === 'resource');

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

const compileAssign = (scope: Scope, target: Target, transform: Transform): CompiledTarget => {
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

const assignCell = (frame: Frame, cell: Cell, item: unknown): void => {
  const value = cast(item, cell.type);
  if (cell.index === undefined) cell.container[cell.key] = value;
  else {
    const list = cell.container[cell.key];
    if (Array.isArray(list)) list[cell.index] = value;
  }
  frame.run.steps += 1;
};

/** `tgt = value`: a primitive gets the value, an object takes over the value's elements. */
const compileWhole = (scope: Scope, target: Target, transform: Transform): CompiledTarget => {
  compileContainer(scope, target);
  const slot = scope.variables.get(target.context ?? '')?.slot ?? 0;
  const made = makeOf(scope, transform);
  const action: Action = (frame) => {
    const { items } = evaluated(frame, made);
    const value = plain(items[0]);
    const goal = frame.slots[slot];
    if (items.length === 0) return;
    if (goal instanceof Cell) return assignCell(frame, goal, items[0]);
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
  if (path.length === 0)
    return transform ? compileWhole(scope, target, transform) : compileName(scope, target);
  if (!transform || isCreate(transform)) return compileCreate(scope, target);
  return compileAssign(scope, target, transform);
};
