import { describe, expect, it } from 'vitest';
import { parseXmlSource } from './xmlSource.ts';

const parse = (text: string) => parseXmlSource(Buffer.from(text));

describe('XML as a source', () => {
  it.each([
    ['<a', 'not well-formed'],
    ['<a></b>', 'not well-formed'],
    ['<a>&x;</a>', 'not well-formed'],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'DOCTYPE'],
    [`<?xml version="1.0"?>${'<!-- c -->'}<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>`, 'DOCTYPE'],
    ['<a><__proto__ b="1"/></a>', 'not allowed'],
    ['<a constructor="1"/>', 'not allowed'],
    ['<a:b/>', 'not well-formed'],
    ['', 'not well-formed'],
    ['<a>'.repeat(200), 'too deeply'],
  ])('refuses %s', (text, expected) => {
    expect(() => parse(text)).toThrow(expected);
  });

  it('refuses what is not UTF-8', () => {
    expect(() => parseXmlSource(Buffer.from([0x3c, 0x61, 0xff, 0x2f, 0x3e]))).toThrow('UTF-8');
  });

  it('makes properties of attributes and elements alike, lists of what repeats, and keeps text', () => {
    expect(
      parse(`<?xml version="1.0" encoding="UTF-8"?><?xml-model href="x"?>
<n:root xmlns:n="urn:n" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" a="1">
  <!-- no --><deel value="x"/><deel value="y" xsi:type="T"/>
  <n:tekst>een <b>twee</b> drie</n:tekst><leeg/><c><![CDATA[<d>]]></c><e e="1"><e>2</e></e>
</n:root>`),
    ).toEqual({
      a: '1',
      deel: [{ value: 'x' }, { value: 'y', 'xsi:type': 'T' }],
      tekst: { '#text': 'een  drie', b: { '#text': 'twee' } },
      leeg: {},
      c: { '#text': '<d>' },
      e: { e: ['1', { '#text': '2' }] },
    });
  });
});
