// What do building blocks have in common, whatever form they are read from? Gathers blocks, and what was wrong with them.
import {
  type Block,
  dosingAtSource,
  genericTreatment,
  recordKey,
  type Stop,
  shownByCodes,
  stopOf,
} from './block.ts';
import { type Finding, finding, findingAt } from './findings.ts';
import type { FindingRule } from './findingTexts.ts';
import { readStretch } from './moments.ts';
import { textOf } from './tree.ts';

export type Reading = {
  holder: string;
  blocks: Block[];
  findings: Finding[];
  /** Patients that the content is about, as `system|value`: by BSN, else by what their own system calls them. */
  patients: Set<string>;
};

export const startReading = (holder: string): Reading => ({
  holder,
  blocks: [],
  findings: [],
  patients: new Set(),
});

/** A block as a reader found it: what may be missing is made up or told in `keep`. */
export type FoundBlock = Omit<Block, 'record' | 'treatment' | 'enteredInError' | 'copy' | 'holder'> & {
  record?: string | undefined;
  treatment?: string | undefined;
  enteredInError?: boolean;
  copy?: boolean;
  unknownStop?: string | undefined;
  unreadable?: readonly string[];
  /** Modifiers that are not known here. */
  strangers?: readonly string[];
};

const hasRegistration = new Set(['MA', 'WDS', 'TA', 'MGB']);

/** What `keep` tells is no part of the block. Spread over it: taking the rest of an object apart took a tenth of all reading. */
const told = { unknownStop: undefined, unreadable: undefined, strangers: undefined };

/** Adds a block to the reading, completed, with findings about what it lacks. */
export function keep(reading: Reading, found: FoundBlock): void {
  const { unknownStop, unreadable, strangers = [], record: given, treatment } = found;
  const nameless = found.medicine.text === '';
  const record = given ?? `${reading.holder}|${found.place}`;
  const block: Block = {
    ...found,
    ...told,
    medicine: nameless ? { ...found.medicine, text: shownByCodes(found.medicine) } : found.medicine,
    enteredInError: found.enteredInError ?? false,
    copy: found.copy ?? false,
    holder: reading.holder,
    record,
    treatment: treatment ?? genericTreatment(found.medicine, record),
  };
  const endless = endStop(block);
  reading.blocks.push(block);
  const faults: readonly (readonly [boolean, FindingRule])[] = [
    [given === undefined, 'no-identifier'],
    [record.startsWith('|'), 'identifier-without-system'],
    [treatment === undefined, 'no-treatment'],
    [!block.registered && hasRegistration.has(block.kind), 'no-registration'],
    [nameless, 'missing-medicine'],
    [block.dosage === dosingAtSource, 'dosing-at-source'],
    [endless, 'stop-without-end'],
    [!block.stop && block.period.start > block.period.end, 'period-reversed'],
  ];
  for (const [isAtFault, rule] of faults) if (isAtFault) reading.findings.push(finding(rule, [block]));
  const tellAll = (rule: FindingRule, details: readonly string[]): void =>
    void reading.findings.push(...details.map((detail) => finding(rule, [block], { detail })));
  tellAll('unknown-stop-type', unknownStop === undefined ? [] : [unknownStop]);
  tellAll('modifier-unknown', strangers);
  tellAll('unreadable-date', [...(unreadable ?? []), ...(block.period.unreadable ?? [])]);
}

/** A stop has an end, if only the moment at which it was registered, or its later start: what was stopped must not run on. */
function endStop(block: Block): boolean {
  const { stop, period, registered } = block;
  if (!stop || Number.isFinite(period.end)) return false;
  const { start, startText } = period;
  if (registered && start > registered.start && startText !== undefined) {
    const end = readStretch(startText)?.end ?? start;
    block.period = { ...period, end, endText: startText, empty: true };
  } else {
    const end = registered?.start ?? start;
    block.period = { ...period, end, ...(registered ? { endText: registered.text } : {}) };
  }
  return stop.type !== 'cancelled';
}

/** Something that is no building block for the overview, told with its place. */
export const passOver = (
  reading: Reading,
  rule: Parameters<typeof findingAt>[0],
  at: { place: string; detail?: string },
): void => void reading.findings.push(findingAt(rule, { holder: reading.holder, path: at.place }, at.detail));

/** Each text once, in order; absent when there is none. */
export function joined(texts: readonly (string | undefined)[]): string | undefined {
  const said = new Set(texts.filter((text) => text !== undefined));
  return said.size === 0 ? undefined : [...said].join('; ');
}

/** The moment a text stands for, with the text; unreadable texts are put aside. */
export function momentOf(value: unknown, unreadable: string[]): Block['registered'] {
  const text = textOf(value);
  const found = text === undefined ? undefined : readStretch(text);
  if (text !== undefined && !found) unreadable.push(text);
  return found && text !== undefined ? { text, start: found.start, end: found.end } : undefined;
}

/** The stop that codings mean. One that is not understood still stops: a modifier may not be overlooked. */
export function stopFrom(codings: readonly { system: string; code: string }[]): {
  stop?: Stop;
  unknownStop?: string;
} {
  for (const { system, code } of codings) {
    const stop = stopOf(recordKey(system, '').slice(0, -1), code);
    if (stop) return { stop };
  }
  const [first] = codings;
  return {
    stop: { type: 'stopped', old: false },
    unknownStop: first ? `${first.system}|${first.code}` : 'no code',
  };
}
