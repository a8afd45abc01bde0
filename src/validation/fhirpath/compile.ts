// How does a FHIRPath expression become a function? Each node of its tree once, as a closure. http://hl7.org/fhirpath/N1/
import { parseExpression } from '../../fhir/fhirpath/parse.ts';
import type { Expression } from '../../fhir/fhirpath/syntax.ts';
import { type FunctionMaker, functions } from './functions.ts';
import {
  bool,
  type Collection,
  decimal,
  type Item,
  integer,
  type Model,
  none,
  pushChildren,
  text,
} from './items.ts';
import { logic, relations } from './logic.ts';
import { type CompareQuantities, calculate, compare } from './operators.ts';
import { systemType } from './systemType.ts';

/** What an expression may ask of its surroundings. */
export type Surroundings = {
  model: Model;
  /** The resource that holds the element, and the one that contains that resource (or itself). */
  resource: Item;
  rootResource: Item;
  context: Item;
  resolve(reference: Item): Item | undefined;
  /** Undefined: it cannot be decided here. */
  memberOf(item: Item, valueSet: string): boolean | undefined;
  conformsTo(item: Item, profile: string): boolean | undefined;
  htmlChecks(xhtml: string): boolean;
  compareQuantities: CompareQuantities;
};

export type Scope = { around: Surroundings; self: Collection; index: number; total: Collection };
export type Step = (input: Collection, scope: Scope) => Collection;

/** Compiles an expression; throws SyntaxError when it does not parse or calls an unknown function. */
export const compileExpression = (expression: string): Step => compile(parseExpression(expression));

/** Evaluates a compiled expression on one item. */
export const evaluate = (step: Step, on: Item, around: Surroundings): Collection =>
  step([on], { around, self: [on], index: 0, total: none });

export function compile(ast: Expression): Step {
  switch (ast.kind) {
    case 'literal':
    case 'quantity': {
      const value = constantOf(ast);
      return () => value;
    }
    case 'empty':
      return () => none;
    case 'variable':
      return variable(ast.name);
    case 'special':
      return special(ast.name);
    case 'member':
      return member(ast);
    case 'call':
      return call(ast);
    case 'index':
      return indexed(compile(ast.base), compile(ast.index));
    case 'unary':
      return ast.operator === '-' ? negated(compile(ast.operand)) : compile(ast.operand);
    case 'type':
      return typeTest(ast);
    case 'binary':
      return binary(ast.operator, compile(ast.left), compile(ast.right));
  }
}

type Constant = Expression & { kind: 'literal' | 'quantity' };

function constantOf(ast: Constant): Collection {
  if (ast.kind === 'quantity') {
    const { value, unit, calendar } = ast;
    const system = calendar ? {} : { system: 'http://unitsofmeasure.org' };
    return [{ value: { value, code: unit, unit, ...system }, type: 'Quantity' }];
  }
  if (ast.literal === 'number') return ast.decimal ? decimal(ast.value) : integer(ast.value);
  if (ast.literal === 'date') return [momentOf(String(ast.value))];
  return typeof ast.value === 'boolean' ? bool(ast.value) : text(ast.value);
}

function momentOf(value: string): Item {
  if (value.startsWith('T')) return { value: value.slice(1), type: 'time' };
  return value.includes('T') ? { value: value.replace(/T$/, ''), type: 'dateTime' } : { value, type: 'date' };
}

const constants: Readonly<Record<string, string>> = {
  ucum: 'http://unitsofmeasure.org',
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
};

function special(name: '$this' | '$index' | '$total'): Step {
  switch (name) {
    case '$this':
      return (_, scope) => scope.self;
    case '$index':
      return (_, scope) => [{ value: scope.index, type: 'integer' }];
    case '$total':
      return (_, scope) => scope.total;
  }
}

function variable(name: string): Step {
  const constant = constants[name];
  if (constant !== undefined) return () => [{ value: constant, type: 'string' }];
  switch (name) {
    case 'resource':
      return (_, scope) => [scope.around.resource];
    case 'rootResource':
      return (_, scope) => [scope.around.rootResource];
    case 'context':
      return (_, scope) => [scope.around.context];
    default:
      return named(name);
  }
}

function named(name: string): Step {
  const [, kind, id] = /^(vs|ext)-(.+)$/.exec(name) ?? [];
  if (kind === undefined) throw new SyntaxError(`unknown variable %${name}`);
  const folder = kind === 'vs' ? 'ValueSet' : 'StructureDefinition';
  return () => [{ value: `http://hl7.org/fhir/${folder}/${id}`, type: 'string' }];
}

function member(ast: Expression & { kind: 'member' }): Step {
  const { name } = ast;
  const of = ast.base === undefined ? undefined : compile(ast.base);
  const startsPath = of === undefined && /^[A-Z]/.test(name);
  return (input, scope) => {
    const from = of === undefined ? input : of(input, scope);
    if (from.length === 0) return none;
    const { model } = scope.around;
    if (startsPath) {
      const named = from.filter((item) => item.type !== '' && model.isA(item.type, name));
      if (named.length > 0) return named;
    }
    const into: Item[] = [];
    const asked = { name, model };
    for (const item of from) pushChildren(into, item, asked);
    return into;
  };
}

function call(ast: Expression & { kind: 'call' }): Step {
  const make: FunctionMaker | undefined = functions[ast.name];
  if (make === undefined) throw new SyntaxError(`unknown function ${ast.name}`);
  const apply = make({ args: ast.parameters.map(compile), trees: ast.parameters });
  if (ast.base === undefined) return apply;
  const of = compile(ast.base);
  return (input, scope) => apply(of(input, scope), scope);
}

const indexed =
  (of: Step, index: Step): Step =>
  (input, scope) => {
    const at = index(input, scope)[0]?.value;
    const found = typeof at === 'number' ? of(input, scope)[at] : undefined;
    return found === undefined ? none : [found];
  };

const negated =
  (of: Step): Step =>
  (input, scope) =>
    calculate('-', [{ value: 0, type: 'integer' }], of(input, scope));

function typeTest(ast: Expression & { kind: 'type' }): Step {
  const of = compile(ast.operand);
  const type = systemType(ast.type);
  if (ast.operator === 'as')
    return (input, scope) => of(input, scope).filter((item) => scope.around.model.isA(item.type, type));
  return (input, scope) => {
    const [first] = of(input, scope);
    return first === undefined ? none : bool(scope.around.model.isA(first.type, type));
  };
}

function binary(op: string, left: Step, right: Step): Step {
  const lazy = logic[op];
  if (lazy !== undefined) return lazy(left, right);
  const relation = relations[op];
  if (relation !== undefined)
    return (input, scope) =>
      relation(left(input, scope), right(input, scope), scope.around.compareQuantities);
  if (op === '<' || op === '>' || op === '<=' || op === '>=') {
    return (input, scope) =>
      compare(op, [left(input, scope), right(input, scope)], scope.around.compareQuantities);
  }
  return (input, scope) => calculate(op, left(input, scope), right(input, scope));
}
