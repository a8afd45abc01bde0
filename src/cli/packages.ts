// How do official definitions come in? `sluis packages install NAME@VERSION` from a FHIR package registry, checked and locked.
import { foldersFrom } from '../config/environment.ts';
import { GatewayError } from '../errors.ts';
import { createOutgoing } from '../outgoing/outgoing.ts';
import { OutgoingFailure, type OutgoingReason } from '../outgoing/outgoingFailure.ts';
import { ownPackageFolder } from '../validation/index.ts';
import { installPackages } from '../validation/installPackages.ts';
import { listPackages } from '../validation/packageLock.ts';
import { type AddCommand, examples, type Tools } from './command.ts';
import { failed, misused } from './exit.ts';
import { aligned } from './terminal.ts';

const defaultFolder = 'profiles/packages of the gateway';
const mostBytes = 128 * 1024 * 1024;
const patience = 120_000;

type Options = { registry?: string; folder?: string; allow: string[]; dependencies: boolean };

const folderOf = (options: { folder?: string }, tools: Tools): string =>
  options.folder ?? foldersFrom(tools.environment.SLUIS_PACKAGES ?? '')[0] ?? ownPackageFolder;

export const addPackages: AddCommand = (program, tools) => {
  const packages = program.command('packages').description('FHIR packages with official profiles');
  packages
    .command('install')
    .description(
      'fetch packages and what they need from a FHIR package registry; their integrity is kept in a lock file',
    )
    .argument('<package...>', 'NAME@VERSION; the version may end in x')
    .option('--registry <address>', 'the package registry (or SLUIS_PACKAGE_REGISTRY)')
    .option('--folder <folder>', `where packages are kept (or SLUIS_PACKAGES; ${defaultFolder})`)
    .option('--allow <host:port>', 'a registry on a private address', collect, [])
    .option('--no-dependencies', 'only the packages that are named')
    .addHelpText(
      'after',
      examples('sluis packages install nictiz.fhir.nl.r4.nl-core@0.12.0-beta.4 --registry https://…'),
    )
    .action((names: string[], options: Options) => install(names, options, tools));
  packages
    .command('list')
    .description('list the packages that are installed')
    .option('--folder <folder>', `where packages are kept (or SLUIS_PACKAGES; ${defaultFolder})`)
    .addHelpText('after', examples('sluis packages list --folder ./packages'))
    .action((options: { folder?: string }) => {
      const folder = folderOf(options, tools);
      const rows = listPackages(folder).map((one) => [one.name, one.version, one.integrity]);
      for (const line of aligned(rows)) tools.terminal.line(line);
      if (rows.length === 0)
        tools.terminal.note(`No packages were installed in ${folder}: see sluis packages install.`);
    });
};

const reasons: Partial<Record<OutgoingReason, string>> = {
  'refused-address': 'Its address is private or not secure; --allow HOST:PORT lets that one through.',
  dns: 'The name of the registry cannot be found; is there a network?',
  'connection-refused': 'The registry cannot be reached: nothing listens at its address.',
  unreachable: 'The registry cannot be reached; is there a network?',
  tls: 'The registry has no certificate that is trusted here.',
  'too-large': 'What the registry gave is too large.',
};

/** Why there was no answer, in words for who gave the command. */
function unanswered(error: unknown): never {
  if (!(error instanceof OutgoingFailure)) throw error;
  const why = reasons[error.reason] ?? `The registry did not answer (${error.reason}).`;
  throw new GatewayError('unavailable', why, { cause: error });
}

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
    outgoing.request({ method: 'GET', url, timeoutMs: patience, maxBytes: mostBytes }).catch(unanswered);
  try {
    await installPackages({
      names,
      registry,
      folder: folderOf(options, tools),
      get,
      withNeeds: options.dependencies,
      placed: ({ name, version, files, integrity }) =>
        tools.terminal.line(`${name}@${version}  ${files} files  ${integrity}`),
    });
  } catch (error) {
    throw failed(error instanceof Error ? error.message : 'The package could not be installed.', error);
  } finally {
    await outgoing.close();
  }
}
