// How is the loss of a round trip told? By type and path, the unexplained first, with what explains the rest.
import { basename } from 'node:path';
import type { RoundTrip, TripLoss } from '../../mapping/roundTrip.ts';
import { aligned, type Terminal } from '../terminal.ts';
import type { FileTrip } from './roundTrips.ts';

type Group = { path: string; reason: string | undefined; count: number; value: unknown; file: string };

/** `Patient.name[2].given[0]` and `Patient.name[0].given[1]` are the same element. */
export const elementOf = (path: string): string => path.replace(/\[\d+\]/g, '');

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? '';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

const groupLosses = (trips: readonly FileTrip[]): Group[] => {
  const groups = new Map<string, Group>();
  for (const one of trips) {
    if (!('trip' in one)) continue;
    for (const { path, value, reason } of one.trip.losses) {
      const element = `${one.version} ${elementOf(path)}`;
      const key = `${element} ${reason ?? ''}`;
      const known = groups.get(key);
      if (known) known.count += 1;
      else groups.set(key, { path: element, reason, count: 1, value, file: basename(one.file) });
    }
  }
  return [...groups.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
};

const tellGroups = (groups: readonly Group[], terminal: Terminal): void => {
  const unexplained = groups.filter((group) => group.reason === undefined);
  const explained = groups.filter((group) => group.reason !== undefined);
  const rows = (list: readonly Group[]): string[][] =>
    list.map(({ path, count, value, reason, file }) => [
      path,
      `${count}×`,
      reason ?? `unexplained: ${shown(value)}, first in ${file}`,
    ]);
  for (const line of aligned(rows(unexplained))) terminal.line(terminal.paint('red', line));
  for (const line of aligned(rows(explained))) terminal.line(line);
};

/** The losses of one trip that no map explains. */
export const unexplainedIn = (trip: RoundTrip): TripLoss[] =>
  trip.losses.filter((loss) => loss.reason === undefined);

/** What went wrong in one file, by path; empty when it came back whole or its losses are explained. */
export const problemsOf = (one: FileTrip): string[] =>
  'fault' in one
    ? [one.fault]
    : [
        ...unexplainedIn(one.trip).map((loss) => `lost: ${loss.path} ${shown(loss.value)}`),
        ...one.trip.misfits.map((misfit) => `not ${misfit.version}: ${misfit.path} ${misfit.text}`),
      ];

const tellOthers = (trips: readonly FileTrip[], terminal: Terminal): void => {
  for (const one of trips) {
    const name = basename(one.file);
    if ('fault' in one) terminal.line(`${name}: ${one.fault}`);
    else
      for (const { version, path, text } of one.trip.misfits)
        terminal.line(`${name}: not ${version}: ${path} ${text}`);
  }
};

/** Tells everything; the totals stand on the last line. @returns whether all came back whole or explained */
export const tellTrips = (trips: readonly FileTrip[], terminal: Terminal): boolean => {
  tellGroups(groupLosses(trips), terminal);
  tellOthers(trips, terminal);
  const made = trips.flatMap((one) => ('trip' in one ? [one.trip] : []));
  const losses = made.flatMap((trip) => trip.losses);
  const unexplained = made.flatMap(unexplainedIn).length;
  const misfits = made.flatMap((trip) => trip.misfits).length;
  const refused = trips.length - made.length;
  terminal.line(
    `${trips.length} resources there and back: ${losses.length - unexplained} values left out for a reason, ` +
      `${unexplained} unexplained, ${misfits} misfits, ${refused} refused`,
  );
  return unexplained + misfits + refused === 0;
};
