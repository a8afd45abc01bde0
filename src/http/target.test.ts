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
      query: new Map([['persist', 'false']]),
    });
    expect(read('/stu3/%24handover').segments).toEqual(['stu3', '$handover']);
    expect(read('/x?a=%2541&b=c+d&e&f==')).toEqual({
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
});
