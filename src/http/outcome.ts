// How does an error look to the caller? One class, one table, three shapes: FHIR, OAuth and plain.
// OperationOutcome: http://hl7.org/fhir/operationoutcome.html; OAuth: RFC 6749 section 5.2; plain: RFC 9457.
import { errorTable, GatewayError } from '../errors.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { FhirResource, Issue, Language } from '../model.ts';
import { inDutch } from './dutch.ts';

const faultText = {
  nl: 'Er ging iets mis in de gateway. Noem bij vragen de request-id.',
  en: 'Something went wrong in the gateway. When asking, name the request id.',
} as const;

/** Anything that was not thrown on purpose becomes `fault` with a fixed text; the cause stays for the log. */
export function asGatewayError(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('fault', faultText.en, { cause: error });
}

export const statusOf = (error: GatewayError): number => errorTable[error.kind].status;

/** Where the message is that of a place which is named, the place has its Dutch. */
const dutchOf = ({ message, issues }: GatewayError): string =>
  inDutch(message) ?? issues.find(({ text }) => text.en === message)?.text.nl ?? message;

function textOf(error: GatewayError, language: Language): string {
  if (error.kind === 'fault') return faultText[language];
  return language === 'nl' ? dutchOf(error) : error.message;
}

/** The error itself as an issue; its stable reason stands where a program finds it, in details.coding. */
function ownIssue(error: GatewayError): Issue {
  const text = { nl: textOf(error, 'nl'), en: textOf(error, 'en') };
  const rule = error.reason ? { rule: error.reason } : {};
  return { severity: 'error', code: errorTable[error.kind].issue, text, ...rule };
}

/** The OperationOutcome of an error; places that were named become its issues. */
export function outcomeOf(error: GatewayError, language: Language): FhirResource {
  const own = error.issues.length === 0 || error.reason ? [ownIssue(error)] : [];
  return operationOutcome([...own, ...error.issues], language);
}

/** RFC 6749: characters outside a small set are not allowed in descriptions. */
const plain = (text: string) => text.replace(/["\\]|[^\x20-\x7e]/g, "'");

export function oauthErrorOf(error: GatewayError): { error: string; error_description: string } {
  return { error: error.oauth, error_description: plain(textOf(error, 'en')) };
}

export function problemOf(error: GatewayError, language: Language) {
  const { status, issue } = errorTable[error.kind];
  return {
    status,
    code: issue,
    title: textOf(error, language),
    ...(error.reason ? { reason: error.reason } : {}),
  };
}
