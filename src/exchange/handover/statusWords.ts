// In which words is the truth table told? Dutch and English; a word that is missing in one does not compile.
import type { Language } from '../../model.ts';

const english = {
  title: 'Handover',
  case: 'Case',
  receiver: 'Receiver',
  state: 'State',
  version: 'Version',
  grant: 'Can be fetched until',
  grantEnded: 'Grant ended',
  steps: 'Steps',
  step: 'Step',
  at: 'When (Dutch time)',
  detail: 'Detail',
  notifications: 'Notifications',
  findings: 'Remarks',
  none: 'None.',
  attempt: 'attempt',
  'not yet': 'not yet',
  unknown: 'unknown',
  failed: 'failed',
  accepted: 'Accepted',
  stored: 'Stored',
  notified: 'Notified',
  taskRead: 'Task read',
  documentFetched: 'Document fetched',
  completed: 'Completed',
  cancelled: 'Cancelled',
  expired: 'Expired',
  'in-progress': 'in progress',
  'state:completed': 'completed by the receiver',
  'state:cancelled': 'cancelled by the sender',
  'state:expired': 'expired',
  announce: 'New or changed handover, to the receiver',
  echo: 'Change of the Task, to the receiver',
  cancel: 'Cancellation, to the receiver',
  callback: 'Message back, to the sender',
  waiting: 'waiting',
  claimed: 'waiting',
  sending: 'under way',
  delivered: 'delivered',
  retry: 'will be tried again',
  refused: 'refused',
  dead: 'given up: too old',
  superseded: 'overtaken by a newer one',
} as const;

type Words = Readonly<Record<keyof typeof english, string>>;

const dutch: Words = {
  title: 'Overdracht',
  case: 'Kenmerk',
  receiver: 'Ontvanger',
  state: 'Stand',
  version: 'Versie',
  grant: 'Op te halen tot',
  grantEnded: 'Toegang geëindigd',
  steps: 'Stappen',
  step: 'Stap',
  at: 'Wanneer',
  detail: 'Bijzonderheden',
  notifications: 'Notificaties',
  findings: 'Opmerkingen',
  none: 'Geen.',
  attempt: 'poging',
  'not yet': 'nog niet',
  unknown: 'onbekend',
  failed: 'mislukt',
  accepted: 'Aangenomen',
  stored: 'Opgeslagen',
  notified: 'Genotificeerd',
  taskRead: 'Task gelezen',
  documentFetched: 'Bericht opgehaald',
  completed: 'Afgerond',
  cancelled: 'Ingetrokken',
  expired: 'Verlopen',
  'in-progress': 'loopt',
  'state:completed': 'afgerond door de ontvanger',
  'state:cancelled': 'ingetrokken door de afzender',
  'state:expired': 'verlopen',
  announce: 'Nieuwe of gewijzigde overdracht, aan de ontvanger',
  echo: 'Wijziging van de Task, aan de ontvanger',
  cancel: 'Intrekking, aan de ontvanger',
  callback: 'Bericht terug, aan de afzender',
  waiting: 'wacht',
  claimed: 'wacht',
  sending: 'onderweg',
  delivered: 'bezorgd',
  retry: 'wordt opnieuw geprobeerd',
  refused: 'geweigerd',
  dead: 'opgegeven: te oud',
  superseded: 'ingehaald door een nieuwere',
};

export type Say = (word: string) => string;

/** The word in this language; what is no word of ours stays as it is. */
export function sayIn(language: Language): Say {
  const words: Readonly<Record<string, string>> = language === 'nl' ? dutch : english;
  return (word) => (Object.hasOwn(words, word) ? (words[word] ?? word) : word);
}

const dutchDetails: readonly (readonly [RegExp, string])[] = [
  [/^1 attempt$/, '1 poging'],
  [/^(\d+) attempts$/, '$1 pogingen'],
  [/^document$/, 'als document'],
  [/^(\d+) of (\d+) resources$/, '$1 van $2 resources'],
  [/^document, (\d+) of (\d+) attachments$/, 'als document, met $1 van $2 bijlagen'],
];

/** What the truth table says beside a step, in this language. */
export function detailIn(language: Language, detail: string): string {
  if (language === 'en') return detail;
  return dutchDetails.reduce((told, [shape, dutch]) => told.replace(shape, dutch), detail);
}
