// How does an operator get a copy of the database to keep elsewhere? `sluis backup`, beside a running gateway.
import { resolve } from 'node:path';
import { copySqlite } from '../store/sqliteCopy.ts';
import { type AddCommand, examples, readConfig, type Tools, withConfig } from './command.ts';
import { failed, misused, toldOf } from './exit.ts';
import { operatorOf, withStore } from './withStore.ts';

export const addBackup: AddCommand = (program, tools) => {
  withConfig(program.command('backup'))
    .description('copy an SQLite database while its gateway runs; for PostgreSQL, use its own tools')
    .argument('<file>', 'where the copy goes; never overwritten')
    .addHelpText('after', examples('sluis backup /backup/sluis-2026-01-31.db --config sluis.yaml'))
    .action((file: string, options: { config?: string }) => backup(file, options, tools));
};

async function backup(file: string, options: { config?: string }, tools: Tools): Promise<void> {
  const { store: settings } = readConfig(options, tools);
  if (settings.kind !== 'sqlite')
    throw misused(
      'The database is PostgreSQL: copy it with pg_dump or its archive of changes (docs/operations.md).',
    );
  await withStore(options, tools, async ({ store }) => {
    await store.write(async (unit) => {
      const detail = { by: operatorOf(tools) };
      unit.audit({ event: 'store.copied', action: 'R', outcome: 'success', detail });
    });
    tools.terminal.progress('Copying and checking …');
    const bytes = copied(settings.file, file);
    tools.terminal.line(`${resolve(file)}  ${(bytes / 1_048_576).toFixed(1)} MB, whole and checked`);
    tools.terminal.note('It opens only with the key files: keep a copy of those too, at another place.');
  });
}

function copied(from: string, to: string): number {
  try {
    return copySqlite(from, to);
  } catch (error) {
    throw failed(`There is no copy: ${toldOf(error)}.`, error);
  }
}
