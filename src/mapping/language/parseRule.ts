// How is one rule read? `sources -> targets then calls { rules } "name";`
// https://hl7.org/fhir/R4/mapping-language.html#7.7.0.9
import { readExpression, readParameters } from '../../fhir/fhirpath/parse.ts';
import type { Expression } from '../../fhir/fhirpath/syntax.ts';
import { type Reader, SyntaxFault } from '../../fhir/fhirpath/tokens.ts';
import type { Call, Place, Rule, Source, SourceMode, Target, TargetMode, Transform } from './syntax.ts';

/** Reads with the places of one map. */
export type Reading = { reader: Reader; map: string };

export const placeOf = ({ reader, map }: Reading): Place => ({
  map,
  line: reader.peek().line,
  column: reader.peek().column,
});

const sourceModes: ReadonlySet<string> = new Set(['first', 'not_first', 'last', 'not_last', 'only_one']);
const targetModes: ReadonlySet<string> = new Set(['first', 'share', 'last', 'collate', 'single']);
const isSourceMode = (text: string): text is SourceMode => sourceModes.has(text);
const isTargetMode = (text: string): text is TargetMode => targetModes.has(text);

const readPath = (reader: Reader): { context: string; path: string[] } => {
  const context = reader.name('a variable');
  const path: string[] = [];
  while (reader.take('.')) path.push(reader.name('an element'));
  return { context, path };
};

const readCardinality = (reader: Reader): { min?: number; max?: number } => {
  if (reader.peek().kind !== 'number') return {};
  const min = Number(reader.next().text);
  reader.expect('..');
  if (reader.take('*')) return { min };
  const token = reader.next();
  if (token.kind !== 'number') throw new SyntaxFault('expected the end of a cardinality', token);
  return { min, max: Number(token.text) };
};

/** In parentheses, so that a variable's `as` after it is not taken for the operator. */
const readFallback = (reader: Reader): Expression => {
  if (!reader.take('(')) return readExpression(reader, 100);
  const expression = readExpression(reader);
  reader.expect(')');
  return expression;
};

const readMode = (reader: Reader): { mode?: SourceMode } => {
  const { text, kind } = reader.peek();
  if (kind !== 'id' || !isSourceMode(text)) return {};
  reader.next();
  return { mode: text };
};

const readClauses = (reader: Reader): Pick<Source, 'where' | 'check' | 'log'> => {
  const clauses: { where?: Expression; check?: Expression; log?: Expression } = {};
  if (reader.take('where')) clauses.where = readExpression(reader);
  if (reader.take('check')) clauses.check = readExpression(reader);
  if (reader.take('log')) clauses.log = readExpression(reader);
  return clauses;
};

const readSource = (reading: Reading): Source => {
  const { reader } = reading;
  const place = placeOf(reading);
  const { context, path } = readPath(reader);
  const type = reader.take(':') ? { type: reader.name('a type') } : {};
  const cardinality = readCardinality(reader);
  const fallback = reader.take('default') ? { fallback: readFallback(reader) } : {};
  const mode = readMode(reader);
  const variable = reader.take('as') ? { variable: reader.name('a variable') } : {};
  return {
    context,
    path,
    ...type,
    ...cardinality,
    ...fallback,
    ...mode,
    ...variable,
    ...readClauses(reader),
    place,
  };
};

const readTransform = (reading: Reading): Transform => {
  const { reader } = reading;
  const place = placeOf(reading);
  if (reader.peek().kind === 'id' && reader.at('(', 1)) {
    const name = reader.name('a transform');
    return { kind: 'call', name, parameters: readParameters(reader), place };
  }
  if (reader.take('(')) {
    const expression = readExpression(reader);
    reader.expect(')');
    return { kind: 'expression', expression, place };
  }
  if (reader.peek().kind === 'id' && !reader.at('true') && !reader.at('false')) {
    let expression: Expression = { ...spotOf(place), kind: 'member', name: reader.next().text };
    while (reader.take('.'))
      expression = { ...spotOf(place), kind: 'member', base: expression, name: reader.name('an element') };
    return { kind: 'expression', expression, place };
  }
  return { kind: 'expression', expression: readExpression(reader, 100), place };
};

const spotOf = ({ line, column }: Place): { line: number; column: number } => ({ line, column });

const readTargetModes = (reader: Reader): Pick<Target, 'modes' | 'shareName'> => {
  const modes: TargetMode[] = [];
  let shareName: string | undefined;
  for (let token = reader.peek(); token.kind === 'id' && isTargetMode(token.text); token = reader.peek()) {
    modes.push(token.text);
    reader.next();
    if (token.text === 'share') shareName = reader.name('the name of the share');
  }
  return shareName === undefined ? { modes } : { modes, shareName };
};

const readTarget = (reading: Reading): Target => {
  const { reader } = reading;
  const place = placeOf(reading);
  const bare = reader.at('(') || reader.at('(', 1) || reader.peek().kind !== 'id';
  const where = bare ? { path: [] } : readPath(reader);
  const transform = bare || reader.take('=') ? { transform: readTransform(reading) } : {};
  const variable = reader.take('as') ? { variable: reader.name('a variable') } : {};
  return { ...where, ...transform, ...variable, ...readTargetModes(reader), place };
};

const readCall = (reading: Reading): Call => {
  const place = placeOf(reading);
  const group = reading.reader.name('a group');
  return { group, parameters: readParameters(reading.reader), place };
};

const readThen = (reading: Reading): Pick<Rule, 'calls' | 'rules'> => {
  const { reader } = reading;
  const calls: Call[] = [];
  if (!reader.take('then')) return { calls, rules: [] };
  if (!reader.at('{')) {
    do calls.push(readCall(reading));
    while (reader.take(','));
  }
  return { calls, rules: reader.at('{') ? readRules(reading) : [] };
};

/** Reads one rule with its `;`. @throws SyntaxFault */
export const readRule = (reading: Reading): Rule => {
  const { reader } = reading;
  const place = placeOf(reading);
  const sources = [readSource(reading)];
  while (reader.take(',')) sources.push(readSource(reading));
  const targets: Target[] = [];
  const arrow = reader.take('->');
  if (arrow) {
    do targets.push(readTarget(reading));
    while (reader.take(','));
  }
  const then = readThen(reading);
  const name = reader.peek().kind === 'string' ? { name: reader.next().text } : {};
  reader.expect(';');
  return { ...name, sources, targets, arrow, ...then, place };
};

/** Reads `{ rule* }`. @throws SyntaxFault */
export const readRules = (reading: Reading): Rule[] => {
  const rules: Rule[] = [];
  reading.reader.expect('{');
  while (!reading.reader.take('}')) rules.push(readRule(reading));
  return rules;
};
