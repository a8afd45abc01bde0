// How does an expression become a function? Closures over closures, made once when the map is loaded.
import { resourceTypeOf } from '../../fhir/definitions.ts';
import type { Expression } from '../../fhir/fhirpath/syntax.ts';
import { checkPattern, functions, type Names, onItems } from './callables.ts';
import { type Evaluate, type Frame, pick, step } from './frame.ts';
import { isResource } from './functions.ts';
import { forbidden, memberOf } from './member.ts';
import { operators, shortcuts } from './operators.ts';
import { translated } from './translated.ts';
import { narrowed, tested, typeName } from './typeOperators.ts';
import { Amount, amount, none, numberOf, plain, truth } from './values.ts';

export type { Names };

const constants: Readonly<Record<string, unknown>> = {
  ucum: 'http://unitsofmeasure.org',
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
};

/** `%ext-…` and `%vs-…`: addresses of HL7's own. https://hl7.org/fhir/R4/fhirpath.html#variables */
const addressOf = (name: string): string | undefined => {
  const [, kind, id] = /^(ext|vs)-(.+)$/.exec(name) ?? [];
  if (id === undefined) return undefined;
  return `http://hl7.org/fhir/${kind === 'ext' ? 'StructureDefinition' : 'ValueSet'}/${id}`;
};

const constantOf = (name: string): unknown =>
  Object.hasOwn(constants, name) ? constants[name] : addressOf(name);

const nothing: Evaluate = () => none;

const external = (expression: Expression & { kind: 'variable' }, names: Names): Evaluate => {
  const { name } = expression;
  const known = names.variable(name);
  if (known) return known;
  if (name === 'context') return (_, focus) => focus;
  if (name === 'resource' || name === 'rootResource' || name === 'source')
    return (frame) => [frame.run.source];
  const constant = constantOf(name);
  if (constant !== undefined) {
    const items = [constant];
    return () => items;
  }
  names.fault(`unknown variable %${name}`, expression);
  return nothing;
};

const member = (expression: Expression & { kind: 'member' }, names: Names): Evaluate => {
  const { base, name } = expression;
  if (forbidden.has(name)) {
    names.fault(`the name ‘${name}’ cannot be followed`, expression);
    return nothing;
  }
  if (base) return memberOf(compileExpression(base, names), name);
  const variable = names.variable(name);
  if (variable) return variable;
  if (!names.focused) {
    names.fault(`unknown variable ${name}`, expression);
    return nothing;
  }
  const access = memberOf(undefined, name);
  if (!resourceTypeOf('r4', name) && !resourceTypeOf('stu3', name)) return access;
  return (frame, focus) => {
    const first = plain(focus[0]);
    return isResource(first) && first.resourceType === name ? focus : access(frame, focus);
  };
};

const focusOf: Evaluate = (_, focus) => focus;

const typeCall = (expression: Expression & { kind: 'call' }, names: Names, base: Evaluate): Evaluate => {
  const { name, parameters } = expression;
  const type = typeName(parameters[0]);
  if (type === undefined || parameters.length !== 1) names.fault(`${name}() takes one type`, expression);
  return name === 'is' ? tested(base, type ?? '') : narrowed(base, type ?? '');
};

const call = (expression: Expression & { kind: 'call' }, names: Names): Evaluate => {
  const { name, parameters } = expression;
  const base = expression.base ? compileExpression(expression.base, names) : focusOf;
  if (name === 'ofType' || name === 'as' || name === 'is') return typeCall(expression, names, base);
  if (name === 'translated') return translated(expression, names, base);
  const operation = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!operation) {
    names.fault(`unknown function ${name}()`, expression);
    return nothing;
  }
  const { min, max, run } = operation;
  if (parameters.length < min || parameters.length > max) {
    const expected = min === max ? `${min}` : `${min} to ${max}`;
    names.fault(`${name}() takes ${expected} parameters, not ${parameters.length}`, expression);
  }
  checkPattern(expression, names);
  const inner = { ...names, focused: names.focused || (expression.base !== undefined && onItems.has(name)) };
  const compiled = parameters.map((parameter) => compileExpression(parameter, inner));
  return (frame, focus) => {
    step(frame.run);
    return run({ frame, input: base(frame, focus), focus, parameters: compiled });
  };
};

const indexed = (expression: Expression & { kind: 'index' }, names: Names): Evaluate => {
  const base = compileExpression(expression.base, names);
  const index = compileExpression(expression.index, names);
  return (frame, focus) => {
    const items = base(frame, focus);
    const at = numberOf(index(frame, focus)[0]);
    return at !== undefined && at >= 0 && at < items.length ? pick(frame.run, items, [at]) : none;
  };
};

const unary = (expression: Expression & { kind: 'unary' }, names: Names): Evaluate => {
  const operand = compileExpression(expression.operand, names);
  if (expression.operator === '+') return operand;
  return (frame, focus) => {
    const items = operand(frame, focus);
    const number = numberOf(items[0]);
    if (number !== undefined) return [-number];
    const quantity = amount(items[0]);
    return quantity ? [new Amount(-quantity.value, quantity.unit)] : none;
  };
};

/** `path = 'literal'`, the commonest condition, without building collections of answers. */
const equalsLiteral = (left: Evaluate, value: unknown): Evaluate => {
  const yes = [true];
  const no = [false];
  return (frame, focus) => {
    const items = left(frame, focus);
    if (items.length === 0) return none;
    return items.length === 1 && plain(items[0]) === value ? yes : no;
  };
};

const binary = (expression: Expression & { kind: 'binary' }, names: Names): Evaluate => {
  const left = compileExpression(expression.left, names);
  const right = compileExpression(expression.right, names);
  const { operator } = expression;
  const literal = expression.right.kind === 'literal' ? expression.right : undefined;
  if (operator === '=' && literal && literal.literal === 'string') return equalsLiteral(left, literal.value);
  const work = operators[operator];
  if (!work) {
    names.fault(`unknown operator ${operator}`, expression);
    return nothing;
  }
  const shortcut = shortcuts[operator];
  if (!shortcut) return (frame, focus) => work(left(frame, focus), right(frame, focus), frame);
  return (frame: Frame, focus) => {
    const first = left(frame, focus);
    return truth(first) === shortcut.when ? shortcut.answer : work(first, right(frame, focus), frame);
  };
};

const special = (name: '$this' | '$index' | '$total'): Evaluate => {
  if (name === '$this') return focusOf;
  return name === '$index' ? (frame) => [frame.run.index] : (frame) => frame.run.total;
};

/** Compiles an expression; faults are reported to `names` and leave an expression that gives nothing. */
export const compileExpression = (expression: Expression, names: Names): Evaluate => {
  switch (expression.kind) {
    case 'literal': {
      const items = Object.freeze([expression.value]);
      return () => items;
    }
    case 'quantity': {
      const items = Object.freeze([new Amount(expression.value, expression.unit)]);
      return () => items;
    }
    case 'empty':
      return nothing;
    case 'variable':
      return external(expression, names);
    case 'special':
      return special(expression.name);
    case 'member':
      return member(expression, names);
    case 'call':
      return call(expression, names);
    case 'index':
      return indexed(expression, names);
    case 'unary':
      return unary(expression, names);
    case 'binary':
      return binary(expression, names);
    case 'type': {
      const operand = compileExpression(expression.operand, names);
      return expression.operator === 'is'
        ? tested(operand, expression.type)
        : narrowed(operand, expression.type);
    }
  }
};
