// What has not arrived, and how is it sent again? `sluis outbox`.
import { deadLetters, replay, type Selection } from '../delivery/control.ts';
import type { OutboxRow } from '../delivery/outbox.ts';
import { countStates, lastReasons } from '../delivery/outboxViews.ts';
import { type AddCommand, examples, withConfig } from './command.ts';
import { failed, misused } from './exit.ts';
import { aligned } from './terminal.ts';
import { demandParticipant, operatorOf, withStore } from './withStore.ts';

type ReplayOptions = { config?: string; all?: boolean; participant?: string };

export const addOutbox: AddCommand = (program, tools) => {
  const { terminal } = tools;
  const outbox = program.command('outbox').description('see what was not delivered, and send it again');
  withConfig(outbox.command('list'))
    .description('list notifications that were given up, refused, or have an unknown outcome')
    .option('--participant <id>', 'only those for this participant')
    .addHelpText('after', examples('sluis outbox list --config sluis.yaml'))
    .action((options: { config?: string; participant?: string }) =>
      withStore(options, tools, async ({ store, config }) => {
        const { participant } = options;
        // What waits for a participant that left the settings is listed; a name that nothing waits for is a slip.
        const rows = await deadLetters(store, participant);
        if (rows.length === 0 && participant !== undefined) demandParticipant(config, participant);
        const reasons = await lastReasons(store, rows);
        for (const line of tableOf(rows, reasons)) terminal.line(line);
        terminal.note(summaryOf(rows.length, await countStates(store)));
      }),
    );
  withConfig(outbox.command('replay'))
    .description('send notifications again: by id, those of one participant, or all')
    .argument('[ids...]', 'ids from `sluis outbox list`')
    .option('--all', 'everything that the list shows')
    .option('--participant <id>', 'everything for this participant')
    .addHelpText(
      'after',
      examples('sluis outbox replay 3f0c… --config sluis.yaml', 'sluis outbox replay --all'),
    )
    .action((ids: string[], options: ReplayOptions) => {
      const selection = selectionOf(ids, options);
      return withStore(options, tools, async ({ store }) => {
        const count = await replay(store, selection, { now: new Date(), by: operatorOf(tools) });
        if (count === 0)
          throw failed('Nothing to send again: the list has none of these, or later ones overtook them.');
        terminal.line(`${count} will be sent again.`);
      });
    });
};

const headings = ['ID', 'STATE', 'WHAT', 'TO', 'TRIES', 'LAST OUTCOME', 'SINCE (UTC)', 'ABOUT'];

/** A line of headings and one per row; nothing when there is none. */
export function tableOf(rows: readonly OutboxRow[], reasons: ReadonlyMap<string, string>): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => [
    row.id,
    row.state,
    row.version > 1 ? `${row.kind} v${row.version}` : row.kind,
    `${row.participant_id}/${row.endpoint_id}`,
    String(row.attempts),
    reasons.get(row.id) ?? '-',
    row.created_at.slice(0, 16).replace('T', ' '),
    `${row.exchange} ${row.subject}`,
  ]);
  return aligned([headings, ...cells]);
}

function summaryOf(listed: number, counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0);
  const inAll = some.map(([state, count]) => `${count} ${state}`).join(', ') || 'nothing';
  const first = listed === 0 ? 'Nothing waits for an operator. ' : '';
  return `${first}In the outbox: ${inAll}.`;
}

function selectionOf(ids: string[], { all, participant }: ReplayOptions): Selection {
  const given = [ids.length > 0, all === true, participant !== undefined].filter((one) => one).length;
  if (given !== 1) throw misused('Name ids, or --participant, or --all: one of the three.');
  if (all === true) return { all: true };
  return participant === undefined ? { ids } : { participantId: participant };
}
