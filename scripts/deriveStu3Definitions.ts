// Which STU3 definitions does the validator start with? Facts derived from the package hl7.fhir.r3.core: node scripts/deriveStu3Definitions.ts FOLDER
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSystem } from '../src/validation/codes.ts';
import type { Profile } from '../src/validation/profile.ts';
import { type Entry, entriesOf } from '../src/validation/shelf.ts';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('Name the folder of the package hl7.fhir.r3.core.');

/** Sentences stay behind: only what can be checked is kept. */
function withoutSentences(entry: Entry): Entry {
  if (entry.kind === 'profile') {
    const profile = entry.content as Profile;
    const elements = profile.elements.map(({ constraints, binding, ...element }) => ({
      ...element,
      ...(binding === undefined || binding.strength === 'example' || binding.strength === 'preferred'
        ? {}
        : { binding }),
      ...(constraints === undefined
        ? {}
        : { constraints: constraints.map(({ human: _human, ...one }) => one) }),
    }));
    return { ...entry, content: { ...profile, elements } };
  }
  if (entry.kind === 'codeSystem') {
    const system = entry.content as CodeSystem;
    const concepts = system.concepts.map(({ c, u }) => (u === undefined ? { c } : { c, u }));
    return { ...entry, content: { ...system, concepts } };
  }
  return entry;
}

const entries = readdirSync(folder)
  .filter((name) => name.endsWith('.json') && name !== 'package.json')
  .sort()
  .flatMap((name) => entriesOf(JSON.parse(readFileSync(join(folder, name), 'utf8')), 'stu3'))
  .map(withoutSentences);
const lines = entries.map((entry) => JSON.stringify(entry));
writeFileSync(
  new URL('../src/validation/stu3.generated.json', import.meta.url),
  `[\n${lines.join(',\n')}\n]\n`,
);
