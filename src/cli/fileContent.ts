// What stands in a file that is to be read as JSON or XML? Its bytes without a byte order mark, which editors put before text.
import { readFileSync } from 'node:fs';
import { GatewayError } from '../errors.ts';
import { withoutMark } from '../fhir/byteOrderMark.ts';

/** Throws `invalid` for a file with nothing in it, and what the system says for one that cannot be opened. */
export function readContentOf(file: string): Buffer {
  const content = withoutMark(readFileSync(file));
  if (content.length === 0) throw new GatewayError('invalid', 'The file is empty');
  return content;
}
