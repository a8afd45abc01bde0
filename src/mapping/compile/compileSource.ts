// Which items does a rule's source give? Path, type, cardinality, default, condition, list mode.
// https://hl7.org/fhir/R4/mapping-language.html#7.7.0.9.1
import { fieldNames, fieldOf, isPrimitive, type Type, typeNamed } from '../elementTypes.ts';
import { RunFault } from '../faults.ts';
import type { Evaluate, Touch } from '../fhirpath/frame.ts';
import { forbidden, memberOf } from '../fhirpath/member.ts';
import { isOfType } from '../fhirpath/typeTest.ts';
import { none } from '../fhirpath/values.ts';
import type { Source } from '../language/syntax.ts';
import { isUnknownType, typeIn, unknownType } from './library.ts';
import { compile, constantOf, readSlot, report, type Scope, withVariable } from './scope.ts';
import { type Action, loopOf } from './sourceLoop.ts';

const hidden: ReadonlySet<string> = new Set(['resourceType', 'id', 'extension', 'value']);

/** The type of an element of the source; undefined when it is not known before the run. */
const elementType = (
  scope: Scope,
  type: Type | undefined,
  at: { name: string; source: Source },
): Type | undefined => {
  const definition = type?.definition;
  if (!type || !definition) return undefined;
  const field = fieldOf(definition, at.name);
  if (!field) {
    const known = hidden.has(at.name) || at.name.startsWith('_') || definition.abstract || isPrimitive(type);
    if (!known) {
      const names = fieldNames(definition).join(', ');
      report(
        scope,
        at.source.place,
        `${type.name} (${type.version}) has no element ${at.name}; it has ${names}`,
      );
    }
    return undefined;
  }
  const [only, ...others] = field.options;
  return only && others.length === 0 ? typeNamed(only.type, type.version) : undefined;
};

type Context = { find: Evaluate; type: Type | undefined; slot: number | undefined };

/** Where a source starts: a variable, or else a constant of the map. */
const contextOf = (scope: Scope, source: Source): Context => {
  const variable = scope.variables.get(source.context);
  if (variable) return { find: readSlot(variable.slot), type: variable.type, slot: variable.slot };
  const constant = constantOf(scope, source.context);
  if (constant) return { find: constant, type: undefined, slot: undefined };
  const known = [...scope.variables.keys()].join(', ');
  report(scope, source.place, `unknown variable ${source.context}; known here: ${known}`);
  return { find: () => none, type: undefined, slot: undefined };
};

const findOf = (scope: Scope, source: Source): Context => {
  const { type: first, find: start, slot } = contextOf(scope, source);
  let type = first;
  let find = start;
  for (const name of source.path) {
    if (forbidden.has(name)) report(scope, source.place, `the name ‘${name}’ cannot be followed`);
    else find = memberOf(find, name);
    type = elementType(scope, type, { name, source });
  }
  return { find, type, slot };
};

const narrow = (find: Evaluate, type: string): Evaluate => {
  return (frame, focus) => {
    const items = find(frame, focus);
    if (items.every((item) => isOfType(item, type))) return items;
    const aligned = frame.run.reading?.aligned.get(items);
    const kept: unknown[] = [];
    const touches: (Touch | undefined)[] = [];
    items.forEach((item, index) => {
      if (!isOfType(item, type)) return;
      kept.push(item);
      touches.push(aligned?.[index]);
    });
    if (aligned) frame.run.reading?.aligned.set(kept, touches);
    return kept;
  };
};

const counted = (find: Evaluate, source: Source): Evaluate => {
  const { min = 0, max = Number.POSITIVE_INFINITY } = source;
  if (source.min === undefined) return find;
  const name = [source.context, ...source.path].join('.');
  return (frame, focus) => {
    const items = find(frame, focus);
    if (items.length < min || items.length > max)
      throw new RunFault(`${name} occurs ${items.length} times, expected ${min}..${source.max ?? '*'}`);
    return items;
  };
};

const defaulted = (find: Evaluate, fallback: Evaluate): Evaluate => {
  return (frame, focus) => {
    const items = find(frame, focus);
    return items.length > 0 ? items : fallback(frame, focus);
  };
};

const checkType = (scope: Scope, { type, place }: Source): void => {
  if (isUnknownType(scope.module, { ...(type === undefined ? {} : { type }), mode: 'source' }))
    report(scope, place, unknownType(type));
};

/** Compiles a source; its action runs `next` for each item, with the source's variable bound. */
export const compileSource = (
  scope: Scope,
  source: Source,
): { scope: Scope; slot: number; loop(next: Action): Action } => {
  const { find: found, type: elementTyped, slot: contextSlot } = findOf(scope, source);
  const type = source.type === undefined ? elementTyped : typeIn(scope.module, source.type, 'source');
  checkType(scope, source);
  const inner = withVariable(scope, source.variable ?? ' source', { mode: 'source', type });
  const { slot } = inner;
  let find = type && source.type !== undefined ? narrow(found, type.name) : found;
  find = counted(find, source);
  if (source.fallback) find = defaulted(find, compile(scope, source.fallback));
  const clause = (expression: Source['where']): Evaluate | undefined =>
    expression && compile(inner.scope, expression);
  const clauses = { where: clause(source.where), check: clause(source.check), log: clause(source.log) };
  const stays = source.path.length === 0 ? contextSlot : undefined;
  const loop = loopOf({ find, clauses, mode: source.mode, slot, stays });
  return { scope: inner.scope, slot, loop };
};
