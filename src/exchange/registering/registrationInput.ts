// What does a participant register, or ask of its set? The resource itself, or Parameters around it (docs/registration.md).
import { GatewayError } from '../../errors.ts';
import { isResource, resourcesOf } from '../../fhir/bundles.ts';
import { bsnSystem, identifiersOf } from '../../fhir/identifiers.ts';
import { eachReference } from '../../fhir/references.ts';
import type { FhirResource, Identifier, Issue, Language } from '../../model.ts';

export type RegistrationInput = {
  content: FhirResource;
  /** The gateway's id of a set that this is a new version of. */
  set?: string;
  /** What the participant itself calls the set. */
  name?: Identifier;
  /** Whose it is, where the content itself does not say. */
  patientBsn?: string;
};

type Part = { name?: unknown; resource?: unknown; valueIdentifier?: unknown; [value: string]: unknown };
type Text = Readonly<Record<Language, string>>;

/** An error at a place, with the id of the rule that was broken. */
export const refusal = (rule: string, text: Text, places: readonly string[] = []): Issue => ({
  severity: 'error',
  code: 'business-rule',
  rule,
  text,
  ...(places.length === 0 ? {} : { expression: places }),
});

const unprocessable = (issue: Issue): GatewayError =>
  new GatewayError('unprocessable', 'This cannot be registered', { issues: [issue] });

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function partsOf(body: FhirResource): { part: Part; place: string }[] {
  const parts: unknown[] = Array.isArray(body.parameter) ? body.parameter : [];
  return parts.map((part, index) => ({ part: part as Part, place: `Parameters.parameter[${index}]` }));
}

const unknownPart = (place: string): GatewayError =>
  unprocessable(
    refusal(
      'part-unknown',
      { nl: 'Dit onderdeel kent deze operatie niet zo', en: 'This operation does not know this part so' },
      [place],
    ),
  );

/** A set's id as `valueString`, `valueId` or `valueUuid`, with or without `urn:uuid:`. */
function setIn(part: Part, place: string): string {
  const given = part.valueString ?? part.valueId ?? part.valueUuid;
  const id = typeof given === 'string' ? given.replace(/^urn:uuid:/, '').toLowerCase() : '';
  if (!uuid.test(id)) throw unknownPart(place);
  return id;
}

/** What each part says. */
type ReadPart = (part: Part, place: string) => Partial<RegistrationInput>;

const partReaders: ReadonlyMap<string, ReadPart> = new Map<string, ReadPart>(
  Object.entries({
    content: ({ resource }, place) => {
      if (isResource(resource)) return { content: resource };
      throw unknownPart(place);
    },
    set: (part, place) => {
      const [name] = identifiersOf({ identifier: part.valueIdentifier });
      return name ? { name } : { set: setIn(part, place) };
    },
    patient: ({ valueIdentifier }, place) => {
      const [patient] = identifiersOf({ identifier: valueIdentifier });
      if (patient?.system === bsnSystem) return { patientBsn: patient.value };
      throw unknownPart(place);
    },
  } satisfies Record<string, ReadPart>),
);

/**
 * Reads the body of a registration. Throws `invalid` without a body and `unprocessable`, naming the place, for parts
 * that the operation does not know, or not twice.
 */
export function readRegistration(body: FhirResource | undefined): RegistrationInput {
  if (body === undefined) throw new GatewayError('invalid', 'There is nothing to register in this request');
  if (body.resourceType !== 'Parameters') return named({ content: body });
  let input: Partial<RegistrationInput> = {};
  const seen = new Set<unknown>();
  for (const { part, place } of partsOf(body)) {
    const read = typeof part.name === 'string' ? partReaders.get(part.name) : undefined;
    if (!read || seen.has(part.name)) throw unknownPart(place);
    seen.add(part.name);
    input = { ...input, ...read(part, place) };
  }
  const { content, ...rest } = input;
  if (content) return named({ content, ...rest });
  const text = { nl: 'Het onderdeel `content` ontbreekt', en: 'The part `content` is missing' };
  throw unprocessable(refusal('content-missing', text, ['Parameters']));
}

/** A set without a name is called as its Bundle or form is. */
function named(input: RegistrationInput): RegistrationInput {
  if (input.set || input.name) return input;
  const [name] = identifiersOf(input.content);
  return name && ['Bundle', 'QuestionnaireResponse'].includes(input.content.resourceType)
    ? { ...input, name }
    : input;
}

/** What the participant itself calls the set that the question is about, where it says that and nothing else. */
export function readSetName(body: FhirResource | undefined): Identifier | undefined {
  const parts = body?.resourceType === 'Parameters' ? partsOf(body) : [];
  const only = parts.length === 1 ? parts[0]?.part : undefined;
  return only?.name === 'set' ? identifiersOf({ identifier: only.valueIdentifier })[0] : undefined;
}

/** Which set, and which version of it, is a question about? Throws as readRegistration does. */
export function readSetQuestion(
  body: FhirResource | undefined,
  wanted: { version: boolean },
): { set: string; version: number } {
  if (body?.resourceType !== 'Parameters')
    throw new GatewayError('invalid', 'This operation takes Parameters');
  let [set, version] = ['', 0];
  for (const { part, place } of partsOf(body)) {
    const number = part.valueInteger ?? part.valuePositiveInt ?? part.valueUnsignedInt;
    if (part.name === 'set' && !set) set = setIn(part, place);
    else if (
      wanted.version &&
      part.name === 'version' &&
      typeof number === 'number' &&
      number > 0 &&
      !version
    )
      version = number;
    else throw unknownPart(place);
  }
  const missing = set === '' ? 'set' : wanted.version && version === 0 ? 'version' : undefined;
  if (missing === undefined) return { set, version };
  const text = { nl: `Het onderdeel \`${missing}\` ontbreekt`, en: `The part \`${missing}\` is missing` };
  throw unprocessable(refusal('part-missing', text, ['Parameters']));
}

const subjects = /\.(subject|patient)$/;

/** The citizen service numbers of whom the content says that it is about, each once. */
export function patientsIn(content: FhirResource): string[] {
  const numbers = new Set<string>();
  const add = (holder: object): void => {
    for (const { system, value } of identifiersOf(holder as { identifier?: unknown }))
      if (system === bsnSystem) numbers.add(value);
  };
  const entries = content.resourceType === 'Bundle' ? resourcesOf(content) : [content];
  for (const resource of entries) {
    const contained: unknown[] = Array.isArray(resource.contained) ? resource.contained : [];
    for (const one of [resource, ...contained])
      if (isResource(one) && one.resourceType === 'Patient') add(one);
    eachReference(resource, (reference, path) => {
      if (subjects.test(path)) add(reference);
    });
  }
  return [...numbers];
}

/** Where these types say whose they are. Forms of common tools leave it out; the others may. */
const subjectOf: Readonly<Record<string, string>> = {
  QuestionnaireResponse: 'subject',
  Observation: 'subject',
  Consent: 'patient',
};

function bound(resource: FhirResource, bsn: string): FhirResource {
  const element = subjectOf[resource.resourceType];
  if (element === undefined || resource[element] !== undefined) return resource;
  return { ...resource, [element]: { type: 'Patient', identifier: { system: bsnSystem, value: bsn } } };
}

/** The content, in which what names nobody now names the one patient that it was sent for. */
export function bindPatient(content: FhirResource, bsn: string): FhirResource {
  if (content.resourceType !== 'Bundle' || !Array.isArray(content.entry)) return bound(content, bsn);
  const entry = content.entry.map((one: { resource?: unknown }) =>
    isResource(one?.resource) ? { ...one, resource: bound(one.resource, bsn) } : one,
  );
  return { ...content, entry };
}
