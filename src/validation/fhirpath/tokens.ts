// Which words does a FHIRPath expression consist of? http://hl7.org/fhirpath/N1/#tokens

export type Token = {
  kind: 'name' | 'quoted' | 'string' | 'number' | 'time' | 'variable' | 'symbol' | 'end';
  text: string;
  at: number;
};

const pattern =
  /(?<space>\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<time>@T?\d[\dT:.+\-Z]*)|(?<number>\d+(?:\.\d+)?)|(?<string>'(?:\\.|[^'\\])*')|(?<quoted>`(?:\\.|[^`\\])*`|"(?:\\.|[^"\\])*")|(?<variable>\$\w+|%(?:[\w-]+|`[^`]*`|'[^']*'))|(?<name>[A-Za-z_]\w*)|(?<symbol><=|>=|!=|!~|[-+*/&|=~<>.,()[\]{}])/gy;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' };

const unescaped = (body: string): string =>
  body.replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, code: string) =>
    code.length === 5 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (escapes[code] ?? code),
  );

const kinds = ['time', 'number', 'string', 'quoted', 'variable', 'name', 'symbol'] as const;

function tokenOf(groups: Readonly<Record<string, string | undefined>>, at: number): Token | undefined {
  for (const kind of kinds) {
    const text = groups[kind];
    if (text === undefined) continue;
    if (kind === 'string' || kind === 'quoted') return { kind, text: unescaped(text.slice(1, -1)), at };
    if (kind === 'variable') return { kind, text: text.replace(/[`']/g, ''), at };
    return { kind, text, at };
  }
  return undefined;
}

/** The tokens of an expression, closed by an `end`; throws SyntaxError with the position. */
export function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  const scan = new RegExp(pattern);
  while (scan.lastIndex < expression.length) {
    const at = scan.lastIndex;
    const match = scan.exec(expression);
    if (match?.groups === undefined) throw new SyntaxError(`unexpected character at ${at}`);
    const token = tokenOf(match.groups, at);
    if (token !== undefined) tokens.push(token);
  }
  tokens.push({ kind: 'end', text: '', at: expression.length });
  return tokens;
}
