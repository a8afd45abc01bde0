// What does an advance directive say: not to resuscitate, or something else, which is shown as it is?
import {
  doNotResuscitate,
  doNotResuscitateWords,
  extensionUrls,
  isLivingWill,
  mayBeSnomed,
} from './codes.ts';
import { type Base, codesAt, commentsOf, finder, joined, type Source } from './consentParts.ts';
import { raw, strangersIn } from './modifiers.ts';
import { type Found, nothing, type WishRecord } from './records.ts';
import { unreadResuscitation } from './resuscitationBeside.ts';
import { notForResuscitation } from './resuscitationTexts.ts';
import {
  type Coding,
  codingsOf,
  extensionsOf,
  type Tree,
  textsAt,
  treesAt,
  valueIn,
  wordsOf,
} from './tree.ts';

/** The living-will type: in `provision.code` (R4), a second category (STU3), or both extension and category. */
function typesOf(consent: Tree): { codes: Set<string>; words: string | undefined; texts: string[] } {
  const named = [
    ...treesAt(consent, 'provision', 'code'),
    ...extensionsOf(consent, extensionUrls.treatment).map(valueIn),
  ];
  const concepts = [...named, ...treesAt(consent, 'category')];
  const unsaid = named.flatMap(codingsOf).filter(({ system }) => system === undefined);
  const isOurs = ({ system, code }: Coding): boolean =>
    isLivingWill(system) || (mayBeSnomed(system) && notForResuscitation.has(code));
  const codings = [...concepts.flatMap(codingsOf).filter(isOurs), ...unsaid];
  const other = treesAt(consent, 'category').at(-1);
  return {
    codes: new Set([...codings.map(({ code }) => code), ...codesAt(consent, 'category')]),
    words:
      codings.find(({ display }) => display)?.display ??
      codings[0]?.code ??
      [...named, other].map(wordsOf).find(Boolean),
    texts: [...textsAt(concepts, 'text'), ...textsAt(concepts, 'coding', 'display')],
  };
}

/** A statement, and of one that says no to resuscitation a record on that line. */
export function readAdvance(source: Source, base: Base): Found {
  const { consent, view } = source;
  const finding = finder(source);
  const { codes, words, texts } = typesOf(consent);
  const comments = commentsOf(consent);
  const isNamed = [...comments, ...texts].some((text) => doNotResuscitateWords.test(text));
  const isCoded = [...codes].some((code) => doNotResuscitate.has(code) || notForResuscitation.has(code));
  const strangers = strangersIn(consent);
  const strange = strangers.length > 0;
  const verbatim = joined([...strangers.map(raw), ...comments]) || (words ?? '');
  const unknown = strange ? ['modifier-unknown'] : [];
  if (!isCoded && !isNamed) {
    const { date, standing } = base;
    const statement = { type: words ?? '?', verbatim, date, standing, holder: view.name };
    const said = [...(words === undefined ? [] : [words]), ...comments, ...texts];
    const records = unreadResuscitation({ ...base, method: 'resource' }, said);
    return { ...nothing(), records, statements: [statement], findings: unknown.map(finding) };
  }
  const record: WishRecord = {
    ...base,
    key: 'cpr',
    method: 'statement',
    decision: strange ? 'unknown' : 'do_not',
    interpreted: !strange,
    ...(strange ? { denies: true } : {}),
    verbatim,
  };
  const remarks = [...unknown, ...(isCoded ? [] : ['statement-by-text'])];
  return { ...nothing(), records: [record], findings: remarks.map(finding) };
}
