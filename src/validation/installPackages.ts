// How do packages come in with all that they are built on? Each once, also when they need each other; what is there is kept.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '../errors.ts';
import { type Installed, type Installing, installPackage, readDescription } from './installPackage.ts';
import { listPackages } from './packageLock.ts';
import { newest } from './packageRange.ts';

export type InstallingAll = Omit<Installing, 'name'> & {
  names: readonly string[];
  /** Also what they need, and what that needs. */
  withNeeds: boolean;
  /** Told of each package once it is in place. */
  placed(one: Installed): void;
};

/** The base specifications: the gateway has them itself. */
const builtIn = /^hl7\.fhir\.(?:core|r3\.\w+|r4\.(?:core|expansions|elements|search))$/;

type Wanted = { name: string; by: string | undefined };

/** What an installed package needs, when a version in the range is in place already. */
function present(wanted: string, folder: string): Readonly<Record<string, string>> | undefined {
  const [name = '', range = ''] = wanted.split('@');
  const versions = listPackages(folder)
    .filter((one) => one.name === name)
    .map((one) => one.version)
    .filter((version) => existsSync(join(folder, `${name}@${version}`, 'package.json')));
  const version = newest(versions, range);
  if (version === undefined) return undefined;
  return readDescription(readFileSync(join(folder, `${name}@${version}`, 'package.json'))).dependencies ?? {};
}

const explained = ({ name, by }: Wanted, folder: string, error: unknown): unknown => {
  if (by === undefined && !name.includes('@')) return error;
  const why = error instanceof GatewayError ? error.message : 'The registry could not be asked.';
  const needed = by === undefined ? '' : `, which ${by} needs,`;
  const without = by === undefined ? '' : ', or leave it out with --no-dependencies';
  return new GatewayError(
    'invalid',
    `${name}${needed} could not be installed. ${why} Try another --registry, put its files in ${join(folder, name)} yourself${without}.`,
    { cause: error },
  );
};

/**
 * Installs packages and what they need, nearest first. Throws `invalid` at the first that cannot be had, naming who needs it
 * and what to do; those before it stay in place, each whole.
 */
export async function installPackages(from: InstallingAll): Promise<void> {
  const { names, folder, withNeeds, placed } = from;
  const open: Wanted[] = names.map((name) => ({ name, by: undefined }));
  const seen = new Set<string>();
  for (let one = open.shift(); one !== undefined; one = open.shift()) {
    if (seen.has(one.name)) continue;
    seen.add(one.name);
    let needs = one.by === undefined ? undefined : present(one.name, folder);
    if (needs === undefined) {
      const done = await installPackage({ ...from, name: one.name }).catch((error: unknown) => {
        throw explained(one, folder, error);
      });
      seen.add(`${done.name}@${done.version}`);
      placed(done);
      needs = done.needs;
    }
    if (!withNeeds) continue;
    for (const [name, range] of Object.entries(needs)) {
      if (!builtIn.test(name)) open.push({ name: `${name}@${range}`, by: one.name });
    }
  }
}
