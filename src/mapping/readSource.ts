// How does a map read what it is given? By its manifest's kind; what the map could only leave out unseen is refused.
import { GatewayError } from '../errors.ts';
import { isResource } from '../fhir/bundles.ts';
import { parseXmlOfEither, startsXml } from '../fhir/eitherXml.ts';
import { parseJson } from '../fhir/json.ts';
import { checkShape } from '../fhir/shape.ts';
import { parseXml } from '../fhir/xml.ts';
import type { FhirVersion, Issue } from '../model.ts';
import type { Manifest } from './manifest.ts';
import type { CheckSource } from './sourceSchema.ts';
import { parseXmlSource } from './xmlSource.ts';

type Kind = Manifest['source']['kind'];

/** The version of a source that is FHIR of one version. */
export const versionOf = (kind: Kind): FhirVersion | undefined => {
  if (kind === 'fhir-stu3') return 'stu3';
  return kind === 'fhir-r4' ? 'r4' : undefined;
};

const unknownIn = (source: unknown, version: FhirVersion): Issue[] =>
  isResource(source)
    ? checkShape(source, version).filter(({ rule }) => rule === 'shape-unknown-element')
    : [];

/** Elements of JSON that no version of the kind has: XML with them is refused where it is parsed. */
const unknownElements = (source: unknown, kind: Kind): Issue[] => {
  const version = versionOf(kind);
  if (version) return unknownIn(source, version);
  const inR4 = unknownIn(source, 'r4');
  const inStu3 = inR4.length === 0 ? inR4 : unknownIn(source, 'stu3');
  return inStu3.length < inR4.length ? inStu3 : inR4;
};

const refuse = (what: string, issues: readonly Issue[], told: (issue: Issue) => string): never => {
  const shown = issues.slice(0, 5).map(told).join('; ');
  const more = issues.length > 5 ? ` and ${issues.length - 5} more` : '';
  throw new GatewayError('unprocessable', `${what}: ${shown}${more}`, { issues, reason: 'map-source' });
};

const inEnglish = ({ text }: Issue): string => text.en;

const parseFhirJson = (bytes: Uint8Array, kind: Kind): unknown => {
  const source = parseJson(bytes);
  const unknown = unknownElements(source, kind);
  if (unknown.length === 0) return source;
  const version = versionOf(kind)?.toUpperCase() ?? 'STU3 or R4';
  return refuse(`There is no such element in ${version}`, unknown, ({ expression }) => expression?.[0] ?? '');
};

const parserFor = (kind: Kind): ((bytes: Uint8Array) => unknown) => {
  if (kind === 'xml') return parseXmlSource;
  if (kind === 'json') return (bytes) => parseJson(bytes);
  const version = versionOf(kind);
  const parse = (bytes: Uint8Array) =>
    version ? parseXml(bytes, version) : parseXmlOfEither(bytes).resource;
  return (bytes) => (startsXml(bytes) ? parse(bytes) : parseFhirJson(bytes, kind));
};

/** Reads a source by its kind. @throws GatewayError invalid or unprocessable, naming the places */
export const readerOf = (manifest: Manifest, check: CheckSource): ((bytes: Uint8Array) => unknown) => {
  const parse = parserFor(manifest.source.kind);
  return (bytes) => {
    const source = parse(bytes);
    const issues = check(source);
    return issues.length === 0 ? source : refuse('The source does not fit its schema', issues, inEnglish);
  };
};
