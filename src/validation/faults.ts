// How is a broken rule of a Bundle told? In one line where it is found.
import type { Report } from './run.ts';
import { type Text, texts } from './texts.ts';

/** A sentence in English and Dutch. */
export const say = (en: string, nl: string): Text => texts.said(en, nl);
/** A finding of one rule, an error unless said otherwise. */
export const fault = (rule: string, text: Text, more: Partial<Report> = {}): Report => ({
  rule,
  code: 'invalid',
  text,
  ...more,
});
