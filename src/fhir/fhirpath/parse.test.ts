import { describe, expect, it } from 'vitest';
import { parseExpression } from './parse.ts';
import type { Expression } from './syntax.ts';
import { SyntaxFault } from './tokens.ts';

/** The tree in prefix form. */
function shown(tree: Expression): string {
  switch (tree.kind) {
    case 'binary':
      return `(${tree.operator} ${shown(tree.left)} ${shown(tree.right)})`;
    case 'unary':
      return `(${tree.operator} ${shown(tree.operand)})`;
    case 'type':
      return `(${tree.operator} ${shown(tree.operand)} ${tree.type})`;
    case 'index':
      return `${shown(tree.base)}[${shown(tree.index)}]`;
    case 'call':
      return `${tree.base ? `${shown(tree.base)}.` : ''}${tree.name}(${tree.parameters.map(shown).join()})`;
    case 'member':
      return `${tree.base ? `${shown(tree.base)}.` : ''}${tree.name}`;
    case 'variable':
      return `%${tree.name}`;
    case 'special':
      return tree.name;
    case 'empty':
      return '{}';
    default:
      return String(tree.value);
  }
}

describe('an expression', () => {
  it.each([
    ['a b', 3],
    ['a.', 3],
    ['a[1', 4],
    ["'open", 1],
    ['a =', 4],
    ['f(a,)', 5],
    ['%', 2],
  ])('%s is refused at its place', (text, column) => {
    let fault: unknown;
    try {
      parseExpression(text);
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(SyntaxFault);
    expect(fault).toMatchObject({ line: 1, column });
  });
  it.each([
    ['a or b and c', '(or a (and b c))'],
    ['a implies b or c', '(implies a (or b c))'],
    ['a = b | c', '(= a (| b c))'],
    ['1 - 2 - 3 * 4', '(- (- 1 2) (* 3 4))'],
    ['-a.b', '(- a.b)'],
    ['a is FHIR.Patient and b', '(and (is a Patient) b)'],
    ['a.where($this is string)[0].b', 'a.where((is $this string))[0].b'],
    ['%vs-a-b in c', '(in %vs-a-b c)'],
    ['%total-1', '(- %total 1)'],
    ['{}', '{}'],
  ])('%s is read as %s', (text, tree) => expect(shown(parseExpression(text))).toBe(tree));
  it('tells a decimal from an integer, and a calendar unit from one of UCUM', () => {
    expect(parseExpression('1.0')).toMatchObject({ value: 1, decimal: true });
    expect(parseExpression('1')).toMatchObject({ value: 1, decimal: false });
    expect(parseExpression('1 year')).toMatchObject({ unit: 'year', calendar: true });
    expect(parseExpression("1 'a'")).toMatchObject({ unit: 'a', calendar: false });
  });
});
