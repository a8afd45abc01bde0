// What does each rule say that gates a handover? In Dutch and English; never a value of the patient's.
export type RuleText = {
  severity: 'error' | 'warning' | 'information';
  code: string;
  nl: string;
  en: string;
};

const error = (code: string, nl: string, en: string): RuleText => ({ severity: 'error', code, nl, en });

export const gateTexts = {
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
} as const satisfies Record<string, RuleText>;
