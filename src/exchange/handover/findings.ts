// How is a finding about a handover told? Rule ids are stable; texts in Dutch and English; never a value of the patient's.
import { GatewayError } from '../../errors.ts';
import { groupIssues } from '../../fhir/outcome.ts';
import type { Issue } from '../../model.ts';

type RuleText = { severity: 'error' | 'warning' | 'information'; code: string; nl: string; en: string };

const error = (code: string, nl: string, en: string): RuleText => ({ severity: 'error', code, nl, en });
const warning = (code: string, nl: string, en: string): RuleText => ({ severity: 'warning', code, nl, en });

export const ruleTexts = {
  'handover-form': error(
    'structure',
    'Stuur een Bundle (document, collection of transaction) of Parameters met de delen die de handleiding noemt.',
    'Send a Bundle (document, collection or transaction), or Parameters with the parts that the manual lists.',
  ),
  'handover-bundle-type': error(
    'not-supported',
    'Dit type Bundle is geen overdracht.',
    'A Bundle of this type is not a handover.',
  ),
  'handover-bundle-incomplete': error(
    'incomplete',
    'De zoekset heeft nog een volgende bladzijde; stuur alle bladzijden samen.',
    'The searchset has a next page; send all pages together.',
  ),
  'handover-entry-request': error(
    'not-supported',
    'Alleen POST en PUT mogen bij een entry staan; andere opdrachten worden niet uitgevoerd.',
    'An entry may carry POST or PUT only; other requests are not executed.',
  ),
  'handover-entry-empty': error(
    'structure',
    'Deze entry heeft geen resource.',
    'This entry has no resource.',
  ),
  'handover-part': error(
    'structure',
    'Dit deel kent de operatie niet, of het heeft niet de waarde die erbij hoort.',
    'The operation does not know this part, or its value is not of the kind that belongs to it.',
  ),
  'handover-one-composition': error(
    'business-rule',
    'Eén overdracht heeft één Composition.',
    'One handover has one Composition.',
  ),
  'handover-composition-type': error(
    'business-rule',
    'Deze Composition is geen verpleegkundige overdracht.',
    'This Composition is not a nursing handoff.',
  ),
  'handover-one-patient': error(
    'business-rule',
    'De overdracht gaat over meer dan één patiënt.',
    'The handover is about more than one patient.',
  ),
  'handover-duplicate': error(
    'duplicate',
    'Deze resource staat er tweemaal in, met verschillende inhoud.',
    'This resource is present twice, with different content.',
  ),
  'handover-too-many': error(
    'too-long',
    'De overdracht heeft meer resources dan deze gateway toelaat.',
    'The handover has more resources than this gateway allows.',
  ),
  'handover-type-not-carried': error(
    'not-supported',
    'Resources van dit type horen niet in een overdracht.',
    'Resources of this type do not belong in a handover.',
  ),
  'handover-implicit-rules': error(
    'not-supported',
    'implicitRules verwijst naar regels die hier niet bekend zijn.',
    'implicitRules refers to rules that are not known here.',
  ),
  'handover-patient': error('required', 'De patiënt ontbreekt.', 'The patient is missing.'),
  'handover-transfer-date': error(
    'required',
    'De datum van overplaatsing ontbreekt.',
    'The transfer date is missing.',
  ),
  'handover-payer': error('required', 'De betaler (verzekering) ontbreekt.', 'The payer is missing.'),
  'handover-sender': error(
    'required',
    'De versturende organisatie ontbreekt.',
    'The sending organisation is missing.',
  ),
  'handover-sender-practitioner': error(
    'required',
    'De versturende zorgverlener ontbreekt.',
    'The sending practitioner is missing.',
  ),
  'handover-sender-role': error(
    'required',
    'De rol van de versturende zorgverlener ontbreekt.',
    "The sending practitioner's role is missing.",
  ),
  'handover-receiver': error(
    'required',
    'De ontvangende organisatie ontbreekt.',
    'The receiving organisation is missing.',
  ),
  'handover-practitioner': error(
    'required',
    'De behandelend zorgverlener ontbreekt.',
    'The treating practitioner is missing.',
  ),
  'handover-diagnosis': error(
    'required',
    'Een medische diagnose ontbreekt.',
    'A medical diagnosis is missing.',
  ),
  'handover-receiver-no-identifier': error(
    'required',
    'De ontvangende organisatie heeft geen identificatie (URA of AGB); een naam is niet genoeg.',
    'The receiving organisation has no identifier (URA or AGB); a name is not enough.',
  ),
  'handover-receiver-unknown': error(
    'not-found',
    'De ontvangende organisatie is hier niet bekend.',
    'The receiving organisation is not known here.',
  ),
  'handover-receiver-several': error(
    'multiple-matches',
    'De identificaties van de ontvangende organisatie wijzen naar meer dan één deelnemer.',
    "The receiving organisation's identifiers lead to more than one participant.",
  ),
  'handover-receiver-inactive': error(
    'business-rule',
    'De ontvangende organisatie neemt niet meer deel.',
    'The receiving organisation no longer takes part.',
  ),
  'handover-sender-other': error(
    'forbidden',
    'De versturende organisatie in de inhoud is een andere dan die van het token.',
    'The sending organisation in the content is another than the one of the token.',
  ),
  'handover-pdf': error('value', 'Dit document is geen PDF.', 'This document is not a PDF.'),
  'handover-sender-unknown': warning(
    'not-found',
    'De versturende organisatie in de inhoud heeft geen identificatie die hier bekend is; het token geldt.',
    'The sending organisation in the content has no identifier that is known here; the token counts.',
  ),
  'handover-receiver-given': warning(
    'conflict',
    'De ontvanger in Parameters wijkt af van die in de inhoud; Parameters gaat voor.',
    'The receiver in Parameters differs from the one in the content; Parameters comes first.',
  ),
  'handover-sender-role-missing': warning(
    'required',
    'De rol van de versturende zorgverlener ontbreekt.',
    "The sending practitioner's role is missing.",
  ),
  'handover-sender-derived': warning(
    'informational',
    'De versturende zorgverlener is afgeleid: de inhoud noemt er geen als zodanig.',
    'The sending practitioner was derived: the content names none as such.',
  ),
  'handover-case-missing': warning(
    'required',
    'Er is geen kenmerk van het geval; dezelfde inhoud geldt als dezelfde overdracht.',
    'There is no case identifier; the same content counts as the same handover.',
  ),
  'handover-dangling': warning(
    'not-found',
    'Deze verwijzing leidt nergens heen; de ontvanger kan haar niet volgen.',
    'This reference leads nowhere; the receiver cannot follow it.',
  ),
  'handover-outside': warning(
    'informational',
    'Niets in de overdracht verwijst naar deze resource; zij wordt niet doorgegeven.',
    'Nothing in the handover refers to this resource; it is not passed on.',
  ),
  'handover-modifier': warning(
    'extension',
    'Deze modifierExtension is hier niet bekend; zij is ongewijzigd doorgegeven.',
    'This modifierExtension is not understood here; it was passed on unchanged.',
  ),
  'handover-subsetted': warning(
    'incomplete',
    'De afzender merkt deze resource als onvolledig (SUBSETTED).',
    'The sender marks this resource as incomplete (SUBSETTED).',
  ),
  'handover-old-code': warning(
    'code-invalid',
    'Een oude code voor de overdracht is vervangen door de huidige.',
    'An old code for the handoff was replaced by the current one.',
  ),
  'handover-section-unknown': warning(
    'code-invalid',
    'Deze sectie is geen sectie van eOverdracht; zij is ongewijzigd doorgegeven.',
    'This section is not one of eOverdracht; it was passed on unchanged.',
  ),
  'handover-pdfa': warning(
    'value',
    'Dit document zegt niet dat het PDF/A is.',
    'This document does not declare itself PDF/A.',
  ),
} as const satisfies Record<string, RuleText>;

export type Rule = keyof typeof ruleTexts;

/** One finding. `places` are FHIRPath expressions from the root of the message. */
export function finding(rule: Rule, places: readonly string[] = []): Issue {
  const { severity, code, nl, en } = ruleTexts[rule];
  return { severity, code, rule, text: { nl, en }, ...(places.length > 0 ? { expression: places } : {}) };
}

/** What is kept with a handover: equal causes as one, so that ten thousand of them stay small. */
export function keepable(issues: readonly Issue[]): Issue[] {
  return groupIssues(issues).groups.map(({ issue, places }) => ({
    ...issue,
    ...(places.length > 0 ? { expression: places } : {}),
  }));
}

/** The 422 that names everything that is wrong, at once. */
export function refuse(issues: readonly Issue[]): GatewayError {
  return new GatewayError('unprocessable', 'The handover cannot be accepted', { issues });
}
