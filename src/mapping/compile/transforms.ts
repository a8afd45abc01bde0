// What do the transforms make? https://hl7.org/fhir/R4/valueset-map-transform.html
import { addToDate, looksLikeDate } from '../../fhir/fhirpath/dates.ts';
import type { Expression } from '../../fhir/fhirpath/syntax.ts';
import { cast } from '../coerce.ts';
import { isPrimitive, typeNamed } from '../elementTypes.ts';
import { RunFault } from '../faults.ts';
import { uuidOf } from '../fhirpath/fhirFunctions.ts';
import { type Evaluate, type Frame, firstOf, type Run } from '../fhirpath/frame.ts';
import { escapeText, unescapeText } from '../fhirpath/textFunctions.ts';
import { isTree, none, numberOf, plain, Typed, textOf } from '../fhirpath/values.ts';
import type { Place } from '../language/syntax.ts';
import { built, coding, concept, contactPoint, identifier, quantity } from './dataTypes.ts';
import { compile, compileParameter, report, type Scope } from './scope.ts';
import { compileTranslate } from './translate.ts';

export type TransformCall = { name: string; parameters: readonly Expression[]; place: Place };

/** What a transform gives: how to evaluate it, its FHIR type when known, and whether the value is new (needs no copy). */
export type Made = { evaluate: Evaluate; typeName: string | undefined; fresh: boolean };

type Parameters = { scope: Scope; call: TransformCall; evaluated: readonly Evaluate[] };
type Maker = { min: number; max: number; typeName?: string; make(parameters: Parameters): Evaluate };

const maxText = 1_000_000;
const textsOf = (frame: Frame, evaluated: readonly Evaluate[]): (string | undefined)[] =>
  evaluated.map((evaluate) => textOf(firstOf(frame.run, evaluate(frame, none))));

const append: Maker['make'] = ({ evaluated }) => {
  return (frame) => {
    let text = '';
    for (const evaluate of evaluated) {
      const items = evaluate(frame, none);
      for (const item of items) text += textOf(item) ?? '';
      if (text.length > maxText) throw new RunFault('append makes a text of more than a million characters');
    }
    return text === '' ? none : [text];
  };
};

const truncate: Maker['make'] = ({ evaluated: [value, length] }) => {
  return (frame) => {
    const text = textOf(value && firstOf(frame.run, value(frame, none)));
    const size = numberOf(length && firstOf(frame.run, length(frame, none)));
    return text === undefined || size === undefined ? none : [text.slice(0, size)];
  };
};

const escaped: Maker['make'] = ({ evaluated }) => {
  return (frame) => {
    const [text, from = 'plain', to] = textsOf(frame, evaluated);
    if (text === undefined) return none;
    const bare = to === undefined ? text : unescapeText(text, from);
    const result = bare === undefined ? undefined : escapeText(bare, to ?? from);
    if (result === undefined) throw new RunFault(`the text is not ${from}, or ${to} is no form of text`);
    return [result];
  };
};

export const nextUuid = (run: Run): string => {
  run.uuids += 1;
  return uuidOf(run.seed, `uuid ${run.uuids}`);
};

const idOf = (frame: Frame, item: unknown, what: string): { type: string; id: string } => {
  const tree = plain(item);
  if (!isTree(tree) || typeof tree.resourceType !== 'string')
    throw new RunFault(`${what} needs a resource`, { value: tree });
  if (typeof tree.id !== 'string') throw new RunFault(`${what}: the ${tree.resourceType} has no id`);
  frame.run.reading?.touches.push({ container: tree, key: 'id', live: true });
  return { type: tree.resourceType, id: tree.id };
};

const onResource =
  (what: string, print: (resource: { type: string; id: string }) => string): Maker['make'] =>
  ({ evaluated: [value] }) =>
  (frame) => {
    const items = value?.(frame, none) ?? none;
    return items.length === 0 ? none : [print(idOf(frame, firstOf(frame.run, items), what))];
  };

const dateOp: Maker['make'] = ({ evaluated }) => {
  return (frame) => {
    const [date, operation = '', count = '', unit = ''] = textsOf(frame, evaluated);
    if (date === undefined) return none;
    if (!looksLikeDate(date)) throw new RunFault('dateOp needs a date', { value: date });
    if (operation === 'date') return [date.slice(0, 10)];
    if (operation === 'year') return [date.slice(0, 4)];
    const sign = { add: 1, subtract: -1 }[operation];
    const result = sign === undefined ? undefined : addToDate(date, sign * Number(count), unit);
    if (result === undefined) throw new RunFault(`dateOp cannot ${operation} ${count} ${unit}`);
    return [result];
  };
};

const castTo: Maker['make'] = ({ evaluated: [value, type] }) => {
  return (frame) => {
    const items = value?.(frame, none) ?? none;
    const name = textOf(type && firstOf(frame.run, type(frame, none))) ?? 'string';
    const item = firstOf(frame.run, items);
    return plain(item) === undefined ? none : [new Typed(cast(item, name), name)];
  };
};

const evaluateIn: Maker['make'] = ({ scope, call, evaluated }) => {
  const [first, second] = call.parameters;
  if (!second) return evaluated[0] ?? (() => none);
  const context = first && compileParameter(scope, first);
  const expression = compile(scope, second);
  return (frame) => {
    // the context only sets the focus: reading it whole is no use of its leaves
    const before = frame.run.reading?.touches.length ?? 0;
    const focus = context?.(frame, none) ?? none;
    if (frame.run.reading) frame.run.reading.touches.length = before;
    return expression(frame, focus);
  };
};

const makers: Readonly<Record<string, Maker>> = {
  copy: { min: 1, max: 1, make: ({ evaluated }) => evaluated[0] ?? (() => none) },
  truncate: { min: 2, max: 2, typeName: 'string', make: truncate },
  escape: { min: 2, max: 3, typeName: 'string', make: escaped },
  cast: { min: 2, max: 2, make: castTo },
  append: { min: 1, max: 100, typeName: 'string', make: append },
  reference: {
    min: 1,
    max: 1,
    typeName: 'string',
    make: onResource('reference', ({ type, id }) => `${type}/${id}`),
  },
  pointer: { min: 1, max: 1, typeName: 'uri', make: onResource('pointer', ({ id }) => `urn:uuid:${id}`) },
  dateOp: { min: 2, max: 4, make: dateOp },
  uuid: { min: 0, max: 0, typeName: 'string', make: () => (frame) => [nextUuid(frame.run)] },
  evaluate: { min: 1, max: 2, make: evaluateIn },
  cc: { min: 1, max: 3, typeName: 'CodeableConcept', make: built(concept) },
  c: { min: 2, max: 3, typeName: 'Coding', make: built(coding) },
  qty: { min: 1, max: 4, typeName: 'Quantity', make: built(quantity) },
  id: { min: 2, max: 3, typeName: 'Identifier', make: built(identifier) },
  cp: { min: 1, max: 2, typeName: 'ContactPoint', make: built(contactPoint) },
};

const freshTransforms: ReadonlySet<string> = new Set(['cc', 'c', 'qty', 'id', 'cp', 'translate']);

const literalText = (expression: Expression | undefined): string | undefined => {
  if (expression?.kind === 'literal' && typeof expression.value === 'string') return expression.value;
  return expression?.kind === 'member' && !expression.base ? expression.name : undefined;
};

/** `cast(v, string)`: the bare name of a type is its text. */
const castWord = (parameters: readonly Expression[]): readonly Expression[] =>
  parameters.map((parameter, index) => {
    const word = index === 1 ? literalText(parameter) : undefined;
    const { line, column } = parameter;
    return word === undefined ? parameter : { line, column, kind: 'literal', literal: 'string', value: word };
  });

const checkCast = (scope: Scope, { place }: TransformCall, name: string): void => {
  if (!(['stu3', 'r4'] as const).some((version) => isPrimitive(typeNamed(name, version))))
    report(scope, place, `cast makes a primitive of FHIR; there is no ${name}`);
};

/** Compiles a call of a transform other than `create`. Faults go to the scope. */
export const compileTransform = (scope: Scope, call: TransformCall): Made => {
  if (call.name === 'translate') return compileTranslate(scope, call);
  const maker = Object.hasOwn(makers, call.name) ? makers[call.name] : undefined;
  if (!maker) {
    report(scope, call.place, `unknown transform ${call.name}`);
    return { evaluate: () => none, typeName: undefined, fresh: false };
  }
  const { length } = call.parameters;
  if (length < maker.min || length > maker.max) {
    const expected = maker.min === maker.max ? `${maker.min}` : `${maker.min} to ${maker.max}`;
    report(scope, call.place, `${call.name} takes ${expected} parameters, not ${length}`);
  }
  const lazy = call.name === 'evaluate' && length > 1;
  const wordy = call.name === 'cast' ? castWord(call.parameters) : call.parameters;
  const evaluated = lazy ? [] : wordy.map((parameter) => compileParameter(scope, parameter));
  const typeName = call.name === 'cast' ? literalText(call.parameters[1]) : maker.typeName;
  if (call.name === 'cast' && typeName !== undefined) checkCast(scope, call, typeName);
  return {
    evaluate: maker.make({ scope, call, evaluated }),
    typeName,
    fresh: freshTransforms.has(call.name),
  };
};
