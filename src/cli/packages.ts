// How do official definitions come in? `sluis packages install NAME@VERSION` from a FHIR package registry, checked and locked.
import { foldersFrom } from '../config/environment.ts';
import { createOutgoing } from '../outgoing/outgoing.ts';
import { ownPackageFolder } from '../validation/index.ts';
import { installPackage } from '../validation/installPackage.ts';
import { listPackages } from '../validation/packageLock.ts';
import { type AddCommand, examples, type Tools } from './command.ts';
import { failed, misused } from './exit.ts';
import { aligned } from './terminal.ts';

const defaultFolder = 'profiles/packages of the gateway';
const mostBytes = 128 * 1024 * 1024;
const patience = 120_000;

type Options = { registry?: string; folder?: string; allow: string[] };

const folderOf = (options: { folder?: string }, tools: Tools): string =>
  options.folder ?? foldersFrom(tools.environment.SLUIS_PACKAGES ?? '')[0] ?? ownPackageFolder;

export const addPackages: AddCommand = (program, tools) => {
  const packages = program.command('packages').description('FHIR packages with official profiles');
  packages
    .command('install')
    .description('fetch packages from a FHIR package registry; their integrity is kept in a lock file')
    .argument('<package...>', 'NAME@VERSION')
    .option('--registry <address>', 'the package registry (or SLUIS_PACKAGE_REGISTRY)')
    .option('--folder <folder>', `where packages are kept (or SLUIS_PACKAGES; ${defaultFolder})`)
    .option('--allow <host:port>', 'a registry on a private address', collect, [])
    .addHelpText(
      'after',
      examples('sluis packages install nictiz.fhir.nl.r4.nl-core@0.12.0-beta.4 --registry https://…'),
    )
    .action((names: string[], options: Options) => install(names, options, tools));
  packages
    .command('list')
    .description('list the packages that are installed')
    .option('--folder <folder>', `where packages are kept (or SLUIS_PACKAGES; ${defaultFolder})`)
    .action((options: { folder?: string }) => {
      const rows = listPackages(folderOf(options, tools)).map((one) => [
        one.name,
        one.version,
        one.integrity,
      ]);
      for (const line of aligned(rows)) tools.terminal.line(line);
    });
};

const collect = (value: string, previous: string[]): string[] => [...previous, value];

async function install(names: readonly string[], options: Options, tools: Tools): Promise<void> {
  const registry = options.registry ?? tools.environment.SLUIS_PACKAGE_REGISTRY;
  if (registry === undefined)
    throw misused('Which registry? Give --registry, or set SLUIS_PACKAGE_REGISTRY.');
  const outgoing = createOutgoing({
    allowPrivate: options.allow,
    timeoutMs: patience,
    maxBytes: mostBytes,
    connectionsPerHost: 2,
  });
  const get = async (url: string): Promise<{ status: number; body: Uint8Array }> =>
    outgoing.request({ method: 'GET', url, timeoutMs: patience, maxBytes: mostBytes });
  try {
    for (const name of names) {
      const done = await installPackage({ name, registry, folder: folderOf(options, tools), get });
      tools.terminal.line(`${done.name}@${done.version}  ${done.files} files  ${done.integrity}`);
    }
  } catch (error) {
    throw failed(error instanceof Error ? error.message : 'The package could not be installed.', error);
  } finally {
    await outgoing.close();
  }
}
