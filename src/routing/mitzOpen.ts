// Which data holders does Mitz name for this patient and this asker? The open question (open autorisatievraag):
// IHE XCPD Patient Location Query, ITI-56, https://profiles.ihe.net/ITI/TF/Volume2/ITI-56.html
import { isBsn } from '../fhir/identifiers.ts';
import type { Clock } from '../model.ts';
import type { Outgoing } from '../outgoing/outgoing.ts';
import { askSoap } from '../outgoing/soap.ts';
import { writeSecurity } from '../outgoing/soapAssertion.ts';
import { CannotAsk, oids, purposeOf, subjectAttributes, subjectOf } from '../outgoing/soapMitz.ts';
import { escapeXml } from '../outgoing/soapTree.ts';
import type { LocateQuestion } from './localisation.ts';
import { type LocatedByMitz, readLocations, xcpdNamespace } from './mitzOpenAnswer.ts';

export type { LocatedByMitz } from './mitzOpenAnswer.ts';

/**
 * Holders, one per URA, community and source. None: nobody has records, or nobody may say so; Mitz does not tell which.
 * Throws `CannotAsk` for a missing input, `SoapFailure` for an answer that does not prove itself: both with a reason.
 */
export type AskMitzOpen = (question: LocateQuestion) => Promise<{ holders: LocatedByMitz[] }>;

export type OpenDeps = {
  outgoing: Outgoing;
  clock: Clock;
  settings: { openUrl: string; timeoutMs: number; issuer: string };
};

export const openAction = 'urn:ihe:iti:2009:PatientLocationQuery';
export const openAnswerAction = 'urn:ihe:iti:2009:PatientLocationQueryResponse';
export const openAudience = 'urn:oid:2.16.840.1.113883.2.4.3.111.2.1';

/** The Body: the patient alone; who asks stands in the assertion. */
export const writeLocationQuery = (bsn: string): string =>
  `<PatientLocationQueryRequest xmlns="${xcpdNamespace}"><RequestedPatientId root="${oids.bsn}" ` +
  `extension="${escapeXml(bsn)}" assigningAuthorityName="NLMINBIZA"/></PatientLocationQueryRequest>`;

function securityOf(question: LocateQuestion, { settings, clock }: OpenDeps): string {
  const subject = subjectOf({ ...question, organisation: question.requester.participant });
  const purpose = { id: subjectAttributes.purpose, value: purposeOf(question.purposeOfUse) };
  const provider = (question.mandatedBy ?? question.practitioner)?.identifier.value ?? '';
  return writeSecurity({
    issuer: settings.issuer,
    subject: provider,
    audience: openAudience,
    attributes: [...subject, purpose],
    now: clock(),
  });
}

export function createAskMitzOpen(deps: OpenDeps): AskMitzOpen {
  const { openUrl: url, timeoutMs } = deps.settings;
  return async (question) => {
    if (!isBsn(question.patientBsn)) throw new CannotAsk('input-patient');
    const answer = await askSoap(deps.outgoing, {
      url,
      action: openAction,
      answerAction: openAnswerAction,
      relatesTo: 'required',
      header: securityOf(question, deps),
      body: writeLocationQuery(question.patientBsn),
      timeoutMs,
      signal: question.signal,
    });
    return { holders: readLocations(answer, question.patientBsn) };
  };
}
