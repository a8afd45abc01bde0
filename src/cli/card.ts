// What would a crew read? `sluis card FILES…`: the crew card of any wishes; exit 2 when something cannot be read.
import { buildCard } from '../exchange/wishes/card.ts';
import { bsnOf } from '../exchange/wishes/patients.ts';
import { type PrintedLine, printCard } from '../exchange/wishes/printCard.ts';
import type { HolderAnswer } from '../exchange/wishes/records.ts';
import { parseDate } from '../fhir/dates.ts';
import { isBsn } from '../fhir/identifiers.ts';
import type { Language } from '../model.ts';
import { type Answers, readAnswers } from './card/readAnswers.ts';
import { type AddCommand, examples, type Tools } from './command.ts';
import { CommandFailure, misused } from './exit.ts';

type Options = {
  at?: string;
  json?: boolean;
  holder: string[];
  unanswered: string[];
  patient?: string;
  language: string;
};

const collect = (value: string, previous: string[]): string[] => [...previous, value];

export const addCard: AddCommand = (program, tools) => {
  program
    .command('card')
    .description(
      'make the crew card of wishes: any mix of STU3 and R4 resources, forms and Bundles, JSON or XML',
    )
    .argument('[file...]', 'files and folders; the folder that a file lies in is its holder')
    .option('--at <date>', 'the day or moment of reading (default: now); a day counts to its end')
    .option('--json', 'print the card as JSON, at most 5 KB: docs/crew-card.schema.json')
    .option('--holder <name=place>', 'name the holder of a file or folder; repeatable', collect, [])
    .option('--unanswered <name>', 'a holder that was asked and did not answer; repeatable', collect, [])
    .option('--patient <file>', 'a file with one Patient: whose card it is (default: whose records prevail)')
    .option('--language <language>', 'nl or en', 'en')
    .addHelpText(
      'after',
      examples(
        'sluis card --at 2025-08-01 ./gp ./hospital',
        'sluis card --json --holder "Nursing home"=./nh --unanswered Hospital ./gp/form.json',
      ),
    )
    .action((files: string[], options: Options) => showCard(files, options, tools));
};

function languageOf(written: string): Language {
  if (written === 'nl' || written === 'en') return written;
  throw misused(`The card is in nl or en, not in "${written}".`);
}

/** The last moment that a date stands for: a card of a day knows all of that day. */
function momentOf(written: string | undefined): Date {
  if (written === undefined) return new Date();
  const date = parseDate(written);
  if (date === undefined) throw misused(`‘${written}’ is no date, such as 2025-08-01.`);
  return new Date(date.precision === 'second' || date.precision === 'fraction' ? date.start : date.end - 1);
}

function bsnIn(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const { answers } = readAnswers([file], []);
  const patients = answers.flatMap((one) => one.resources).filter((one) => one.resourceType === 'Patient');
  const [bsn] = patients.map((one) => bsnOf(one));
  if (patients.length !== 1 || !isBsn(bsn)) throw misused(`${file} does not hold one Patient with a BSN.`);
  return bsn;
}

const styles: Readonly<Record<PrintedLine['tone'], 'red' | 'yellow' | 'dim' | undefined>> = {
  alarm: 'red',
  warning: 'yellow',
  quiet: 'dim',
  plain: undefined,
};

function tellUnread({ unreadable, skipped }: Answers, { terminal }: Tools): void {
  for (const { file, reason } of unreadable) terminal.note(`unreadable: ${file}: ${reason}`);
  for (const file of skipped) terminal.note(`skipped, not FHIR: ${file}`);
}

function showCard(files: readonly string[], options: Options, tools: Tools): void {
  const { terminal } = tools;
  if (files.length === 0 && options.holder.length === 0) throw misused('Which files? Give files or folders.');
  const language = languageOf(options.language);
  const at = momentOf(options.at);
  const bsn = bsnIn(options.patient);
  const read = readAnswers(files, options.holder);
  const silent = options.unanswered.map(
    (name): HolderAnswer => ({ holder: { name }, state: 'timeout', resources: [] }),
  );
  tellUnread(read, tools);
  const isNothing = read.answers.every(({ resources }) => resources.length === 0);
  if (read.unreadable.length > 0 && isNothing) throw new CommandFailure('Nothing could be read.', 2);
  const card = buildCard([...read.answers, ...silent], bsn === undefined ? { at } : { at, bsn });
  if (options.json === true) terminal.line(JSON.stringify(card));
  else
    for (const { text, tone } of printCard(card, language)) {
      const style = styles[tone];
      terminal.line(style === undefined ? text : terminal.paint(style, text));
    }
  if (read.unreadable.length > 0) throw new CommandFailure('', 2);
}
