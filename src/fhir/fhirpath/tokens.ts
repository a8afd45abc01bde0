// Which words does a FHIRPath expression have, alone or inside a text of the FHIR Mapping Language?

export type Token = {
  kind: 'id' | 'string' | 'number' | 'date' | 'symbol' | 'end';
  text: string;
  /** The quote of a string or of a delimited identifier. */
  quote?: '"' | "'" | '`';
  line: number;
  column: number;
  start: number;
  end: number;
};

/** A comment that carries meaning: `/// name = value` metadata, or `//! drop …`. */
export type Note = { kind: 'metadata' | 'directive'; text: string; line: number; column: number };

/** Where text stopped being readable. */
export class SyntaxFault extends SyntaxError {
  readonly line: number;
  readonly column: number;
  constructor(message: string, at: { line: number; column: number }) {
    super(message);
    this.name = 'SyntaxFault';
    this.line = at.line;
    this.column = at.column;
  }
}

const space = /(?:\s|\uFEFF)+/y;
const lineComment = /\/\/[^\n\r]*/y;
const blockComment = /\/\*[\s\S]*?\*\//y;
const identifier = /\$?[A-Za-z_][A-Za-z0-9_]*/y;
const number = /[0-9]+(?:\.[0-9]+)?/y;
const date =
  /@(?:T[0-9:]+(?:\.[0-9]+)?|[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?(?:T(?:[0-9:]+(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:[0-9]{2})?)?)/y;
const quoted = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|`(?:[^`\\]|\\[\s\S])*`/y;
const symbol = /->|<<|>>|\.\.|<=|>=|!=|!~|==|[-+*/=<>~!&|(){}[\],;:.%#]/y;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

const withoutEscapes = (text: string): string =>
  text.replace(/\\(u[0-9a-fA-F]{4}|[\s\S])/g, (_, code: string) =>
    code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (escapes[code] ?? code),
  );

type Match = { kind: Token['kind'] | 'skip'; length: number };

const patterns: readonly [Token['kind'] | 'skip', RegExp][] = [
  ['skip', space],
  ['skip', lineComment],
  ['skip', blockComment],
  ['id', identifier],
  ['number', number],
  ['date', date],
  ['string', quoted],
  ['symbol', symbol],
];

const matchAt = (text: string, at: number): Match | undefined => {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) return { kind, length: found[0].length };
  }
  return undefined;
};

const noteOf = (text: string, at: { line: number; column: number }): Note | undefined => {
  if (text.startsWith('///')) return { kind: 'metadata', text: text.slice(3).trim(), ...at };
  if (text.startsWith('//!')) return { kind: 'directive', text: text.slice(3).trim(), ...at };
  return undefined;
};

const tokenOf = (kind: Token['kind'], raw: string, at: Omit<Token, 'kind' | 'text'>): Token => {
  if (kind === 'date') return { kind, text: raw.slice(1), ...at };
  if (kind !== 'string') return { kind, text: raw, ...at };
  const text = withoutEscapes(raw.slice(1, -1));
  if (raw.startsWith('`')) return { kind: 'id', text, quote: '`', ...at };
  return { kind, text, quote: raw.startsWith('"') ? '"' : "'", ...at };
};

const countLines = (raw: string): { lines: number; last: number } => {
  let lines = 0;
  let last = -1;
  for (let at = raw.indexOf('\n'); at >= 0; at = raw.indexOf('\n', at + 1)) {
    lines += 1;
    last = at;
  }
  return { lines, last };
};

/** Splits a map's text into tokens. @throws SyntaxFault at the first character that no token starts with. */
export const tokenize = (text: string): { tokens: Token[]; notes: Note[] } => {
  const tokens: Token[] = [];
  const notes: Note[] = [];
  let line = 1;
  let lineStart = 0;
  let at = 0;
  while (at < text.length) {
    const place = { line, column: at - lineStart + 1 };
    const match = matchAt(text, at);
    if (!match) throw new SyntaxFault(`unexpected character ${JSON.stringify(text[at])}`, place);
    const raw = text.slice(at, at + match.length);
    if (match.kind === 'skip') {
      const note = noteOf(raw, place);
      if (note) notes.push(note);
    } else {
      tokens.push(tokenOf(match.kind, raw, { ...place, start: at, end: at + match.length }));
    }
    const { lines, last } = countLines(raw);
    line += lines;
    if (lines > 0) lineStart = at + last + 1;
    at += match.length;
  }
  tokens.push({ kind: 'end', text: 'end of text', line, column: at - lineStart + 1, start: at, end: at });
  return { tokens, notes };
};

/** Reads tokens one by one, with the few looks ahead that the grammar needs. */
export type Reader = {
  peek(ahead?: number): Token;
  next(): Token;
  /** Is the next token this symbol or (unquoted) word? */
  at(text: string, ahead?: number): boolean;
  /** Takes the next token when it is this symbol or word. */
  take(text: string): boolean;
  /** Takes this symbol or word. @throws SyntaxFault when something else stands there */
  expect(text: string): Token;
  /** Takes an identifier. @throws SyntaxFault */
  name(what: string): string;
  /** Takes a string. @throws SyntaxFault */
  text(what: string): string;
};

const shown = (token: Token): string =>
  token.kind === 'end' ? 'the end of the text' : `${token.quote ?? '‘'}${token.text}${token.quote ?? '’'}`;

/** A reader over tokens. */
export const readerOf = (tokens: readonly Token[]): Reader => {
  let position = 0;
  const last = tokens[tokens.length - 1];
  if (!last) throw new SyntaxFault('no text', { line: 1, column: 1 });
  const peek = (ahead = 0): Token => tokens[position + ahead] ?? last;
  const is = (token: Token, text: string): boolean =>
    token.text === text && token.quote === undefined && token.kind !== 'end';
  const next = (): Token => {
    const token = peek();
    position += 1;
    return token;
  };
  const typed = (kind: Token['kind'], what: string): string => {
    if (peek().kind !== kind) throw new SyntaxFault(`expected ${what}, found ${shown(peek())}`, peek());
    return next().text;
  };
  return {
    peek,
    next,
    at: (text, ahead = 0) => is(peek(ahead), text),
    take: (text) => is(peek(), text) && next() !== undefined,
    expect: (text) => {
      if (!is(peek(), text)) throw new SyntaxFault(`expected ‘${text}’, found ${shown(peek())}`, peek());
      return next();
    },
    name: (what) => typed('id', what),
    text: (what) => typed('string', what),
  };
};
