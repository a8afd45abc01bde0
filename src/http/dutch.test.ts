// Does a caller that asks for Dutch get no English? Every message of an error is looked up in the sources themselves.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { parseJson } from '../fhir/json.ts';
import { inDutch } from './dutch.ts';
import { dutchTexts } from './dutchTexts.ts';
import { oauthErrorOf, outcomeOf, problemOf } from './outcome.ts';

const source = join(import.meta.dirname, '..');

/** Rooms in which an error for a caller may begin. A map's faults become findings where it runs; those of its XML have their own Dutch. */
const rooms = [
  ['app', 'http', 'console', 'exchange', 'identity', 'consent', 'routing', 'holder'],
  ['delivery', 'validation', 'audit', 'store', 'outgoing', 'fhir'],
].flat();

/** Files of which no caller gets a message in Dutch. */
const filesWithoutCaller: Readonly<Record<string, string>> = {
  'app/askingHolders.ts': 'what fails on the way to one holder becomes that holder’s result',
  'exchange/medication/read612.ts': 'only holders answer in 6.12: what cannot be read is a finding',
  'http/oauthRoutes.ts': 'error_description is ASCII, in English (RFC 6749, section 5.2)',
  'identity/assertion.ts': 'the same: the token endpoint alone',
  'identity/b2b.ts': 'the same',
  'identity/clientKeys.ts': 'the same',
  'identity/issueToken.ts': 'the same',
  'identity/proveClient.ts': 'the same',
  'validation/installPackage.ts': 'the command line alone',
  'validation/installPackages.ts': 'the same',
  'validation/tarball.ts': 'the same',
};
const messagesWithoutCaller: Readonly<Record<string, string>> = {
  'The client could not be authenticated.': 'the token endpoint alone',
};

/** Messages that stand nowhere as they are: each is another error's, or that of an issue that has its own Dutch. */
const madeElsewhere: Readonly<Record<string, string>> = {
  'app/threadMessages.ts: message': 'of an error that was thrown on the other thread',
  'consent/mitz/notificationForm.ts: text.en': 'its issue has both texts',
  'exchange/medication/askOverview.ts: en': 'its issue has both texts',
  'fhir/json.ts: text.en': 'its issue has both texts',
  'fhir/xmlFaults.ts: issue.text.en': 'its issue has both texts',
  "fhir/xmlParse.ts: issues[0]?.text.en ?? ''": 'its issues have both texts',
  'fhir/xmlPrint.ts: text.en': 'its issue has both texts',
};

/** A list is joined with `or`: one message in the source, one for each length in the table. */
const joined: Readonly<Record<string, readonly string[]>> = {
  'This address answers in {}.': [
    'This address answers in {} or {}.',
    'This address answers in {} or {} or {}.',
  ],
};

function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile() && one.name.endsWith('.ts') && !one.name.endsWith('.test.ts'))
    .map((one) => join(one.parentPath, one.name));
}

type Source = { file: string; text: string };
type Text = { end: number; value: string };

/** The string or template that starts at `start`; what is put into it becomes `{}`. */
function stringAt(text: string, start: number): Text {
  const quote = text[start];
  let value = '';
  let at = start + 1;
  while (at < text.length && text[at] !== quote) {
    if (quote === '`' && text.startsWith('${', at)) {
      value += '{}';
      at = splitAt(text, at + 2).end + 1;
    } else {
      if (text[at] === '\\') at++;
      value += text[at++];
    }
  }
  return { end: at, value };
}

/** The arguments from `start` on, up to the bracket that closes them. */
function splitAt(text: string, start: number): { end: number; parts: string[]; strings: string[][] } {
  const parts: string[] = [];
  const strings: string[][] = [[]];
  let [depth, from, at] = [0, start, start];
  for (; at < text.length; at++) {
    const character = text[at] ?? '';
    if (`'"\``.includes(character)) {
      const { end, value } = stringAt(text, at);
      if (depth === 0) strings.at(-1)?.push(value);
      at = end;
    } else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && depth-- === 0) break;
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at).trim());
      strings.push([]);
      from = at + 1;
    }
  }
  return { end: at, parts: [...parts, text.slice(from, at).trim()], strings };
}

/** What makes an error of a message: the class, and each function that hands its own argument on to it. */
type Maker = { name: string; at: number; madeIn?: Source };
type Found = { file: string; message: string };

const declared = /(?:const|function) (\w+)(?: = )?\(([^()]*)\)/g;

function makersAround({ file, text }: Source, place: number, argument: string): Maker[] {
  const [, name = '', parameters = ''] = [...text.slice(0, place).matchAll(declared)].at(-1) ?? [];
  const at = parameters.split(',').findIndex((one) => /^\w+/.exec(one.trim())?.[0] === argument);
  return at < 0 ? [] : [{ name, at, madeIn: { file, text } }];
}

function isKnown({ name, madeIn }: Maker, { file, text }: Source): boolean {
  if (!madeIn || madeIn.file === file) return true;
  return new RegExp(`\\b${name}\\b[^;]*? from '[^']*/${basename(madeIn.file)}'`).test(text);
}

/** The default of a parameter, where one is a message. */
const defaultsIn = ({ text }: Source, place: number): string[] => {
  const [, , parameters = ''] = [...text.slice(0, place).matchAll(declared)].at(-1) ?? [];
  return splitAt(`${parameters})`, 0).strings.flat();
};

/** The strings of an argument; of a constant those that it was made of. */
function stringsOf({ text }: Source, place: number, argument: { text: string; strings: string[] }): string[] {
  if (!/^\w+$/.test(argument.text)) return argument.strings;
  const constants = [...text.slice(0, place).matchAll(new RegExp(`const ${argument.text} = ([^;]+);`, 'g'))];
  const [, value = ''] = constants.at(-1) ?? [];
  return splitAt(`${value})`, 0).strings.flat();
}

type Call = { messages: string[]; makers: Maker[]; unread: string[] };

/** What one call hands on: messages, or an argument of the function around it, or something that cannot be read here. */
function readCall(one: Source, place: number, { name, at }: Maker): Call {
  const { parts, strings } = splitAt(one.text, place + name.length + 1);
  const argument = parts[at] ?? '';
  if (parts[0] === "'fault'" || ['', 'undefined'].includes(argument)) {
    return { messages: [], makers: [], unread: [] };
  }
  const [parameter = ''] = /^\w+(?=$| \?\? )/.exec(argument) ?? [];
  const makers = parameter === '' ? [] : makersAround(one, place, parameter);
  const own = stringsOf(one, place, { text: argument, strings: strings[at] ?? [] });
  const defaults = makers.length > 0 ? defaultsIn(one, place) : [];
  const messages = [...own, ...defaults].filter((message) => message !== '');
  const isRead = messages.length > 0 || makers.length > 0;
  return { messages, makers, unread: isRead ? [] : [`${one.file}: ${argument}`] };
}

function callsOf(maker: Maker, sources: readonly Source[]): (Call & { file: string })[] {
  const name = new RegExp(`(?<!function |[.\\w])${maker.name}\\(`, 'g');
  return sources
    .filter((one) => isKnown(maker, one))
    .flatMap((one) =>
      [...one.text.matchAll(name)].map(({ index }) => ({ file: one.file, ...readCall(one, index, maker) })),
    );
}

function messagesIn(sources: readonly Source[]): { found: Found[]; unread: Set<string> } {
  const found: Found[] = [];
  const unread = new Set<string>();
  const makers = new Map<string, Maker>([['', { name: 'new GatewayError', at: 1 }]]);
  // a Map gives the makers that are added while it is walked, too
  for (const maker of makers.values()) {
    for (const call of callsOf(maker, sources)) {
      found.push(...call.messages.map((message) => ({ file: call.file, message })));
      for (const next of call.makers) makers.set(`${call.file} ${next.name}`, next);
      for (const place of call.unread) unread.add(place);
    }
  }
  return { found, unread };
}

const sources = rooms.flatMap((room) =>
  filesUnder(join(source, room)).map((path) => ({
    file: relative(source, path),
    text: readFileSync(path, 'utf8'),
  })),
);
const { found, unread } = messagesIn(sources);
const heard = found.filter(({ file }) => !(file in filesWithoutCaller));

describe('every message that a caller can get', () => {
  it('has a Dutch text', () => {
    const missing = heard
      .filter(({ message }) => !(message in messagesWithoutCaller))
      .flatMap(({ file, message }) => (joined[message] ?? [message]).map((one) => ({ file, message: one })))
      .filter(({ message }) => !(message in dutchTexts))
      .map(({ file, message }) => `${file}: ${message}`);
    expect(missing).toEqual([]);
  });

  it('is read from the sources, also where a function of their own makes the error', () => {
    const messages = new Set(found.map(({ message }) => message));
    for (const message of [
      'The access token is not valid.',
      'The query has too many parameters.',
      'The reason may have at most {} characters',
      'The token does not cover this exchange: ask one with the scope `{}`',
      'This set was revoked; register a new one',
      '`{}.{}` must be `SYSTEM#VALUE`.',
      "The Task's id is not that of the address",
    ])
      expect(messages, message).toContain(message);
  });

  it('stands in the sources as text, or it is known why not', () => {
    const inUse = [...unread].filter((place) => !((place.split(':')[0] as string) in filesWithoutCaller));
    expect(inUse.sort()).toEqual(Object.keys(madeElsewhere).sort());
  });
});

describe('the Dutch texts', () => {
  it('are all of messages that are still thrown', () => {
    const messages = new Set(heard.flatMap(({ message }) => joined[message] ?? [message]));
    expect(Object.keys(dutchTexts).filter((english) => !messages.has(english))).toEqual([]);
  });

  it('carry as many parts as the English ones, and are other words', () => {
    for (const [english, dutch] of Object.entries(dutchTexts)) {
      expect(dutch.split('{}').length, english).toBe(english.split('{}').length);
      expect(dutch, english).not.toBe(english);
      expect(dutch.endsWith('.'), english).toBe(english.endsWith('.'));
    }
  });

  it('carry over what differs from one request to the next', () => {
    expect(inDutch('A body may hold at most 1048576 bytes, unpacked.')).toBe(
      'Een body mag uitgepakt hooguit 1048576 bytes groot zijn.',
    );
    expect(inDutch('status is not a search parameter here')).toBe('status is hier geen zoekparameter');
    expect(inDutch('This address answers in a/b or c/d.')).toBe('Dit adres antwoordt in a/b of c/d.');
    expect(inDutch('This address answers in a/b or c/d or e/f.')).toBe(
      'Dit adres antwoordt in a/b of c/d of e/f.',
    );
    expect(inDutch('The header {} is given more than once.')).toBe(
      'De header {} komt meer dan één keer voor.',
    );
    for (const [english, dutch] of Object.entries(dutchTexts)) {
      const filled = (text: string) => {
        let count = 0;
        return text.replaceAll('{}', () => `<$&${count++}>`);
      };
      expect(inDutch(filled(english)), english).toBe(filled(dutch));
    }
  });

  it('are told of no other message', () => {
    for (const message of [
      '',
      'constructor',
      '__proto__',
      'No such',
      'No such address.',
      'A body may hold at',
    ])
      expect(inDutch(message), message).toBeUndefined();
  });

  it('come of any message at once, however long', () => {
    const or = ' or '.repeat(500_000);
    expect(inDutch(`This address answers in ${or}`)).toBeUndefined();
    expect(inDutch(`${'`'.repeat(1_000_000)} is given more than`)).toBeUndefined();
    expect(inDutch(`This address answers in ${or}.`)).toContain(' or ');
    fc.assert(
      fc.property(fc.string(), (text) => {
        inDutch(text);
        inDutch(`The header ${text}`);
      }),
    );
  });
});

const told = (...texts: string[]) => ({ issue: texts.map((text) => ({ details: { text } })) });

function thrownBy(work: () => unknown): GatewayError {
  try {
    work();
  } catch (error) {
    if (error instanceof GatewayError) return error;
  }
  throw new Error('no error was thrown');
}

describe('an error', () => {
  const gone = new GatewayError('notFound', 'There is no such Task', { reason: 'task-unknown' });

  it('is told in the language that the caller asked for', () => {
    expect(outcomeOf(gone, 'nl')).toMatchObject(told('Deze Task is er niet'));
    expect(outcomeOf(gone, 'en')).toMatchObject(told('There is no such Task'));
    expect(problemOf(gone, 'nl').title).toBe('Deze Task is er niet');
    expect(problemOf(gone, 'en').title).toBe('There is no such Task');
  });

  it('whose message is that of an issue is told as the issue is', () => {
    const issue = {
      severity: 'error',
      code: 'invalid',
      text: { nl: 'Dit tijdstip ligt in de toekomst', en: 'This instant lies in the future' },
    } as const;
    const error = new GatewayError('unprocessable', issue.text.en, { reason: 'future', issues: [issue] });
    expect(outcomeOf(error, 'nl')).toMatchObject(told(issue.text.nl, issue.text.nl));
    expect(problemOf(error, 'nl').title).toBe(issue.text.nl);
    expect(problemOf(error, 'en').title).toBe(issue.text.en);
  });

  it('in JSON says in Dutch what is wrong with it and where', () => {
    const error = thrownBy(() => parseJson(Buffer.from('{"a":1,}')));
    expect(error.message).toBe('The text is not valid JSON: line 1, column 8');
    const text = 'De tekst is geen geldige JSON: regel 1, kolom 8';
    expect(problemOf(error, 'nl').title).toBe(text);
    expect(outcomeOf(error, 'nl')).toMatchObject(told(text));
  });

  it('of the gateway itself keeps its fixed text, and one of the token endpoint its English', () => {
    expect(problemOf(new GatewayError('fault', 'No such address'), 'nl').title).toMatch(/^Er ging iets mis/);
    expect(oauthErrorOf(gone).error_description).toBe('There is no such Task');
  });

  it('without Dutch is told as it is', () => {
    const unknown = new GatewayError('invalid', 'Quite new');
    expect(outcomeOf(unknown, 'nl')).toMatchObject(told('Quite new'));
  });
});
