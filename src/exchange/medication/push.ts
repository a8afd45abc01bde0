// A sender gives medication to one receiver: what happens between its push and the 202? The receiver is then notified and reads.
import { canonical } from '../../fhir/canonical.ts';
import { isBsn } from '../../fhir/identifiers.ts';
import { printJson } from '../../fhir/json.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { FhirResource, FhirResponse, Identifier, Issue, Requester } from '../../model.ts';
import { readAsking } from '../asking/asking.ts';
import type { ExchangeDeps, RoutedRequest } from '../exchange.ts';
import { profileFindings } from '../profiles/profileFindings.ts';
import { knownPush, type PushCase, type Pushed, recordPush, recordSame } from '../pushing/pushed.ts';
import { patientsIn } from '../registering/registrationInput.ts';
import { overviewBundle } from './answerOverview.ts';
import {
  gatherOverview,
  type OverviewQuestion,
  overviewFrom,
  overviewParameters,
  questionFrom,
} from './askOverview.ts';
import { asTransaction } from './legacyList.ts';
import { findReceiver, issueOf, type PushParts, readPushParts, refusePush } from './pushQuestion.ts';
import { forReceiver } from './receiverConsent.ts';
import { readBlocks } from './register.ts';

type Pushing = {
  request: RoutedRequest;
  requester: Requester;
  deps: ExchangeDeps;
  parts: PushParts;
  base: Omit<PushCase, 'name' | 'asked'>;
};

/** The parameters of a push of an overview, beside those of every question. */
export const pushParameters = { ...overviewParameters, receiver: 'identifier', case: 'identifier' } as const;

/**
 * One push: 202 when it is new or changed, 200 when it is known, both with the Location of its Task. Throws `unprocessable`
 * naming what stands in the way, and `conflict` for a case that went to another receiver.
 */
export async function pushMedication(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const now = deps.clock();
  const parts = readPushParts(request.resource);
  const receiver = findReceiver(parts, deps.directory, now);
  const { requestId } = request;
  const base = { exchange: 'medication', requester, receiver, requestId, now } as const;
  const pushing = { request, requester, deps, parts, base };
  return parts.content ? pushOwn(pushing, parts.content) : pushOverview(pushing);
}

const nameOf = ({ system, value }: Identifier): string => `${system}|${value}`;

/** The sender's own building blocks, as it gives them: what cannot be read as it was meant is refused. */
async function pushOwn(pushing: Pushing, bundle: FhirResource): Promise<FhirResponse> {
  const { deps, parts, base } = pushing;
  const { patients, issues } = readBlocks(bundle);
  const [patientBsn, ...others] = new Set([...patientsIn(bundle), ...patients]);
  const errors = issues.filter(({ severity }) => severity === 'error' || severity === 'fatal');
  if (!isBsn(patientBsn) || others.length > 0) errors.push(issueOf('patient-one', parts.contentPlace));
  if (errors.length > 0 || patientBsn === undefined) throw refusePush(...errors);
  const asked = printJson(canonical(bundle, 'r4'));
  const [own] = identifiersIn(bundle);
  const name = parts.case ? nameOf(parts.case) : (own ?? asked);
  const { grantDays } = deps.settings.medication;
  const pushed = await recordPush({ ...base, name, asked }, { bundle, patientBsn, grantDays }, deps);
  const warnings = pushing.request.profileChecks === 'off' ? [] : profileFindings(bundle, 'r4', deps);
  return answered(pushing, pushed, [...issues, ...warnings]);
}

function identifiersIn({ identifier }: FhirResource): string[] {
  const { system, value } = (identifier ?? {}) as Partial<Identifier>;
  return typeof value === 'string' ? [`${system ?? ''}|${value}`] : [];
}

/** What all holders know, as far as the receiver may see it, under the sender's own case. */
async function pushOverview(pushing: Pushing): Promise<FhirResponse> {
  const { request, requester, deps, parts, base } = pushing;
  if (!parts.case) throw refusePush(issueOf('case-missing', 'Parameters'));
  const { asking, text } = readAsking(request, requester, pushParameters);
  const question = questionFrom(asking, text, deps);
  const push = { ...base, name: nameOf(parts.case), asked: printJson(request.resource ?? {}) };
  const known = await knownPush(push, deps);
  if (known) {
    await recordSame(push, known, deps);
    return answered(pushing, { kind: 'same', row: known }, []);
  }
  const bundle = await overviewFor(pushing, question);
  const { grantDays } = deps.settings.medication;
  const pushed = await recordPush(push, { bundle, patientBsn: asking.patientBsn, grantDays }, deps);
  return answered(pushing, pushed, []);
}

async function overviewFor(
  { request, deps, base }: Pushing,
  question: OverviewQuestion,
): Promise<FhirResource> {
  const { retrieved } = await gatherOverview(question, 'medication.pushOverview', deps);
  const between = { asking: question.asking, receiver: base.receiver.participant };
  const allowed = await forReceiver(retrieved, between, deps);
  const gathered = { retrieved: allowed, ...overviewFrom(allowed, question) };
  const bundle = overviewBundle(gathered, { question, language: request.language, deps });
  return question.form === 'list' ? asTransaction(bundle) : bundle;
}

function answered({ request, deps }: Pushing, { kind, row }: Pushed, issues: readonly Issue[]): FhirResponse {
  if (kind !== 'same') deps.wakeDelivery();
  return {
    status: kind === 'same' ? 200 : 202,
    headers: { Location: `${deps.baseUrl}/r4/Task/${row.task_id}`, ETag: `W/"${row.version}"` },
    resource: operationOutcome(issues, request.language),
  };
}
