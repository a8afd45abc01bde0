// Is a gateway fit for production? Not with an address of its own or of others without TLS, nor with a key that the sandbox made.
import { readFileSync } from 'node:fs';
import { sandboxKeyMark } from '../sandbox/keys.ts';
import { called } from './addresses.ts';
import type { SettingFault } from './faults.ts';
import { type Tree, textsAt, valuesAt } from './written.ts';

/** Over each of these go tokens, keys or records of patients. */
const needTls = ['gateway.baseUrl', 'mitz.notify.address', ...called];
const keyFiles = ['store.keyFile', 'identity.keyFile', 'audit.signingKeyFile'];

/** None where the settings do not say `production`. */
export function productionFaults(settings: Tree): SettingFault[] {
  if (!textsAt(settings, 'gateway.mode').some(({ value }) => value === 'production')) return [];
  const bare = needTls
    .flatMap((place) => textsAt(settings, place))
    .filter(({ value }) => !value.startsWith('https:'))
    .map(({ path }) => ({ path, message: 'must be an https address in production' }));
  const made = keyFiles
    .flatMap((place) => textsAt(settings, place))
    .filter(({ value }) => holdsSandboxKey(readable(value)))
    .map(({ path }) => ({
      path: path.replace(/\..*/, ''),
      message: 'its key file holds a key that the sandbox made; make one with `sluis keys init`',
    }));
  const trusted = valuesAt(settings, 'participants.*.clients.*.jwks')
    .filter(({ value }) => holdsSandboxKey(JSON.stringify(value) ?? ''))
    .map(({ path }) => ({ path, message: 'is a key of the sandbox; ask the participant for its own' }));
  return [...bare, ...made, ...trusted];
}

const holdsSandboxKey = (text: string): boolean => text.includes(`"${sandboxKeyMark}`);

/** A file that cannot be read is told of elsewhere. */
function readable(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
