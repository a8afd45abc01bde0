// Group P: can a body hurt whoever reads it? Entities, depth, repeats, bombs, script and names of object members, in XML and JSON.
import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { printXml } from '../../../src/fhir/xml.ts';
import type { FhirResource } from '../../../src/model.ts';
import { pdf, resourceIn } from '../../world/nursingHandoff.ts';
import { type Case, type Expected, type Group, must, mustAll, refusals, type Try } from '../attack.ts';
import { ecdB, epd } from '../cast.ts';
import { changed, handoff, rowsOf } from '../content.ts';
import { fhirJson, fhirXml, locationOf, push, readTask, statusOf } from '../handovers.ts';
import { mustBe, plain } from '../raw.ts';
import type { Seen, Stage } from '../stage.ts';

type Tree = Record<string, unknown>;
const accepted: Expected = { status: 202 };
const bad: Expected = { status: [400, 422], check: quiet };
const within = (ms: number, status: readonly number[] = [400, 422]): Expected => ({
  status,
  ms,
  check: quiet,
});

/** A refusal echoes nothing of a file, and no content. */
function quiet(seen: Seen): string | undefined {
  if (/root:|daemon:/.test(seen.text)) return 'a file came back';
  return seen.text.length < 262_144 ? undefined : 'a long answer';
}

const xmlOf = (resource: FhirResource): string => printXml(JSON.parse(JSON.stringify(resource)), 'stu3');
const goodXml = (): string => xmlOf(handoff());
const xml = (name: string, make: (stage: Stage) => string | Buffer, expected: Expected = bad): Try =>
  plain(
    name,
    (stage) =>
      stage.ask({ method: 'POST', path: '/stu3/$handover', as: epd, headers: fhirXml, body: make(stage) }),
    expected,
  );
const json = (name: string, make: () => string | Buffer, expected: Expected = bad): Try =>
  plain(
    name,
    (stage) =>
      stage.ask({ method: 'POST', path: '/stu3/$handover', as: epd, headers: fhirJson, body: make() }),
    expected,
  );
const xmlTwin = xml('a handover in XML', goodXml, accepted);
const jsonTwin = json('a handover in JSON', () => JSON.stringify(handoff()), accepted);
const withDoctype = (doctype: string, entity = ''): string =>
  goodXml()
    .replace(/^(<\?xml[^>]*\?>)?/, `<?xml version="1.0"?>${doctype}`)
    .replace('Ottoline', entity || 'Ottoline');

const xmlCase = (id: string, title: string, tries: (stage: Stage) => readonly Try[]): Case => ({
  id,
  title,
  run: refusals({ tries, twin: () => xmlTwin, canary: true, recorded: true }),
});
const jsonCase = (id: string, title: string, tries: () => readonly Try[]): Case => ({
  id,
  title,
  run: refusals({ tries, twin: () => jsonTwin, canary: true, recorded: true }),
});

const laughs = (): string => {
  const levels = Array.from(
    { length: 9 },
    (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`,
  );
  return `<!DOCTYPE x [<!ENTITY l0 "ha">${levels.join('')}]>`;
};

async function references(stage: Stage): Promise<string> {
  const times: number[] = [];
  for (const count of [60_000, 240_000]) {
    const text = '&#65;&#x41;'.repeat(count / 2);
    const body = goodXml().replace('femurkopbreuk links', text);
    const seen = await stage.ask({
      method: 'POST',
      path: '/stu3/$handover',
      as: epd,
      headers: fhirXml,
      body,
    });
    must([202, 413, 422].includes(seen.status), `${count}: ${seen.status}`);
    times.push(seen.ms);
  }
  const [small = 1, large = 0] = times;
  must(
    large < Math.max(small, 60) * 12,
    `${Math.round(small)} ms, then ${Math.round(large)} ms for four times as many`,
  );
  mustBe(await xmlTwin.send(stage), accepted, 'twin');
  return `${Math.round(small)} ms, ${Math.round(large)} ms for four times as many`;
}

const nested = (depth: number): string =>
  `{"resourceType":"Bundle","type":"document","extension":${'[{"extension":'.repeat(depth)}[]${'}]'.repeat(depth)}}`;
const nestedXml = (depth: number): string =>
  `<Bundle xmlns="http://hl7.org/fhir">${'<extension url="x">'.repeat(depth)}${'</extension>'.repeat(depth)}</Bundle>`;
const deepQuestion = (depth: number): FhirResource => {
  let extension: Tree = { url: 'http://x.example/leaf', valueString: 'leaf' };
  for (let level = 0; level < depth; level += 1)
    extension = { url: `http://x.example/${level}`, extension: [extension] };
  return changed('Condition/cond-1', (one) => {
    one.extension = [extension];
  });
};

async function depths(stage: Stage): Promise<string> {
  const fast = within(400);
  await mustAll(stage, [
    json('100 000 deep', () => nested(100_000), fast),
    json('100 000 lists', () => '['.repeat(100_000), fast),
    json('70 deep', () => JSON.stringify(deepQuestion(70))),
    xml('100 000 deep', () => nestedXml(100_000), fast),
    xml('100 000 open', () => '<a>'.repeat(100_000), fast),
    xml('70 deep', () => xmlOf(deepQuestion(70))),
  ]);
  const body = deepQuestion(24);
  const seen = await push(stage, body);
  mustBe(seen, accepted, '24 levels of extensions');
  const served = await documentOf(stage, seen);
  must(
    served.json.text.includes('x.example/leaf') && served.xml.text.includes('x.example/leaf'),
    'the leaf comes back in both forms',
  );
  return 'deep ones refused fast; 24 levels come back in JSON and XML';
}

async function documentOf(stage: Stage, pushed: Seen): Promise<{ json: Seen; xml: Seen }> {
  const status = await statusOf(stage, locationOf(pushed));
  const task = JSON.parse((await readTask(stage, String(status.task).split('/').at(-1) ?? '')).text);
  const path = `/stu3/${task.input[0].valueReference.reference}/$document`;
  const served = {
    json: await stage.ask({ path, as: ecdB }),
    xml: await stage.ask({ path, as: ecdB, headers: { accept: 'application/fhir+xml' } }),
  };
  must(
    served.json.status === 200 && served.xml.status === 200,
    `the document: ${served.json.status}, ${served.xml.status}`,
  );
  return served;
}

const attributes = (): readonly Try[] => [
  xml(
    '10 000 attributes',
    () =>
      `<Bundle xmlns="http://hl7.org/fhir" ${Array.from({ length: 10_000 }, (_, index) => `a${index}="b"`).join(' ')}/>`,
    within(800),
  ),
  xml('an attribute twice', () => goodXml().replace('value="document"', 'value="document" value="batch"')),
  xml('an attribute with < inside', () => goodXml().replace('value="document"', 'value="<document"')),
  xml('an unknown attribute', () =>
    goodXml().replace('<type value="document"', '<type evil="x" value="document"'),
  ),
  xml('an element twice', () =>
    goodXml().replace('<type value="document"/>', '<type value="document"/><type value="batch"/>'),
  ),
  xml('text between elements', () =>
    goodXml().replace('<type value="document"/>', 'evil<type value="document"/>'),
  ),
  xml('two roots', () => `${goodXml()}<Bundle xmlns="http://hl7.org/fhir"/>`),
  xml('cut', () => goodXml().slice(0, 3_000)),
  xml('nothing', () => ''),
  xml('a CDATA section', () =>
    goodXml().replace('<type value="document"/>', '<type value="document"/><![CDATA[x]]>'),
  ),
];

const spaces = (): readonly Try[] => [
  xml('no namespace', () => goodXml().replace(' xmlns="http://hl7.org/fhir"', '')),
  xml('another namespace', () => goodXml().replace('http://hl7.org/fhir"', 'http://evil.example"')),
  xml('changed half-way', () =>
    goodXml().replace('<type value="document"', '<type xmlns="http://evil.example" value="document"'),
  ),
  xml('XHTML namespace missing', () =>
    goodXml().replaceAll('<div xmlns="http://www.w3.org/1999/xhtml">', '<div>'),
  ),
  xml('two div', () =>
    goodXml().replace('</div></text>', '</div><div xmlns="http://www.w3.org/1999/xhtml">x</div></text>'),
  ),
  xml('a prefix that nobody declared', () =>
    goodXml().replace('<type value="document"/>', '<f:type value="document"/>'),
  ),
];

const included = (stage: Stage): readonly Try[] => {
  const { url } = stage.canary;
  return [
    xml('XInclude', () =>
      goodXml().replace(
        '<type value="document"/>',
        `<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="${url}/x"/><type value="document"/>`,
      ),
    ),
    xml('a style sheet', () => `<?xml-stylesheet href="${url}/x.xsl" type="text/xsl"?>${goodXml()}`),
    xml('xml:base', () => goodXml().replace('<Bundle ', `<Bundle xml:base="${url}/" `), {
      status: [202, 400, 422],
    }),
    xml(
      'schemaLocation',
      () =>
        goodXml().replace(
          '<Bundle ',
          `<Bundle xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir ${url}/x.xsd" `,
        ),
      { status: [202, 400, 422] },
    ),
    xml('xsi:type', () =>
      goodXml().replace(
        '<Bundle ',
        '<Bundle xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Evil" ',
      ),
    ),
  ];
};

const encodings = (): readonly Try[] => [
  xml('UTF-16', () => Buffer.from(`\ufeff${goodXml()}`, 'utf16le')),
  xml(
    'declared UTF-16, written UTF-8',
    () => `<?xml version="1.0" encoding="UTF-16"?>${goodXml().replace(/^<\?xml[^>]*\?>/, '')}`,
  ),
  xml(
    'declared UTF-7',
    () => `<?xml version="1.0" encoding="UTF-7"?>${goodXml().replace(/^<\?xml[^>]*\?>/, '')}`,
  ),
  xml('XML 1.1', () => `<?xml version="1.1"?>${goodXml().replace(/^<\?xml[^>]*\?>/, '')}`),
  xml('bytes that are no UTF-8', () =>
    Buffer.concat([Buffer.from(goodXml().slice(0, 400)), Buffer.from([0xc0, 0xaf, 0xff])]),
  ),
  xml('overlong', () =>
    Buffer.from(goodXml().replace('Ottoline', '@@'))
      .toString('latin1')
      .replace('@@', '\xc0\xbc')
      .split('')
      .reduce((all, one) => Buffer.concat([all, Buffer.from([one.charCodeAt(0)])]), Buffer.alloc(0)),
  ),
  xml('a NUL', () => goodXml().replace('Ottoline', 'Otto\u0000line')),
  xml('a control character by reference', () => goodXml().replace('Ottoline', '&#0;&#1;')),
  xml('half a surrogate', () => goodXml().replace('Ottoline', '&#xD800;')),
  json('half a surrogate', () => JSON.stringify(handoff()).replace('Ottoline', '\\ud800')),
  json('bytes that are no UTF-8', () =>
    Buffer.concat([
      Buffer.from('{"resourceType":"Bundle","id":"'),
      Buffer.from([0xff, 0xfe, 0xc0]),
      Buffer.from('"}'),
    ]),
  ),
  json('UTF-16', () => Buffer.from(JSON.stringify(handoff()), 'utf16le')),
  json('a byte order mark', () => `\ufeff${JSON.stringify(handoff())}`),
];

const hostileHtml = [
  '<script>alert(1)</script>',
  '<p onload="x()">x</p>',
  '<p style="width:expression(x)">x</p>',
  '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject/></svg>',
  '<a href="javascript:x()">x</a>',
  '<img src="data:image/png;base64,AA" alt="x"/>',
  '<form action="http://evil.example"><input/></form>',
  '<iframe src="http://evil.example"></iframe>',
  '<object data="x"></object>',
  '<p>&#60;script&#62;</p>',
];

async function narratives(stage: Stage): Promise<string> {
  let kept = 0;
  let refused = 0;
  for (const html of hostileHtml) {
    const body = changed('Patient/pat-1', (one) => {
      one.text = { status: 'additional', div: `<div xmlns="http://www.w3.org/1999/xhtml">${html}</div>` };
    });
    const seen = await push(stage, body);
    must([202, 400, 422].includes(seen.status), `${html}: ${seen.status}`);
    if (seen.status !== 202) {
      refused += 1;
      continue;
    }
    kept += 1;
    const served = await documentOf(stage, seen);
    for (const one of [served.json, served.xml]) {
      must(
        /^application\/fhir\+(json|xml)/.test(one.headers['content-type'] ?? '') &&
          one.headers['x-content-type-options'] === 'nosniff',
        'served as something a browser runs',
      );
    }
    const page = await stage.ask({ path: locationOf(seen), as: epd, headers: { accept: 'text/html' } });
    must(page.status === 200 && !page.text.includes(html), 'the narrative stands on the page');
  }
  return `${kept} kept and served as FHIR alone, ${refused} refused; none on a page`;
}

async function hostileTexts(stage: Stage): Promise<string> {
  const texts = [
    '"><img src=x onerror=alert(1)>',
    '\u202enegev\u202c',
    `n\u200diet`,
    'a\u0301'.repeat(2_000),
    'n\u0456et',
    '</script><script>alert(1)</script>',
    `$${'{7*191}'}{{7*191}}`,
    "=cmd|' /C calc'!A0",
  ];
  for (const text of texts) {
    const seen = await push(stage, {
      ...handoff(),
      identifier: { system: 'urn:x', value: `${text}${Math.random()}` },
    });
    must([202, 400, 422].includes(seen.status), `${text.slice(0, 20)}: ${seen.status}`);
    if (seen.status !== 202) continue;
    const page = await stage.ask({ path: locationOf(seen), as: epd, headers: { accept: 'text/html' } });
    must(
      page.status === 200 && !/<img|<script|onerror=alert\(1\)>/.test(page.text),
      `${text} runs on the page`,
    );
    must(!page.text.includes('1337'), 'a template was filled in');
  }
  return `${texts.length} texts in the case identifier: escaped on the page`;
}

const keysOfObjects = [
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toJSON',
  'then',
  'length',
  'toString',
  'valueOf',
];

async function pollution(stage: Stage): Promise<string> {
  const tries = keysOfObjects.flatMap((key) => [
    json(`${key} at the root`, () => JSON.stringify(handoff()).replace('{', `{"${key}":{"polluted":"yes"},`)),
    json(`${key} inside`, () =>
      JSON.stringify(handoff()).replace(
        '"clinicalStatus":"active"',
        `"${key}":{"polluted":"yes"},"clinicalStatus":"active"`,
      ),
    ),
    json(`_${key}`, () => JSON.stringify(handoff()).replace('{', `{"_${key}":{"id":"x"},`)),
    xml(`<${key}>`, () =>
      goodXml().replace('<type value="document"/>', `<${key} value="x"/><type value="document"/>`),
    ),
    json(`type ${key}`, () => JSON.stringify({ resourceType: key, type: 'document' })),
    plain(`/stu3/${key}/1`, (at) => at.ask({ path: `/stu3/${key}/1`, as: ecdB }), { status: [400, 404] }),
  ]);
  const seen = await mustAll(stage, tries);
  for (let index = 0; index < 2 * stage.urls.length; index += 1) {
    const clean = await jsonTwin.send(stage);
    mustBe(clean, accepted, 'a clean push afterwards');
    must(!clean.text.includes('polluted'), 'polluted');
  }
  const metadata = await stage.ask({ path: '/stu3/metadata' });
  must(!metadata.text.includes('polluted'), 'the statement is polluted');
  return `${seen.length} refused; clean afterwards`;
}

const notJson = (): readonly Try[] => {
  const text = JSON.stringify(handoff());
  return [
    json('a comma at the end', () => text.replace(/\}$/, ',}')),
    json('a comment', () => `/* x */${text}`),
    json('NaN', () => text.replace('64.5', 'NaN')),
    json('Infinity', () => text.replace('64.5', '-Infinity')),
    json('1.', () => text.replace('64.5', '64.')),
    json('single quotes', () => text.replaceAll('"', "'")),
    json('two documents', () => `${text}${text}`),
    json('a key twice', () => text.replace('"type":"document"', '"type":"document","type":"batch"')),
    json('a key twice, escaped', () =>
      text.replace('"type":"document"', '"type":"document","t\\u0079pe":"batch"'),
    ),
    json('9 MB of spaces', () => `${' '.repeat(9_000_000)}x`, within(1_500)),
    json('a number of 5 MB', () => text.replace('64.5', '1'.repeat(5_000_000)), within(2_000)),
    json('cut', () => text.slice(0, -1)),
    json('a raw line end in a text', () => text.replace('Ottoline', 'Otto\nline')),
    json('a bad escape', () => text.replace('Ottoline', 'Otto\\xline')),
    json('a list', () => `[${text}]`),
    json('nothing but a number', () => '7'),
    json('null', () => 'null'),
    json('a form', () => 'a=b'),
  ];
};

const coded = (name: string, coding: string, ...[make, status]: [() => Buffer, readonly number[]]): Try =>
  plain(
    name,
    (stage) =>
      stage.ask({
        method: 'POST',
        path: '/stu3/$handover',
        as: epd,
        headers: { ...fhirJson, 'content-encoding': coding },
        body: make(),
        timeoutMs: 15_000,
      }),
    { status, ms: 3_000 },
  );

async function zeroes(bytes: number): Promise<Buffer> {
  const gzip = createGzip({ level: 9 });
  const chunks: Buffer[] = [];
  gzip.on('data', (chunk) => chunks.push(chunk));
  const ended = new Promise((resolve) => gzip.on('end', resolve));
  const block = Buffer.alloc(1_048_576, 32);
  for (let left = bytes; left > 0; left -= block.length) {
    if (!gzip.write(block)) await new Promise((resolve) => gzip.once('drain', resolve));
  }
  gzip.end();
  await ended;
  return Buffer.concat(chunks);
}

async function bombs(stage: Stage): Promise<string> {
  const text = (): string => JSON.stringify(handoff());
  const bomb = await zeroes(400 * 1_048_576);
  const seen = await mustAll(stage, [
    coded('400 MB in gzip', 'gzip', () => bomb, [413]),
    coded('60 MB in br', 'br', () => brotliCompressSync(Buffer.alloc(60_000_000)), [413]),
    coded('60 MB in deflate', 'deflate', () => deflateSync(Buffer.alloc(60_000_000)), [413]),
    coded('zstd', 'zstd', () => Buffer.from(text()), [415]),
    coded('compress', 'compress', () => Buffer.from(text()), [415]),
    coded('two layers', 'gzip, gzip', () => gzipSync(gzipSync(text())), [415, 400]),
    coded(
      'ten layers',
      Array.from({ length: 10 }, () => 'gzip').join(','),
      () => gzipSync(text()),
      [415, 400],
    ),
    coded('gzip that is none', 'gzip', () => Buffer.from(text()), [400]),
    coded('gzip cut', 'gzip', () => gzipSync(text()).subarray(0, 500), [400]),
    coded('__proto__', '__proto__', () => Buffer.from(text()), [415]),
  ]);
  mustBe(await coded('gzip', 'gzip', () => gzipSync(text()), [202]).send(stage), accepted, 'gzip');
  mustBe(
    await coded('br', 'br', () => brotliCompressSync(Buffer.from(text())), [202]).send(stage),
    accepted,
    'br',
  );
  return `${seen.length} refused by unpacked size or coding; twins gzip and br 202`;
}

const attachment = (change: (binary: Tree, document: Tree) => void): FhirResource => {
  const bundle = handoff();
  change(resourceIn(bundle, 'Binary/bin-1'), resourceIn(bundle, 'DocumentReference/doc-1'));
  return bundle;
};

async function base64(stage: Stage): Promise<string> {
  const sent = (name: string, change: (binary: Tree, document: Tree) => void): Try =>
    plain(name, () => push(stage, attachment(change)), { status: [400, 422] });
  const seen = await mustAll(stage, [
    sent('letters outside', (binary) => (binary.content = 'JVBER*0x')),
    sent('URL alphabet', (binary) => (binary.content = 'JVBER_-x')),
    sent('padding inside', (binary) => (binary.content = 'JV=BERi0x')),
    sent('not a PDF', (binary) => (binary.content = Buffer.from('<html>').toString('base64'))),
    sent('no text', (binary) => (binary.content = 7)),
    sent('without a type', (binary) => delete binary.contentType),
  ]);
  const types = [
    'text/html',
    'image/svg+xml',
    'application/xhtml+xml',
    'text/html; charset=x',
    'application/pdf\r\nX: y',
    '*/*',
  ];
  for (const contentType of types) {
    const pushed = await push(
      stage,
      attachment((binary, document) => {
        binary.contentType = contentType;
        binary.content = Buffer.from('<script>alert(1)</script>').toString('base64');
        (document.content as { attachment: Tree }[])[0]!.attachment.contentType = contentType;
      }),
    );
    must([202, 400, 422].includes(pushed.status), `${contentType}: ${pushed.status}`);
    if (pushed.status !== 202) continue;
    const { json: document } = await documentOf(stage, pushed);
    const key = /Binary\/[0-9a-f-]{36}/.exec(document.text)?.[0];
    const native = await stage.ask({ path: `/stu3/${key}`, as: ecdB, headers: { accept: '*/*' } });
    must(
      !/html|svg|xml/.test(native.headers['content-type'] ?? '') &&
        native.headers['content-disposition'] === 'attachment',
      `${contentType} served as ${native.headers['content-type']}`,
    );
    must(native.headers['x-content-type-options'] === 'nosniff' && native.headers.x === undefined, 'nosniff');
  }
  const large = Buffer.concat([pdf(), Buffer.alloc(6_000_000)]);
  const big = await push(
    stage,
    attachment((binary) => (binary.content = large.toString('base64'))),
  );
  mustBe(big, accepted, 'a PDF of 6 MB');
  const { json: document } = await documentOf(stage, big);
  const key = /Binary\/[0-9a-f-]{36}/.exec(document.text)?.[0];
  const native = await stage.ask({ path: `/stu3/${key}`, as: ecdB, headers: { accept: 'application/pdf' } });
  must(native.body.equals(large), 'it does not come back byte for byte');
  return `${seen.length} refused, active types never as pages, 6 MB back byte for byte`;
}

async function patterns(stage: Stage): Promise<string> {
  const texts = [
    '(a+)+$',
    `${'a'.repeat(50_000)}!`,
    '%',
    '_',
    "' OR '1'='1",
    '\\',
    `${' '.repeat(50_000)}x`,
    '"'.repeat(20_000),
    `http://${'a.'.repeat(20_000)}`,
    '['.repeat(30_000),
  ];
  const slow: string[] = [];
  for (const text of texts) {
    const places: ((bundle: FhirResource) => void)[] = [
      (bundle) => {
        resourceIn(bundle, 'Condition/cond-1').code = { text };
      },
      (bundle) => {
        resourceIn(bundle, 'Organization/org-2').identifier = [
          { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: text },
        ];
      },
      (bundle) => {
        rowsOf(bundle)[3]!.fullUrl = text;
      },
      (bundle) => {
        resourceIn(bundle, 'Condition/cond-1').subject = { reference: text };
      },
      (bundle) => {
        resourceIn(bundle, 'Condition/cond-1').onsetDateTime = text;
      },
      (bundle) => {
        resourceIn(bundle, 'Condition/cond-1').meta = { profile: [text] };
      },
      (bundle) => {
        bundle.identifier = { system: text, value: text };
      },
    ];
    for (const place of places) {
      const body = handoff();
      place(body);
      const seen = await push(stage, body);
      must([202, 400, 422].includes(seen.status), `${text.slice(0, 10)}: ${seen.status}`);
      if (seen.ms > 1_000) slow.push(`${text.slice(0, 8)} ${Math.round(seen.ms)} ms`);
    }
  }
  must(slow.length === 0, slow.join(', '));
  return `${texts.length * 7} pushes, none above 1 s`;
}

export const parsing: Group = {
  id: 'P',
  title: 'XML and JSON',
  cases: [
    xmlCase('P01', 'external entities', (stage) => [
      xml('a file', () => withDoctype('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', '&e;')),
      xml('the canary', () =>
        withDoctype(`<!DOCTYPE x [<!ENTITY e SYSTEM "${stage.canary.url}/e">]>`, '&e;'),
      ),
      xml('an external DTD', () => withDoctype(`<!DOCTYPE Bundle SYSTEM "${stage.canary.url}/x.dtd">`)),
      xml('PUBLIC', () => withDoctype(`<!DOCTYPE Bundle PUBLIC "x" "${stage.canary.url}/x.dtd">`)),
      xml('a parameter entity', () =>
        withDoctype(`<!DOCTYPE x [<!ENTITY % p SYSTEM "${stage.canary.url}/p"> %p;]>`),
      ),
      xml('in UTF-16', () =>
        Buffer.from(`\ufeff${withDoctype(`<!DOCTYPE x SYSTEM "${stage.canary.url}">`)}`, 'utf16le'),
      ),
    ]),
    xmlCase('P02', 'entities that grow', () => [
      xml('a thousand million laughs', () => withDoctype(laughs(), '&l9;'), within(150)),
      xml(
        'quadratic',
        () => withDoctype(`<!DOCTYPE x [<!ENTITY e "${'x'.repeat(50_000)}">]>`, '&e;'.repeat(2_000)),
        within(150),
      ),
      xml('ten document types', () => withDoctype('<!DOCTYPE x []>'.repeat(10)), within(150)),
    ]),
    { id: 'P03', title: 'numeric character references by the hundred thousand', run: references },
    xmlCase('P04', 'entities with strange names', () => [
      xml('a regular expression', () => withDoctype('<!DOCTYPE x [<!ENTITY (.*)+ "x">]>', '&(.*)+;')),
      xml('undeclared', () => goodXml().replace('Ottoline', '&evil;')),
      xml('an HTML entity', () => goodXml().replace('Ottoline', '&nbsp;')),
      xml('no name', () => goodXml().replace('Ottoline', '&;')),
      xml('no end', () => goodXml().replace('Ottoline', '&#65')),
      xml('beyond Unicode', () => goodXml().replace('Ottoline', '&#x110000;')),
      xml('__proto__', () => goodXml().replace('Ottoline', '&__proto__;')),
    ]),
    { id: 'P05', title: 'depth, on the way in and on the way out', run: depths },
    xmlCase('P06', 'attributes, doubled elements, text between', attributes),
    xmlCase('P07', 'namespaces', spaces),
    {
      id: 'P08',
      title: 'inclusion, style sheets, schema addresses',
      run: refusals({ tries: included, twin: () => xmlTwin, canary: true }),
    },
    {
      id: 'P09',
      title: 'encodings and characters',
      run: refusals({ tries: encodings, twin: () => xmlTwin, recorded: true }),
    },
    { id: 'P10', title: 'script in narrative', run: narratives },
    { id: 'P11', title: 'texts that would run, turn or hide on a page', run: hostileTexts },
    jsonCase('P12', 'resources that are something else', () => [
      json('no resourceType', () => '{"type":"document"}'),
      json('resourceType number', () => '{"resourceType":7}'),
      json('resourceType of R4 only', () => '{"resourceType":"Citation"}'),
      json('DomainResource', () => '{"resourceType":"DomainResource"}'),
      json('a data type', () => '{"resourceType":"HumanName"}'),
      json('an entry that is a number', () => '{"resourceType":"Bundle","type":"document","entry":[7]}'),
      json('an entry that is a list', () => '{"resourceType":"Bundle","type":"document","entry":[[]]}'),
      json('entry is an object', () => '{"resourceType":"Bundle","type":"document","entry":{"0":{}}}'),
      json(
        'resource is null',
        () => '{"resourceType":"Bundle","type":"document","entry":[{"resource":null}]}',
      ),
      json(
        'resource is a text',
        () => '{"resourceType":"Bundle","type":"document","entry":[{"resource":"x"}]}',
      ),
    ]),
    { id: 'P13', title: 'names of object members as keys', run: pollution },
    jsonCase('P14', 'JSON that is none', notJson),
    { id: 'P16', title: 'content codings: bombs, layers, unknown ones', run: bombs },
    { id: 'P17', title: 'base64 and attachments', run: base64 },
    { id: 'P19', title: 'texts against regular expressions and queries', run: patterns },
  ],
};
