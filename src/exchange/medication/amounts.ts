// How are FHIR quantities said in plain Dutch? All of what they tell, or nothing: half a dose is another dose.
import { numberText } from '../../fhir/decimals.ts';
import type { DurationUnit } from './moments.ts';
import { readDuration } from './period.ts';
import { type Tree, textOf, tree, trees } from './tree.ts';

/** Empty where there is nothing to say; undefined where what is there cannot be said. */
export type Phrase = string | undefined;

/** Has this element no other parts than these? */
export const hasOnly = (element: Tree, names: ReadonlySet<string>): boolean =>
  Object.keys(element).every((name) => name === 'id' || names.has(name));

/** What is absent is not said; what is there, as `say` does. */
export const saying = (value: unknown, say: (value: unknown) => Phrase): Phrase =>
  value === undefined ? '' : say(value);

/** All of them, with commas; nothing when one cannot be said. */
export const together = (phrases: readonly Phrase[]): Phrase =>
  phrases.includes(undefined) ? undefined : phrases.filter(Boolean).join(', ');

export const prefixed = (before: string, phrase: Phrase): Phrase => phrase && `${before} ${phrase}`;

export function numberPhrase(value: unknown): Phrase {
  const text = numberText(value);
  return text !== undefined && /^-?\d+(?:\.\d+)?$/.test(text) ? text.replace('.', ',') : undefined;
}

const names: Readonly<Record<DurationUnit, readonly [one: string, more: string]>> = {
  s: ['seconde', 'seconden'],
  min: ['minuut', 'minuten'],
  h: ['uur', 'uur'],
  d: ['dag', 'dagen'],
  wk: ['week', 'weken'],
  mo: ['maand', 'maanden'],
  a: ['jaar', 'jaar'],
};

/** `5 dagen`. */
export function timePhrase(amount: string, unit: unknown): Phrase {
  const known = readDuration(1, unit)?.unit;
  return known && `${amount} ${names[known][amount === '1' ? 0 : 1]}`;
}

/** Without the one of `1 dag`; that of `1 tot 2 dagen` stays. */
export const withoutOne = (time: string): string => time.replace(/^1 (?!tot )/, '');

/** `per dag`, `per 2 weken`. */
export const perPhrase = (time: Phrase): Phrase => time && `per ${withoutOne(time)}`;

/** `1 tot 4`; `low` and `high` are empty when absent. */
export function rangePhrase(low: Phrase, high: Phrase): Phrase {
  if (low === undefined || high === undefined) return undefined;
  if (low !== '' && high !== '') return low === high ? low : `${low} tot ${high}`;
  if (high !== '') return `maximaal ${high}`;
  return low;
}

/** The same unit in the coding of the G-Standaard: http://hl7.org/fhir/StructureDefinition/iso21090-PQ-translation */
const translation = 'http://hl7.org/fhir/StructureDefinition/iso21090-PQ-translation';
const quantityParts = new Set(['value', 'unit', 'system', 'code', 'extension']);

const isPlain = (quantity: Tree): boolean =>
  hasOnly(quantity, quantityParts) && trees(quantity.extension).every(({ url }) => url === translation);

/** `5 dagen`, of a Duration. */
export function durationPhrase(value: unknown): Phrase {
  const found = tree(value);
  const amount = numberPhrase(found?.value);
  if (!found || amount === undefined || !isPlain(found) || differs(found)) return undefined;
  return timePhrase(amount, found.code) ?? timePhrase(amount, found.unit);
}

/** Units that are a thousandfold of each other, by their codes and names. */
const scales: Readonly<Record<string, string>> = {
  kg: 'kg',
  g: 'g',
  gram: 'g',
  mg: 'mg',
  milligram: 'mg',
  ug: 'ug',
  '\u03bcg': 'ug',
  mcg: 'ug',
  microgram: 'ug',
  ng: 'ng',
  nanogram: 'ng',
  l: 'l',
  liter: 'l',
  ml: 'ml',
  milliliter: 'ml',
  ul: 'ul',
  microliter: 'ul',
};

/** Of each part of a unit, as in `mg/h`: its scale, or its length of time. */
const scalesOf = (text: string | undefined): readonly Phrase[] =>
  (text ?? '').split('/').map((part) => {
    const name = part.trim().toLowerCase().normalize('NFKC');
    return scales[name] ?? readDuration(1, name)?.unit;
  });

/** Do unit and code say different things, as far as both are understood? */
function differs({ unit, code }: Tree): boolean {
  const [said, meant] = [scalesOf(textOf(unit)), scalesOf(textOf(code))];
  const both = said.flatMap((one, index) => {
    const other = meant[index];
    return one === undefined || other === undefined ? [] : [one === other];
  });
  return both.includes(false) || (both.length > 0 && said.length !== meant.length);
}

/**
 * A bare number is no dose: UCUM says `1` for what is counted, whether tablets or puffs. Nor is one whose unit and code are
 * of another scale or time.
 */
function unitOf(quantity: Tree): string | undefined {
  const [said, coded] = [textOf(quantity.unit), textOf(quantity.code)];
  if (differs(quantity)) return undefined;
  return said ?? (coded === '1' ? undefined : coded);
}

const withTime = (unit: string): string =>
  unit.replace(/\/(s|min|h|d|wk)$/, (_, time: string) => ` ${perPhrase(timePhrase('1', time))}`);

/** `6 stuk`, `2 ml per uur`. */
export function quantityPhrase(value: unknown): Phrase {
  const found = tree(value);
  const amount = numberPhrase(found?.value);
  const unit = found && unitOf(found);
  return found && isPlain(found) && amount !== undefined && unit !== undefined
    ? `${amount} ${withTime(unit)}`
    : undefined;
}

const rangeParts = new Set(['low', 'high']);

/** `1 tot 2 stuk`, of a Range of what `say` says. */
export function rangeOf(value: unknown, say: (value: unknown) => Phrase): Phrase {
  const found = tree(value);
  if (!found || !hasOnly(found, rangeParts)) return undefined;
  const [low, high] = [saying(found.low, say), saying(found.high, say)];
  if (low && high && high.slice(high.indexOf(' ')) === low.slice(low.indexOf(' ')))
    return rangePhrase(low.slice(0, low.indexOf(' ')), high);
  return low !== '' && high === '' ? low && `minimaal ${low}` : rangePhrase(low, high);
}

const ratioParts = new Set(['numerator', 'denominator']);

/** `4 stuk per dag`. */
export function ratioPhrase(value: unknown): Phrase {
  const found = tree(value);
  if (!found || !hasOnly(found, ratioParts)) return undefined;
  const [amount, of] = [quantityPhrase(found.numerator), found.denominator];
  const per = perPhrase(durationPhrase(of) ?? quantityPhrase(of));
  return amount === undefined || per === undefined ? undefined : `${amount} ${per}`;
}
