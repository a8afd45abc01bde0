// How are the cells of a line said where a line is one row? Nothing of its blocks that deviates may stay out of sight.
import type { Language } from '../../model.ts';
import type { Change } from './change.ts';
import { dutchDayOf } from './moments.ts';
import type { BlockView, Line } from './overview.ts';
import { pageWords } from './pageWords.ts';

export const dayCell = (text: string | undefined): string => (text === undefined ? '' : dutchDayOf(text));

/** What stood before and what stands after: dosings and names as they are, ends by their Dutch day. */
export const changeCells = ({ before, after }: Pick<Change, 'before' | 'after'>): string[] =>
  [before, after].filter((one) => one !== undefined).map(dayCell);

const now = { differently: 'differently', asAgreed: 'asAgreed', used: 'usedIt' } as const;
const before = { differently: 'didDifferently', asAgreed: 'didAsAgreed', used: 'didUse' } as const;

/** What the patient does or did, where somebody told. */
export function useCell(
  { used, usedBefore, asAgreed }: Pick<BlockView, 'used' | 'usedBefore' | 'asAgreed'>,
  language: Language,
): string {
  if (used === false) return pageWords.notUsed[language];
  const told = usedBefore ? before : now;
  if (asAgreed === false) return pageWords[told.differently][language];
  if (asAgreed === true) return pageWords[told.asAgreed][language];
  return used === true ? pageWords[told.used][language] : '';
}

const plain = (...texts: readonly string[]): string =>
  texts.join(' ').replace(/\s+/g, ' ').trim().toLowerCase();

/** The dosing of the line, and beside it that of each of its blocks with another dosing or another product. */
export function dosingCell({ dosage, medicine, blocks }: Line): string {
  const own = plain(medicine, dosage ?? '');
  const others = blocks.flatMap((block) => {
    if (block.dosage === undefined || plain(block.medicine, block.dosage) === own) return [];
    const name = plain(block.medicine) === plain(medicine) ? block.kind : `${block.kind} ${block.medicine}`;
    return [`${name}: ${block.dosage}`];
  });
  return [dosage, ...others].filter((one) => one !== undefined).join('; ');
}
