import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { isRawDecimal } from './decimals.ts';
import { parseJson, printJson } from './json.ts';

const parse = (text: string, limits?: { depth?: number }): unknown => parseJson(Buffer.from(text), limits);

function refusal(input: string | Uint8Array): GatewayError {
  try {
    parseJson(typeof input === 'string' ? Buffer.from(input) : input);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('parseJson refuses', () => {
  it.each([
    ['a trailing comma', '[1,]', 'line 1, column 4'],
    ['a comment', '{} // x', 'line 1, column 4'],
    ['NaN', '[NaN]', 'line 1, column 2'],
    ['Infinity', '[-Infinity]', 'line 1, column 2'],
    ['a number without its fraction', '{"a":1.}', 'line 1, column 6'],
    ['a number with a leading zero', '[01]', 'line 1, column 2'],
    ['a number as a key', '{1.10:2}', 'line 1, column 2'],
    ['two documents', '{}\n{}', 'line 2, column 1'],
    ['an open string', '{"a":"x', 'line 1, column 6'],
    ['a line end inside a string', '{"a":"\n"}', 'line 1, column 6'],
    ['nothing', '', 'line 1, column 1'],
    ['nothing but space', ' '.repeat(100), 'line 1, column 101'],
  ])('%s, naming line and column', (_, text, place) => {
    const error = refusal(text);
    expect(error.kind).toBe('invalid');
    expect(error.message).toContain(place);
  });

  it('a byte order mark', () => expect(refusal('\ufeff{}').issues[0]?.rule).toBe('json-bom'));

  it('bytes that are not UTF-8', () => {
    expect(refusal(Buffer.from([0x22, 0xc3, 0x28, 0x22])).issues[0]?.rule).toBe('json-utf8');
  });

  it('nesting beyond the limit, and takes what is just below it', () => {
    expect(refusal('['.repeat(100_000)).issues[0]?.rule).toBe('json-depth');
    expect(refusal(`${'['.repeat(65)}${']'.repeat(65)}`).issues[0]?.rule).toBe('json-depth');
    expect(parse(`${'['.repeat(64)}${']'.repeat(64)}`)).toBeDefined();
    expect(() => parse('[[[]]]', { depth: 2 })).toThrow('nested too deeply');
  });

  it('a number of megabytes', () => {
    expect(refusal(`[${'1'.repeat(5_000_000)}]`).issues[0]?.rule).toBe('json-number');
  });

  it('the same key twice, naming its path', () => {
    const error = refusal(
      '{"resourceType":"Patient","name":[{"family":"a"},{"given":[],"x":{"c":1,"c":2}}]}',
    );
    expect(error.issues[0]?.rule).toBe('json-duplicate');
    expect(error.issues[0]?.expression).toEqual(['Patient.name[1].x.c']);
  });

  it('the same key twice when one is written with an escape', () => {
    expect(refusal('{"a":1,"\\u0061":2}').issues[0]?.rule).toBe('json-duplicate');
  });

  it.each(['{"a":{"__proto__":{"polluted":1}}}', '{"\\u005f_proto__":1}', '{"a":1,"a":1,"__proto__":1}'])(
    'the key __proto__: %s',
    (text) => {
      expect(refusal(text).kind).toBe('invalid');
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it('without repeating content in the message', () => {
    const error = refusal('{"family":"Altenborg", oops}');
    expect(JSON.stringify([error.message, error.issues])).not.toContain('Altenborg');
  });
});

describe('parseJson keeps', () => {
  it.each([
    '1.10',
    '1e400',
    '-0',
    '9007199254740993',
    '0.1000000000000000055511151231257827',
    '1.0',
    '1E5',
    '0.10',
  ])('the very text of the number %s', (text) => {
    const tree = parse(`{"a":[${text},{"b":${text}}]}`) as { a: unknown[] };
    expect(isRawDecimal(tree.a[0])).toBe(true);
    expect(printJson(tree)).toBe(`{"a":[${text},{"b":${text}}]}`);
  });

  it('plain numbers plain, also beside exact ones', () => {
    expect(parse('{"a":5,"b":-2.5,"c":1.10,"d":"1.10"}')).toMatchObject({ a: 5, b: -2.5, d: '1.10' });
  });

  it('names that every object already has', () => {
    expect(printJson(parse('{"constructor":{"prototype":1},"toJSON":2,"hasOwnProperty":3}'))).toBe(
      '{"constructor":{"prototype":1},"toJSON":2,"hasOwnProperty":3}',
    );
  });

  it('every JSON tree, as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__'));
        expect(printJson(parse(text))).toBe(text);
      }),
    );
  });

  it('every decimal text', () => {
    const digits = (min: number): fc.Arbitrary<string> =>
      fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: 40 });
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), digits(1), (negative, whole, fraction) => {
        const text = `${negative ? '-' : ''}${whole}.${fraction}`;
        expect(printJson(parse(`[${text}]`))).toBe(`[${text}]`);
      }),
    );
  });
});

it('any bytes give a tree or the refusal `invalid`, never anything else', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '1',
    '-',
    '.',
    'e',
    'true',
    ' ',
    '"a"',
    '\u00e9',
    '\u0000',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join('');
      let isValid = true;
      try {
        JSON.parse(text);
      } catch {
        isValid = false;
      }
      try {
        parse(text);
        expect(isValid).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(GatewayError);
        if (isValid) expect((error as GatewayError).issues[0]?.rule).toBe('json-duplicate');
      }
    }),
    { numRuns: 5000 },
  );
});
