import { describe, expect, it } from 'vitest';
import type { FhirResource } from '../model.ts';
import { parseJson } from './json.ts';
import { lossBetween } from './loss.ts';

const read = (text: string): FhirResource => parseJson(Buffer.from(text)) as FhirResource;
const lost = (source: string, fetched: string): string[] =>
  lossBetween(read(source), read(fetched)).map((loss) => loss.path);

describe('lossBetween', () => {
  it.each([
    ['a missing element', '{"resourceType":"A","b":"x"}', '{"resourceType":"A"}', ['A.b']],
    [
      'a changed leaf',
      '{"resourceType":"A","b":{"c":[1,2]}}',
      '{"resourceType":"A","b":{"c":[1,3]}}',
      ['A.b.c[1]'],
    ],
    [
      'another order of an array',
      '{"resourceType":"A","b":["x","y"]}',
      '{"resourceType":"A","b":["y","x"]}',
      ['A.b[0]', 'A.b[1]'],
    ],
    ['a rounded decimal', '{"resourceType":"A","b":1.10}', '{"resourceType":"A","b":1.1}', ['A.b']],
    [
      'a reference that is gone',
      '{"resourceType":"A","b":{"reference":"C/1"}}',
      '{"resourceType":"A","b":{}}',
      ['A.b.reference'],
    ],
    [
      'another contained resource',
      '{"resourceType":"A","b":{"reference":"#c"}}',
      '{"resourceType":"A","b":{"reference":"#d"}}',
      ['A.b.reference'],
    ],
    [
      'an id of a contained resource',
      '{"resourceType":"A","contained":[{"resourceType":"B","id":"c"}]}',
      '{"resourceType":"A","contained":[{"resourceType":"B","id":"d"}]}',
      ['A.contained[0].id'],
    ],
    [
      'an id of an element',
      '{"resourceType":"A","b":{"id":"c"}}',
      '{"resourceType":"A","b":{"id":"d"}}',
      ['A.b.id'],
    ],
    [
      'an extension beside a value',
      '{"resourceType":"A","_b":{"extension":[{"url":"u"}]}}',
      '{"resourceType":"A"}',
      ['A._b.extension[0].url'],
    ],
    ['a type', '{"resourceType":"A"}', '{"resourceType":"B"}', ['A.resourceType']],
  ])('sees %s', (_, source, ...rest) => expect(lost(source, rest[0])).toEqual(rest[1]));

  it('sees no loss in a new id, a new reference, further content and nulls', () => {
    const source = '{"resourceType":"A","id":"1","b":{"reference":"C/1"},"d":[null,"x"],"e":1.10}';
    const fetched = '{"resourceType":"A","id":"2","meta":{},"b":{"reference":"C/2"},"d":[null,"x"],"e":1.10}';
    expect(lost(source, fetched)).toEqual([]);
  });
});
