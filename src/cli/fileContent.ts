// What stands in a file that is to be read as JSON or XML? Its bytes without a byte order mark, which editors put before text.
import { readFileSync } from 'node:fs';
import { GatewayError } from '../errors.ts';

const mark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Throws `invalid` for a file with nothing in it, and what the system says for one that cannot be opened. */
export function readContentOf(file: string): Buffer {
  const bytes = readFileSync(file);
  const content = bytes.subarray(0, mark.length).equals(mark) ? bytes.subarray(mark.length) : bytes;
  if (content.length === 0) throw new GatewayError('invalid', 'The file is empty');
  return content;
}
