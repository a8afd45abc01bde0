// In which words does the page of a medication overview speak? Dutch and English; columns as in the official viewer.
import type { Language } from '../../model.ts';
import type { BlockKind } from './block.ts';
import type { ChangeKind } from './diff.ts';
import type { HolderOutcome } from './overview.ts';

type Words = Readonly<Record<Language, string>>;
const words = (nl: string, en: string): Words => ({ nl, en });

export type Group = 'current' | 'future' | 'ended' | 'paused' | 'useOnly';

/** In the order of the page: what is interrupted stands beside what is used, not after what has ended. */
export const groupWords: Readonly<Record<Group, Words>> = {
  current: words('Huidige medicatie', 'Current medication'),
  paused: words('Onderbroken medicatie', 'Paused medication'),
  future: words('Toekomstige medicatie', 'Future medication'),
  ended: words('Recent beëindigde medicatie', 'Recently ended medication'),
  useOnly: words('Alleen gebruik bekend', 'Use only: no agreement known'),
};

export const columns = {
  kind: words('Type', 'Type'),
  medicine: words('Geneesmiddel', 'Medicine'),
  start: words('Start', 'Start'),
  end: words('Einde', 'End'),
  dosage: words('Dosering', 'Dosage'),
  route: words('Weg', 'Route'),
  reason: words('Reden', 'Reason'),
  remarks: words('Toelichting', 'Remarks'),
  source: words('Bron', 'Source'),
} as const;

export const kindWords: Readonly<Record<BlockKind, Words>> = {
  MA: words('afspraak van de voorschrijver', 'agreement of the prescriber'),
  TA: words('afspraak van de apotheek', 'agreement of the pharmacy'),
  WDS: words('wisselend doseerschema', 'variable dosing schedule'),
  MGB: words('gebruik', 'use'),
  VV: words('verstrekkingsverzoek', 'dispense request'),
  MVE: words('verstrekking', 'dispense'),
  MTD: words('toediening', 'administration'),
};

export const stopWords = {
  interrupted: words('onderbroken', 'paused'),
  stopped: words('gestopt', 'stopped'),
  cancelled: words('geannuleerd', 'cancelled'),
} as const;

/** A sign beside each, so that colour never says it alone. */
export const outcomeWords: Readonly<Record<HolderOutcome, Words & { sign: string }>> = {
  answered: { sign: '✓', nl: 'antwoordde', en: 'answered' },
  partial: { sign: '!', nl: 'antwoordde niet volledig', en: 'did not answer in full' },
  denied: { sign: '⊘', nl: 'geen toestemming', en: 'no consent' },
  unavailable: { sign: '✗', nl: 'niet gelukt', en: 'failed' },
  silent: { sign: '…', nl: 'antwoordde niet op tijd', en: 'did not answer in time' },
};

export const changeWords: Readonly<Record<ChangeKind, Words>> = {
  stopped: words('gestopt', 'stopped'),
  interrupted: words('onderbroken', 'interrupted'),
  gone: words('niet meer gemeld', 'no longer reported'),
  'entered-in-error': words('ten onrechte vastgelegd', 'entered in error'),
  cancelled: words('geannuleerd', 'cancelled'),
  'changed-dose': words('andere dosering', 'changed dose'),
  'changed-route': words('andere toedieningsweg', 'changed route'),
  'changed-medicine': words('ander geneesmiddel', 'changed medicine'),
  'not-used': words('wordt niet gebruikt', 'not used'),
  'used-differently': words('anders gebruikt dan afgesproken', 'used otherwise than agreed'),
  'stop-planned': words('wordt gestopt', 'to be stopped'),
  'pause-planned': words('wordt onderbroken', 'to be interrupted'),
  new: words('nieuw', 'new'),
  resumed: words('hervat', 'resumed'),
  'changed-end': words('andere einddatum', 'changed end date'),
  planned: words('gepland', 'planned'),
};

export const pageWords = {
  title: words('Medicatieoverzicht', 'Medication overview'),
  patient: words('Patiënt', 'Patient'),
  born: words('geboren', 'born'),
  unnamed: words('niet genoemd', 'not named'),
  moment: words('Stand op', 'As it was at'),
  holders: words('Bronhouders', 'Data holders'),
  blocks: words('bouwstenen', 'building blocks'),
  incomplete: words('Niet volledig', 'Not complete'),
  more: words(
    'De patiënt kan meer of andere medicatie gebruiken.',
    'The patient may use more or other medication.',
  ),
  nobody: words('Er is geen bronhouder gevraagd.', 'No data holder was asked.'),
  none: words('Geen vastgelegd bij wie antwoordde', 'None recorded at those who answered'),
  why: words('Waarom hier', 'Why here'),
  history: words('Historie', 'History'),
  otherHistory: words('Historie van behandelingen zonder regel', 'History of treatments without a line'),
  findings: words('Bevindingen over de gegevens', 'Findings about the records'),
  warnings: words('waarschuwingen', 'warnings'),
  notes: words('opmerkingen', 'remarks'),
  changes: words('Veranderd sinds', 'Changed since'),
  unchanged: words('geen veranderingen', 'no changes'),
  unlimited: words('geen einddatum', 'no end date'),
  notUsed: words('gebruikt het niet', 'does not use it'),
  differently: words('gebruikt het anders dan afgesproken', 'uses it differently than agreed'),
  asAgreed: words('gebruikt het zoals afgesproken', 'uses it as agreed'),
  usedIt: words('gebruikt het', 'uses it'),
  didDifferently: words('gebruikte het anders dan afgesproken', 'used it differently than agreed'),
  didAsAgreed: words('gebruikte het zoals afgesproken', 'used it as agreed'),
  didUse: words('gebruikte het', 'used it'),
  copy: words('kopie', 'copy'),
  via: words('via', 'via'),
  registered: words('vastgelegd', 'registered'),
  by: words('door', 'by'),
  startsOn: words('begint', 'starts'),
  stopsOn: words('stopt', 'stops'),
  endedOn: words('beëindigd', 'ended'),
  pausedSince: words('onderbroken sinds', 'paused since'),
  made: words(
    'Door een computer samengesteld uit de bouwstenen van de bronhouders; niet met de patiënt nagegaan. Allergieën, contra-indicaties en laboratoriumuitslagen staan hier niet op.',
    'Put together by a computer from the building blocks of the data holders; not verified with the patient. Allergies, contra-indications and laboratory results are not on it.',
  ),
  once: words(
    'Deze pagina opent één keer; na sluiten of verversen is zij weg.',
    'This page opens once; after closing or reloading it is gone.',
  ),
} as const;
