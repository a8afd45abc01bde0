// What does a record on something else say of resuscitation? Its words stand on that line too, not interpreted.
import type { WishRecord } from './records.ts';
import { deniesResuscitation, speaksOfResuscitation } from './resuscitationTexts.ts';
import { otherPrefix } from './treatment.ts';

type Base = Omit<WishRecord, 'key' | 'decision' | 'interpreted' | 'verbatim'>;

/** A record on the line of resuscitation that holds the text, and says neither yes nor no. */
export const unreadResuscitation = (base: Base, texts: readonly string[]): WishRecord[] => {
  const said = [...new Set(texts.filter(speaksOfResuscitation))];
  if (said.length === 0) return [];
  const isNo = said.some(deniesResuscitation);
  const unread = { key: 'cpr', decision: 'unknown', interpreted: false, verbatim: said.join(' | ') } as const;
  return [{ ...base, ...unread, ...(isNo ? { denies: true as const } : {}) }];
};

/** Where a directive on something else speaks of resuscitation: in the words for its treatment, or in a no in its texts. */
export function besideTreatment(
  records: readonly WishRecord[],
  texts: readonly string[],
  base: Base,
): WishRecord[] {
  if (records.some(({ key }) => key === 'cpr')) return [];
  const named = records.map(({ key }) => key).filter((key) => key.startsWith(otherPrefix));
  const words = named.map((key) => key.slice(otherPrefix.length)).filter(speaksOfResuscitation);
  return unreadResuscitation(base, [...words, ...texts.filter(deniesResuscitation)]);
}
