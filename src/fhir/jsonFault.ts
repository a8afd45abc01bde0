// Where exactly is a JSON text wrong? Only asked once it is known to be: syntax, a key twice, a key that no object may have.
// https://www.rfc-editor.org/rfc/rfc8259

export type JsonFault = {
  reason: 'syntax' | 'duplicate' | 'forbidden';
  /** Index into the text. */
  offset: number;
  /** From the root, such as `entry[3].resource.code`; empty at the root. */
  path: string;
};

const scalar = /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![\w.+-])/y;
const space = /[ \t\n\r]*/y;

class Found extends Error {
  readonly fault: JsonFault;
  constructor(fault: JsonFault) {
    super(fault.reason);
    this.fault = fault;
  }
}

/** Reads with a place; recursion is safe because the depth was limited before. */
class Reader {
  at = 0;
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  fail(reason: JsonFault['reason'], path: string): never {
    throw new Found({ reason, offset: this.at, path });
  }

  skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  take(character: string): boolean {
    this.skip(space);
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  string(path: string): string {
    const start = this.at;
    let end = start + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    try {
      const value: unknown = JSON.parse(this.text.slice(start, end + 1));
      this.at = end + 1;
      return String(value);
    } catch {
      return this.fail('syntax', path);
    }
  }

  value(path: string): void {
    this.skip(space);
    const character = this.text[this.at];
    if (character === '{') this.object(path);
    else if (character === '[') this.array(path);
    else if (character === '"') this.string(path);
    else if (!this.skip(scalar)) this.fail('syntax', path);
  }

  array(path: string): void {
    this.at++;
    if (this.take(']')) return;
    let index = 0;
    do this.value(`${path}[${index++}]`);
    while (this.take(','));
    if (!this.take(']')) this.fail('syntax', path);
  }

  object(path: string): void {
    this.at++;
    if (this.take('}')) return;
    const seen = new Set<string>();
    do this.member(path, seen);
    while (this.take(','));
    if (!this.take('}')) this.fail('syntax', path);
  }

  member(path: string, seen: Set<string>): void {
    this.skip(space);
    if (this.text[this.at] !== '"') this.fail('syntax', path);
    const start = this.at;
    const key = this.string(path);
    const place = path ? `${path}.${key}` : key;
    const end = this.at;
    this.at = start;
    if (key === '__proto__') this.fail('forbidden', path);
    if (seen.has(key)) this.fail('duplicate', place);
    this.at = end;
    seen.add(key);
    if (!this.take(':')) this.fail('syntax', place);
    this.value(place);
  }
}

/** The first fault of the text, or undefined when there is none. */
export function findJsonFault(text: string): JsonFault | undefined {
  const reader = new Reader(text);
  try {
    reader.value('');
    reader.skip(space);
    if (reader.at < text.length) reader.fail('syntax', '');
  } catch (error) {
    if (error instanceof Found) return error.fault;
    throw error;
  }
  return undefined;
}

/** Line and column, both from 1, of an index into the text. */
export function placeIn(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
    line++;
    start = i + 1;
  }
  return { line, column: offset - start + 1 };
}
