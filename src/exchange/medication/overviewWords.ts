// In which words is an overview told in FHIR? Titles, columns and outcomes, in Dutch and English.
import type { Language } from '../../model.ts';
import type { ChangeKind } from './diff.ts';
import type { HolderOutcome } from './overview.ts';

export const groups = ['current', 'future', 'paused', 'useOnly', 'ended'] as const;
export type Group = (typeof groups)[number];

type Words = {
  title: string;
  made: string;
  groups: Readonly<Record<Group, string>>;
  columns: readonly string[];
  none: string;
  changes: string;
  findings: string;
  holders: string;
  records: string;
  notWhole: string;
  legacy: string;
  notListed: string;
  outcomes: Readonly<Record<HolderOutcome, string>>;
  kinds: Readonly<Record<ChangeKind, string>>;
};

export const overviewWords: Readonly<Record<Language, Words>> = {
  nl: {
    title: 'Medicatieoverzicht',
    made: 'Samengesteld door de gateway uit bouwstenen van bronhouders; niet geverifieerd. Moment',
    groups: {
      current: 'Huidige medicatie',
      future: 'Toekomstige medicatie',
      paused: 'Onderbroken',
      useOnly: 'Alleen gebruik bekend',
      ended: 'Recent beëindigd',
    },
    columns: [
      'Geneesmiddel',
      'Dosering',
      'Gebruik',
      'Weg',
      'Start',
      'Eind',
      'Reden',
      'Afgesproken door',
      'Toelichting',
    ],
    none: 'Geen',
    changes: 'Veranderd sinds',
    findings: 'Bevindingen',
    holders: 'Bronhouders',
    records: 'bouwstenen',
    notWhole: 'Dit overzicht is niet volledig: niet iedere bronhouder heeft geheel geantwoord.',
    legacy:
      'Regionale vorm: medicatieoverzicht als List (MP9 tot en met 3.0.0-rc.1). De huidige standaard heeft geen overzichtsbericht.',
    notListed: 'Staat niet op deze List, wel in het overzicht',
    outcomes: {
      answered: 'antwoordde',
      partial: 'antwoordde niet volledig',
      denied: 'geen toestemming',
      unavailable: 'niet bereikbaar of mislukt',
      silent: 'geen antwoord op tijd',
    },
    kinds: {
      stopped: 'gestopt',
      interrupted: 'onderbroken',
      gone: 'door niemand meer gemeld',
      'entered-in-error': 'ten onrechte vastgelegd',
      cancelled: 'geannuleerd',
      'changed-dose': 'dosering gewijzigd',
      'changed-route': 'toedieningsweg gewijzigd',
      'changed-medicine': 'geneesmiddel gewijzigd',
      'not-used': 'wordt niet gebruikt',
      'used-differently': 'anders gebruikt dan afgesproken',
      'stop-planned': 'wordt gestopt',
      'pause-planned': 'wordt onderbroken',
      new: 'nieuw',
      resumed: 'hervat',
      'changed-end': 'andere einddatum',
      planned: 'gepland',
    },
  },
  en: {
    title: 'Medication overview',
    made: 'Composed by the gateway from building blocks of data holders; not verified. Moment',
    groups: {
      current: 'Current medication',
      future: 'Future medication',
      paused: 'Paused',
      useOnly: 'Use only',
      ended: 'Recently ended',
    },
    columns: ['Medicine', 'Dosage', 'Use', 'Route', 'Start', 'End', 'Reason', 'Agreed by', 'Remarks'],
    none: 'None',
    changes: 'Changed since',
    findings: 'Findings',
    holders: 'Data holders',
    records: 'building blocks',
    notWhole: 'This overview is not complete: not every data holder has answered in full.',
    legacy:
      'Regional form: medication overview as a List (MP9 up to 3.0.0-rc.1). The present standard has no overview message.',
    notListed: 'Not on this List, but in the overview',
    outcomes: {
      answered: 'answered',
      partial: 'answered in part',
      denied: 'no consent',
      unavailable: 'could not be reached, or failed',
      silent: 'no answer in time',
    },
    kinds: {
      stopped: 'stopped',
      interrupted: 'interrupted',
      gone: 'no longer reported by anybody',
      'entered-in-error': 'entered in error',
      cancelled: 'cancelled',
      'changed-dose': 'dosage changed',
      'changed-route': 'route changed',
      'changed-medicine': 'medicine changed',
      'not-used': 'not used',
      'used-differently': 'used otherwise than agreed',
      'stop-planned': 'to be stopped',
      'pause-planned': 'to be interrupted',
      new: 'new',
      resumed: 'resumed',
      'changed-end': 'changed end date',
      planned: 'planned',
    },
  },
};
