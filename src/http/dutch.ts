// What does an error say in Dutch? The text that a caller reads, by the English one that is thrown; its variable parts come along.
import { dutchTexts } from './dutchTexts.ts';

/** Fixed parts with something of the request between each two of them. */
type Pattern = { english: readonly string[]; dutch: readonly string[] };

const whole = new Map<string, string>();
const patterns: Pattern[] = [];
for (const [english, dutch] of Object.entries(dutchTexts)) {
  if (english.includes('{}')) patterns.push({ english: english.split('{}'), dutch: dutch.split('{}') });
  else whole.set(english, dutch);
}
const fixedLength = ({ english }: Pattern): number => english.join('').length;
// What says more comes first: `{} or {} or {}` would fit `{} or {}` too.
patterns.sort((one, other) => fixedLength(other) - fixedLength(one));

/** What stands between the fixed parts; undefined when they do not stand so in the message. Each part is looked for once. */
function carried(message: string, [first = '', ...others]: readonly string[]): string[] | undefined {
  if (!message.startsWith(first)) return undefined;
  const found: string[] = [];
  let from = first.length;
  for (const [index, fixed] of others.entries()) {
    const isLast = index === others.length - 1;
    const at = isLast ? message.length - fixed.length : message.indexOf(fixed, from);
    if (at < from || (isLast && !message.endsWith(fixed))) return undefined;
    found.push(message.slice(from, at));
    from = at + fixed.length;
  }
  return found;
}

/** The Dutch of an English message; undefined for one that has none. */
export function inDutch(message: string): string | undefined {
  const known = whole.get(message);
  if (known !== undefined) return known;
  for (const { english, dutch } of patterns) {
    const parts = carried(message, english);
    if (parts) return dutch.map((fixed, index) => fixed + (parts[index] ?? '')).join('');
  }
  return undefined;
}
