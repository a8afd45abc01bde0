// What may a broken system send? Its answer, changed at one to three places: values of another kind, parts gone, doubled or cut off.
import fc from 'fast-check';

const deep = (levels: number): unknown => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

const oddValues: readonly unknown[] = [
  null,
  '',
  ' ',
  'x',
  0,
  -1,
  1e308,
  true,
  {},
  [],
  [null],
  [[]],
  [{}],
  { value: null },
  { coding: 'x' },
  { reference: 7 },
  { start: 'gisteren', end: '2024-13-45' },
  '0000-00-00',
  '9999-12-31T24:00:00+99:00',
  '2024-02-30',
  '#',
  '__proto__',
  'Patient/',
  '\u0000\ud800',
  'z'.repeat(70_000),
  deep(400),
];

type Step = { parent: Record<string, unknown> | unknown[]; key: string };

function stepsIn(value: unknown): Step[] {
  if (typeof value !== 'object' || value === null) return [];
  const parent = value as Step['parent'];
  return Object.entries(value).flatMap(([key, inner]) => [{ parent, key }, ...stepsIn(inner)]);
}

const set = ({ parent, key }: Step, value: unknown): void => void Object.assign(parent, { [key]: value });
const get = ({ parent, key }: Step): unknown => Object.entries(parent).find(([name]) => name === key)?.[1];

/** What happens at one place of a tree. */
const changes: readonly ((step: Step, odd: unknown) => void)[] = [
  (step, odd) => set(step, odd),
  (step, odd) => set(step, odd),
  ({ parent, key }) => void Reflect.deleteProperty(parent, key),
  (step) => set(step, [get(step)]),
  (step) => set(step, [get(step), get(step)]),
  (step) => set(step, String(get(step))),
  (step) => set(step, get({ parent: get(step) as Step['parent'], key: '0' }) ?? {}),
  (step, odd) => set({ parent: step.parent, key: `_${step.key}` }, odd),
  (step, odd) => set({ parent: step.parent, key: 'modifierExtension' }, odd),
];

export type Mangling = { at: number; how: number; odd: number };
export const manglings = fc.array(fc.record({ at: fc.nat(), how: fc.nat(), odd: fc.nat() }), {
  minLength: 1,
  maxLength: 3,
});

/** The same JSON, changed. */
export function mangledJson(text: string, manglings: readonly Mangling[]): string {
  const whole: { body: unknown } = { body: JSON.parse(text) };
  for (const { at, how, odd } of manglings) {
    const steps = stepsIn(whole);
    const step = steps[at % Math.max(1, steps.length)];
    const change = changes[how % changes.length];
    if (step) change?.(step, structuredClone(oddValues[odd % oddValues.length]));
  }
  return JSON.stringify(whole.body) ?? '';
}

const oddTexts = [
  '',
  'x',
  '-1',
  'gisteren',
  '20241345',
  '9'.repeat(400),
  '&#0;',
  '&x;',
  '&amp;',
  '<a/>',
  'NaN',
];

/** What happens at one place of XML: a tag or the value of an attribute. */
const cuts: readonly ((text: string, found: RegExpExecArray, odd: string) => string)[] = [
  (text, { index }) => text.slice(0, index),
  (text, { index, 0: part }) => text.slice(0, index) + text.slice(index + part.length),
  (text, { index, 0: part }) => text.slice(0, index) + part + text.slice(index),
  (text, { index }, odd) => text.slice(0, index) + odd + text.slice(index),
  (text, { index, 0: part }, odd) =>
    text.slice(0, index) + part.replace(/"[^"]*"/, `"${odd}"`) + text.slice(index + part.length),
  (text, { index, 0: part }, odd) =>
    text.slice(0, index) + part.replace(/"[^"]*"/g, `"${odd}"`) + text.slice(index + part.length),
  (text, { index, 0: part }) =>
    text.slice(0, index) + part.replace(/^<(\/?)\w+/, '<$1other') + text.slice(index + part.length),
];

/** An element with all that is in it, where its end can be found. */
function elementAt(text: string, { index, 0: tag }: RegExpExecArray): string {
  const name = /^<(\w+)/.exec(tag)?.[1];
  const end = name === undefined || tag.endsWith('/>') ? -1 : text.indexOf(`</${name}>`, index);
  return end < 0 ? tag : text.slice(index, end + (name?.length ?? 0) + 3);
}

const whole: typeof cuts = [
  (text, found) => text.replace(elementAt(text, found), ''),
  (text, found) => text.replace(elementAt(text, found), (part) => part + part),
  (text, found, odd) => text.replace(elementAt(text, found), odd),
];

/** The same XML, changed; often no XML any more. */
export function mangledXml(text: string, manglings: readonly Mangling[]): string {
  return manglings.reduce((made, { at, how, odd }) => {
    const tags = [...made.matchAll(/<[^>]*>/g)];
    const found = tags[at % Math.max(1, tags.length)];
    const ways = [...cuts, ...whole, ...whole];
    const change = ways[how % ways.length];
    return found && change ? change(made, found, oddTexts[odd % oddTexts.length] ?? '') : made;
  }, text);
}
