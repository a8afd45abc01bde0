// What does the audit record say, and is it whole? `sluis audit`.
import type { Command } from 'commander';
import { exportAuditEvents, exportCsv } from '../audit/exportAudit.ts';
import { type AuditQuery, type FoundRecord, findAudit } from '../audit/find.ts';
import { isBsn } from '../fhir/identifiers.ts';
import { scrub } from '../http/scrub.ts';
import { addAuditVerify } from './auditVerify.ts';
import { type AddCommand, examples, type Tools, withConfig } from './command.ts';
import { misused } from './exit.ts';
import { linesOf } from './inputLines.ts';
import { timeFrom } from './timeFrom.ts';
import { type Opened, operatorOf, withStore } from './withStore.ts';

type Search = {
  config?: string;
  bsnFile?: string;
  object?: string;
  event?: string;
  participant?: string;
  from?: string;
  to?: string;
  reveal?: boolean;
};

export const addAudit: AddCommand = (program, tools) => {
  const audit = program.command('audit').description('check, search and export the audit record (NEN 7513)');
  addAuditVerify(audit, tools);
  searching(withConfig(audit.command('find')))
    .description('list records, oldest first')
    .addHelpText(
      'after',
      examples('sluis audit find --config sluis.yaml --object Handover/… --from 2026-01-01'),
    )
    .action((options: Search) => withStore(options, tools, (opened) => find(opened, options, tools)));
  searching(withConfig(audit.command('export')))
    .description('write records to stdout, as CSV or as FHIR AuditEvents')
    .option('--fhir', 'one R4 Bundle of AuditEvents instead of CSV')
    .addHelpText(
      'after',
      examples('sluis audit export --config sluis.yaml --bsn-file - < bsn.txt > who-saw.csv'),
    )
    .action((options: Search & { fhir?: boolean }) =>
      withStore(options, tools, async (opened) => {
        const records = await search(opened, options, tools);
        const participantOf = (id: string) => opened.config.participants.find((one) => one.id === id);
        for await (const part of options.fhir
          ? exportAuditEvents(records, { participantOf })
          : exportCsv(records)) {
          process.stdout.write(part);
        }
      }),
    );
};

const searching = (command: Command): Command =>
  command
    .option(
      '--bsn-file <file>',
      'file with one BSN, or - for stdin: a BSN on the command line would be seen by others',
    )
    .option('--object <object>', 'such as Task/… or Handover/…')
    .option('--event <event>', 'such as handover.received')
    .option('--participant <id>', 'who acted')
    .option('--from <time>', 'from this time on: 2026-01-31 (Dutch midnight), or 2026-01-31T12:00:00Z')
    .option('--to <time>', 'before this time')
    .option('--reveal', 'show the BSN of each record');

async function find(opened: Opened, options: Search, tools: Tools): Promise<void> {
  let found = 0;
  for await (const record of await search(opened, options, tools)) {
    found += 1;
    const { event, outcome, reason, participantId, object } = record.entry;
    const cells = [
      record.at,
      record.id,
      event,
      outcome,
      reason ?? '-',
      participantId ?? '-',
      object ?? '-',
      record.patientBsn ?? '',
    ];
    tools.terminal.line(cells.join('  ').trimEnd());
  }
  if (found === 0) tools.terminal.note(await nothingFound(opened, options));
}

/** A word that was never recorded may be a slip; it is no fault: what never happened, and who left, may be asked for. */
async function nothingFound({ store, config }: Opened, { event, participant }: Search): Promise<string> {
  const told = ['No records.'];
  if (event !== undefined) {
    const rows = await store.read.selectFrom('audit').select('event').distinct().orderBy('event').execute();
    const events = rows.map((row) => row.event);
    if (!events.includes(event))
      told.push(`Nothing was ever recorded as "${event}"; what was: ${events.join(', ')}.`);
  }
  if (participant !== undefined && !config.participants.some(({ id }) => id === participant))
    told.push(`There is no participant "${participant}" in the settings.`);
  return told.join(' ');
}

async function search(opened: Opened, options: Search, tools: Tools): Promise<AsyncIterable<FoundRecord>> {
  const query = await recorded(opened, options, tools);
  return noted(findAudit(opened.store, query, { reveal: options.reveal === true }), tools);
}

/** A record that the gateway did not write so is shown, and named beside the result. */
async function* noted(records: AsyncIterable<FoundRecord>, { terminal }: Tools): AsyncGenerator<FoundRecord> {
  for await (const record of records) {
    if (record.fault) terminal.note(`Record ${record.id} is ${record.fault}: see sluis audit verify.`);
    yield record;
  }
}

/** Looking is itself recorded, before anything is shown. */
async function recorded({ store }: Opened, options: Search, tools: Tools): Promise<AuditQuery> {
  const query = queryOf(options);
  await store.write(async (unit) => {
    unit.audit({
      event: 'audit.searched',
      action: 'R',
      outcome: 'success',
      ...(query.patientBsn === undefined ? {} : { patientBsn: query.patientBsn }),
      detail: { by: operatorOf(tools), revealed: options.reveal === true, ...askedIn(query) },
    });
  });
  return query;
}

/** What was searched for; the patient stands in the record itself, sealed, and never here by a slip. */
function askedIn({ object, event, participantId, from, to }: AuditQuery): Record<string, string> {
  const dates = { from: from?.toISOString(), to: to?.toISOString() };
  const asked = Object.entries({ object, event, participant: participantId, ...dates });
  return Object.fromEntries(
    asked.flatMap(([name, value]) => (value === undefined ? [] : [[name, scrub(value)]])),
  );
}

function queryOf(options: Search): AuditQuery {
  const from = options.from === undefined ? undefined : timeFrom(options.from);
  const to = options.to === undefined ? undefined : timeFrom(options.to);
  if (from && to && from >= to) throw misused('--from must be before --to.');
  return {
    ...(options.bsnFile === undefined ? {} : { patientBsn: bsnFrom(options.bsnFile) }),
    ...(options.object === undefined ? {} : { object: options.object }),
    ...(options.event === undefined ? {} : { event: options.event }),
    ...(options.participant === undefined ? {} : { participantId: options.participant }),
    ...(from && { from }),
    ...(to && { to }),
  };
}

function bsnFrom(file: string): string {
  const [text = '', ...more] = linesOf(file === '-' ? '/dev/stdin' : file);
  if (more.length > 0) throw misused('--bsn-file holds more than one line; give one BSN at a time.');
  if (!isBsn(text)) throw misused('That is no BSN.');
  return text;
}
