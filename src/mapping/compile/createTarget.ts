// What does `tgt.name as n` or `= create('Type')` do? A new instance, the shared one, or the single one that is there.
import type { Property } from '../../fhir/definitions.ts';
import { type Type, typeNamed } from '../elementTypes.ts';
import type { Frame } from '../fhirpath/frame.ts';
import { isTree, type Tree } from '../fhirpath/values.ts';
import type { Target } from '../language/syntax.ts';
import { Cell, clearOtherTypes, putInList } from '../target.ts';
import { compileContainer } from './container.ts';
import { report, type Scope, setPlaces, withVariable } from './scope.ts';
import { type Put, putValue, type Site } from './site.ts';
import type { Action } from './sourceLoop.ts';
import { type CompiledTarget, createdType, instanceOf, isCreate, siteOf } from './targetParts.ts';

const shared = (frame: Frame, at: { container: Tree; key: string }, make: () => unknown): unknown => {
  frame.run.shares ??= new Map();
  const known = frame.run.shares.get(at.container) ?? new Map<string, unknown>();
  frame.run.shares.set(at.container, known);
  if (!known.has(at.key)) known.set(at.key, make());
  return known.get(at.key);
};

/** The place of a primitive that has no value yet; in a list, a new item. */
const placeOf = (container: Tree, site: Site, property: Property): Cell => {
  const { name, type, list } = property;
  clearOtherTypes(container, property);
  const index = list ? putInList(container, name, { item: null, mode: site.mode }) : undefined;
  return new Cell(container, name, { index, type });
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
    if (property && primitive) return placeOf(container, site, property);
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

/** Compiles a target that makes an element. */
export const compileCreate = (scope: Scope, target: Target): CompiledTarget => {
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
