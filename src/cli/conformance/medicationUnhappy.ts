// What becomes of official inputs that are broken on purpose? Each is refused with a reason, or read with a finding: never taken as it is.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GatewayError } from '../../errors.ts';
import { type Check, overviewOf, readOne } from './medicationPatients.ts';

function faultsOf(file: string): string[] {
  try {
    const { findings } = overviewOf(readOne(file));
    const isTold = findings.some(({ severity }) => severity === 'warning');
    return isTold ? [] : ['it is read, and nothing is said of what is wrong with it'];
  } catch (error) {
    if (error instanceof GatewayError && error.kind !== 'fault') return [];
    return [`it breaks the reader: ${String(error)}`];
  }
}

/** One check per broken input of mp9-unhappy/; none when the corpus has no such folder. */
export function checkUnhappy(corpus: string): Check[] {
  const folder = join(corpus, 'mp9-unhappy');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.xml'));
  return files.sort().map((file) => ({ name: `unhappy ${file}`, faults: faultsOf(join(folder, file)) }));
}
