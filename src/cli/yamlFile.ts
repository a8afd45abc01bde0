// What stands in a YAML or JSON file that a command is given? Its value, or why it cannot be read and where.
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { misused } from './exit.ts';

/** Throws, as bad usage, when the file is not there, is not in UTF-8, or is no YAML. */
export function readYaml(file: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw misused(`${file} cannot be read: is it a file that exists?`, error);
  }
  if (!isUtf8(bytes)) throw misused(`${file} is not in UTF-8: names would be misread.`);
  try {
    return parse(bytes.toString());
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    throw misused(`${file} cannot be read as YAML or JSON: ${why}`, error);
  }
}
