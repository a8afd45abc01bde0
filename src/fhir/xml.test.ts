import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import type { FhirResource } from '../model.ts';
import { printJson } from './json.ts';
import { canonical } from './shape.ts';
import { parseXml, printXml } from './xml.ts';

const fhir = 'xmlns="http://hl7.org/fhir"';
const xhtml = 'xmlns="http://www.w3.org/1999/xhtml"';
const patient = (inner: string, attributes = ''): string =>
  `<Patient ${fhir}${attributes}>${inner}</Patient>`;
const text = (div: string): string => patient(`<text><status value="generated"/>${div}</text>`);
const parse = (xml: string): FhirResource => parseXml(Buffer.from(xml), 'stu3');

function refusal(xml: string | Uint8Array): GatewayError {
  try {
    parseXml(typeof xml === 'string' ? Buffer.from(xml) : xml, 'stu3');
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('parseXml refuses as invalid', () => {
  it.each([
    [
      'an external entity',
      `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${patient('<id value="&x;"/>')}`,
      'xml-doctype',
    ],
    [
      'a document type behind a comment',
      `<?xml version="1.0"?><!-- a --> <!DOCTYPE a>${patient('')}`,
      'xml-doctype',
    ],
    ['an entity of its own', patient('<id value="&other;"/>'), 'xml-syntax'],
    ['an entity with the name of a pattern', patient('<id value="&.*+;"/>'), 'xml-syntax'],
    ['a stylesheet instruction', `<?xml-stylesheet href="x"?>${patient('')}`, 'xml-instruction'],
    ['XML 1.1', `<?xml version="1.1"?>${patient('')}`, 'xml-declaration'],
    ['another encoding', `<?xml version="1.0" encoding="ISO-8859-1"?>${patient('')}`, 'xml-declaration'],
    ['two roots', patient('') + patient(''), 'xml-syntax'],
    ['an attribute twice', patient('<id value="a" value="b"/>'), 'xml-syntax'],
    ['what ends too early', `<Patient ${fhir}><id`, 'xml-syntax'],
    ['nothing', '', 'xml-syntax'],
    ['a control character', patient('<id value="a&#1;"/>'), 'xml-syntax'],
    ['a hundred thousand levels of nothing', '<a>'.repeat(100_000), 'xml-depth'],
    [
      'a hundred thousand levels of FHIR',
      `<Patient ${fhir}>${'<extension url="a">'.repeat(100_000)}`,
      'xml-depth',
    ],
    [
      'more levels than its form as JSON may have',
      patient(`${'<extension url="a">'.repeat(33)}${'</extension>'.repeat(33)}`),
      'xml-depth',
    ],
    [
      'a hundred thousand levels of narrative',
      text(`<div ${xhtml}>${'<b>'.repeat(100_000)}`).slice(0, -20),
      'xml-depth',
    ],
  ])('%s', (_, xml, rule) => {
    const start = performance.now();
    const error = refusal(xml);
    expect(error.kind).toBe('invalid');
    expect(error.issues[0]?.rule).toBe(rule);
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('ten megabytes of document type without reading them', () => {
    const start = performance.now();
    const error = refusal(`<!DOCTYPE a [${'<!ENTITY a "&b;&b;">'.repeat(500_000)}]>${patient('')}`);
    expect(error.message).toContain('line 1, column 1');
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  it('bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from(patient('')), Buffer.from([0xe9])]);
    expect(refusal(bytes).issues[0]?.rule).toBe('xml-utf8');
  });
});

describe('parseXml refuses as unprocessable, with the place', () => {
  it.each([
    ['FHIR elements without a namespace', '<Patient><id value="a"/></Patient>', 'xml-namespace', undefined],
    [
      'a namespace that changes half-way',
      patient('<name xmlns=""><family value="A"/></name>'),
      'xml-namespace',
      'Patient.name',
    ],
    [
      'XInclude',
      patient('<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="x"/>'),
      'xml-namespace',
      'Patient.include',
    ],
    ['a div without the XHTML namespace', text('<div>a</div>'), 'xml-namespace', 'Patient.text.div'],
    ['two divs', text(`<div ${xhtml}>a</div><div ${xhtml}>b</div>`), 'xml-maximum', 'Patient.text.div'],
    [
      'FHIR inside narrative',
      text(`<div ${xhtml}><name ${fhir}/></div>`),
      'xml-narrative',
      'Patient.text.div',
    ],
    ['xml:base', patient('', ' xml:base="http://x"'), 'xml-attribute', 'Patient'],
    [
      'an attribute that FHIR does not have',
      patient('<name foo="x"><family value="a"/></name>'),
      'xml-attribute',
      'Patient.name[0]',
    ],
    [
      'an unknown element',
      patient('<name><familie value="x"/></name>'),
      'xml-unknown-element',
      'Patient.name[0].familie',
    ],
    [
      'an element in the wrong case',
      patient('<Gender value="male"/>'),
      'xml-unknown-element',
      'Patient.Gender',
    ],
    [
      'a single element twice',
      patient('<gender value="male"/><gender value="female"/>'),
      'xml-maximum',
      'Patient.gender',
    ],
    ['a boolean in words', patient('<active value="yes"/>'), 'xml-json-type', 'Patient.active'],
    [
      'a number with a plus sign',
      patient('<multipleBirthInteger value="+1"/>'),
      'xml-json-type',
      'Patient.multipleBirth.ofType(integer)',
    ],
    ['text between elements', patient('<name>Jan<family value="x"/></name>'), 'xml-text', 'Patient.name[0]'],
    ['a primitive without anything', patient('<gender/>'), 'xml-empty', 'Patient.gender'],
    [
      'an unknown contained resource',
      patient('<contained><Foo/></contained>'),
      'xml-resource-type',
      'Patient.contained[0]',
    ],
  ])('%s', (_, xml, ...expected) => {
    const error = refusal(xml);
    const [rule, place] = expected;
    expect(error.kind).toBe('unprocessable');
    expect(error.issues[0]?.rule).toBe(rule);
    expect(error.issues[0]?.expression?.[0]).toBe(place);
    expect(error.issues[0]?.text.en).toMatch(/line \d+, column \d+/);
  });

  it('all at once', () => {
    const error = refusal(patient('<foo/><bar/><active value="x"/>'));
    expect(error.issues.map((issue) => issue.expression?.[0])).toEqual([
      'Patient.foo',
      'Patient.bar',
      'Patient.active',
    ]);
  });
});

describe('parseXml reads', () => {
  it('another prefix for the FHIR namespace, comments, a byte order mark and a schema location', () => {
    const location = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b"';
    const xml = `\ufeff<!-- c --><f:Patient xmlns:f="http://hl7.org/fhir" ${location}><f:id value="a"/></f:Patient>`;
    expect(parse(xml)).toEqual({ resourceType: 'Patient', id: 'a' });
  });

  it('ids and extensions of primitives, aligned with their values', () => {
    const extension = '<extension url="u"><valueDecimal value="1.10"/></extension>';
    const xml = patient(
      `<name id="n"><given value="a"/><given>${extension}</given></name><birthDate id="x" value="1970-01-01"/>`,
    );
    expect(printJson(parse(xml))).toBe(
      '{"resourceType":"Patient","name":[{"id":"n","given":["a",null],"_given":[null,{"extension":[{"url":"u","valueDecimal":1.10}]}]}],"birthDate":"1970-01-01","_birthDate":{"id":"x"}}',
    );
  });

  it('narrative byte for byte when it can stand alone', () => {
    const div = `<div ${xhtml}><!-- c --><p class='a'>a<br/>b &#233; <script>x()</script></p></div>`;
    expect((parse(text(div)).text as { div: string }).div).toBe(div);
  });

  it('narrative with a prefix as the same narrative without', () => {
    const xml = text(
      '<h:div xmlns:h="http://www.w3.org/1999/xhtml" title="a&amp;b">x<h:br/>&lt;<h:b>y</h:b></h:div>',
    );
    expect((parse(xml).text as { div: string }).div).toBe(
      `<div ${xhtml} title="a&amp;b">x<br/>&lt;<b>y</b></div>`,
    );
  });

  it('a megabyte of character references in linear time', () => {
    const start = performance.now();
    const xml = patient(`<name><family value="${'&#65;'.repeat(200_000)}"/></name>`);
    expect((parse(xml).name as [{ family: string }])[0].family).toHaveLength(200_000);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('printXml', () => {
  it('refuses what the version does not know instead of dropping it', () => {
    expect(() => printXml({ resourceType: 'Patient', foo: 1 }, 'stu3')).toThrow(GatewayError);
    expect(() => printXml({ resourceType: 'ServiceRequest' }, 'stu3')).toThrow(GatewayError);
  });

  it('refuses narrative that would break out of its element', () => {
    const div = `<div ${xhtml}></div></text><gender value="male"/><text>`;
    expect(() => printXml({ resourceType: 'Patient', text: { status: 'generated', div } }, 'stu3')).toThrow(
      GatewayError,
    );
  });

  it('refuses characters that XML cannot carry', () => {
    expect(() => printXml({ resourceType: 'Patient', id: 'a\u0001' }, 'stu3')).toThrow(GatewayError);
  });

  it('is the inverse of parseXml for any text', () => {
    const character = fc.constantFrom(...'ab<>&"\'\t\n\r é\u{1f600}]]>');
    fc.assert(
      fc.property(
        fc.string({ unit: character, minLength: 1 }),
        fc.string({ unit: character, minLength: 1 }),
        (family, div) => {
          const escaped = div.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);
          const resource: FhirResource = {
            resourceType: 'Patient',
            text: { status: 'generated', div: `<div ${xhtml}>${escaped}</div>` },
            name: [{ family, _family: { extension: [{ url: 'u', valueString: family }] } }],
          };
          expect(parse(printXml(resource, 'stu3'))).toEqual(canonical(resource, 'stu3'));
        },
      ),
    );
  });
});
