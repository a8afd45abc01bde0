// How does the gateway run? `sluis start`.
import { main } from '../main.ts';
import { type AddCommand, configFile, examples, withConfig } from './command.ts';

export const addStart: AddCommand = (program, tools) => {
  withConfig(program.command('start'))
    .description(
      'run the gateway; SIGTERM stops it once requests under way are answered, a second one at once',
    )
    .addHelpText('after', examples('sluis start --config sluis.yaml', 'SLUIS_CONFIG=sluis.yaml sluis start'))
    .action(async (options: { config?: string }) => {
      // A timer that is left over must not keep a stopped gateway alive.
      process.exit(await main(configFile(options, tools), tools.environment));
    });
};
