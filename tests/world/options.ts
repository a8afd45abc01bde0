// What did the person ask of a long run? A typo says what may be given, and nothing is run.
import { type ParseArgsConfig, parseArgs } from 'node:util';

/** Ends the process with 2. */
export function refuseUse(why: string, usage: string): never {
  process.stderr.write(`${why}\nUsage: ${usage}\n`);
  process.exit(2);
}

/** The options of the command line; any that there is not ends the process with 2. */
export function optionsOf<T extends NonNullable<ParseArgsConfig['options']>>(options: T, usage: string) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    return refuseUse(error instanceof Error ? error.message : String(error), usage);
  }
}
