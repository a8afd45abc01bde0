// Do the settings name exchanges that exist? A holder of an exchange that nobody knows would never be asked, without a word.
import { exchanges } from '../exchange/index.ts';
import type { SettingFault } from './faults.ts';
import { type Tree, textsAt } from './written.ts';

const naming = ['participants.*.dataEndpoints.*.exchanges.*', 'localisation.exchanges.*.exchange'];

/** Each name of a data endpoint and of localisation that no exchange has, with its place. */
export function exchangeFaults(settings: Tree): SettingFault[] {
  const known = exchanges.map(({ name }) => name);
  return naming
    .flatMap((place) => textsAt(settings, place))
    .filter(({ value }) => !known.includes(value))
    .map(({ path }) => ({ path, message: `is no exchange; one of ${known.join(', ')}` }));
}
