// What does this patient use, by these files? `sluis overview FILES…`: building blocks in, overview out; exit 2 on unreadable input.
import { GatewayError } from '../errors.ts';
import { consolidate, defaultMonths, type HolderAnswer } from '../exchange/medication/consolidate.ts';
import { diff } from '../exchange/medication/diff.ts';
import { momentMeant } from '../exchange/medication/moments.ts';
import { type ParsedContent, parseMedication, readMedication } from '../exchange/medication/readContent.ts';
import type { Reading } from '../exchange/medication/reading.ts';
import type { Language } from '../model.ts';
import { type AddCommand, examples, type Tools } from './command.ts';
import { CommandFailure, misused } from './exit.ts';
import { readContentOf } from './fileContent.ts';
import { overviewLines } from './overviewTables.ts';
import { filesOf } from './validateInput.ts';

type Options = { at?: string; since?: string; endedMonths: string; json?: boolean; language: string };

export const addOverview: AddCommand = (program, tools) => {
  program
    .command('overview')
    .description(
      'the medication overview of one patient, from FHIR R4 (JSON, XML), ADA (9.3.0, 9.0.7) and 6.12 files',
    )
    .argument('<file...>', 'files and folders; each file counts as the answer of one data holder')
    .option(
      '--at <date>',
      'the moment, as a FHIR date or dateTime; a bare day stands for its noon (default: now)',
    )
    .option('--since <date>', 'also tell what changed since that moment, gravest first')
    .option('--ended-months <months>', 'how long ended treatments stay', String(defaultMonths.ended))
    .option('--json', 'one JSON object: docs/medication-overview.schema.json')
    .option('--language <language>', 'nl or en', 'en')
    .addHelpText(
      'after',
      examples(
        'sluis overview --at 2024-01-01 hospital.json pharmacy.xml',
        'sluis overview --json ./patient',
      ),
    )
    .action((files: string[], options: Options) => overview(files, options, tools));
};

function momentOf(option: string, text: string): number {
  return momentMeant(text) ?? misuse(`--${option} "${text}" is no date; write it as 2024-01-31.`);
}

function misuse(message: string): never {
  throw misused(message);
}

function languageOf(written: string): Language {
  return written === 'nl' || written === 'en'
    ? written
    : misuse(`Words are in nl or en, not in "${written}".`);
}

function monthsOf(written: string): number {
  return /^\d{1,4}$/.test(written)
    ? Number(written)
    : misuse(`--ended-months "${written}" is no whole number.`);
}

type Read = {
  answers: HolderAnswer[];
  patients: Set<string>;
  unreadable: { file: string; reason: string }[];
  skipped: string[];
};

const told = (error: unknown): string => {
  if (!(error instanceof GatewayError)) return 'the file cannot be read';
  const place = error.issues[0]?.expression?.[0];
  return place === undefined ? error.message : `${error.message} (${place})`;
};

/** JSON that lies in a folder and is no FHIR is somebody's settings; a file named by itself must be medication. */
const isForeign = (error: unknown, file: string): boolean =>
  error instanceof GatewayError && error.kind === 'unprocessable' && /\.json$/i.test(file);

/** Reads every file as the answer of a holder. Loose FHIR resources may refer to each other: they are read together. */
function read(places: readonly string[]): Read {
  const files = filesOf(places);
  const result: Read = { answers: [], patients: new Set(), unreadable: [], skipped: [] };
  const loose: ParsedContent[] = [];
  for (const file of files) {
    try {
      const parsed = parseMedication(readContentOf(file));
      if (parsed.form === 'fhir' && parsed.content.resource.resourceType !== 'Bundle')
        loose.push({ form: 'fhir', content: { ...parsed.content, place: file } });
      else add(result, readMedication([parsed], file));
    } catch (error) {
      if (!places.includes(file) && isForeign(error, file)) {
        result.skipped.push(file);
        continue;
      }
      result.unreadable.push({ file, reason: told(error) });
      result.answers.push({ holder: file, outcome: 'unavailable', blocks: [] });
    }
  }
  if (loose.length > 0) add(result, readMedication(loose, 'loose resources'));
  return result;
}

function add(result: Read, { holder, blocks, findings, patients }: Reading): void {
  const lacks = findings.some(({ rule }) => rule === 'list-incomplete');
  const outcome = !lacks ? 'answered' : blocks.length > 0 ? 'partial' : 'unavailable';
  if (outcome === 'unavailable')
    result.unreadable.push({
      file: holder,
      reason: 'it holds no medication but an error, or a page of more',
    });
  result.answers.push({ holder, outcome, blocks, findings });
  for (const patient of patients) result.patients.add(patient);
}

/** As many as one system tells apart: a number of another system may be of the same patient. */
const patientsIn = (patients: ReadonlySet<string>): number =>
  Math.max(
    0,
    ...Map.groupBy(patients, (one) => one.split('|')[0])
      .values()
      .map(({ length }) => length),
  );

function overview(places: readonly string[], options: Options, { terminal }: Tools): void {
  const language = languageOf(options.language);
  const at = options.at === undefined ? Date.now() : momentOf('at', options.at);
  const since = options.since === undefined ? undefined : momentOf('since', options.since);
  if (since !== undefined && since > at) throw misused('--since lies after --at: nothing can have changed.');
  const months = { endedMonths: monthsOf(options.endedMonths) };
  const { answers, patients, unreadable, skipped } = read(places);
  const several = patientsIn(patients);
  if (several > 1) throw misused(`These files are about ${several} patients; an overview is of one.`);
  const now = consolidate(answers, { at, ...months });
  const then =
    since === undefined ? undefined : consolidate(answers, { at: since, knownAt: since, ...months });
  const changes = then && diff(then, now);
  const printed = changes ? { ...now, since: then.at, changes } : now;
  if (options.json === true) terminal.line(JSON.stringify(printed, undefined, 2));
  else for (const line of overviewLines(printed, language, terminal)) terminal.line(line);
  for (const file of skipped) terminal.note(`skipped, not FHIR: ${file}`);
  for (const { file, reason } of unreadable) terminal.note(`${file} cannot be read: ${reason}`);
  if (unreadable.length > 0) throw new CommandFailure('', 2);
}
