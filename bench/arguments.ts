// What did the person ask of the benchmark? A typo says what may be given, and nothing is measured.

/**
 * The whole number at a place of the command line (0 is the first), or the standard where none is given. Ends the process
 * with 2 when it is no number above zero.
 */
export function countArgument(place: number, standard: number, usage: string): number {
  const given = process.argv[place + 2];
  if (given === undefined) return standard;
  if (/^[1-9]\d{0,6}$/.test(given)) return Number(given);
  process.stderr.write(`"${given}" is no number of times to measure.\nUsage: ${usage}\n`);
  process.exit(given === '--help' ? 0 : 2);
}

/** One of these words at a place of the command line; undefined where none is given. Ends the process with 2 for any other. */
export function choiceArgument(place: number, choices: readonly string[], usage: string): string | undefined {
  const given = process.argv[place + 2];
  if (given === undefined || choices.includes(given)) return given;
  process.stderr.write(`"${given}" is none of ${choices.join(', ')}.\nUsage: ${usage}\n`);
  process.exit(2);
}
