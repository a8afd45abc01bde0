// When was an ADA building block registered, and from when until when does it hold? Names of 9.3.0 and 9.0.7.
import { valueIn } from './adaParts.ts';
import { durationIn, type WrittenPeriod } from './period.ts';
import { present, type Tree, tree } from './tree.ts';

const dateNames = [
  'registratie_datum_tijd',
  'afspraakdatum',
  'afspraak_datum',
  'medicatiegebruik_datum_tijd',
  'registratiedatum',
  'verstrekkingsverzoek_datum_tijd',
  'medicatieverstrekkings_datum_tijd',
  'verstrekkingsdatum',
  'datum',
  'aanschrijf_datum',
];
const doneNames = [
  'toedienings_datum_tijd',
  'medicatieverstrekkings_datum_tijd',
  'verstrekkingsdatum',
  'datum',
  'aanschrijf_datum',
];

const firstValue = (block: Tree, names: readonly string[]): string | undefined =>
  names.map((name) => valueIn(block[name])).find((value) => value !== undefined);

/** When a block was registered, by the element that its kind and version have for it. */
export const registeredText = (block: Tree): string | undefined => firstValue(block, dateNames);

/** When something was handed over or given. */
export const doneText = (block: Tree): string | undefined => firstValue(block, doneNames);

/** The period of use, or of supply for a dispense request. */
export function writtenPeriod(block: Tree): WrittenPeriod {
  const inside = tree(block.gebruiksperiode) ?? tree(block.verbruiksperiode);
  const duration = tree(inside?.tijds_duur) ?? (inside?.value === undefined ? undefined : inside);
  return present<WrittenPeriod>({
    start:
      valueIn(inside?.start_datum_tijd) ??
      firstValue(block, ['gebruiksperiode_start', 'verbruiksperiode_start']),
    end:
      valueIn(inside?.eind_datum_tijd) ??
      valueIn(inside?.gebruiksperiode_eind) ??
      firstValue(block, ['gebruiksperiode_eind', 'verbruiksperiode_eind']),
    ...durationIn(duration?.value, duration?.unit),
    criterion: valueIn(inside?.criterium),
  });
}

/** How long a dispense lasts, from when it was handed over. */
export function supplyPeriod(block: Tree, start: string | undefined): WrittenPeriod {
  const duration = tree(block.verbruiksduur);
  return present<WrittenPeriod>({ start, ...durationIn(duration?.value, duration?.unit) });
}
