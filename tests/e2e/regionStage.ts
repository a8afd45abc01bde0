// With what do the tests of wishes and medication look? What a story printed, what holders were asked, and where a BSN may stand.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RegionCast, startRegionCast } from '../../src/cli/demo/cast.ts';
import type { RegionStory } from '../../src/cli/demo/medicationStory.ts';
import { createTimeline } from '../../src/cli/demo/timeline.ts';
import type { Holder } from '../../src/sandbox/holder.ts';
import type { LogLine } from '../../src/sandbox/listen.ts';
import { terminalTo } from '../world/terminal.ts';
import { formsOf } from './stage.ts';

export { type RegionCast, startRegionCast };

/** Runs a story; gives what it printed. */
export async function printed(
  cast: RegionCast,
  story: (told: RegionStory) => Promise<void>,
): Promise<string> {
  const lines: string[] = [];
  const terminal = terminalTo(lines);
  const timeline = createTimeline(terminal);
  await story({ cast, timeline, terminal });
  timeline.close();
  return lines.join('\n');
}

export function holderOf(cast: RegionCast, who: { id: string }): Holder {
  const holder = cast.region.holders.get(who.id);
  if (holder === undefined) throw new Error(`no holder ${who.id}`);
  return holder;
}

/** Searches by type, tokens and pages apart. */
export const searches = ({ log }: Pick<Holder, 'log'>): LogLine[] =>
  log.filter(({ path }) => path.startsWith('/fhir/') && !path.startsWith('/fhir/page/'));

/** What a request was searched for, wherever its parameters stood. */
export const askedFor = ({ query, body }: LogLine): URLSearchParams =>
  new URLSearchParams(query ?? body ?? '');

/** Every request line of every system: addresses alone, no bodies. */
export function addressesOf({ region, sandbox }: RegionCast): string {
  const logs = [sandbox.epd.log, sandbox.ecd.log, ...[...region.holders.values()].map(({ log }) => log)];
  const lines = logs.flat().map(({ path, query }) => decodeURIComponent(`${path}?${query ?? ''}`));
  return [...lines, ...region.consent.mitz.requests.map(({ path }) => path)].join('\n');
}

/** The forms of these numbers and texts that stand in what the gateway printed, or in its database files. */
export function leaksOf(cast: RegionCast, numbers: readonly string[], texts: readonly string[]): string[] {
  const wanted = [...numbers.flatMap(formsOf), ...texts];
  const output = cast.gateway.output();
  const files = readdirSync(cast.folder.folder)
    .filter((name) => name.startsWith('sluis.sqlite'))
    .map((name) => readFileSync(join(cast.folder.folder, name)));
  if (files.length === 0) throw new Error('there is no database');
  return wanted.filter((form) => output.includes(form) || files.some((bytes) => bytes.includes(form)));
}
