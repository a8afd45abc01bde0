// How is a FHIRPath expression read? By precedence: http://hl7.org/fhirpath/N1/#operator-precedence
import { singular } from './dates.ts';
import type { Expression, Spot } from './syntax.ts';
import { type Reader, readerOf, SyntaxFault, type Token, tokenize } from './tokens.ts';

/** Operators that bind the less the earlier they stand. */
const levels = [
  ['implies'],
  ['or', 'xor'],
  ['and'],
  ['in', 'contains'],
  ['=', '~', '!=', '!~'],
  ['<', '>', '<=', '>='],
  ['|'],
  ['is', 'as'],
  ['+', '-', '&'],
  ['*', '/', 'div', 'mod'],
];
const precedence: ReadonlyMap<string, number> = new Map(
  levels.flatMap((operators, index) => operators.map((operator) => [operator, index + 1])),
);

const calendarUnit = /^(?:year|month|week|day|hour|minute|second|millisecond)s?$/;
const spotOf = (token: Token): Spot => ({ line: token.line, column: token.column });

/** The type a `is`/`as` names: `Quantity`, `FHIR.Quantity`, `System.String`. */
const readType = (reader: Reader): string => {
  let name = reader.name('a type');
  while (reader.at('.') && reader.peek(1).kind === 'id' && !reader.at('(', 2)) {
    reader.next();
    name = `${name}.${reader.name('a type')}`;
  }
  return name.replace(/^(?:FHIR|System)\./, '');
};

/** `(a, b)` */
export const readParameters = (reader: Reader): Expression[] => {
  const parameters: Expression[] = [];
  reader.expect('(');
  if (reader.take(')')) return parameters;
  do parameters.push(readExpression(reader));
  while (reader.take(','));
  reader.expect(')');
  return parameters;
};

const readNumber = (reader: Reader, token: Token): Expression => {
  const value = Number(token.text);
  const unit = reader.peek();
  if (
    (unit.kind === 'id' && calendarUnit.test(unit.text)) ||
    (unit.kind === 'string' && unit.quote === "'")
  ) {
    reader.next();
    const calendar = unit.kind === 'id';
    const text = calendar ? singular(unit.text) : unit.text;
    return { ...spotOf(token), kind: 'quantity', value, unit: text, calendar };
  }
  return { ...spotOf(token), kind: 'literal', literal: 'number', value, decimal: token.text.includes('.') };
};

/** FHIR writes `%vs-name` and `%ext-name`, also without quotes. */
const readHyphens = (reader: Reader, name: Token): string => {
  let text = name.text;
  let { end } = name;
  while (/^(?:vs|ext)\b/.test(text) && reader.at('-') && reader.peek().start === end) {
    reader.next();
    const part = reader.next();
    text = `${text}-${part.text}`;
    end = part.end;
  }
  return text;
};

const readVariable = (reader: Reader, token: Token): Expression => {
  const name = reader.next();
  if (name.kind !== 'id' && name.kind !== 'string')
    throw new SyntaxFault('expected a variable name after ‘%’', name);
  return { ...spotOf(token), kind: 'variable', name: readHyphens(reader, name) };
};

const readWord = (reader: Reader, token: Token): Expression => {
  const spot = spotOf(token);
  const name = token.text;
  if (token.quote === undefined) {
    if (name === 'true' || name === 'false')
      return { ...spot, kind: 'literal', literal: 'boolean', value: name === 'true' };
    if (name === '$this' || name === '$index' || name === '$total') return { ...spot, kind: 'special', name };
  }
  if (reader.at('(')) return { ...spot, kind: 'call', name, parameters: readParameters(reader) };
  return { ...spot, kind: 'member', name };
};

const readSymbol = (reader: Reader, token: Token): Expression => {
  const spot = spotOf(token);
  switch (token.text) {
    case '(': {
      const inner = readExpression(reader);
      reader.expect(')');
      return inner;
    }
    case '{':
      reader.expect('}');
      return { ...spot, kind: 'empty' };
    case '%':
      return readVariable(reader, token);
    case '+':
    case '-':
      return { ...spot, kind: 'unary', operator: token.text, operand: readOperand(reader) };
    default:
      throw new SyntaxFault(`expected an expression, found ‘${token.text}’`, token);
  }
};

const readPrimary = (reader: Reader): Expression => {
  const token = reader.next();
  switch (token.kind) {
    case 'string':
      return { ...spotOf(token), kind: 'literal', literal: 'string', value: token.text };
    case 'date':
      return { ...spotOf(token), kind: 'literal', literal: 'date', value: token.text };
    case 'number':
      return readNumber(reader, token);
    case 'id':
      return readWord(reader, token);
    case 'symbol':
      return readSymbol(reader, token);
    default:
      throw new SyntaxFault('expected an expression, found the end of the text', token);
  }
};

const readOperand = (reader: Reader): Expression => {
  let base = readPrimary(reader);
  for (;;) {
    const spot = spotOf(reader.peek());
    if (reader.take('.')) {
      const name = reader.name('an element or a function');
      base = reader.at('(')
        ? { ...spot, kind: 'call', base, name, parameters: readParameters(reader) }
        : { ...spot, kind: 'member', base, name };
    } else if (reader.take('[')) {
      base = { ...spot, kind: 'index', base, index: readExpression(reader) };
      reader.expect(']');
    } else return base;
  }
};

/** Reads one expression and stops at the first token that cannot belong to it. @throws SyntaxFault */
export const readExpression = (reader: Reader, floor = 1): Expression => {
  let left = readOperand(reader);
  for (;;) {
    const token = reader.peek();
    const level = token.quote === undefined && token.kind !== 'end' ? (precedence.get(token.text) ?? 0) : 0;
    if (level < floor || level === 0) return left;
    reader.next();
    const spot = spotOf(token);
    left =
      token.text === 'is' || token.text === 'as'
        ? { ...spot, kind: 'type', operator: token.text, operand: left, type: readType(reader) }
        : {
            ...spot,
            kind: 'binary',
            operator: token.text,
            left,
            right: readExpression(reader, level + 1),
          };
  }
};

/** Parses a whole text as one expression. @throws SyntaxFault */
export const parseExpression = (text: string): Expression => {
  const reader = readerOf(tokenize(text).tokens);
  const expression = readExpression(reader);
  if (reader.peek().kind !== 'end')
    throw new SyntaxFault(`unexpected ‘${reader.peek().text}’ after the expression`, reader.peek());
  return expression;
};
