import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { type CompiledMap, compileMap } from './compileMap.ts';
import { tryLoadMaps } from './loadMaps.ts';
import { runMap } from './runMap.ts';

const text = `map "http://example.org/fuzz" = fuzz
uses "http://hl7.org/fhir/StructureDefinition/QuestionnaireResponse" alias Form as source
uses "http://hl7.org/fhir/StructureDefinition/Bundle" alias Bundle as target
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
conceptmap "#g" { prefix s = "" prefix t = "http://t" s:M == t:male unmapped for s = provided }
//! drop **.text: shown text
let official = 'official';
group main(source src : Form, target tgt : Bundle) {
  src -> tgt.type = 'collection';
  src -> tgt.entry as e, e.resource = create('Patient') as p then items(src, p);
  src.extension -> tgt.entry as e, e.resource = create('Basic') as b, b.code = cc('x'), b.extension = src;
}
group items(source src, target tgt : Patient) {
  src.item as item where linkId.exists() then items(item, tgt);
  src.item as item where linkId = 'name' -> tgt.name as n share name then {
    item.answer as a -> n.text = (a.value.toString() & '!'), n.use = (official);
    item.answer as a then { a.value : string as s -> n.given = truncate(s, 10); };
  };
  src.item as item where linkId.matches('^sex$') then { item.answer as a then { a.valueString as v -> tgt.gender = translate(v, '#g'); }; };
  src.item first as item where linkId = 'born' -> tgt.birthDate = cast(evaluate(item, answer.value.first()), date);
}
`
  .replace('evaluate(item, answer.value.first())', '(item.answer.value.first())')
  .replace(', b.extension = src', '');

const source = {
  resourceType: 'QuestionnaireResponse',
  status: 'completed',
  extension: [{ url: 'u', valueString: 'x' }],
  item: [
    {
      linkId: 'name',
      text: 'Name',
      answer: [{ valueString: 'Jan' }, { valueString: 'Piet', _valueString: { id: 'x' } }],
    },
    {
      linkId: 'sex',
      answer: [{ valueString: 'M' }],
      item: [{ linkId: 'name', answer: [{ valueInteger: 3 }] }],
    },
    { linkId: 'born', answer: [{ valueDate: '1970-01-01' }] },
  ],
};

/** `FC_RUNS=20` tries twenty times as many. */
const often = Number(process.env.FC_RUNS ?? 1);

/** The same numbers at every run (mulberry32). */
const random = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const junk = [
  null,
  true,
  -1,
  1e308,
  '',
  'x'.repeat(5000),
  '__proto__',
  [],
  {},
  [[[]]],
  [null],
  '\u0000',
  '9999-99-99',
  JSON.parse('{"__proto__": {"polluted": 1}}'),
  { constructor: { prototype: { polluted: 1 } } },
  { resourceType: 'Patient', id: 'constructor' },
  { valueString: { valueString: 1 } },
];
const keys = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '_linkId',
  'value',
  'valueQuantity',
  'item',
  'resourceType',
  'length',
];

const pick = <T>(next: () => number, list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;

const mutateTree = (value: unknown, next: () => number): unknown => {
  if (next() < 0.04) return structuredClone(pick(next, junk));
  if (Array.isArray(value)) {
    const made = value.map((item) => mutateTree(item, next));
    if (next() < 0.1) made.push(...made);
    return made;
  }
  if (typeof value !== 'object' || value === null) return value;
  const made: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    const name = next() < 0.04 ? pick(next, keys) : key;
    const changed = mutateTree(child, next);
    Object.defineProperty(made, name, {
      value: changed,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return made;
};

const mutateText = (whole: string, next: () => number): string => {
  const at = Math.floor(next() * whole.length);
  const other = Math.floor(next() * whole.length);
  const length = Math.floor(next() * 20);
  const kind = next();
  if (kind < 0.4) return whole.slice(0, at) + whole.slice(at + length);
  if (kind < 0.7) return whole.slice(0, at) + whole.slice(other, other + length) + whole.slice(at);
  return (
    whole.slice(0, at) +
    pick(next, ['(', ')', '{', '}', ';', '->', '"', '`', '__proto__', '..', '9', ' as ', '\u0000']) +
    whole.slice(at)
  );
};

const hasForbidden = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(
    ([key, child]) => ['__proto__', 'constructor', 'prototype'].includes(key) || hasForbidden(child),
  );
};

type Outcome = 'result' | 'fault';

const attempt = (work: () => unknown): Outcome => {
  const start = performance.now();
  let outcome: Outcome = 'result';
  try {
    const result = work();
    expect(hasForbidden(result)).toBe(false);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    expect(error.message.length).toBeGreaterThan(10);
    outcome = 'fault';
  }
  expect(performance.now() - start).toBeLessThan(3000);
  expect(Object.keys(Object.prototype)).toEqual([]);
  return outcome;
};

const run = (map: CompiledMap, tree: unknown, recorded: boolean) =>
  runMap(map, tree, {
    at: new Date(0),
    seed: 's',
    trace: recorded,
    coverage: recorded,
    limits: { milliseconds: 1000 },
  }).target;

const compile = (changed: string) =>
  compileMap({ name: 'fuzz', maps: [{ file: 'fuzz.map', text: changed }] });

const count = (outcomes: readonly Outcome[], kind: Outcome): number =>
  outcomes.filter((outcome) => outcome === kind).length;

describe('mutated input', () => {
  it('gives a result or a clear fault, never a hang or a polluted prototype: 800 sources', () => {
    const map = compile(text);
    const outcomes = Array.from({ length: 800 * often }, (_, index) => {
      const tree = mutateTree(source, random(index));
      return attempt(() => run(map, tree, index % 2 === 0));
    });
    expect(count(outcomes, 'result')).toBeGreaterThan(200);
    expect(count(outcomes, 'fault')).toBeGreaterThan(20);
  });

  it('gives a map that runs or a clear refusal: 800 maps', () => {
    const outcomes = Array.from({ length: 800 * often }, (_, index) => {
      const next = random(index + 100_000);
      let changed = text;
      for (let times = 0; times <= next() * 3; times += 1) changed = mutateText(changed, next);
      return attempt(() => run(compile(changed), source, false));
    });
    expect(count(outcomes, 'result')).toBeGreaterThan(20);
    expect(count(outcomes, 'fault')).toBeGreaterThan(200);
  });

  it('holds for the maps of the product, on mutated examples', { timeout: 120_000 }, () => {
    const root = resolve(import.meta.dirname, '../../mappings');
    const { maps } = existsSync(root) ? tryLoadMaps(root) : { maps: new Map() };
    for (const map of maps.values()) {
      const folder = join(map.folder, 'tests');
      const files = existsSync(folder) ? readdirSync(folder) : [];
      const examples = files.filter(
        (name) =>
          name.includes('.source.') && files.includes(name.replace(/\.source\..*$/, '.expected.json')),
      );
      for (const [position, name] of examples.slice(0, 5).entries()) {
        const tree = map.read(readFileSync(join(folder, name)));
        for (let index = 0; index < 20 * often; index += 1)
          attempt(() => run(map, mutateTree(tree, random(position * 1000 + index)), index % 10 === 0));
      }
    }
  });
});
