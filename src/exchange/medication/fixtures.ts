// Which building blocks do the tests of this folder use? Made up here, in the fewest words.
import type { Block, BlockKind, StopType } from './block.ts';
import { type ConsolidateOptions, consolidate } from './consolidate.ts';
import { momentMeant, readStretch } from './moments.ts';
import type { Overview } from './overview.ts';
import { periodOf, readDuration } from './period.ts';
import { type FoundBlock, keep, type Reading, startReading } from './reading.ts';

export type Written = {
  /** Registration, start and end, as FHIR dates. */
  at?: string;
  from?: string;
  to?: string;
  days?: number;
  stop?: StopType;
  old?: boolean;
  prior?: string;
  of?: string;
  treatment?: string;
  dosage?: string;
  copy?: boolean;
  updated?: number;
  nullified?: boolean;
  used?: boolean;
  asAgreed?: boolean;
  holder?: string;
  code?: string;
};

export const system = 'urn:oid:2.999.1';
export const key = (name: string): string => `${system}|${name}`;

/** One building block of treatment T (or another), named as its identifier's value. */
export function block(kind: BlockKind, name: string, written: Written): Block {
  const reading = startReading(written.holder ?? 'one');
  const text = written.at ?? written.from ?? '2023-12-01';
  const stretch = readStretch(text);
  const duration = readDuration(written.days, 'd');
  const found: FoundBlock = {
    kind,
    place: name,
    record: key(name),
    treatment: key(written.treatment ?? 'T'),
    ...(stretch ? { registered: { text, ...stretch } } : {}),
    period: periodOf({
      ...(written.from === undefined ? {} : { start: written.from }),
      ...(written.to === undefined ? {} : { end: written.to }),
      ...(duration ? { duration } : {}),
    }),
    ...(written.stop ? { stop: { type: written.stop, old: written.old === true } } : {}),
    ...(written.prior === undefined ? {} : { prior: key(written.prior) }),
    relations: written.of === undefined ? {} : { MA: [key(written.of)] },
    medicine: {
      text: 'Medicine',
      codes: [{ system: 'urn:oid:2.16.840.1.113883.2.4.4.10', code: written.code ?? '1' }],
    },
    dosage: written.dosage ?? name,
    ...(written.updated === undefined ? {} : { updated: written.updated }),
    ...(kind === 'MGB'
      ? { use: { used: written.used !== false, asAgreed: written.asAgreed !== false } }
      : {}),
    copy: written.copy === true,
    enteredInError: written.nullified === true,
  };
  keep(reading, found);
  const [made] = reading.blocks;
  if (!made) throw new Error('no block was made');
  return made;
}

export const at = (text: string): number => {
  const moment = momentMeant(text);
  if (moment === undefined) throw new Error(`${text} is no date`);
  return moment;
};

/** The overview of these blocks on 1 January 2024, unless another moment is given. */
export function overviewOf(blocks: readonly Block[], options: Partial<ConsolidateOptions> = {}): Overview {
  const reading: Reading = { ...startReading('one'), blocks: [...blocks] };
  const answers = [{ holder: 'one', outcome: 'answered', blocks: reading.blocks }] as const;
  return consolidate(answers, { at: at('2024-01-01'), ...options });
}

/** `current: MA + TA`, one text per line of the overview. */
export function told(overview: Overview): string[] {
  const groups = ['current', 'future', 'ended', 'paused', 'useOnly'] as const;
  return groups.flatMap((group) =>
    overview[group].map(({ records }) => `${group}: ${records.map((one) => one.split('|')[1]).join(' + ')}`),
  );
}

export const rulesOf = (overview: Overview): string[] => overview.findings.map(({ rule }) => rule);
