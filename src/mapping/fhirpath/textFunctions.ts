// Which functions work on text? http://hl7.org/fhirpath/N1/#functions, section 5.6
import { firstOf, step } from './frame.ts';
import { type Call, type Operation, parameter } from './functions.ts';
import { patternOf, searched } from './patterns.ts';
import { type Items, none, numberOf, textOf } from './values.ts';

const maxText = 1_000_000;

/** The one input as text; undefined when empty or not a primitive. */
const inputText = ({ input }: Call): string | undefined =>
  input.length === 1 ? textOf(input[0]) : undefined;
const text = (call: Call, index: number): string | undefined =>
  textOf(firstOf(call.frame.run, parameter(call, index)));
const number = (call: Call, index: number): number | undefined =>
  numberOf(firstOf(call.frame.run, parameter(call, index)));
const of = (value: unknown): Items => (value === undefined || Number.isNaN(value) ? none : [value]);

type OnText = (input: string, call: Call) => unknown;

const onText = (min: number, max: number, work: OnText): Operation => ({
  min,
  max,
  run: (call) => {
    const input = inputText(call);
    if (input === undefined) return none;
    step(call.frame.run, 1 + (input.length >> 8));
    return of(work(input, call));
  },
});

/** A function of the input and one text; empty when the text is empty. */
const withText = (work: (input: string, other: string, call: Call) => unknown, max = 1): Operation =>
  onText(1, max, (input, call) => {
    const other = text(call, 0);
    return other === undefined ? undefined : work(input, other, call);
  });

const short = (input: string): string => input.slice(0, maxText);

const isMatch = (input: string, source: string, { frame }: Call): boolean => {
  const pattern = patternOf(source, 'su');
  const within = short(input);
  return searched(frame.run, { pattern, text: within }, () => pattern.test(within));
};

const withoutMatches = (input: string, source: string, call: Call): string | undefined => {
  const pattern = patternOf(source, 'gsu');
  const within = short(input);
  const by = text(call, 1);
  if (by === undefined) return undefined;
  return searched(call.frame.run, { pattern, text: within }, () => within.replace(pattern, by));
};

const texts: Record<string, Operation> = {
  indexOf: withText((input, other) => input.indexOf(other)),
  lastIndexOf: withText((input, other) => input.lastIndexOf(other)),
  startsWith: withText((input, other) => input.startsWith(other)),
  endsWith: withText((input, other) => input.endsWith(other)),
  contains: withText((input, other) => input.includes(other)),
  matches: withText((input, other, call) => isMatch(input, other, call)),
  matchesFull: withText((input, other, call) => isMatch(input, `^(?:${other})$`, call)),
  replace: withText((input, other, call) => {
    const by = text(call, 1);
    return by === undefined ? undefined : input.replaceAll(other, () => by);
  }, 2),
  replaceMatches: withText(withoutMatches, 2),
  upper: onText(0, 0, (input) => input.toUpperCase()),
  lower: onText(0, 0, (input) => input.toLowerCase()),
  trim: onText(0, 0, (input) => input.trim()),
  length: onText(0, 0, (input) => input.length),
  substring: onText(1, 2, (input, call) => {
    const start = number(call, 0);
    if (start === undefined || start < 0 || start >= input.length) return undefined;
    const length = number(call, 1);
    return length === undefined ? input.slice(start) : input.slice(start, start + Math.max(0, length));
  }),
};

const lists: Record<string, Operation> = {
  toChars: { min: 0, max: 0, run: (call) => [...(inputText(call) ?? '')] },
  split: {
    min: 1,
    max: 1,
    run: (call) => inputText(call)?.split(text(call, 0) ?? ',') ?? none,
  },
  join: {
    min: 0,
    max: 1,
    run: (call) => {
      if (call.input.length === 0) return none;
      return [call.input.map((item) => textOf(item) ?? '').join(text(call, 0) ?? '')];
    },
  },
};

const encodings: ReadonlyMap<string, BufferEncoding> = new Map([
  ['base64', 'base64'],
  ['urlbase64', 'base64url'],
  ['hex', 'hex'],
]);
const entities: readonly [string, string][] = [
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
];

/** Escapes text for `html`, `xml`, `json` or `uri`; undefined for another form. */
export const escapeText = (input: string, form: string): string | undefined => {
  if (form === 'html' || form === 'xml')
    return entities.reduce((result, [character, entity]) => result.replaceAll(character, entity), input);
  if (form === 'json') return JSON.stringify(input).slice(1, -1);
  if (form === 'uri') return encodeURIComponent(input);
  return form === 'plain' ? input : undefined;
};

/** The reverse of `escapeText`; undefined for another form or text that is not in it. */
export const unescapeText = (input: string, form: string): string | undefined => {
  if (form === 'html' || form === 'xml')
    return [...entities]
      .reverse()
      .reduce((result, [character, entity]) => result.replaceAll(entity, character), input)
      .replaceAll('&#39;', "'");
  try {
    if (form === 'json') return String(JSON.parse(`"${input}"`));
    if (form === 'uri') return decodeURIComponent(input);
  } catch {
    return undefined;
  }
  return form === 'plain' ? input : undefined;
};

const coding: Record<string, Operation> = {
  encode: withText((input, form) => {
    const encoding = encodings.get(form);
    return encoding && Buffer.from(input, 'utf8').toString(encoding);
  }),
  decode: withText((input, form) => {
    const encoding = encodings.get(form);
    return encoding && Buffer.from(input, encoding).toString('utf8');
  }),
  escape: withText(escapeText),
  unescape: withText(unescapeText),
};

export const textFunctions: Readonly<Record<string, Operation>> = { ...texts, ...lists, ...coding };
