// Which findings are there, how grave, and in which words? docs/medication-overview.md tells what each means.

type FindingText = readonly [severity: 'warning' | 'information', nl: string, en: string];

export type FindingRule = keyof typeof findingTexts;

const w = (nl: string, en: string): FindingText => ['warning', nl, en];
const i = (nl: string, en: string): FindingText => ['information', nl, en];

export const findingTexts = {
  // what was read
  'no-identifier': w('Bouwsteen zonder identificatie', 'Building block without an identifier'),
  'identifier-without-system': w(
    'Identificatie zonder systeem; die van een ander kan dezelfde waarde hebben',
    'Identifier without a system; that of another may have the same value',
  ),
  'no-treatment': i(
    'Geen behandeling genoemd; een generieke identificatie is gemaakt',
    'No treatment is named; a generic identifier was made',
  ),
  'no-registration': w(
    'Geen registratiemoment; de start van de periode telt',
    'No registration time; the start of the period counts',
  ),
  'unreadable-date': w('Datum of duur is niet te lezen', 'A date or a duration cannot be read'),
  'unknown-stop-type': w('Onbekend stoptype; behandeld als gestopt', 'Unknown stop type; treated as stopped'),
  'modifier-unknown': w(
    'Heeft een wijziger die hier niet bekend is: lees de bouwsteen bij de bron',
    'Has a modifier that is not known here: read the building block at its holder',
  ),
  'unknown-category': w('Geen bekende bouwsteen', 'Not a known building block'),
  'not-an-agreement': i(
    'Voorstel of plan, geen afspraak; niet in het overzicht',
    'A proposal or plan, no agreement; not on the overview',
  ),
  'missing-medicine': w(
    'Naam van het geneesmiddel is niet te vinden; waar er een code is, is die getoond',
    'The name of the medicine cannot be found; where there is a code, that is shown',
  ),
  'dosing-at-source': w(
    'Dosering zonder tekst, die hier niet geheel te zeggen is: lees haar bij de bron',
    'A dosing without a text that cannot be told whole here: read it at its holder',
  ),
  'list-incomplete': w(
    'De lijst is niet volledig: de bron heeft meer dan zij gaf',
    'The list is not complete: the data holder has more than it gave',
  ),
  withheld: w('Iets uit dit antwoord is niet doorgegeven', 'Something of this answer was not passed on'),
  'not-readable': w('Een antwoord is niet te lezen', 'An answer cannot be read'),
  // the same record more than once
  'duplicate-differs': w(
    'Zelfde bouwsteen met andere inhoud; de laatste versie telt',
    'Same building block with other content; the latest version counts',
  ),
  'copy-differs': w(
    'Kopie wijkt af van het origineel; het origineel telt',
    'A copy differs from the original; the original counts',
  ),
  'entered-in-error': i('Ten onrechte vastgelegd; vervallen', 'Entered in error; dropped'),
  // relations
  'dangling-relation': i(
    'Verwijst naar een bouwsteen die er niet is',
    'Refers to a building block that is not there',
  ),
  'self-relation': i('Verwijst naar zichzelf', 'Refers to itself'),
  'relation-cycle': w('Bouwstenen verwijzen in een kring', 'Building blocks refer in a circle'),
  'relation-elsewhere': w(
    'Verwijst naar een bouwsteen van een andere behandeling',
    'Refers to a building block of another treatment',
  ),
  'relation-repaired': i(
    'Verwijzing gevonden na weglaten van spaties',
    'Reference found after leaving out blanks',
  ),
  'stop-unresolved': w(
    'Stop waarvan niet te vinden is wat hij stopt; alles is behouden',
    'A stop of which it cannot be found what it stops; all was kept',
  ),
  'stop-by-start': i(
    'Stop zonder bruikbare verwijzing; geldt voor de afspraak met dezelfde startdatum',
    'A stop without a usable reference; taken for the agreement with the same start date',
  ),
  'stop-without-end': w(
    'Stop zonder einddatum; het registratiemoment, of een latere start, telt als einde',
    'A stop without an end date; its registration, or a later start, counts as the end',
  ),
  'stop-starts-later': w(
    'Stop met een latere start dan wat hij stopt; de start daarvan telt',
    'A stop with a later start than what it stops; the start of that counts',
  ),
  'stop-without-dosing': i(
    'Stop zonder dosering; die van wat hij stopt is getoond',
    'A stop without dosing; that of what it stops is shown',
  ),
  'stop-of-replaced': w(
    'Stop van een afspraak die al gewijzigd was; de wijziging is niet gestopt, vraag na of dat de bedoeling was',
    'A stop of an agreement that had been changed already; the change was not stopped: ask whether it was meant',
  ),
  'change-without-stop': w(
    'Toekomstige wijziging zonder stop van de lopende afspraak; die blijft gelden tot de wijziging begint',
    'A future change without a stop of the running agreement, which holds until the change begins',
  ),
  'period-reversed': w('Einde ligt voor het begin', 'The end is before the start'),
  // what holds
  'several-in-force': w(
    'Meer dan een afspraak tegelijk geldig; de laatst geregistreerde is getoond, of alle van dat moment',
    'More than one agreement in force; the latest registered is shown, or all of that moment',
  ),
  'earlier-again': w(
    'Geldt weer nadat een later geregistreerde afspraak is afgelopen; vraag na welke dosering geldt',
    'Holds again after an agreement registered later has ended; ask which dosing holds',
  ),
  'outlasts-agreement': w(
    'Toedieningsafspraak loopt door na het einde van de medicatieafspraak',
    'The administration agreement runs on after the medication agreement has ended',
  ),
  'stopped-at-pharmacy': w(
    'De apotheek heeft dit gestopt of onderbroken; de medicatieafspraak loopt door',
    'The pharmacy has stopped or interrupted this; the medication agreement goes on',
  ),
  'agreement-unknown': w(
    'Toedieningsafspraak zonder bekende medicatieafspraak',
    'Administration agreement without a known medication agreement',
  ),
  'names-replaced': w(
    'Verwijst naar een afspraak die al vervangen of gestopt was',
    'Refers to an agreement that had been replaced or stopped before',
  ),
  'schedule-missing': w(
    'Wisselend doseerschema is verlopen en er is geen nieuw',
    'The variable dosing schedule has run out and there is no new one',
  ),
  'supply-ended': w(
    'Zonder einddatum, en de verstrekte voorraad is op; vraag na of het nog gebruikt wordt',
    'Without an end date, and what was dispensed has run out; ask whether it is still used',
  ),
  'supply-alone': w(
    'Verstrekt of aangevraagd, maar geen afspraak of gebruik bekend; vraag na of het gebruikt wordt',
    'Dispensed or asked for, but no agreement or use is known; ask whether it is used',
  ),
  'registered-later': i(
    'Geregistreerd na het moment van dit overzicht',
    'Registered after the moment of this overview',
  ),
  'interrupted-long-ago': w(
    'Lang geleden tijdelijk gestopt (oude codering); staat in de historie',
    'Interrupted long ago (old coding); in the history',
  ),
  'use-differs': w('Gebruik wijkt af van de afspraak', 'Use differs from what was agreed'),
  'use-after-end': w(
    'Gebruik gemeld terwijl er geen geldige afspraak is',
    'Use is reported while no agreement holds',
  ),
  'use-too-old': i(
    'Gebruik is langer dan de grens geleden gemeld; staat in de historie',
    'Use was reported longer ago than the limit; in the history',
  ),
  // between treatments
  'same-treatment': i(
    'Mogelijk dezelfde behandeling, een keer onder een generieke identificatie; niet samengevoegd',
    'Possibly the same treatment, once under a generic identifier; not merged',
  ),
  'same-medicine': i(
    'Zelfde geneesmiddel in meer dan een behandeling die loopt, onderbroken is of nog komt',
    'The same medicine in more than one treatment that is in use, paused or to come',
  ),
} as const satisfies Record<string, FindingText>;
