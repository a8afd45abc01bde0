// Does a 6.12 dispense list give the building blocks that the official translation gives? Pairs NAME.hl7.xml and NAME.ada.xml in mp9-612/.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Block } from '../../exchange/medication/block.ts';
import { type Check, readOne } from './medicationPatients.ts';

/** What a block says, without where it stood. */
function said(block: Block): string {
  const { kind, record, treatment, period, registered, medicine, relations, dosage, route, author } = block;
  const named = Object.entries(relations).filter(([, records]) => records.length > 0);
  const codes = medicine.codes.map(({ system, code }) => `${system}|${code}`).sort();
  const times = [period.start, period.end, registered?.start, block.done?.start];
  const content = [kind, record, treatment, times, codes, named, dosage, route?.code, author?.organisation];
  return JSON.stringify(content);
}

/** One check per pair; none when the corpus has no such folder. */
export function checkDispenses(corpus: string): Check[] {
  const folder = join(corpus, 'mp9-612');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((file) => file.endsWith('.hl7.xml'));
  return files.map((file) => {
    const found = readOne(join(folder, file)).blocks.map(said);
    const expected = readOne(join(folder, file.replace('.hl7.xml', '.ada.xml'))).blocks.map(said);
    const missing = expected.filter((one) => !found.includes(one)).map((one) => `missing ${one}`);
    const extra = found.filter((one) => !expected.includes(one)).map((one) => `extra ${one}`);
    return { name: `dispenses ${file.replace('.hl7.xml', '')}`, faults: [...missing, ...extra] };
  });
}
