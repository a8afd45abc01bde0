// When is something taken, in plain Dutch? http://hl7.org/fhir/R4/datatypes.html#Timing
import { momentWords } from '../pages/page.ts';
import {
  durationPhrase,
  hasOnly,
  numberPhrase,
  type Phrase,
  perPhrase,
  prefixed,
  rangeOf,
  rangePhrase,
  saying,
  timePhrase,
  together,
  withoutOne,
} from './amounts.ts';
import { conceptText } from './fhirConcepts.ts';
import { readStretch } from './moments.ts';
import { type Tree, textOf, tree, trees } from './tree.ts';

const exactTiming = 'http://hl7.org/fhir/StructureDefinition/timing-exact';

const days: Readonly<Record<string, string>> = {
  mon: 'maandag',
  tue: 'dinsdag',
  wed: 'woensdag',
  thu: 'donderdag',
  fri: 'vrijdag',
  sat: 'zaterdag',
  sun: 'zondag',
};

/** http://hl7.org/fhir/R4/valueset-event-timing.html */
const dayParts: Readonly<Record<string, string>> = {
  MORN: "'s ochtends",
  NOON: 'om 12 uur',
  AFT: "'s middags",
  EVE: "'s avonds",
  NIGHT: "'s nachts",
  HS: 'voor het slapen',
  WAKE: 'na het wakker worden',
  C: 'bij de maaltijd',
  CM: 'bij het ontbijt',
  CD: 'bij de lunch',
  CV: 'bij het avondeten',
  AC: 'voor de maaltijd',
  ACM: 'voor het ontbijt',
  ACD: 'voor de lunch',
  ACV: 'voor het avondeten',
  PC: 'na de maaltijd',
  PCM: 'na het ontbijt',
  PCD: 'na de lunch',
  PCV: 'na het avondeten',
};

const listed = (values: unknown, say: (value: unknown) => Phrase): Phrase => {
  const phrases = (Array.isArray(values) ? values : [values]).map(say);
  if (phrases.includes(undefined)) return undefined;
  return phrases.join(', ').replace(/, ([^,]*)$/, ' en $1');
};

const oneOf =
  (words: Readonly<Record<string, string>>) =>
  (value: unknown): Phrase =>
    typeof value === 'string' && Object.hasOwn(words, value) ? words[value] : undefined;

const clock = (value: unknown): Phrase => /^(\d\d:\d\d)(?::00)?$/.exec(textOf(value) ?? '')?.[1] ?? undefined;

const moment = (value: unknown): Phrase => {
  const text = textOf(value);
  return text !== undefined && readStretch(text) ? momentWords(text, 'nl') : undefined;
};

const boundsParts = new Set(['start', 'end']);

function betweenMoments(value: unknown): Phrase {
  const found = tree(value);
  if (!found || !hasOnly(found, boundsParts)) return undefined;
  const start = prefixed('vanaf', saying(found.start, moment));
  return together([start, prefixed('tot en met', saying(found.end, moment))]);
}

const boundsPhrase = ({ boundsDuration, boundsRange, boundsPeriod }: Tree): Phrase =>
  together([
    prefixed('gedurende', saying(boundsDuration, durationPhrase)),
    prefixed(
      'gedurende',
      saying(boundsRange, (range) => rangeOf(range, durationPhrase)),
    ),
    saying(boundsPeriod, betweenMoments),
  ]);

const numbers = (low: unknown, high: unknown): Phrase =>
  rangePhrase(saying(low, numberPhrase), saying(high, numberPhrase));

const lasting = (amount: Phrase, unit: unknown): Phrase => amount && timePhrase(amount, unit);

/** `1 tot 4 x per dag`; a number of times without a time is not understood. */
function frequencyPhrase({ frequency, frequencyMax, period, periodMax, periodUnit }: Tree): Phrase {
  const times = numbers(frequency, frequencyMax);
  const time = lasting(numbers(period, periodMax), periodUnit);
  if (times === undefined || time === undefined) return undefined;
  if (time === '') return times === '' && periodUnit === undefined ? '' : undefined;
  return times === '' ? `elke ${withoutOne(time)}` : `${times} x ${perPhrase(time)}`;
}

function countPhrase({ count, countMax }: Tree): Phrase {
  const times = numbers(count, countMax);
  return times === '1' ? 'eenmalig' : times && `in totaal ${times} x`;
}

/** May its times be moved? */
function exactPhrase({ extension }: Tree): Phrase {
  const said = trees(extension).map(({ url, valueBoolean }) => {
    if (url !== exactTiming || typeof valueBoolean !== 'boolean') return undefined;
    return valueBoolean ? 'op vaste tijden' : 'tijden bij benadering';
  });
  return together(said);
}

const repeatParts = new Set(
  (
    'boundsDuration boundsRange boundsPeriod count countMax duration durationMax durationUnit frequency frequencyMax ' +
    'period periodMax periodUnit dayOfWeek timeOfDay when extension'
  ).split(' '),
);

function repeatPhrase(value: unknown): Phrase {
  const repeat = tree(value);
  if (!repeat || !hasOnly(repeat, repeatParts)) return undefined;
  const { dayOfWeek, timeOfDay, when, duration, durationMax, durationUnit } = repeat;
  return together([
    boundsPhrase(repeat),
    frequencyPhrase(repeat),
    prefixed(
      'alleen op',
      saying(dayOfWeek, (value) => listed(value, oneOf(days))),
    ),
    prefixed(
      'om',
      saying(timeOfDay, (value) => listed(value, clock)),
    ),
    saying(when, (value) => listed(value, oneOf(dayParts))),
    countPhrase(repeat),
    exactPhrase(repeat),
    prefixed('toedienen in', lasting(numbers(duration, durationMax), durationUnit)),
  ]);
}

const timingParts = new Set(['repeat', 'code']);

/** All that a Timing says. */
export function timingPhrase(value: unknown): Phrase {
  const timing = tree(value);
  if (!timing || !hasOnly(timing, timingParts)) return undefined;
  return together([saying(timing.code, conceptText), saying(timing.repeat, repeatPhrase)]);
}
