// Which items does a rule's source give? Path, type, cardinality, default, condition, list mode.
// https://hl7.org/fhir/R4/mapping-language.html#7.7.0.9.1
import { RunFault } from '../faults.ts';
import { type Evaluate, type Frame, step, type Touch } from '../fhirpath/frame.ts';
import { forbidden, memberOf } from '../fhirpath/member.ts';
import { isOfType } from '../fhirpath/typeTest.ts';
import { type Items, isTrue, none, plain, textOf } from '../fhirpath/values.ts';
import type { Source, SourceMode } from '../language/syntax.ts';
import { fieldNames, fieldOf, isPrimitive, type Type, typeNamed } from '../types.ts';
import { typeIn } from './library.ts';
import { compile, readSlot, report, type Scope, setPlaces, withVariable } from './scope.ts';

export type Action = (frame: Frame) => void;

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

const fetchOf = (scope: Scope, source: Source): { fetch: Evaluate; type: Type | undefined; slot: number } => {
  const variable = scope.variables.get(source.context);
  if (!variable) {
    const known = [...scope.variables.keys()].join(', ');
    report(scope, source.place, `unknown variable ${source.context}; known here: ${known}`);
    return { fetch: () => none, type: undefined, slot: 0 };
  }
  let type = variable.type;
  let fetch = readSlot(variable.slot);
  for (const name of source.path) {
    if (forbidden.has(name)) report(scope, source.place, `the name ‘${name}’ cannot be followed`);
    else fetch = memberOf(fetch, name);
    type = elementType(scope, type, { name, source });
  }
  return { fetch, type, slot: variable.slot };
};

const narrow = (fetch: Evaluate, type: string): Evaluate => {
  return (frame, focus) => {
    const items = fetch(frame, focus);
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

const counted = (fetch: Evaluate, source: Source): Evaluate => {
  const { min = 0, max = Number.POSITIVE_INFINITY } = source;
  if (source.min === undefined) return fetch;
  const name = [source.context, ...source.path].join('.');
  return (frame, focus) => {
    const items = fetch(frame, focus);
    if (items.length < min || items.length > max)
      throw new RunFault(`${name} occurs ${items.length} times, expected ${min}..${source.max ?? '*'}`);
    return items;
  };
};

const defaulted = (fetch: Evaluate, fallback: Evaluate): Evaluate => {
  return (frame, focus) => {
    const items = fetch(frame, focus);
    return items.length > 0 ? items : fallback(frame, focus);
  };
};

const chosen: Readonly<Record<SourceMode, (indices: number[]) => number[]>> = {
  first: (indices) => indices.slice(0, 1),
  not_first: (indices) => indices.slice(1),
  last: (indices) => indices.slice(-1),
  not_last: (indices) => indices.slice(0, -1),
  only_one: (indices) => {
    if (indices.length > 1) throw new RunFault(`only one item is allowed, ${indices.length} were found`);
    return indices;
  },
};

type Clauses = { where: Evaluate | undefined; check: Evaluate | undefined; log: Evaluate | undefined };

const passes = (frame: Frame, where: Evaluate, item: unknown): boolean => {
  const { reading, recorder } = frame.run;
  if (!reading || !recorder) return isTrue(where(frame, [item]));
  const before = reading.touches.length;
  const passed = isTrue(where(frame, [item]));
  const touches = reading.touches.splice(before).filter((touch) => touch.live);
  if (passed) recorder.conditions.push(...touches);
  return passed;
};

const checkAndLog = (frame: Frame, item: unknown, { check, log }: Clauses): void => {
  if (check && !passes(frame, check, item))
    throw new RunFault('the check of the rule failed', { value: plain(item), reason: 'map-check' });
  if (log)
    frame.run.log(
      log(frame, [item])
        .map((one) => textOf(one) ?? '…')
        .join(', '),
    );
};

type Binding = { frame: Frame; slot: number; contextSlot: number; path: number };

/** Where each item stands, in a recorded run. */
const placesOf = ({ frame, contextSlot, path }: Binding, items: Items, index: number): readonly Touch[] => {
  if (path === 0) return frame.places?.[contextSlot] ?? [];
  const touch = frame.run.reading?.aligned.get(items)?.[index];
  return touch ? [touch] : [];
};

const bind = (binding: Binding, items: Items, index: number): void => {
  const { frame, slot } = binding;
  frame.slots[slot] = items[index];
  if (frame.places) setPlaces(frame, slot, placesOf(binding, items, index));
};

/** Compiles a source; its action runs `next` for each item, with the source's variable bound. */
export const compileSource = (
  scope: Scope,
  source: Source,
): { scope: Scope; slot: number; loop(next: Action): Action } => {
  const { fetch: plainFetch, type: elementTyped, slot: contextSlot } = fetchOf(scope, source);
  const type = source.type === undefined ? elementTyped : typeIn(scope.module, source.type, 'source');
  const inner = withVariable(scope, source.variable ?? ' source', { mode: 'source', type });
  const { slot } = inner;
  let fetch = type && source.type !== undefined ? narrow(plainFetch, type.name) : plainFetch;
  fetch = counted(fetch, source);
  if (source.fallback) fetch = defaulted(fetch, compile(scope, source.fallback));
  const clause = (expression: Source['where']): Evaluate | undefined =>
    expression && compile(inner.scope, expression);
  const clauses = { where: clause(source.where), check: clause(source.check), log: clause(source.log) };
  const path = source.path.length;
  const loop = loopOf({ fetch, clauses, mode: source.mode, slot, contextSlot, path });
  return { scope: inner.scope, slot, loop };
};

type Loop = {
  fetch: Evaluate;
  clauses: Clauses;
  mode: SourceMode | undefined;
  slot: number;
  contextSlot: number;
  path: number;
};

const loopOf =
  ({ fetch, clauses, mode, slot, contextSlot, path }: Loop) =>
  (next: Action): Action =>
  (frame) => {
    const { reading } = frame.run;
    const before = reading?.touches.length ?? 0;
    const items = fetch(frame, none);
    if (reading) reading.touches.length = before;
    if (items.length === 0) return;
    const binding = { frame, slot, contextSlot, path };
    const { where } = clauses;
    step(frame.run, items.length);
    if (!mode) {
      for (let index = 0; index < items.length; index += 1) {
        bind(binding, items, index);
        if (where && !passes(frame, where, items[index])) continue;
        checkAndLog(frame, items[index], clauses);
        next(frame);
      }
      return;
    }
    let indices = items.map((_, index) => index);
    if (where) {
      indices = indices.filter((index) => {
        bind(binding, items, index);
        return passes(frame, where, items[index]);
      });
    }
    for (const index of chosen[mode](indices)) {
      bind(binding, items, index);
      checkAndLog(frame, items[index], clauses);
      next(frame);
    }
  };
