// Does a map between versions start by the source's type, refuse what it has no form for, and convert extensions everywhere?
import { expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { compileMap } from './compileMap.ts';
import { runMap } from './runMap.ts';

const text = `map "http://example.org/by-type" = "ByType"
group start(source src : Resource, target tgt : Resource) { }
group Bundle(source src : Bundle, target tgt : Bundle) <<types>> {
  src.type -> tgt.type;
  src.entry as e -> tgt.entry as f then { e.resource -> f.resource; };
}
group Patient(source src : Patient, target tgt : Patient) <<types>> {
  src.birthDate -> tgt.birthDate;
  src.name as n -> tgt.name as m then { n.given -> m.given; };
}
group Extension(source src : Extension, target tgt : Extension) <<types>> {
  src.url as u where u != 'old' -> tgt.url = u;
  src.url as u where u = 'old' -> tgt.url = 'new';
  src.value -> tgt.value;
}`;

const compile = (map = text) =>
  compileMap({
    name: 'by-type',
    maps: [{ file: 'by-type.map', text: map }],
    sourceVersion: 'stu3',
    targetVersion: 'r4',
  });
const settings = { at: new Date(0), seed: 'test', coverage: true };
const faultOf = (source: unknown): unknown => {
  try {
    return runMap(compile(), source, settings);
  } catch (error) {
    return error;
  }
};

it('refuses a resource without a default group, alone and in a Bundle, and names the place', () => {
  const condition = { resourceType: 'Condition', subject: {} };
  const alone = faultOf(condition);
  const inside = faultOf({ resourceType: 'Bundle', type: 'collection', entry: [{ resource: condition }] });
  for (const fault of [alone, inside]) {
    expect(fault).toBeInstanceOf(GatewayError);
    expect(fault).toMatchObject({ kind: 'unprocessable', reason: 'map-input' });
    expect(String(fault)).toContain('Condition has no R4 form');
  }
  expect(String(inside)).toContain('Bundle.entry[0].resource');
  expect(String(faultOf({ name: 'no resource' }))).toContain('what is no resource');
});

it('refuses at load an entry group that starts by type and has rules of its own', () => {
  expect(() => compile(text.replace('tgt : Resource) { }', 'tgt : Resource) { src.id -> tgt.id; }'))).toThrow(
    'starts the map by type',
  );
});

it('makes the type that the source has', () => {
  const { target } = runMap(compile(), { resourceType: 'Patient', birthDate: '1950-01-01' }, settings);
  expect(target).toEqual({ resourceType: 'Patient', birthDate: '1950-01-01' });
});

it('copies a resource that both versions have alike', () => {
  const basic = { resourceType: 'Basic', code: { text: 'x' } };
  const same = `${text}\ngroup Basic(source src : Basic, target tgt : Basic) <<types>> { src.code -> tgt.code; }`;
  expect(runMap(compile(same), basic, settings).target).toEqual(basic);
});

it('takes the extensions beside a primitive through the default group for Extension', () => {
  const old = () => [{ url: 'old', valueString: 'a' }];
  const source = {
    resourceType: 'Patient',
    _birthDate: { id: 'b', extension: old() },
    name: [{ given: ['An', 'Be'], _given: [null, { extension: old() }] }],
  };
  const { target, coverage } = runMap(compile(), source, settings);
  const changed = [{ url: 'new', valueString: 'a' }];
  expect(target).toEqual({
    resourceType: 'Patient',
    _birthDate: { id: 'b', extension: changed },
    name: [{ given: ['An', 'Be'], _given: [null, { extension: changed }] }],
  });
  expect(coverage?.leaves.filter((leaf) => leaf.fate === 'dropped')).toEqual([]);
});
