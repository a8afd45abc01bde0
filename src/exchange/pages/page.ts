// What do the pages for people have in common? One document without scripts; every text is escaped, and shown as what it is.
import type { Language } from '../../model.ts';
import { safeText } from './safeText.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Safe text as content or as a quoted attribute of HTML and XHTML. */
export const marked = (text: string): string => text.replace(/[&<>"']/g, (one) => entities[one] ?? one);

/** Any text so: invisible and direction characters are written out. */
export const escaped = (text: string): string => marked(safeText(text));

/** Somebody else's words: their direction of writing cannot turn what stands around them. */
export const foreign = (text: string): string => `<bdi>${escaped(text)}</bdi>`;

const days = Object.fromEntries(
  (['nl', 'en'] as const).map((language) => {
    const locale = { nl: 'nl-NL', en: 'en-GB' }[language];
    const form = (options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat(locale, { timeZone: 'Europe/Amsterdam', ...options });
    return [
      language,
      {
        day: form({ day: 'numeric', month: 'short', year: 'numeric' }),
        month: form({ month: 'long', year: 'numeric' }),
        moment: form({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }),
      },
    ];
  }),
) as Record<Language, Record<'day' | 'month' | 'moment', Intl.DateTimeFormat>>;

const shape = /^\d{4}(-\d\d(-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?)?)?$/;

/** A FHIR date as people write it, on a Dutch clock, no more precise than it is; anything else as it stands. */
export function dateWords(date: string, language: Language): string {
  const moment = new Date(date);
  if (!shape.test(date) || Number.isNaN(moment.getTime()) || date.length === 4) return safeText(date);
  // a bare day is that day, whatever the zone of the machine: noon is the same day in the Netherlands
  if (date.length === 10) return days[language].day.format(new Date(`${date}T12:00:00Z`));
  return days[language][date.length === 7 ? 'month' : 'day'].format(moment);
}

/** A moment with its time of day. */
export function momentWords(moment: string, language: Language): string {
  const at = new Date(moment);
  if (!moment.includes('T') || Number.isNaN(at.getTime())) return dateWords(moment, language);
  return days[language].moment.format(at);
}

/** A `time` element; its machine form only where HTML has one. */
export function timeElement(date: string, words: string): string {
  const machine = shape.test(date) ? ` datetime="${escaped(date)}"` : '';
  return `<time${machine}>${escaped(words)}</time>`;
}

export type Page = { language: Language; title: string; style: string; body: readonly string[] };

/** A whole document. Its one style block is what http/ allows by hash; nothing else is loaded, run or sent. */
export const printPage = ({ language, title, style, body }: Page): string =>
  [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="robots" content="noindex, nofollow, noarchive"><meta name="referrer" content="no-referrer">',
    '<meta name="format-detection" content="telephone=no">',
    `<title>${escaped(title)}</title><style>${style}</style></head><body>`,
    ...body,
    '</body></html>',
    '',
  ].join('\n');

const goneWords = {
  nl: {
    title: 'Deze link werkt niet',
    why: 'Een link naar een kaart of overzicht werkt één keer, en maar kort. Deze is al gebruikt, is verlopen, of heeft nooit bestaan.',
    next: 'Vraag de kaart of het overzicht opnieuw op.',
  },
  en: {
    title: 'This link does not work',
    why: 'A link to a card or an overview works once, and for a short time. This one was used, has expired, or never was.',
    next: 'Ask for the card or the overview again.',
  },
} as const;

const goneStyle =
  'body{background:#101418;color:#fff;font:1.25rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:34rem;padding:1.5rem}h1{font-size:1.75rem}';

/** What is shown for a link without a page: byte for byte the same, whatever the cause. */
export function printGonePage(language: Language): string {
  const { title, why, next } = goneWords[language];
  const body = [`<main><h1>${title}</h1><p>${why}</p><p><strong>${next}</strong></p></main>`];
  return printPage({ language, title, style: goneStyle, body });
}
