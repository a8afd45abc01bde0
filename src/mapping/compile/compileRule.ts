// What does a rule do? Walk its sources, make its targets, go on in nested rules and groups.
import { GatewayError } from '../../errors.ts';
import type { Type } from '../elementTypes.ts';
import { RunFault, toGatewayError } from '../faults.ts';
import type { Frame, Touch } from '../fhirpath/frame.ts';
import { isLeaf, plain } from '../fhirpath/values.ts';
import type { Call, Rule, Source } from '../language/syntax.ts';
import { placeInSource } from '../paths.ts';
import { compileGroup } from './compileGroup.ts';
import { compileSource } from './compileSource.ts';
import { compileTarget } from './compileTarget.ts';
import { compileDefault, isSimple } from './defaults.ts';
import { findGroup } from './library.ts';
import { compileParameter, report, type Scope } from './scope.ts';
import type { Action } from './sourceLoop.ts';
import { evaluated, usingOne } from './targetParts.ts';

type Given = { value: unknown; places: readonly Touch[] };
type Argument = { read(frame: Frame): Given; type: Type | undefined };

const argumentOf = (scope: Scope, parameter: Call['parameters'][number]): Argument => {
  const variable =
    parameter.kind === 'member' && !parameter.base ? scope.variables.get(parameter.name) : undefined;
  if (variable) {
    const { slot, type } = variable;
    return { read: ({ slots, places }) => ({ value: slots[slot], places: places?.[slot] ?? [] }), type };
  }
  const made = usingOne({ evaluate: compileParameter(scope, parameter) });
  const read = (frame: Frame): Given => {
    const { items, touches } = evaluated(frame, made);
    const value = items[0];
    return { value, places: isLeaf(plain(value)) ? touches : [] };
  };
  return { read, type: undefined };
};

const checkModes = (scope: Scope, call: Call, modes: readonly ('source' | 'target')[]): void => {
  call.parameters.forEach((parameter, index) => {
    const variable =
      parameter.kind === 'member' && !parameter.base ? scope.variables.get(parameter.name) : undefined;
    if (modes[index] === 'target' && (!variable || variable.mode === 'source'))
      report(scope, call.place, `parameter ${index + 1} of ${call.group} must be a target`);
  });
};

/** Compiles `then group(a, b)`. */
const compileCall = (scope: Scope, call: Call): Action => {
  const found = findGroup(scope.module, call.group);
  if (typeof found === 'string') {
    const why = found === 'unknown' ? 'unknown group' : 'more than one imported map defines group';
    report(scope, call.place, `${why} ${call.group}`);
    return () => undefined;
  }
  const expected = found.group.parameters;
  if (call.parameters.length !== expected.length) {
    const text = `group ${call.group} takes ${expected.length} parameters, not ${call.parameters.length}`;
    report(scope, call.place, text);
    return () => undefined;
  }
  checkModes(
    scope,
    call,
    expected.map((parameter) => parameter.mode),
  );
  const given = call.parameters.map((parameter) => argumentOf(scope, parameter));
  const owner = { compiler: scope.compiler, module: found.module };
  const group = compileGroup(
    owner,
    found.group,
    given.map((argument) => argument.type),
  );
  return (frame) => {
    const read = given.map((argument) => argument.read(frame));
    group.invoke(frame.run, { values: read.map((one) => one.value), places: read.map((one) => one.places) });
  };
};

const sequence = (actions: readonly Action[]): Action => {
  const [first, second] = actions;
  if (!first) return () => undefined;
  if (!second) return first;
  return (frame) => {
    for (const action of actions) action(frame);
  };
};

const dropReason = (rule: Rule): string | undefined =>
  rule.arrow ? undefined : /^drop:\s*(.+)$/.exec(rule.name ?? '')?.[1];

/** `src.x "drop: reason";` marks what it finds as left out on purpose. */
const dropping =
  (slot: number, reason: string): Action =>
  (frame) => {
    for (const touch of frame.places?.[slot] ?? []) frame.run.recorder?.drops.push({ touch, reason });
  };

type Body = { scope: Scope; rule: Rule; slots: readonly number[] };

const compileBody = ({ scope, rule, slots }: Body): Action => {
  const reason = dropReason(rule);
  const [slot] = slots;
  if (reason !== undefined && slot !== undefined) return dropping(slot, reason);
  if (isSimple(rule) && slot !== undefined) return compileDefault(scope, rule, slot);
  const actions: Action[] = [];
  let inner = scope;
  for (const target of rule.targets) {
    const compiled = compileTarget(inner, target);
    inner = compiled.scope;
    actions.push(compiled.action);
  }
  for (const call of rule.calls) actions.push(compileCall(inner, call));
  if (rule.rules.length > 0) actions.push(compileRules(inner, rule.rules));
  return sequence(actions);
};

type Failed = { frame: Frame; slots: readonly number[]; context: number | undefined };

/** A text or number has no place of its own: it stands in what the rule's source starts from. */
const placeOfLeaf = ({ frame, context }: Failed, source: Source | undefined): string | undefined => {
  if (!source) return undefined;
  const holder =
    context === undefined ? undefined : placeInSource(frame.run.source, plain(frame.slots[context]));
  return [holder === undefined || holder === '$this' ? source.context : holder, ...source.path].join('.');
};

const located = (error: unknown, rule: Rule, at: Failed): unknown => {
  if (error instanceof GatewayError) return error;
  const fault = error instanceof RunFault ? error : undefined;
  if (!fault) return error;
  fault.place = rule.place;
  fault.rule = rule.name;
  const slot = at.slots[at.slots.length - 1];
  const item = slot === undefined ? undefined : plain(at.frame.slots[slot]);
  fault.sourcePath = placeInSource(at.frame.run.source, item);
  if (fault.sourcePath === undefined && isLeaf(item))
    fault.sourcePath = placeOfLeaf(at, rule.sources[rule.sources.length - 1]);
  return toGatewayError(fault);
};

/** Compiles one rule. */
export const compileRule = (outer: Scope, rule: Rule): Action => {
  let scope: Scope = { ...outer, rule: rule.name };
  const slots: number[] = [];
  const loops: ((next: Action) => Action)[] = [];
  let context: number | undefined;
  for (const source of rule.sources) {
    context = scope.variables.get(source.context)?.slot;
    const compiled = compileSource(scope, source);
    scope = compiled.scope;
    slots.push(compiled.slot);
    loops.push(compiled.loop);
  }
  const body = compileBody({ scope, rule, slots });
  const action = loops.reduceRight((next, loop) => loop(next), body);
  return (frame) => {
    try {
      action(frame);
    } catch (error) {
      throw located(error, rule, { frame, slots, context });
    }
  };
};

/** Compiles rules that follow each other. */
export const compileRules = (scope: Scope, rules: readonly Rule[]): Action =>
  sequence(rules.map((rule) => compileRule(scope, rule)));
