// What does each rule say that is only remarked on? In Dutch and English; never a value of the patient's.
import type { RuleText } from './ruleTexts.ts';

const warning = (code: string, nl: string, en: string): RuleText => ({ severity: 'warning', code, nl, en });

export const remarkTexts = {
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
  'handover-receiver-owner': warning(
    'conflict',
    'De Task van de afzender is voor een andere organisatie dan de ontvanger; de inhoud of Parameters gaat voor.',
    "The sender's Task is for another organisation than the receiver; the content or Parameters comes first.",
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
  'handover-document-outside': warning(
    'not-found',
    'Dit document staat op een adres buiten de overdracht; de gateway geeft het niet door.',
    'This document is at an address outside the handover; the gateway does not pass it on.',
  ),
  'handover-outside': warning(
    'informational',
    'Niets in de overdracht verwijst naar deze resource; zij wordt niet doorgegeven.',
    'Nothing in the handover refers to this resource; it is not passed on.',
  ),
  'handover-withdrawn': warning(
    'informational',
    'Deze resource is foutief ingevoerd of weerlegd; zij staat in geen rubriek.',
    'This resource is entered in error or refuted; no section lists it.',
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
