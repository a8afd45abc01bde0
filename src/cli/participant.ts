// How is a participant kept out, or spared, at once and at every gateway? `sluis participant`.
import { resumeSending, stopSending } from '../delivery/control.ts';
import { allowAccess, blockAccess } from '../identity/blockAccess.ts';
import type { Store } from '../store/store.ts';
import { type AddCommand, examples, withConfig } from './command.ts';
import { aligned } from './terminal.ts';
import { demandParticipant, operatorOf, withStore } from './withStore.ts';

type Switch = {
  name: string;
  about: string;
  done: string;
  act(store: Store, id: string, by: string): Promise<void>;
};

const switches: readonly Switch[] = [
  {
    name: 'stop',
    about: 'send nothing more to it; what waits is kept',
    done: 'gets nothing more',
    act: stopSending,
  },
  {
    name: 'resume',
    about: 'send to it again, in order',
    done: 'gets notifications again',
    act: resumeSending,
  },
  { name: 'block', about: 'refuse its tokens', done: 'is refused', act: blockAccess },
  { name: 'unblock', about: 'accept its tokens again', done: 'is accepted again', act: allowAccess },
];

export const addParticipant: AddCommand = (program, tools) => {
  const participant = program
    .command('participant')
    .description('list participants; stop sending to one, or refuse its tokens, at every gateway');
  withConfig(participant.command('list'))
    .description('list participants and their switches')
    .addHelpText('after', examples('sluis participant list --config sluis.yaml'))
    .action((options: { config?: string }) =>
      withStore(options, tools, async ({ store, config }) => {
        const states = await store.read.selectFrom('participant_state').selectAll().execute();
        const rows = config.participants.map((one) => {
          const state = states.find((row) => row.participant_id === one.id);
          const sending = state?.sending_stopped_at
            ? `sending stopped ${state.sending_stopped_at}`
            : 'sending';
          const access = state?.access_blocked_at ? `blocked ${state.access_blocked_at}` : 'accepted';
          return [one.id, one.active ? 'active' : 'not active', sending, access, one.name];
        });
        for (const line of aligned(rows)) tools.terminal.line(line);
        if (rows.length === 0) tools.terminal.note('The settings have no participants.');
      }),
    );
  for (const one of switches) {
    withConfig(participant.command(one.name))
      .description(one.about)
      .argument('<id>', 'participant id, as in the settings')
      .addHelpText('after', examples(`sluis participant ${one.name} rietgors --config sluis.yaml`))
      .action((id: string, options: { config?: string }) =>
        withStore(options, tools, async ({ store, config }) => {
          demandParticipant(config, id);
          await one.act(store, id, operatorOf(tools));
          tools.terminal.line(`${id} ${one.done}.`);
        }),
      );
  }
};
