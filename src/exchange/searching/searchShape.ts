// What does a search of a standard look like, as data? Its parameters with the values that each may have, and no others.
// https://hl7.org/fhir/R4/search.html

/** Name and value of each parameter, in order; a name may come more than once. */
export type SearchParameters = readonly (readonly [name: string, value: string])[];

export type ValueShape =
  /** `Patient/[id]` or `[id]`: an id that this gateway gave to the asker. */
  | { kind: 'patient' }
  /** `http://fhir.nl/fhir/NamingSystem/bsn|[BSN]`; never in an address. */
  | { kind: 'bsn' }
  /** Some or all of these codes, with a comma between: `[system]|[code]`, after the first also a bare `[code]`. */
  | { kind: 'codes'; system: string; codes: readonly string[] }
  /** One of these texts, letter by letter. */
  | { kind: 'texts'; texts: readonly string[] }
  /** One `[system]|[value]`. */
  | { kind: 'identifier' }
  /** A FHIR date with one of these prefixes, or with none where `eq` is among them. */
  | { kind: 'date'; prefixes: readonly string[] }
  /** A whole number from 1. */
  | { kind: 'count'; most: number };

export type ParameterShape = {
  name: string;
  value: ValueShape;
  /** Type in a CapabilityStatement: http://hl7.org/fhir/search-param-type. */
  type: 'token' | 'reference' | 'date' | 'string' | 'uri' | 'special' | 'number';
  /** `must`: always there. `may`: with or without. Any other word: exactly one of the parameters with this word. */
  presence: 'must' | 'may' | 'patient';
  /** How often it may be given; once when absent. */
  times?: number;
};

/** The resources that may come with the matches: `Consent:actor`, and for `:iterate` `PractitionerRole:organization`. */
export type IncludeShape = { name: '_include' | '_include:iterate'; values: readonly string[] };

export type SearchShape = {
  resourceType: string;
  parameters: readonly ParameterShape[];
  includes: readonly IncludeShape[];
};

/** The most resources that a page holds, and how many it holds when the asker does not say. */
export const pageSizes = { most: 200, usual: 50 } as const;

const counted: ParameterShape = {
  name: '_count',
  value: { kind: 'count', most: pageSizes.most },
  type: 'number',
  presence: 'may',
};

const withIncludes = (shape: SearchShape): readonly ParameterShape[] => [
  ...shape.parameters,
  ...shape.includes.map(
    ({ name, values }): ParameterShape => ({
      name,
      value: { kind: 'texts', texts: values },
      type: 'special',
      presence: 'may',
      times: values.length,
    }),
  ),
  ...(shape.resourceType === 'Patient' ? [] : [counted]),
];

const known = new WeakMap<SearchShape, readonly ParameterShape[]>();

/** Every parameter of a search, includes and page size among them. */
export function parametersOf(shape: SearchShape): readonly ParameterShape[] {
  const read = known.get(shape);
  if (read) return read;
  const parameters = withIncludes(shape);
  known.set(shape, parameters);
  return parameters;
}

/** A search that needs a BSN is asked by POST alone. */
export const onlyByPost = ({ parameters }: SearchShape): boolean =>
  parameters.some(({ value, presence }) => value.kind === 'bsn' && presence === 'must');
