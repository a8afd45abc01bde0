// Can XML of somebody else do harm here? Limits at their edges, and everything that random bytes may hold.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { childrenOf, escapeXml, onlyChild, readTree, UnreadableXml } from './soapTree.ts';

const read = (text: string) => readTree(Buffer.from(text));
const deep = (levels: number) => '<a>'.repeat(levels) + '</a>'.repeat(levels);
const wide = (count: number) => `<a ${Array.from({ length: count }, (_, at) => `b${at}="c"`).join(' ')}/>`;

describe('readTree', () => {
  it('tells elements by name and namespace, whatever their prefix', () => {
    const root = read(
      '<x:a xmlns:x="urn:1" xmlns:y="urn:2"><y:b y:c="d" e="f"> g <!-- h -->i</y:b><b/></x:a>',
    );
    expect(root).toMatchObject({ namespace: 'urn:1', name: 'a' });
    const b = onlyChild(root, 'urn:2', 'b');
    expect([b?.text, [...(b?.attributes ?? [])]]).toEqual([
      'g i',
      [
        ['{urn:2}c', 'd'],
        ['e', 'f'],
      ],
    ]);
    expect(childrenOf(root, 'urn:1', 'b')).toEqual([]);
    expect(onlyChild(read('<a><b/><b/></a>'), '', 'b')).toBeUndefined();
  });

  it('reads to its limits and no further', () => {
    expect(read(deep(64)).name).toBe('a');
    expect(() => read(deep(65))).toThrow(UnreadableXml);
    expect(read(wide(64)).attributes.size).toBe(64);
    expect(() => read(wide(65))).toThrow(UnreadableXml);
  });

  it.each([
    ['', 'nothing'],
    ['<a>', 'an open element'],
    ['<a/><b/>', 'two roots'],
    ['<a b="1" b="2"/>', 'an attribute twice'],
    ['<x:a/>', 'an unknown prefix'],
    ['<!DOCTYPE a><a/>', 'a document type'],
    ['<!-- x --><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 'a document type after a comment'],
    ['<a>&b;</a>', 'an unknown entity'],
    ['<?php x ?><a/>', 'a processing instruction'],
    ['<?xml version="1.1"?><a/>', 'another version'],
    ['<?xml version="1.0" encoding="latin1"?><a/>', 'another encoding'],
    ['<a>\u0000</a>', 'a character that is none'],
  ])('refuses %j: %s', (text) => {
    expect(() => read(text)).toThrow(UnreadableXml);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => readTree(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).toThrow(
      UnreadableXml,
    );
  });

  it('never fails in another way, and says nothing of the content', () => {
    const piece = fc.constantFrom(
      '<a>',
      '</a>',
      '<',
      '>',
      '&',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<!DOCTYPE',
      '<?',
      ' b="',
      '"',
      '999911120',
    );
    const text = fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 30 });
    fc.assert(
      fc.property(text, (parts) => {
        try {
          read(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableXml);
          expect(String(error)).toBe('UnreadableXml: The XML cannot be read');
          expect(error).not.toHaveProperty('cause');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads back what escapeXml wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let written: string;
        try {
          written = escapeXml(text);
        } catch {
          return;
        }
        const node = read(`<a b="${written}">x${written}x</a>`);
        expect([node.attributes.get('b'), node.text]).toEqual([text, `x${text}x`]);
      }),
      { numRuns: 1_000 },
    );
  });
});
