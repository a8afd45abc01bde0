// In which words does the page of a crew card speak, beside those of the card itself?
import type { Language } from '../../model.ts';
import type { Decision } from './records.ts';

type Words = Readonly<Record<Language, string>>;
const words = (nl: string, en: string): Words => ({ nl, en });

/** The one line that is read from arm's length says the whole thing; no word is longer than a phone is wide. */
export const cprWords: Readonly<Record<Decision | 'no_record', Words>> = {
  do: words('WEL REANIMEREN', 'RESUSCITATE'),
  do_not: words('NIET REANIMEREN', 'DO NOT RESUSCITATE'),
  conditional: words('REANIMEREN, ALLEEN ALS', 'RESUSCITATE ONLY IF'),
  unknown: words('NIET BESLIST', 'NOT DECIDED'),
  no_record: words('NIET VASTGELEGD', 'NO RECORD'),
};

export const pageWords = {
  title: words('Behandelwensen', 'Treatment wishes'),
  readAt: words('Gelezen', 'Read'),
  yearsOld: words('jaar', 'years old'),
  bsn: words('BSN', 'BSN'),
  incomplete: words('Niet volledig', 'Not complete'),
  mayDiffer: words(
    'Wat daar is vastgelegd, kan het tegendeel zijn van wat hier staat.',
    'What is recorded there may be the opposite of what stands here.',
  ),
  noLimits: words(
    'Niet vastgelegd betekent niet dat er geen behandelgrenzen zijn.',
    'No record does not mean that there are no limits.',
  ),
  unrecorded: words('Niet vastgelegd', 'No record'),
  other: words('Andere behandelingen en grenzen', 'Other treatments and limits'),
  against: words('Daartegenover staat', 'Against this stands'),
  earlier: words('Eerder of elders', 'Earlier or elsewhere'),
  alsoAt: words('ook', 'also'),
  ago: words('geleden', 'ago'),
  call: words('Bel', 'Call'),
  holders: words('Wie is gevraagd', 'Who was asked'),
  whoTheyAre: words('wie dat zijn', 'who they are'),
  noWish: words('niets vastgelegd', 'no record'),
  wishes: words('vastleggingen', 'records'),
  once: words(
    'Deze pagina opent één keer. Na sluiten of verversen is zij weg: vraag de kaart dan opnieuw op.',
    'This page opens once. After closing or reloading it is gone: then ask for the card again.',
  ),
} as const;
