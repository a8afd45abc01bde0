import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { loadMaps, tryLoadMaps } from './loadMaps.ts';
import { runMap } from './runMap.ts';
import { testMap } from './testMap.ts';
import { watchMaps } from './watchMaps.ts';

let root = '';
const put = (path: string, content: unknown): void => {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
};

const map = (name: string, rules: string, more = '') => `map "http://example.org/${name}" = ${name}
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
${more}
group main(source src, target tgt : Patient) { ${rules} }`;

const manifest = { title: 'Demo', source: { kind: 'json' }, target: 'r4' };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluis-maps-'));
  put('demo/demo.json', manifest);
  put('demo/demo.map', map('demo', 'src.a as a -> tgt.id = a;'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const settings = { at: new Date(0), seed: 's' };
const demo = () => {
  const found = loadMaps(root).get('demo');
  if (!found) throw new Error('no demo');
  return found;
};

describe('a folder of maps', () => {
  it.each([
    ['an unknown setting', 'demo/demo.json', { ...manifest, extra: 1 }, 'extra'],
    ['a manifest that is no JSON', 'demo/demo.json', '{', 'demo.json'],
    ['an unknown kind of source', 'demo/demo.json', { ...manifest, source: { kind: 'csv' } }, 'source.kind'],
    [
      'a schema that is not there',
      'demo/demo.json',
      { ...manifest, source: { kind: 'json', schema: 'x.json' } },
      'x.json',
    ],
    ['a concept map that is none', 'demo/conceptmaps/x.json', { resourceType: 'Patient' }, 'no ConceptMap'],
    [
      'an entry that is not there',
      'demo/demo.json',
      { ...manifest, entry: 'other' },
      'no group other to start with',
    ],
    ['a fault of the map', 'demo/demo.map', map('demo', 'src.a as a -> tgt.nope = a;'), 'no element nope'],
    ['a library with the same address', 'shared/x.map', map('demo', ''), 'is already that of demo/demo.map'],
  ])('is refused for %s', (...[, path, content, expected]) => {
    put(path, content);
    expect(() => loadMaps(root)).toThrow(expected);
    expect(tryLoadMaps(root).faults.get('demo')).toBeInstanceOf(GatewayError);
  });

  it('leaves the good maps to serve beside a bad one', () => {
    put('bad/bad.json', manifest);
    put('bad/bad.map', 'map');
    const { maps, faults } = tryLoadMaps(root);
    expect([...maps.keys()]).toEqual(['demo']);
    expect([...faults.keys()]).toEqual(['bad']);
  });

  it('brings shared maps, maps of other folders, and ConceptMaps', () => {
    put(
      'shared/lib.map',
      'map "http://example.org/lib" = lib\ngroup shared(source s, target t) { s.b as b -> t.gender = translate(b, \'http://example.org/cm\'); }',
    );
    put(
      'other/part.map',
      'map "http://example.org/part" = part\ngroup part(source s, target t) { s.c as c -> t.language = c; }',
    );
    put('demo/demo.json', { ...manifest, uses: ['other'] });
    put('demo/conceptmaps/cm.json', {
      resourceType: 'ConceptMap',
      url: 'http://example.org/cm',
      group: [
        {
          element: [{ code: 'M', target: [{ code: 'male', equivalence: 'equal' }] }],
          unmapped: { mode: 'fixed', code: 'unknown' },
        },
      ],
    });
    put(
      'demo/demo.map',
      map(
        'demo',
        'src then shared(src, tgt), part(src, tgt);',
        'imports "http://example.org/lib"\nimports "http://example.org/par*"',
      ),
    );
    expect(runMap(demo(), { b: 'M', c: 'nl' }, settings).target).toEqual({
      resourceType: 'Patient',
      gender: 'male',
      language: 'nl',
    });
    expect(runMap(demo(), { b: 'Q' }, settings).target).toMatchObject({ gender: 'unknown' });
  });

  it('checks a source by its schema and names every place', () => {
    put('demo/demo.json', { ...manifest, source: { kind: 'json', schema: 's.json' } });
    put('demo/s.json', {
      type: 'object',
      required: ['a'],
      additionalProperties: false,
      properties: {
        a: { type: 'string' },
        list: {
          type: 'array',
          items: { type: 'object', properties: { born: { type: 'string', format: 'date' } } },
        },
      },
    });
    try {
      demo().read(Buffer.from('{"list": [{"born": "2020-01-01"}, {"born": "gisteren"}], "b": 1}'));
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      expect(error.kind).toBe('unprocessable');
      expect(error.issues.map((issue) => issue.expression?.[0]).sort()).toEqual(['a', 'b', 'list[1].born']);
      expect(error.message).toContain('a is missing');
    }
  });
});

describe('the examples of a map', () => {
  it('fail on a difference, on an unexplained drop, on wrong FHIR, on a missing result', () => {
    put('demo/tests/one.source.json', { a: 'x', lost: [1] });
    put('demo/tests/one.expected.json', { resourceType: 'Patient', id: 'y' });
    put('demo/tests/two.source.json', { a: 'not an id!' });
    put('demo/tests/two.expected.json', { resourceType: 'Patient', id: 'not an id!' });
    put('demo/tests/three.source.json', {});
    const [one, three, two] = testMap(demo());
    expect(one?.problems).toEqual(['Patient.id: expected "y", got "x"', 'dropped without a reason: lost[0]']);
    expect(two?.problems.join()).toContain('Patient.id');
    expect(three?.problems).toEqual(['there is no three.expected.json']);
  });

  it('hold when the result is right, or the refusal is the expected one', () => {
    put('demo/demo.map', map('demo', 'src.a 0..1 as a -> tgt.id = a;'));
    put('demo/tests/one.source.json', { a: 'x' });
    put('demo/tests/one.expected.json', { id: 'x', resourceType: 'Patient' });
    put('demo/tests/two.source.json', { a: ['x', 'y'] });
    put('demo/tests/two.fault.txt', 'occurs 2 times');
    expect(testMap(demo()).map((one) => one.problems)).toEqual([[], []]);
  });
});

describe('a source of kind fhir', () => {
  it('is STU3 or R4, in JSON and in XML', () => {
    put('demo/demo.json', { ...manifest, source: { kind: 'fhir' } });
    const form = (questionnaire: string) =>
      Buffer.from(
        `<QuestionnaireResponse xmlns="http://hl7.org/fhir">${questionnaire}</QuestionnaireResponse>`,
      );
    const { read } = demo();
    expect(read(form('<questionnaire value="http://example.org/q"/>'))).toMatchObject({
      questionnaire: 'http://example.org/q',
    });
    expect(
      read(form('<questionnaire><reference value="http://example.org/q"/></questionnaire>')),
    ).toMatchObject({ questionnaire: { reference: 'http://example.org/q' } });
    expect(read(Buffer.from('{"resourceType": "Patient"}'))).toEqual({ resourceType: 'Patient' });
    expect(() => read(form('<nope value="1"/>'))).toThrow('no such element');
  });
});

describe('a source with elements that its version does not have', () => {
  const read = (kind: string, source: unknown): unknown => {
    put('demo/demo.json', { ...manifest, source: { kind } });
    return demo().read(Buffer.from(JSON.stringify(source)));
  };
  const consent = { resourceType: 'Consent', status: 'active', provision: { type: 'deny' }, note: 'x' };
  it('is refused with all their places, as in XML: a map would leave them out unseen', () => {
    expect(() => read('fhir-stu3', consent)).toThrow(
      'There is no such element in STU3: Consent.provision; Consent.note',
    );
    expect(() => read('fhir-r4', consent)).toThrow('There is no such element in R4: Consent.note');
    expect(() => read('fhir', consent)).toThrow('There is no such element in STU3 or R4: Consent.note');
    expect(() => read('fhir-r4', { resourceType: 'Bundle', entry: [{ resource: consent }] })).toThrow(
      'Bundle.entry[0].resource.note',
    );
  });
  it('is read where the version has them, and where it is no FHIR', () => {
    const known = { resourceType: 'Consent', status: 'active', provision: { type: 'deny' } };
    expect(read('fhir-r4', known)).toEqual(known);
    expect(read('fhir', known)).toEqual(known);
    expect(read('json', consent)).toEqual(consent);
  });
});

describe('maps loaded before', () => {
  it('are kept as they are until one of their files changes, also a shared one', () => {
    put('other/other.json', manifest);
    put('other/other.map', map('other', 'src.a as a -> tgt.id = a;'));
    const first = tryLoadMaps(root).maps;
    put('demo/demo.map', map('demo', 'src.b as b -> tgt.id = b;'));
    const second = tryLoadMaps(root, undefined, first).maps;
    expect(second.get('demo')).not.toBe(first.get('demo'));
    expect(second.get('other')).toBe(first.get('other'));
    put('shared/conceptmaps/x.json', { resourceType: 'ConceptMap', url: 'http://example.org/x' });
    const third = tryLoadMaps(root, undefined, second).maps;
    expect(third.get('other')).not.toBe(first.get('other'));
  });
});

describe('a watched folder', () => {
  it('serves an edit within a second, and the map before it when the edit is broken', async () => {
    const watched = watchMaps(root);
    const served = () => {
      const found = watched.maps().get('demo');
      return found && runMap(found, { a: '1', b: '2' }, settings).target;
    };
    const until = async (condition: () => boolean): Promise<void> => {
      const end = Date.now() + 1000;
      while (!condition() && Date.now() < end) await wait(20);
      expect(condition()).toBe(true);
    };
    try {
      put('demo/demo.map', map('demo', 'src.b as b -> tgt.id = b;'));
      await until(() => served()?.id === '2');
      put('demo/demo.map', map('demo', 'src.b as b -> tgt.nope = b;'));
      await until(() => watched.faults().has('demo'));
      expect(watched.faults().get('demo')?.message).toContain('no element nope');
      expect(served()).toEqual({ resourceType: 'Patient', id: '2' });
      put('demo/demo.map', map('demo', 'src.a as a -> tgt.id = a;'));
      await until(() => served()?.id === '1' && watched.faults().size === 0);
    } finally {
      watched.stop();
    }
  });
});
