// Which changes of consent does Mitz tell us of? `sluis mitz`: subscribe to a patient at a holder, end it, list them.
import { readFileSync } from 'node:fs';
import { createMitzOutgoing } from '../consent/mitz/settings.ts';
import { createSubscriptions, type Subscriptions } from '../consent/mitz/subscriptions.ts';
import { isDate } from '../fhir/dates.ts';
import { isBsn } from '../fhir/identifiers.ts';
import type { Participant } from '../model.ts';
import { CannotAsk } from '../outgoing/soapMitz.ts';
import { type AddCommand, examples, type Tools, withConfig } from './command.ts';
import { failed, misused } from './exit.ts';
import { aligned } from './terminal.ts';
import { type Opened, withStore } from './withStore.ts';

type Options = { config?: string; bsnFile: string; birthDate?: string };

export const addMitz: AddCommand = (program, tools) => {
  const mitz = program.command('mitz').description('subscriptions to changes of consent at Mitz');
  withConfig(mitz.command('list'))
    .description('list subscriptions by holder; patients are not shown')
    .addHelpText('after', examples('sluis mitz list --config sluis.yaml'))
    .action((options: { config?: string }) =>
      withSubscriptions(options, tools, async (subscriptions) => {
        for (const line of aligned(await rowsOf(subscriptions))) tools.terminal.line(line);
      }),
    );
  withPatient(withConfig(mitz.command('subscribe')))
    .description('be told when this patient changes what this holder may disclose')
    .option('--birth-date <date>', 'verified birth date of the patient')
    .addHelpText('after', examples('sluis mitz subscribe huisarts --bsn-file - < bsn.txt'))
    .action((holder: string, options: Options) => subscribe(holder, options, tools));
  withPatient(withConfig(mitz.command('unsubscribe')))
    .description('be told no more, and forget what was told')
    .addHelpText('after', examples('sluis mitz unsubscribe huisarts --bsn-file - < bsn.txt'))
    .action((holder: string, options: Options) =>
      withSubscriptions(options, tools, async (subscriptions, opened) => {
        const state = await subscriptions.unsubscribe(bsnIn(options.bsnFile), holderOf(opened, holder));
        tools.terminal.line(
          state === 'none' ? 'Ended.' : 'The copy is forgotten; Mitz is told as soon as it answers.',
        );
      }),
    );
};

const withPatient = (command: ReturnType<typeof withConfig>) =>
  command
    .argument('<holder>', 'participant id of the data holder')
    .requiredOption(
      '--bsn-file <file>',
      'file with one BSN, or - for stdin: a BSN on the command line would be seen by others',
    );

function subscribe(holder: string, options: Options, tools: Tools): Promise<void> {
  const { birthDate, bsnFile } = options;
  const isDay = birthDate === undefined || (birthDate.length === 10 && isDate('date', birthDate));
  if (!isDay) throw misused('That is no date: give YYYY-MM-DD.');
  const patient = { bsn: bsnIn(bsnFile), ...(birthDate !== undefined && { birthDate }) };
  return withSubscriptions(options, tools, async (subscriptions, opened) => {
    const state = await subscriptions.subscribe(patient, holderOf(opened, holder));
    if (state === 'active') tools.terminal.line('Subscribed.');
    else throw failed('Mitz did not take it yet; it is asked again by itself. `sluis mitz list` tells why.');
  });
}

async function withSubscriptions(
  options: { config?: string },
  tools: Tools,
  work: (subscriptions: Subscriptions, opened: Opened) => Promise<void>,
): Promise<void> {
  await withStore(options, tools, async (opened) => {
    const { config, store } = opened;
    if (config.mitz === undefined) throw failed('The settings have no mitz.');
    const outgoing = createMitzOutgoing(config.mitz, config.outgoing);
    try {
      const deps = { store, outgoing, settings: config.mitz, clock: () => new Date() };
      await work(createSubscriptions(deps), opened);
    } catch (error) {
      throw error instanceof CannotAsk ? failed(`Mitz cannot be asked: ${error.reason}.`) : error;
    } finally {
      await outgoing.close();
    }
  });
}

function holderOf({ config }: Opened, id: string): Participant {
  const holder = config.participants.find((one) => one.id === id);
  return holder ?? failedHolder(id);
}

function failedHolder(id: string): never {
  throw failed(
    `There is no participant "${id}" in the settings; \`sluis participant list\` tells which there are.`,
  );
}

function bsnIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8').trim();
  } catch {
    throw misused('The file with the BSN cannot be read.');
  }
  if (!isBsn(text)) throw misused('That is no BSN.');
  return text;
}

async function rowsOf(subscriptions: Subscriptions): Promise<string[][]> {
  const rows = await subscriptions.list();
  if (rows.length === 0) return [];
  const headings = ['HOLDER', 'URA', 'STATE', 'SINCE (UTC)', 'NEXT (UTC)', 'TRIES', 'LAST REASON'];
  const minute = (at: string | null) => (at === null ? '-' : at.slice(0, 16).replace('T', ' '));
  const cells = rows.map((row) => [
    row.holder_id,
    row.holder_ura,
    row.state,
    minute(row.subscribed_at),
    minute(row.due_at),
    String(row.attempts),
    row.last_reason ?? '-',
  ]);
  return [headings, ...cells];
}
