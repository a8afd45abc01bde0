// Is there one reading of every address, and no other?
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import { readTarget } from './target.ts';

const read = (url: string) => readTarget(url, 2_048);
const kindOf = (url: string) => {
  try {
    read(url);
    return 'read';
  } catch (error) {
    return error instanceof GatewayError ? error.kind : 'crash';
  }
};

describe('readTarget', () => {
  it('refuses paths with two readings', () => {
    for (const path of [
      'stu3',
      '//',
      '/a//b',
      '/a/',
      '/.',
      '/..',
      '/%2e',
      '/%2E%2e/x',
      '/a%2fb',
      '/a%5Cb',
      '/a\\b',
      '/a;b',
      '/%3b',
      '/%00',
      '/%25',
      '/%zz',
      '/%c0%ae',
      '/a b',
      '/é',
      '/%C3%A9',
      '/a#b',
    ]) {
      expect([path, kindOf(path)]).toEqual([path, 'invalid']);
    }
    expect(kindOf(`/${'a'.repeat(2_048)}`)).toBe('uriTooLong');
  });

  it('refuses queries with two readings', () => {
    for (const query of [
      'a=1&a=2',
      'a=1&%61=2',
      'a[]=1',
      'a[b]=1',
      'a%5B%5D=1',
      '__proto__[x]=1',
      '=1',
      '&',
      'a=%ff',
      '1a=2',
      'a b=1',
    ]) {
      expect([query, kindOf(`/x?${query}`)]).toEqual([query, 'invalid']);
    }
  });

  it('reads what is left: segments and values, each decoded once', () => {
    expect(read('/stu3/Composition/1/$document?persist=false')).toEqual({
      segments: ['stu3', 'Composition', '1', '$document'],
      parameters: [['persist', 'false']],
      query: new Map([['persist', 'false']]),
    });
    expect(read('/stu3/%24handover').segments).toEqual(['stu3', '$handover']);
    expect(read('/x?a=%2541&b=c+d&e&f==')).toMatchObject({
      segments: ['x'],
      query: new Map([
        ['a', '%41'],
        ['b', 'c d'],
        ['e', ''],
        ['f', '='],
      ]),
    });
    expect(read('http://evil.example/stu3/metadata').segments).toEqual(['stu3', 'metadata']);
    expect(read('/').segments).toEqual([]);
    expect(read('/?x=1').query.get('x')).toBe('1');
    expect(read('/x?').query.size).toBe(0);
  });

  it('never crashes, and what it reads reads the same again', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'/%2eEfF.;?&=ab\\#[]_$\u0000é') }), (text) => {
        expect(kindOf(`/${text}`)).not.toBe('crash');
        if (kindOf(`/${text}`) !== 'read') return;
        const { segments } = read(`/${text}`);
        expect(read(`/${segments.map(encodeURIComponent).join('/')}`).segments).toEqual(segments);
      }),
    );
  });

  it('takes a name twice only where that is allowed', () => {
    const twice = '/r4/Consent?_include=Consent:actor&_include=Consent:patient';
    expect(kindOf(twice)).toBe('invalid');
    const { parameters } = readTarget(twice, 8_192, (name) => name === '_include');
    expect(parameters).toEqual([
      ['_include', 'Consent:actor'],
      ['_include', 'Consent:patient'],
    ]);
    expect(() =>
      readTarget('/r4/Consent?patient=1&patient=2', 8_192, (name) => name === '_include'),
    ).toThrow();
  });

  it('holds no BSN, however it is written, and leaves codes alone', () => {
    const bsn = '999911120';
    const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';
    for (const address of [
      `/r4/Patient/${bsn}`,
      `/r4/Consent?patient=${bsn}`,
      `/r4/Consent?patient=Patient%2F${bsn}`,
      `/r4/Patient?identifier=${bsnSystem}|${bsn}`,
      `/r4/Patient?identifier=${bsnSystem}|1`,
      `/r4/Patient?identifier=%7C${bsn}`,
      `/r4/Patient?identifier=urn:oid:2.16.840.1.113883.2.4.6.3|${bsn}`,
      `/r4/Consent?patient=1,${bsn}`,
    ])
      expect([address, kindOf(address)]).toEqual([address, 'invalid']);
    for (const query of [
      'code=http://snomed.info/sct|468542000',
      'device.type=http://snomed.info/sct|72506001,465460004,468542000',
      'patient=Patient/11111111-2222-4333-8444-555555555555',
    ])
      expect(read(`/r4/X?${query}`).parameters).toHaveLength(1);
  });
});
