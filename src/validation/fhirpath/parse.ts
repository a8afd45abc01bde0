// What does a FHIRPath expression say? Its tree, by the precedence of http://hl7.org/fhirpath/N1/#operator-precedence
import { bool, type Collection, decimal, integer, none, text } from './items.ts';
import { type Token, tokensOf } from './tokens.ts';

export type Ast =
  | { kind: 'literal'; value: Collection }
  | { kind: 'variable'; name: string }
  | { kind: 'member'; of?: Ast; name: string }
  | { kind: 'call'; of?: Ast; name: string; args: Ast[] }
  | { kind: 'index'; of: Ast; index: Ast }
  | { kind: 'binary'; op: string; left: Ast; right: Ast }
  | { kind: 'negate'; of: Ast }
  | { kind: 'type'; op: 'is' | 'as'; of: Ast; type: string };

const strength: Readonly<Record<string, number>> = {
  implies: 1,
  or: 2,
  xor: 2,
  and: 3,
  in: 4,
  contains: 4,
  '=': 5,
  '~': 5,
  '!=': 5,
  '!~': 5,
  '<': 6,
  '>': 6,
  '<=': 6,
  '>=': 6,
  '|': 7,
  is: 8,
  as: 8,
  '+': 9,
  '-': 9,
  '&': 9,
  '*': 10,
  '/': 10,
  div: 10,
  mod: 10,
};
const units = /^(year|month|week|day|hour|minute|second|millisecond)s?$/;

/** Parses an expression; throws SyntaxError with the position. */
export function parse(expression: string): Ast {
  const reader = new Reader(tokensOf(expression));
  const tree = reader.expression(0);
  reader.expect('end');
  return tree;
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get #next(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', at: 0 };
  }

  #take(): Token {
    const token = this.#next;
    this.#at++;
    return token;
  }

  #accept(symbol: string): boolean {
    if (this.#next.kind !== 'symbol' || this.#next.text !== symbol) return false;
    this.#at++;
    return true;
  }

  expect(what: string): void {
    const { kind, text: found, at } = this.#take();
    if (kind !== what && !(kind === 'symbol' && found === what)) {
      throw new SyntaxError(`expected ${what} at ${at}, found ${found}`);
    }
  }

  expression(least: number): Ast {
    let left = this.#unary();
    for (;;) {
      const { kind, text: op } = this.#next;
      const power = kind === 'symbol' || kind === 'name' ? strength[op] : undefined;
      if (power === undefined || power <= least) return left;
      this.#at++;
      if (op === 'is' || op === 'as') left = { kind: 'type', op, of: left, type: this.#typeName() };
      else left = { kind: 'binary', op, left, right: this.expression(power) };
    }
  }

  #unary(): Ast {
    if (this.#accept('-')) return { kind: 'negate', of: this.#unary() };
    if (this.#accept('+')) return this.#unary();
    return this.#postfix(this.#primary());
  }

  #postfix(start: Ast): Ast {
    let tree = start;
    for (;;) {
      if (this.#accept('.')) tree = this.#invocation(tree);
      else if (this.#accept('[')) {
        tree = { kind: 'index', of: tree, index: this.expression(0) };
        this.expect(']');
      } else return tree;
    }
  }

  #invocation(of?: Ast): Ast {
    const { kind, text: name, at } = this.#take();
    if (kind === 'variable') return { kind: 'variable', name };
    if (kind !== 'name' && kind !== 'quoted') throw new SyntaxError(`expected a name at ${at}`);
    const on = of === undefined ? {} : { of };
    if (!this.#accept('(')) return { kind: 'member', ...on, name };
    return { kind: 'call', ...on, name, args: this.#args(')') };
  }

  #args(close: string): Ast[] {
    const args: Ast[] = [];
    if (this.#accept(close)) return args;
    do args.push(this.expression(0));
    while (this.#accept(','));
    this.expect(close);
    return args;
  }

  #primary(): Ast {
    const token = this.#next;
    if (this.#accept('(')) {
      const inner = this.expression(0);
      this.expect(')');
      return inner;
    }
    if (this.#accept('{')) {
      this.expect('}');
      return { kind: 'literal', value: none };
    }
    if (token.kind === 'name' || token.kind === 'quoted') return this.#word();
    this.#at++;
    if (token.kind === 'variable') return { kind: 'variable', name: token.text };
    return { kind: 'literal', value: this.#literal(token) };
  }

  #word(): Ast {
    const { kind, text: word } = this.#next;
    if (kind === 'name' && (word === 'true' || word === 'false')) {
      this.#at++;
      return { kind: 'literal', value: bool(word === 'true') };
    }
    return this.#invocation();
  }

  #literal(token: Token): Collection {
    if (token.kind === 'string') return text(token.text);
    if (token.kind === 'time') return [timeItem(token.text.slice(1))];
    if (token.kind !== 'number') throw new SyntaxError(`unexpected ${token.text} at ${token.at}`);
    const number = Number(token.text);
    const unit = this.#next;
    if (unit.kind === 'string' || (unit.kind === 'name' && units.test(unit.text))) {
      this.#at++;
      const system = unit.kind === 'string' ? { system: 'http://unitsofmeasure.org' } : {};
      return [{ value: { value: number, code: unit.text, unit: unit.text, ...system }, type: 'Quantity' }];
    }
    return token.text.includes('.') ? decimal(number) : integer(number);
  }

  #typeName(): string {
    const { text: first } = this.#take();
    if (!this.#accept('.')) return first;
    return this.#take().text;
  }
}

function timeItem(value: string): { value: string; type: string } {
  if (value.startsWith('T')) return { value: value.slice(1), type: 'time' };
  return value.includes('T') ? { value: value.replace(/T$/, ''), type: 'dateTime' } : { value, type: 'date' };
}
