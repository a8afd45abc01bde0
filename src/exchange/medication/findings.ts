// What is wrong with what holders sent, and what was done about it? Each finding names its rule, records and places.
import type { Language } from '../../model.ts';
import type { Block } from './block.ts';
import { type FindingRule, findingTexts } from './findingTexts.ts';

export type Finding = {
  rule: FindingRule;
  severity: 'warning' | 'information';
  text: Readonly<Record<Language, string>>;
  treatment?: string;
  /** Building blocks it is about, as `system|value`. */
  records: readonly string[];
  /** Where they stand: holder and FHIRPath or ADA path. */
  places: readonly { holder: string; path: string }[];
  /** What is meant, such as the identifier that leads nowhere. */
  detail?: string;
};

/** A finding about these blocks, the first being the one at fault. */
export function finding(
  rule: FindingRule,
  blocks: readonly Block[],
  more: { detail?: string } = {},
): Finding {
  const [severity, nl, en] = findingTexts[rule];
  const [first] = blocks;
  const places = blocks.map(({ holder, place }) => ({ holder, path: place }));
  return {
    rule,
    severity,
    text: { nl, en },
    ...(first === undefined ? {} : { treatment: first.treatment }),
    records: blocks.map((block) => block.record),
    places,
    ...(more.detail === undefined ? {} : { detail: more.detail }),
  };
}

/** A finding about something that is no building block. */
export function findingAt(
  rule: FindingRule,
  place: { holder: string; path: string },
  detail?: string,
): Finding {
  const [severity, nl, en] = findingTexts[rule];
  const text = { nl, en };
  const places = [place];
  return { rule, severity, text, records: [], places, ...(detail === undefined ? {} : { detail }) };
}
