// Is the question whole? Every input that a decision rests on, or the code of the first that is missing or not known.
import { isBsn, normaliseSystem, uraSystem } from '../fhir/identifiers.ts';
import type { Participant, Practitioner } from '../model.ts';
import type { ConsentQuestion } from './consent.ts';
import type { RefusalReason } from './reasons.ts';
import { type ConsentSettings, categoryOfType } from './settings.ts';

export type Organisation = {
  participantId: string;
  ura: string;
  /** Where it has more than one. */
  otherUras?: readonly string[];
  type: string;
  category: string;
};
export type Professional = { system: string; value: string; role: string };

/** Everything that a decision rests on, but the patient, who stays out of the trace. */
export type Inputs = {
  exchange: string;
  holder: Organisation;
  requester: Organisation;
  practitioner: Professional;
  mandatedBy?: Professional;
  purposeOfUse: string;
  categories: readonly string[];
  /** Grant that the requester refers to. */
  breakGlass?: string;
};

export type ReadInputs = { inputs: Inputs } | { fault: RefusalReason };

/** What the asking side brings: all but the holder. */
export type AskingSide = Omit<ConsentQuestion, 'holder' | 'requestId' | 'signal'>;

/** Codes of http://terminology.hl7.org/CodeSystem/v3-ActReason that mean an emergency. */
export const emergencyPurposes: readonly string[] = ['ETREAT', 'BTG'];
const purposes = new Set(['TREAT', 'COC', ...emergencyPurposes]);
const roleCode = /^\d{2}\.\d{3}$/;

/**
 * What is missing on the asking side, whoever the holder is; undefined when nothing is. Asked before localisation, so
 * that a question which cannot be asked does not show which holders a patient has.
 */
export function askingFault(asking: AskingSide, settings: ConsentSettings): RefusalReason | undefined {
  return (
    (isBsn(asking.patientBsn) ? undefined : 'patient-missing') ??
    organisationFault(asking.requester.participant, 'requester', settings) ??
    professionalFault(asking) ??
    categoryFault(asking.categories, settings) ??
    purposeFault(asking.purposeOfUse)
  );
}

/** The whole question, holder first: its own gaps are the region's to mend, not the asker's. */
export function readInputs(question: ConsentQuestion, settings: ConsentSettings): ReadInputs {
  const fault = askingFault(question, settings) ?? organisationFault(question.holder, 'holder', settings);
  return fault ? { fault } : { inputs: inputsOf(question, settings) };
}

/** What the question says, whole or not: what is missing is empty. */
export function inputsOf(question: ConsentQuestion, settings: ConsentSettings): Inputs {
  const { practitioner, mandatedBy, purposeOfUse, breakGlass } = question;
  return {
    exchange: question.exchange,
    holder: organisationOf(question.holder, settings),
    requester: organisationOf(question.requester.participant, settings),
    practitioner: professionalOf(practitioner),
    ...(mandatedBy ? { mandatedBy: professionalOf(mandatedBy) } : {}),
    purposeOfUse: purposeOfUse ?? '',
    categories: [...new Set(question.categories)].sort(),
    ...(breakGlass ? { breakGlass } : {}),
  };
}

const urasOf = (participant: Participant): string[] =>
  participant.identifiers.filter((one) => normaliseSystem(one.system) === uraSystem).map((one) => one.value);

function organisationOf(participant: Participant, settings: ConsentSettings): Organisation {
  const type = participant.facilityType ?? '';
  const [ura = '', ...otherUras] = urasOf(participant);
  return {
    participantId: participant.id,
    ura,
    ...(otherUras.length > 0 ? { otherUras } : {}),
    type,
    category: categoryOfType(settings, type) ?? '',
  };
}

const professionalOf = (one: Practitioner | undefined): Professional => ({
  system: one?.identifier.system ?? '',
  value: one?.identifier.value ?? '',
  role: one?.role ?? '',
});

function organisationFault(
  participant: Participant,
  side: 'holder' | 'requester',
  settings: ConsentSettings,
): RefusalReason | undefined {
  if (!urasOf(participant)[0]) return `${side}-ura-missing`;
  if (!participant.facilityType) return `${side}-type-missing`;
  return categoryOfType(settings, participant.facilityType) === undefined
    ? `${side}-type-unknown`
    : undefined;
}

function professionalFault({ practitioner, mandatedBy }: AskingSide): RefusalReason | undefined {
  if (!practitioner?.identifier.value) return 'practitioner-missing';
  if (!practitioner.role) return 'practitioner-role-missing';
  if (!roleCode.test(practitioner.role)) return 'practitioner-role-unknown';
  if (!mandatedBy) return undefined;
  if (!mandatedBy.role) return 'mandate-role-missing';
  return roleCode.test(mandatedBy.role) ? undefined : 'mandate-role-unknown';
}

/** Is each category that is asked for one of the region? */
export function categoryFault(
  asked: readonly string[],
  settings: ConsentSettings,
): RefusalReason | undefined {
  if (asked.length === 0) return 'category-missing';
  return asked.every((one) => settings.dataCategories.includes(one)) ? undefined : 'category-unknown';
}

function purposeFault(asked: string | undefined): RefusalReason | undefined {
  if (!asked) return 'purpose-missing';
  return purposes.has(asked) ? undefined : 'purpose-unknown';
}
