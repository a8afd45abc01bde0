// How does a participant without a server of its own keep records here? Register, revoke, and "is my copy still current?".
import { GatewayError } from '../errors.ts';
import { isBsn } from '../fhir/identifiers.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { FhirResource, FhirResponse, Issue, Requester } from '../model.ts';
import { gives } from './asking/operationParameters.ts';
import type { ExchangeDeps, OperationParameter, RoutedRequest, Transaction } from './exchange.ts';
import { profileFindings } from './profiles/profileFindings.ts';
import {
  bindPatient,
  patientsIn,
  readRegistration,
  readSetQuestion,
  refusal,
} from './registering/registrationInput.ts';
import {
  namedSet,
  registrationParameters,
  setParameter,
  stateParameters,
} from './registering/registrationParameters.ts';
import { type About, type RegistrationExchange, recordSet } from './registering/registrationRows.ts';
import { checkCopy, revokeSet, setToRevoke } from './registering/registrationState.ts';
import type { RetrievalSettings } from './settings.ts';

/** What an exchange says of content that somebody wants to keep here. */
export type ReadContent = (
  content: FhirResource,
  about: { at: Date; settings: RetrievalSettings },
) => {
  /** Citizen service numbers besides those that FHIR itself names. */
  patients?: readonly string[];
  /** Errors refuse it, naming what cannot be read; warnings are told. */
  issues: readonly Issue[];
};

type Kind = { exchange: RegistrationExchange; what: string; read: ReadContent };
type Asked = { request: RoutedRequest; requester: Requester; deps: ExchangeDeps };

/** The three transactions of one exchange: `$register-wishes`, `$revoke-wishes`, `$check-wishes`. */
export function registrationTransactions(kind: Kind): readonly Transaction[] {
  const { what } = kind;
  return [
    operation(`register-${what}`, {
      parameters: [
        ...registrationParameters,
        ...stateParameters,
        gives('result', 'code', '`new`, `version` or `same`.'),
        gives('outcome', 'OperationOutcome', 'What was remarked on.'),
      ],
      documentation: 'Keeps records here for a participant without a server; a new version supersedes.',
      takes: 'records',
      // What is kept here is given to others as a holder's own: it must fit before it comes in.
      profileChecks: (settings) => (settings[kind.exchange].profileChecks === 'off' ? 'off' : 'gate'),
      answer: (asked) => register(kind, asked),
    }),
    operation(`revoke-${what}`, {
      parameters: [namedSet, ...stateParameters],
      documentation: 'Takes a registered set back; it is no longer given to anybody.',
      answer: (asked) => revoke(kind, asked),
    }),
    operation(`check-${what}`, {
      parameters: [
        setParameter,
        { name: 'version', type: 'integer', min: 1, documentation: 'The version of the copy.' },
        ...stateParameters,
      ],
      documentation: 'Says whether a copy of a registered set is current, superseded or revoked.',
      answer: (asked) => check(kind, asked),
    }),
  ];
}

type Operation = Pick<Transaction, 'documentation' | 'profileChecks' | 'takes'> & {
  parameters: readonly OperationParameter[];
  answer(asked: Asked): Promise<FhirResponse>;
};

function operation(
  name: string,
  { parameters, documentation, answer, takes, profileChecks = () => 'off' }: Operation,
): Transaction {
  return {
    name: name.replace(/-(.)/, (_, letter: string) => letter.toUpperCase()),
    version: 'r4',
    method: 'POST',
    path: [`$${name}`],
    interaction: { kind: 'operation', name, parameters },
    resourceTypes: [],
    documentation,
    ...(takes && { takes }),
    profileChecks,
    answer: (request, requester, deps) => answer({ request, requester, deps }),
  };
}

const aboutOf = (kind: Kind, { request, requester, deps }: Asked): About => ({
  exchange: kind.exchange,
  requester,
  requestId: request.requestId,
  now: deps.clock(),
});

/** Throws `unprocessable` with a place for everything that stands in the way, and what recordSet throws. */
async function register(kind: Kind, asked: Asked): Promise<FhirResponse> {
  const { request, deps } = asked;
  const about = aboutOf(kind, asked);
  const given = readRegistration(request.resource);
  const numbers = [...patientsIn(given.content), ...(given.patientBsn ? [given.patientBsn] : [])];
  const [bsn] = numbers;
  const input = bsn === undefined ? given : { ...given, content: bindPatient(given.content, bsn) };
  const found = kind.read(input.content, { at: about.now, settings: deps.settings[kind.exchange] });
  const issues = [...unheld(kind, asked), ...found.issues, ...checked(given.content, asked)];
  const patientBsn = onePatient([...numbers, ...(found.patients ?? [])], issues);
  const { ifMatch } = request;
  const kept = await recordSet({ ...about, input, patientBsn, ...(ifMatch ? { ifMatch } : {}) }, deps);
  const told = issues.filter(({ severity }) => severity === 'warning');
  return {
    status: kept.result === 'new' ? 201 : 200,
    headers: { ETag: `W/"${kept.version}"` },
    resource: parameters([
      { name: 'set', valueString: kept.set },
      { name: 'version', valueInteger: kept.version },
      { name: 'state', valueCode: 'current' },
      { name: 'result', valueCode: kept.result },
      { name: 'outcome', resource: operationOutcome(told, request.language) },
    ]),
  };
}

/** What is kept for a participant that is asked elsewhere, or nowhere, would reach nobody. */
function unheld({ exchange }: Kind, { requester }: Asked): Issue[] {
  const { dataEndpoints = [] } = requester.participant;
  const isHeld = dataEndpoints.some(
    ({ kind, status, exchanges }) =>
      kind === 'registered' && status !== 'off' && exchanges.includes(exchange),
  );
  return isHeld ? [] : [notHeld];
}

/** As the transaction declares; that a check ran out of time is no fault of the content. */
function checked(content: FhirResource, { request, deps }: Asked): readonly Issue[] {
  if (request.profileChecks === 'off') return [];
  if (request.profileChecks === 'warn') return profileFindings(content, 'r4', deps);
  return deps
    .checkProfiles(content, 'r4')
    .map((issue) => (issue.rule === 'deadline' ? { ...issue, severity: 'warning' } : issue));
}

/** The one patient of the content. Throws `unprocessable` with all errors together. */
function onePatient(numbers: readonly string[], issues: readonly Issue[]): string {
  const [first, ...others] = new Set(numbers);
  const errors = issues.filter(({ severity }) => severity === 'error' || severity === 'fatal');
  if (first === undefined || !isBsn(first)) errors.push(noPatient);
  if (others.length > 0) errors.push(severalPatients);
  if (first !== undefined && errors.length === 0) return first;
  throw new GatewayError('unprocessable', 'This cannot be registered', {
    issues: [...errors, ...issues.filter((one) => !errors.includes(one))],
  });
}

const notHeld = refusal('exchange-not-held', {
  nl: 'Uw organisatie heeft hier voor deze gegevensuitwisseling geen endpoint van de soort `registered`: niemand zou dit krijgen',
  en: 'Your organisation has no data endpoint of kind `registered` here for this exchange: nobody would get this',
});

const noPatient = refusal('patient-missing', {
  nl: 'Nergens staat een geldig BSN van de patiënt: in het onderdeel `patient`, in een Patient, of in `subject` of `patient`',
  en: 'No valid BSN of the patient is given: in the part `patient`, in a Patient, or in `subject` or `patient`',
});

const severalPatients = refusal('several-patients', {
  nl: 'De inhoud gaat over meer dan één patiënt',
  en: 'The content is about more than one patient',
});

async function revoke(kind: Kind, asked: Asked): Promise<FhirResponse> {
  const about = aboutOf(kind, asked);
  const set = await setToRevoke(asked.request.resource, about, asked.deps);
  const version = await revokeSet({ ...about, set }, asked.deps);
  return { status: 200, resource: stateOf({ set, version, state: 'revoked' }) };
}

async function check(kind: Kind, asked: Asked): Promise<FhirResponse> {
  const { set, version } = readSetQuestion(asked.request.resource, { version: true });
  const copy = await checkCopy({ ...aboutOf(kind, asked), set, version }, asked.deps);
  return { status: 200, resource: stateOf({ set, ...copy }) };
}

const parameters = (parameter: readonly object[]): FhirResource => ({
  resourceType: 'Parameters',
  parameter,
});

const stateOf = ({ set, version, state }: { set: string; version: number; state: string }): FhirResource =>
  parameters([
    { name: 'set', valueString: set },
    { name: 'version', valueInteger: version },
    { name: 'state', valueCode: state },
  ]);
