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
