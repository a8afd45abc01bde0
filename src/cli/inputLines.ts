// What stands in a file that a command is given? Its lines, without the empty ones.
import { readFileSync } from 'node:fs';
import { misused } from './exit.ts';

/** Throws, as bad usage, when the file cannot be read. */
export function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  } catch (error) {
    throw misused(`${file} cannot be read.`, error);
  }
}
