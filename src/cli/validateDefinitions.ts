// Which forms, profiles and code lists are among the files given? Content beside them is checked against these too.
import { readFileSync } from 'node:fs';
import type { FhirVersion } from '../model.ts';
import { entriesOf } from '../validation/index.ts';
import { readContent } from './validateInput.ts';

type Entries = ReturnType<typeof entriesOf>;

const types = 'Questionnaire|StructureDefinition|ValueSet|CodeSystem';
const isDefinition = new RegExp(`"resourceType"\\s*:\\s*"(?:${types})"|<(?:\\w+:)?(?:${types})[\\s>]`);

const written = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** The definitions in these files; what cannot be read is told when it is checked. */
export function definitionsIn(files: readonly string[], version: FhirVersion | undefined): Entries {
  return files
    .filter((file) => isDefinition.test(written(file)))
    .flatMap((file) => {
      const read = readContent(file, { version });
      return read.unreadable === undefined ? entriesOf(read.resource, read.version) : [];
    });
}
