// Where does a primitive go that gets its extensions before its value?
import { describe, expect, it } from 'vitest';
import { compileMap } from '../compileMap.ts';
import { runMap } from '../runMap.ts';

const address = (rules: string, source: unknown): unknown => {
  const text = `map "http://x/m" = "m"
uses "http://hl7.org/fhir/StructureDefinition/Address" as target
group main(source src, target tgt : Address) { ${rules} }`;
  const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
  return runMap(map, source, { at: new Date(0), seed: 's' }).target;
};

describe('a primitive of a list that is named before it has a value', () => {
  const part = "l.extension as e, e.url = 'u', e.value = cast(x, string)";

  it('is a new item, with its extensions beside it', () => {
    const made = address(`src.a as x -> tgt.line as l, l.value = x, ${part};`, { a: ['p', 'q'] });
    expect(made).toEqual({
      line: ['p', 'q'],
      _line: [
        { extension: [{ url: 'u', valueString: 'p' }] },
        { extension: [{ url: 'u', valueString: 'q' }] },
      ],
    });
  });

  it('keeps its place without a value', () => {
    const made = address(`src.a as x -> tgt.line as l, ${part}; src.b as y -> tgt.line = y;`, {
      a: 'p',
      b: 'q',
    });
    expect(made).toEqual({
      line: [null, 'q'],
      _line: [{ extension: [{ url: 'u', valueString: 'p' }] }, null],
    });
  });

  it('is left out when it gets nothing', () => {
    const rules = 'src.a as x -> tgt.line as l then { x -> tgt.city = x; }; src.b as y -> tgt.line = y;';
    expect(address(rules, { a: 'p', b: 'q' })).toEqual({ line: ['q'], city: 'p' });
  });
});

describe('a choice of types', () => {
  const observation = (rules: string, source: unknown): unknown => {
    const text = `map "http://x/m" = "m"
uses "http://hl7.org/fhir/StructureDefinition/Observation" as target
group main(source src, target tgt : Observation) { ${rules} }`;
    const map = compileMap({ name: 'm', maps: [{ file: 'm.map', text }] });
    return runMap(map, source, { at: new Date(0), seed: 's' }).target;
  };

  it.each([
    [
      "tgt.value = cast(x, string), tgt.value = create('Quantity') as q, q.value = 1",
      { valueQuantity: { value: 1 } },
    ],
    ["tgt.value = create('Quantity') as q, q.value = 1, tgt.valueString = x", { valueString: 'a' }],
    [
      "tgt.valueString as s, s.value = x, s.extension as e, e.url = 'u', tgt.value = true",
      { valueBoolean: true },
    ],
    ["tgt.value = true, tgt.valueDateTime as d, d.value = '2026'", { valueDateTime: '2026' }],
  ])('has one value, the last: %s', (targets, expected) => {
    expect(observation(`src.a as x -> ${targets};`, { a: 'a' })).toEqual({
      resourceType: 'Observation',
      ...expected,
    });
  });
});
