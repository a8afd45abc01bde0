// Are the tables those of this release? `sluis migrate`; a start does the same by itself.
import { type AddCommand, examples, withConfig } from './command.ts';
import { withStore } from './withStore.ts';

export const addMigrate: AddCommand = (program, tools) => {
  withConfig(program.command('migrate'))
    .description('bring the tables of the database up to date, as a start does')
    .addHelpText('after', examples('sluis migrate --config sluis.yaml'))
    .action((options: { config?: string }) =>
      withStore(options, tools, async ({ store }) => {
        tools.terminal.line(`The tables are up to date (${store.kind}).`);
      }),
    );
};
