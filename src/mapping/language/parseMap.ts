// How is a map's text read? The FHIR Mapping Language, R4 with R5's additions, to the tree of syntax.ts.
// https://hl7.org/fhir/R4/mapping-language.html, https://hl7.org/fhir/R5/mapping-language.html
import { readExpression } from '../../fhir/fhirpath/parse.ts';
import { type Note, readerOf, SyntaxFault, tokenize } from '../../fhir/fhirpath/tokens.ts';
import { readCodeMap, readGlued } from './parseCodeMap.ts';
import { placeOf, type Reading, readRules } from './parseRule.ts';
import type { CodeMap, Constant, Group, MapText, NamedDrop, Parameter, Place, Structure } from './syntax.ts';

const structureModes: ReadonlySet<string> = new Set(['source', 'queried', 'target', 'produced']);
const isStructureMode = (text: string): text is Structure['mode'] => structureModes.has(text);

type Parts = {
  structures: Structure[];
  imports: { url: string; place: Place }[];
  codeMaps: CodeMap[];
  constants: Constant[];
  groups: Group[];
};

const readStructure = ({ reader }: Reading, place: Place): Structure => {
  const url = reader.text('the address of a structure');
  const alias = reader.take('alias') ? { alias: reader.name('an alias') } : {};
  reader.expect('as');
  const token = reader.peek();
  const mode = reader.name('source, queried, target or produced');
  if (!isStructureMode(mode)) throw new SyntaxFault(`unknown mode ‘${mode}’ of a structure`, token);
  return { url, ...alias, mode, place };
};

const readParameter = (reading: Reading): Parameter => {
  const { reader } = reading;
  const place = placeOf(reading);
  const mode = reader.name('source or target');
  if (mode !== 'source' && mode !== 'target')
    throw new SyntaxFault(`expected ‘source’ or ‘target’, found ‘${mode}’`, place);
  const name = reader.name('the name of a parameter');
  return { mode, name, ...(reader.take(':') ? { type: reader.name('a type') } : {}), place };
};

const readDefault = ({ reader }: Reading): Pick<Group, 'defaultFor'> => {
  if (!reader.take('<<')) return {};
  const token = reader.peek();
  const word = reader.name('types or type+');
  const plus = reader.take('+');
  reader.expect('>>');
  if (word === 'types' && !plus) return { defaultFor: 'types' };
  if ((word === 'type' || word === 'types') && plus) return { defaultFor: 'type+' };
  throw new SyntaxFault(`unknown default ‘${word}’: <<types>> or <<type+>>`, token);
};

const readGroup = (reading: Reading, place: Place): Group => {
  const { reader } = reading;
  const name = reader.name('the name of a group');
  const parameters: Parameter[] = [];
  reader.expect('(');
  do parameters.push(readParameter(reading));
  while (reader.take(','));
  reader.expect(')');
  const parent = reader.take('extends') ? { extends: reader.name('a group') } : {};
  const defaultFor = readDefault(reading);
  return { name, parameters, ...parent, ...defaultFor, rules: readRules(reading), place };
};

const readConstant = ({ reader }: Reading, place: Place): Constant => {
  const name = reader.name('the name of a constant');
  reader.expect('=');
  const expression = readExpression(reader);
  reader.expect(';');
  return { name, expression, place };
};

const readPart = (reading: Reading, parts: Parts): void => {
  const { reader } = reading;
  const place = placeOf(reading);
  if (reader.take('uses')) parts.structures.push(readStructure(reading, place));
  else if (reader.take('imports')) parts.imports.push({ url: reader.text('the address of a map'), place });
  else if (reader.take('conceptmap')) parts.codeMaps.push(readCodeMap(reader, place));
  else if (reader.take('let')) parts.constants.push(readConstant(reading, place));
  else if (reader.take('group')) parts.groups.push(readGroup(reading, place));
  else {
    const message = `expected uses, imports, conceptmap, let or group, found ‘${reader.peek().text}’`;
    throw new SyntaxFault(message, reader.peek());
  }
};

const metadataOf = (notes: readonly Note[]): Record<string, string> => {
  const pairs = notes
    .filter((note) => note.kind === 'metadata')
    .map((note) => /^([A-Za-z.]+)\s*=\s*(['"]?)(.*)\2$/.exec(note.text))
    .map((found) => [found?.[1] ?? '', found?.[3] ?? ''] as const);
  return Object.fromEntries(pairs.filter(([name]) => name !== ''));
};

const dropsOf = (notes: readonly Note[], map: string): NamedDrop[] =>
  notes
    .filter((note) => note.kind === 'directive')
    .map(({ text, line, column }) => {
      const found = /^drop\s+([^:]+?)\s*:\s*(.+)$/.exec(text);
      if (!found?.[1] || !found[2])
        throw new SyntaxFault('a directive reads ‘//! drop PATTERN: REASON’', { line, column });
      return { pattern: found[1], reason: found[2], place: { map, line, column } };
    });

const readHead = ({ reader }: Reading, metadata: Record<string, string>): { url: string; name: string } => {
  if (!reader.take('map')) {
    if (metadata.url) return { url: metadata.url, name: metadata.name ?? metadata.url };
    throw new SyntaxFault('a map starts with ‘map "address" = "name"’ or with ‘/// url = …’', reader.peek());
  }
  const url = reader.text('the address of the map');
  reader.expect('=');
  return { url, name: readGlued(reader, 'the name of the map') };
};

/**
 * Parses a map's text.
 * @param map how faults name this map: its file name
 * @throws SyntaxFault with line and column
 */
export const parseMap = (text: string, map: string): MapText => {
  const { tokens, notes } = tokenize(text);
  const reading: Reading = { reader: readerOf(tokens), map };
  const place = placeOf(reading);
  const metadata = metadataOf(notes);
  const head = readHead(reading, metadata);
  const parts: Parts = { structures: [], imports: [], codeMaps: [], constants: [], groups: [] };
  while (reading.reader.peek().kind !== 'end') readPart(reading, parts);
  return { ...head, metadata, ...parts, drops: dropsOf(notes, map), place };
};
