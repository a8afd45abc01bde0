// Do the settings name exchanges that exist? What is said of an exchange that nobody knows would never count, without a word.
import { exchanges } from '../exchange/index.ts';
import type { SettingFault } from './faults.ts';
import { keysAt, type Tree, textsAt } from './written.ts';

const naming = [
  'participants.*.dataEndpoints.*.exchanges.*',
  'participants.*.clients.*.scopes.*',
  'localisation.exchanges.*.exchange',
  'consent.breakGlass.first.exchanges.*',
  'consent.breakGlass.widened.exchanges.*',
];

/** Each name that no exchange has, with its place. */
export function exchangeFaults(settings: Tree): SettingFault[] {
  const known = exchanges.map(({ name }) => name);
  return [...naming.flatMap((place) => textsAt(settings, place)), ...keysAt(settings, 'consent.exchanges')]
    .filter(({ value }) => !known.includes(value))
    .map(({ path }) => ({ path, message: `is no exchange; one of ${known.join(', ')}` }));
}
