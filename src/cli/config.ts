// Are these settings good, and what settings are there? `sluis config`.
import { configurationPage } from '../config/document.ts';
import { type AddCommand, examples, readConfig } from './command.ts';

export const addConfig: AddCommand = (program, tools) => {
  const config = program
    .command('config')
    .description('check a settings file, or tell what settings there are');
  config
    .command('check')
    .description('check a settings file and the environment; tells every fault at once')
    .argument('<file>', 'settings file, YAML or JSON')
    .addHelpText('after', examples('sluis config check sluis.yaml'))
    .action((file: string) => {
      const { gateway, store, participants } = readConfig({ config: file }, tools);
      const count = participants.length === 1 ? 'one participant' : `${participants.length} participants`;
      tools.terminal.line(`${file} is good: ${gateway.mode}, ${gateway.baseUrl}, ${store.kind}, ${count}.`);
    });
  config
    .command('docs')
    .description('print all settings with their meaning, as Markdown')
    .addHelpText('after', examples('sluis config docs > docs/configuration.md'))
    .action(() => {
      tools.terminal.line(configurationPage().trimEnd());
    });
};
