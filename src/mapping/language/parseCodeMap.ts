// How is an inline concept map read? `conceptmap "#name" { prefix s = "system" … s:code == t:code }`
import { type Reader, SyntaxFault, type Token } from '../../fhir/fhirpath/tokens.ts';
import type { CodeMap, Place } from './syntax.ts';

const equivalences: Readonly<Record<string, string>> = {
  '-': 'relatedto',
  '=': 'equivalent',
  '==': 'equal',
  '<=': 'narrower',
  '>=': 'wider',
  '!=': 'disjoint',
  '~': 'inexact',
  '<': 'narrower',
  '>': 'wider',
};

/** A code or name: a string, or the tokens that stand together without space. */
export const readGlued = (reader: Reader, what: string): string => {
  const first = reader.next();
  if (first.kind === 'string' || first.quote) return first.text;
  if (first.kind === 'end') throw new SyntaxFault(`expected ${what}, found the end of the text`, first);
  let text = first.text;
  let end = first.end;
  for (let next = reader.peek(); gluesTo(next, end); next = reader.peek()) {
    text += next.text;
    end = next.end;
    reader.next();
  }
  return text;
};

const gluesTo = (token: Token, end: number): boolean =>
  token.start === end && token.kind !== 'end' && token.kind !== 'string' && !/^[:;{}=]$/.test(token.text);

const readPrefixes = (reader: Reader): Map<string, string> => {
  const prefixes = new Map<string, string>();
  while (reader.take('prefix')) {
    const name = reader.name('a prefix');
    reader.expect('=');
    prefixes.set(name, reader.text('the address of a code system'));
    reader.take(';');
  }
  return prefixes;
};

type Names = (reader: Reader) => string;

const systemReader =
  (prefixes: ReadonlyMap<string, string>): Names =>
  (reader) => {
    const token = reader.peek();
    const system = prefixes.get(reader.name('a prefix'));
    if (system === undefined) throw new SyntaxFault(`unknown prefix ‘${token.text}’`, token);
    return system;
  };

const readUnmapped = (reader: Reader, systemOf: Names): CodeMap['unmapped'][number] => {
  reader.expect('for');
  const system = systemOf(reader);
  reader.expect('=');
  const token = reader.peek();
  const mode = readGlued(reader, 'provided, fixed or other-map');
  if (mode === 'provided') return { system, mode };
  if (mode === 'fixed') {
    if (reader.peek(1).text !== ':') return { system, mode, value: readGlued(reader, 'a code') };
    const targetSystem = systemOf(reader);
    reader.expect(':');
    return { system, mode, targetSystem, value: readGlued(reader, 'a code') };
  }
  if (mode === 'other-map') return { system, mode, value: reader.text('the address of a concept map') };
  throw new SyntaxFault(`unknown mode ‘${mode}’ for unmapped codes`, token);
};

const readPair = (reader: Reader, systemOf: Names): CodeMap['pairs'][number] => {
  const sourceSystem = systemOf(reader);
  reader.expect(':');
  const source = readGlued(reader, 'a code');
  const operator = reader.next();
  const equivalence = equivalences[operator.text];
  if (!equivalence) throw new SyntaxFault(`unknown relation ‘${operator.text}’`, operator);
  const targetSystem = systemOf(reader);
  reader.expect(':');
  return { sourceSystem, source, equivalence, targetSystem, target: readGlued(reader, 'a code') };
};

/** Reads a concept map after the word `conceptmap`. @throws SyntaxFault */
export const readCodeMap = (reader: Reader, place: Place): CodeMap => {
  const name = reader.text('the name of the concept map').replace(/^#/, '');
  reader.expect('{');
  const systemOf = systemReader(readPrefixes(reader));
  const pairs: CodeMap['pairs'][number][] = [];
  const unmapped: CodeMap['unmapped'][number][] = [];
  while (!reader.take('}')) {
    if (reader.take('unmapped')) unmapped.push(readUnmapped(reader, systemOf));
    else pairs.push(readPair(reader, systemOf));
    reader.take(';');
  }
  return { name, pairs, unmapped, place };
};
