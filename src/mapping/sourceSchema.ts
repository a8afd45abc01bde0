// Does a source fit its JSON Schema? Checked by ajv, with messages that name the place: https://json-schema.org/draft/2020-12
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { GatewayError } from '../errors.ts';
import type { Issue } from '../model.ts';
import { childPath } from './paths.ts';

/** Findings about a source; none when it fits. */
export type CheckSource = (source: unknown) => Issue[];

const most = 100;

const placeOf = (error: ErrorObject): string => {
  let path = '';
  for (const part of error.instancePath.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path = childPath(path, /^\d+$/.test(key) ? Number(key) : key);
  }
  const { missingProperty, additionalProperty, unevaluatedProperty } = error.params;
  const name: unknown = missingProperty ?? additionalProperty ?? unevaluatedProperty;
  return typeof name === 'string' ? childPath(path, name) : path || '$this';
};

const dutch: Readonly<Record<string, string>> = {
  required: 'ontbreekt',
  additionalProperties: 'bestaat hier niet',
  unevaluatedProperties: 'bestaat hier niet',
  type: 'heeft niet het goede type',
  enum: 'heeft een waarde die hier niet mag',
  const: 'heeft een waarde die hier niet mag',
  pattern: 'heeft niet de goede vorm',
  format: 'heeft niet de goede vorm',
};

const english: Readonly<Record<string, string>> = {
  required: 'is missing',
  additionalProperties: 'does not exist here',
  unevaluatedProperties: 'does not exist here',
};

const detailOf = ({ keyword, params }: ErrorObject): string => {
  if (keyword === 'enum' && Array.isArray(params.allowedValues))
    return ` (${params.allowedValues.join(', ')})`;
  return keyword === 'type' ? ` (${String(params.type)})` : '';
};

/** What may not be says nothing by itself: the schema's own words do. */
const wordsOf = ({ keyword, parentSchema }: ErrorObject): string | undefined => {
  const words: unknown = keyword === 'not' ? parentSchema?.description : undefined;
  return typeof words === 'string' ? words : undefined;
};

const textsOf = (error: ErrorObject, path: string): Issue['text'] => {
  const words = wordsOf(error);
  if (words !== undefined) return { nl: `${path}: ${words}`, en: `${path}: ${words}` };
  const detail = detailOf(error);
  const en = english[error.keyword] ?? error.message ?? 'does not fit the schema';
  return {
    nl: `${path} ${dutch[error.keyword] ?? `past niet in het schema: ${error.keyword}`}${detail}`,
    en: `${path} ${en}${detail}`,
  };
};

const issueOf = (error: ErrorObject): Issue => {
  const path = placeOf(error);
  return {
    severity: 'error',
    code: error.keyword === 'required' ? 'required' : 'value',
    text: textsOf(error, path),
    expression: [path],
    rule: `source-schema-${error.keyword}`,
  };
};

const formats: Readonly<Record<string, RegExp>> = {
  date: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
  'date-time': /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/,
  time: /^\d{2}:\d{2}:\d{2}$/,
  uri: /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/,
  email: /^[^\s@]+@[^\s@]+$/,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};

/** A condition is told only where nothing says what of it does not fit. */
const told = (errors: readonly ErrorObject[]): readonly ErrorObject[] => {
  const others = errors.filter(({ keyword }) => keyword !== 'if');
  return others.length === 0 ? errors : others;
};

/** Compiles a schema. @throws GatewayError invalid when it is no JSON Schema */
export const compileSchema = (schema: unknown, file: string): CheckSource => {
  const ajv = new Ajv2020({ allErrors: true, strict: false, verbose: true, formats: { ...formats } });
  if (typeof schema !== 'object' || schema === null)
    throw new GatewayError('invalid', `${file} is no JSON Schema`, { reason: 'map-load' });
  try {
    const validate = ajv.compile(schema);
    return (source) =>
      validate(source)
        ? []
        : told(validate.errors ?? [])
            .slice(0, most)
            .map(issueOf);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : '';
    throw new GatewayError('invalid', `${file} is no JSON Schema: ${why}`, { cause, reason: 'map-load' });
  }
};
