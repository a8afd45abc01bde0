// Who asks about whom, and why? The Parameters of an operation and the token's claims together; neither may contradict the other.
import { GatewayError } from '../../errors.ts';
import { bsnSystem, normaliseSystem } from '../../fhir/identifiers.ts';
import type { Identifier, Issue, Practitioner, Requester } from '../../model.ts';
import type { RoutedRequest } from '../exchange.ts';
import type { Asking } from '../retrieval.ts';
import { type AskingRule, askingIssue } from './askingTexts.ts';
import { type Given, readGiven, type ValueKind } from './askingValues.ts';

/** The values beside those that every operation has, by name. */
export type MoreParameters = Readonly<Record<string, ValueKind>>;

export type AskedParameters = {
  asking: Asking;
  /** The moment to look from; a day counts to its end. Absent: now. */
  at?: Date;
  text(name: string): string | undefined;
  flag(name: string): boolean;
  moment(name: string): Date | undefined;
};

/** The parameters of every retrieving operation (docs/wishes-api.md). */
export const always: MoreParameters = {
  patient: 'identifier',
  at: 'moment',
  purposeOfUse: 'purpose',
  practitioner: 'identifier',
  role: 'role',
  mandatedBy: 'identifier',
  mandatedByRole: 'role',
  breakGlass: 'text',
};

/**
 * Reads the question. What the Parameters leave out comes from the token. Throws `unprocessable` with every fault, each
 * with its place: an unknown or repeated parameter, a wrong value, a BSN that is none or stands anywhere but in `patient`,
 * a value that differs from the token's.
 */
export function readAsking(
  request: RoutedRequest,
  requester: Requester,
  more: MoreParameters = {},
): AskedParameters {
  const { given, issues } = readGiven(request.resource, { ...always, ...more });
  issues.push(...misplacedBsns(given));
  const patient = given.get('patient');
  const join = joinWith(given, issues);
  const practitioner = join.person(['practitioner', 'role'], requester.practitioner);
  const mandatedBy = join.person(['mandatedBy', 'mandatedByRole'], requester.mandatedBy);
  const purposeOfUse = join.text('purposeOfUse', requester.purposeOfUse);
  const breakGlass = given.get('breakGlass')?.text;
  if (
    patient?.identifier === undefined &&
    !issues.some(({ rule }) => /^(patient|parameters-missing)/.test(rule ?? ''))
  )
    issues.push(askingIssue('patient-missing', 'Parameters.parameter'));
  if (issues.length > 0 || patient?.identifier === undefined) throw refused(issues);
  const at = given.get('at')?.moment;
  return {
    asking: {
      requester,
      patientBsn: patient.identifier.value,
      requestId: request.requestId,
      ...(request.gone === undefined ? {} : { gone: request.gone }),
      ...(practitioner === undefined ? {} : { practitioner }),
      ...(mandatedBy === undefined ? {} : { mandatedBy }),
      ...(purposeOfUse === undefined ? {} : { purposeOfUse }),
      ...(breakGlass === undefined ? {} : { breakGlass }),
    },
    ...(at === undefined ? {} : { at }),
    text: (name) => given.get(name)?.text,
    flag: (name) => given.get(name)?.flag ?? false,
    moment: (name) => given.get(name)?.moment,
  };
}

const refused = (issues: readonly Issue[]): GatewayError =>
  new GatewayError('unprocessable', 'The question cannot be put as it is', {
    issues,
    reason: issues[0]?.rule ?? 'parameters',
  });

const same = (one: Identifier, other: Identifier): boolean =>
  normaliseSystem(one.system) === normaliseSystem(other.system) && one.value === other.value;

/** Sets the Parameters beside the token; a difference is a fault at the place where it was asked. */
function joinWith(given: ReadonlyMap<string, Given>, issues: Issue[]) {
  const fault = (rule: AskingRule, name: string): void => {
    issues.push(askingIssue(rule, given.get(name)?.place ?? 'Parameters.parameter'));
  };
  const text = (name: string, token: string | undefined): string | undefined => {
    const asked = given.get(name)?.text;
    if (asked !== undefined && token !== undefined && asked !== token) fault('differs-from-token', name);
    return token ?? asked;
  };
  const person = (
    names: readonly [string, string],
    token: Practitioner | undefined,
  ): Practitioner | undefined => {
    const asked = given.get(names[0])?.identifier;
    if (asked && token && !same(asked, token.identifier)) fault('differs-from-token', names[0]);
    const role = text(names[1], token?.role);
    const identifier = token?.identifier ?? asked;
    if (identifier === undefined) {
      if (role !== undefined) fault('role-without-person', names[1]);
      return undefined;
    }
    return { identifier, ...(role === undefined ? {} : { role }) };
  };
  return { text, person };
}

/** A BSN is in `patient` and nowhere else: other values reach logs, audit details and other parties. */
function misplacedBsns(given: ReadonlyMap<string, Given>): Issue[] {
  const bsn = given.get('patient')?.identifier?.value;
  return [...given].flatMap(([name, { identifier, text, place }]) => {
    if (name === 'patient') return [];
    const holds = bsn !== undefined && [identifier?.value, text].some((value) => value?.includes(bsn));
    const isBsnSystem = identifier !== undefined && identifier.system === bsnSystem;
    return holds || isBsnSystem ? [askingIssue('bsn-misplaced', place)] : [];
  });
}
