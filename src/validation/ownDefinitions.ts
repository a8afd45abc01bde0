// What do the exchanges need of profiles whose packages may be absent? Our own rule files in profiles/, as definitions.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Constraint, Profile, ProfileElement } from './profile.ts';
import type { Entry } from './shelf.ts';

const base = 'http://hl7.org/fhir/StructureDefinition/';
const folder = fileURLToPath(new URL('../../profiles', import.meta.url));

const rule = z.strictObject({
  /** Element id: `Patient.identifier:bsn.system`. */
  at: z.string(),
  min: z.number().int().min(0).optional(),
  max: z.number().int().min(0).optional(),
  types: z.array(z.string()).optional(),
  targets: z.array(z.string()).optional(),
  profile: z.string().optional(),
  fixed: z.unknown().optional(),
  pattern: z.unknown().optional(),
  codes: z.string().optional(),
  sliceBy: z.array(z.string()).optional(),
  closed: z.boolean().optional(),
  modifier: z.boolean().optional(),
});

const definition = z.strictObject({
  url: z.string(),
  type: z.string(),
  base: z.string().optional(),
  /** Where an extension may stand. */
  contexts: z.array(z.string()).optional(),
  elements: z.array(rule).default([]),
  rules: z
    .array(
      z.strictObject({
        key: z.string(),
        expression: z.string(),
        severity: z.enum(['error', 'warning']).default('error'),
        say: z.strictObject({ en: z.string(), nl: z.string() }),
      }),
    )
    .default([]),
});

const codeList = z.strictObject({
  url: z.string(),
  name: z.string(),
  codes: z.record(z.string(), z.array(z.string())),
});

const ruleFile = z.strictObject({
  fhir: z.enum(['stu3', 'r4']),
  profiles: z.array(definition).default([]),
  valueSets: z.array(codeList).default([]),
});

type Rule = z.infer<typeof rule>;
type Definition = z.infer<typeof definition>;

/** `value[x] by $this as type`: `type:$this`; without a kind the discriminator is a value. */
function discriminator(written: string): { type: string; path: string } {
  const [kind, path] = written.includes(':') ? written.split(':', 2) : ['value', written];
  return { type: kind ?? 'value', path: path ?? '$this' };
}

const pathOf = (id: string): string =>
  id
    .split('.')
    .map((part) => part.split(':')[0])
    .join('.');

const full = (url: string): string => (url.includes(':') ? url : `${base}${url}`);

function typesOf(one: Rule): Partial<ProfileElement> {
  const types = (one.types ?? []).map((code) => ({ code }));
  if (one.targets !== undefined) return { types: [{ code: 'Reference', targets: one.targets.map(full) }] };
  if (one.profile !== undefined)
    return { types: [{ code: one.types?.[0] ?? 'Extension', profiles: [one.profile] }] };
  return types.length === 0 ? {} : { types };
}

function elementOf(one: Rule): ProfileElement {
  const [, sliceName] = (one.at.split('.').at(-1) ?? '').split(':');
  return {
    id: one.at,
    path: pathOf(one.at),
    ...(sliceName === undefined ? {} : { sliceName }),
    ...(one.min === undefined ? {} : { min: one.min }),
    ...(one.max === undefined ? {} : { max: one.max }),
    ...typesOf(one),
    ...(one.fixed === undefined ? {} : { fixed: one.fixed }),
    ...(one.pattern === undefined ? {} : { pattern: one.pattern }),
    ...(one.codes === undefined ? {} : { binding: { strength: 'required', valueSet: one.codes } }),
    ...(one.modifier === undefined ? {} : { modifier: one.modifier }),
    ...(one.sliceBy === undefined
      ? {}
      : {
          slicing: {
            rules: one.closed === true ? 'closed' : 'open',
            discriminators: one.sliceBy.map(discriminator),
          },
        }),
  };
}

function profileOf(version: 'stu3' | 'r4', one: Definition): Profile {
  const constraints: Constraint[] = one.rules.map(({ key, expression, severity, say }) => ({
    key,
    expression,
    severity,
    human: say.en,
    humanNl: say.nl,
  }));
  const root: ProfileElement = {
    id: one.type,
    path: one.type,
    ...(constraints.length === 0 ? {} : { constraints }),
  };
  return {
    version,
    url: one.url,
    name: one.url.split('/').at(-1) ?? one.url,
    type: one.type,
    kind: one.type === 'Extension' ? 'complex-type' : 'resource',
    abstract: false,
    base: one.base ?? `${base}${one.type}`,
    constrains: true,
    complete: false,
    elements: [root, ...one.elements.map(elementOf)],
    ...(one.contexts === undefined ? {} : { contexts: one.contexts.map((place) => `element:${place}`) }),
  };
}

function readFile(file: string): Entry[] {
  const { fhir, profiles, valueSets } = ruleFile.parse(parse(readFileSync(file, 'utf8')));
  const sets = valueSets.map(({ url, name, codes }): Entry => {
    const include = Object.entries(codes).map(([system, listed]) => ({ system, codes: listed }));
    return { kind: 'valueSet', version: fhir, url, content: { version: fhir, url, name, include } };
  });
  const definitions = profiles.map(
    (one): Entry => ({ kind: 'profile', version: fhir, url: one.url, content: profileOf(fhir, one) }),
  );
  return [...definitions, ...sets];
}

/** The definitions of the rule files; throws when one does not have the form. */
export function ownDefinitions(from = folder): Entry[] {
  if (!existsSync(from)) return [];
  const names = readdirSync(from).filter((name) => name.endsWith('.yaml'));
  return names.sort().flatMap((name) => readFile(`${from}/${name}`));
}
