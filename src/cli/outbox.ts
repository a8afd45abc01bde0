// What has not arrived, and how is it sent again? `sluis outbox`.
import { deadLetters, replay, type Selection } from '../delivery/control.ts';
import { countStates } from '../delivery/outboxViews.ts';
import { type AddCommand, examples, withConfig } from './command.ts';
import { failed, misused } from './exit.ts';
import { aligned } from './terminal.ts';
import { operatorOf, withStore } from './withStore.ts';

type ReplayOptions = { config?: string; all?: boolean; participant?: string };

export const addOutbox: AddCommand = (program, tools) => {
  const { terminal } = tools;
  const outbox = program.command('outbox').description('see what was not delivered, and send it again');
  withConfig(outbox.command('list'))
    .description('list notifications that were given up, refused, or have an unknown outcome')
    .option('--participant <id>', 'only those for this participant')
    .addHelpText('after', examples('sluis outbox list --config sluis.yaml'))
    .action((options: { config?: string; participant?: string }) =>
      withStore(options, tools, async ({ store }) => {
        const rows = await deadLetters(store, options.participant);
        const cells = rows.map((row) => [
          row.id,
          row.state,
          row.kind,
          `${row.participant_id}/${row.endpoint_id}`,
          `${row.attempts} attempts`,
          `since ${row.created_at}`,
          `${row.exchange} ${row.subject}`,
        ]);
        for (const line of aligned(cells)) terminal.line(line);
        const counts = Object.entries(await countStates(store)).map(([state, count]) => `${state} ${count}`);
        terminal.note(`In all: ${counts.join(', ')}.`);
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

function selectionOf(ids: string[], { all, participant }: ReplayOptions): Selection {
  const given = [ids.length > 0, all === true, participant !== undefined].filter((one) => one).length;
  if (given !== 1) throw misused('Name ids, or --participant, or --all: one of the three.');
  if (all === true) return { all: true };
  return participant === undefined ? { ids } : { participantId: participant };
}
