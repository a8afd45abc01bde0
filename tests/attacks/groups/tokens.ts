// Group T: can anybody get or use a token that is not its own? RFC 7523, RFC 8725, RFC 9068, RFC 6750, SMART backend services.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { b64, hmac, type Making, nowSeconds, signedAssertion, signWith, tokenForm } from '../assertions.ts';
import { type Case, type Expected, type Group, must, refusals, type Try } from '../attack.ts';
import { clientOf, ecdB, epd, evil, evilClient, gpD, keys } from '../cast.ts';
import { handoff } from '../content.ts';
import { handedOver } from '../handovers.ts';
import { type Ask, type Seen, type Stage, until } from '../stage.ts';

const formType = { 'content-type': 'application/x-www-form-urlencoded' };
export const askToken = (stage: Stage, body: string, more: Partial<Ask> = {}): Promise<Seen> =>
  stage.ask({ method: 'POST', path: '/oauth/token', headers: formType, body, ...more });

const invalidClient: Expected = { status: 401, code: 'invalid_client', check: noToken };
const good: Expected = {
  status: 200,
  check: (seen) => (isToken(seen) ? undefined : 'no signed token in the answer'),
};

function noToken(seen: Seen): string | undefined {
  return seen.text.includes('access_token') ? 'a token left' : undefined;
}
const isToken = (seen: Seen): boolean => {
  try {
    const answer = JSON.parse(seen.text);
    return answer.token_type === 'Bearer' && String(answer.access_token).split('.').length === 3;
  } catch {
    return false;
  }
};

const made = (name: string, making: Making, expected: Expected = invalidClient): Try => ({
  name,
  send: (stage) => askToken(stage, tokenForm(signedAssertion(stage.baseUrl, making))),
  expected,
});
const twin = made('a good assertion', {}, good);

/** Cases that differ in the assertion alone. */
const assertions = (id: string, title: string, tries: (stage: Stage) => readonly Try[]): Case => ({
  id,
  title,
  run: refusals({ tries, twin: () => twin, recorded: true, canary: true }),
});

const flipped = (text: string, at: number): string => {
  const bytes = Buffer.from(text, 'base64url');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes.toString('base64url');
};

function signatures(): readonly Try[] {
  const es = (input: string): Buffer => signWith(keys.epd, 'ES384', input);
  return [
    made('one bit flipped', { signature: (input) => flipped(es(input).toString('base64url'), 7) }),
    made('last byte flipped', { signature: (input) => flipped(es(input).toString('base64url'), 95) }),
    made('cut', { signature: (input) => es(input).subarray(0, 95).toString('base64url') }),
    made('all zeroes', { signature: () => Buffer.alloc(96).toString('base64url') }),
    made('another client’s key', { key: keys.evil, header: { kid: keys.epd.kid } }),
    made('of another text', { signature: () => es('other.text').toString('base64url') }),
  ];
}

const nones = (): readonly Try[] =>
  ['none', 'None', 'nOnE', 'NONE'].flatMap((alg) =>
    ['', '.', 'AAAA'].map((signature) =>
      made(`${alg} with "${signature}"`, { header: { alg }, signature: () => signature }),
    ),
  );

function confusions(): readonly Try[] {
  const { publicKey, kid } = keys.epdRsa;
  const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const jwk = JSON.stringify(publicKey.export({ format: 'jwk' }));
  const secrets = { PEM: pem, 'PEM without end of line': pem.trim(), DER: der, JWK: jwk, nothing: '' };
  return ['HS256', 'HS384', 'hs256'].flatMap((alg) =>
    Object.entries(secrets).map(([name, secret]) =>
      made(`${alg} with ${name}`, {
        header: { alg, kid },
        signature: (input) => hmac(secret || '\0', input),
      }),
    ),
  );
}

const evilJwk = { ...keys.evil.publicKey.export({ format: 'jwk' }), kid: 'evil', alg: 'ES384' };
const byEvil = (name: string, header: Record<string, unknown>): Try =>
  made(name, { key: keys.evil, header: { kid: keys.epd.kid, ...header } });

const jkus = (stage: Stage): readonly Try[] => {
  const registered = `${stage.evil.url}/jwks/good`;
  const { url, port } = stage.canary;
  const hostile = [
    `${url}/jwks`,
    `${registered}#x`,
    `${registered}?x`,
    registered.replace('http://', `http://x@127.0.0.1:${port}#`),
    `${registered}@127.0.0.1:${port}/`,
    registered.replace('http:', 'HTTP:'),
    registered.replaceAll('/', '\\'),
    registered.replace('127.0.0.1', '127.0.0.1.'),
    `${registered}/../good`,
    '',
  ];
  return hostile.flatMap((jku) => [
    made(`EPD-A with ${jku}`, { header: { jku } }),
    made(`EVIL-M with ${jku}`, { clientId: evilClient('good'), key: keys.evil, header: { jku } }),
  ]);
};

const kids = (): readonly Try[] =>
  [
    '../../etc/passwd',
    "' OR 1=1--",
    'k'.repeat(5_000),
    ['epd-es384'],
    7,
    { a: 1 },
    '__proto__',
    'constructor',
    'epd-es384\u0000',
    '\r\nlevel: fatal',
    '\u001b[2J',
    '',
    null,
    undefined,
    keys.evil.kid,
    'EPD-ES384',
    `epd-es384 `,
    'http://127.0.0.1/key',
  ].map((kid) => made(`kid ${JSON.stringify(kid)?.slice(0, 30)}`, { header: { kid } }));

function encrypted(): readonly Try[] {
  const part = (value: unknown): string => b64(JSON.stringify(value));
  const jwe = (header: object): string =>
    `${part(header)}.${b64('key')}.${b64('iv')}.${b64('text')}.${b64('tag')}`;
  const fast: Expected = { ...invalidClient, ms: 250 };
  const tokens = {
    'PBES2 with two thousand million rounds': jwe({
      alg: 'PBES2-HS256+A128KW',
      enc: 'A128GCM',
      p2c: 2_000_000_000,
      p2s: 'AA',
    }),
    dir: jwe({ alg: 'dir', enc: 'A128GCM' }),
    compressed: jwe({ alg: 'dir', enc: 'A128GCM', zip: 'DEF' }),
  };
  return Object.entries(tokens).map(([name, text]) => ({
    name,
    send: (stage) => askToken(stage, tokenForm(text)),
    expected: fast,
  }));
}

const withForm = (
  name: string,
  making: Making,
  ...[more, expected = invalidClient]: [Record<string, string>, Expected?]
): Try => ({
  name,
  send: (stage) => askToken(stage, tokenForm(signedAssertion(stage.baseUrl, making), more)),
  expected,
});

function audiences(stage: Stage): readonly Try[] {
  const right = `${stage.baseUrl}/oauth/token`;
  const wrong: unknown[] = [
    'https://other.example/oauth/token',
    right.replace(/:\d+\//, ':1/'),
    right.replace('http:', 'https:'),
    [right, stage.canary.url],
    [right],
    undefined,
    `${stage.baseUrl}/stu3`,
    `${right}/`,
    stage.baseUrl,
    right.toUpperCase(),
    `${right}?x=1`,
    `${right}#x`,
    ` ${right}`,
    '',
    null,
    { 0: right },
    7,
  ];
  return wrong.map((aud) => made(`aud ${JSON.stringify(aud)?.slice(0, 60)}`, { claims: { aud } }));
}

function times(): readonly Try[] {
  const now = nowSeconds();
  const exps: unknown[] = [
    now + 310,
    now + 31_536_000,
    2 ** 53,
    -1,
    '60',
    `${now + 60}`,
    1e300,
    undefined,
    null,
    0,
    [now + 60],
    true,
    now - 61,
    now - 3600,
  ];
  return [
    ...exps.map((exp) => made(`exp ${JSON.stringify(exp)}`, { claims: { exp } })),
    made('exp NaN', { claimsText: '{"exp":NaN}' }),
    made('iat a year ago', { claims: { iat: now - 31_536_000 } }),
    made('iat as text', { claims: { iat: `${now}` } }),
  ];
}

const doubled = (stage: Stage): readonly Try[] => {
  const own = {
    sub: clientOf(epd),
    aud: `${stage.baseUrl}/oauth/token`,
    jti: randomUUID(),
    exp: nowSeconds() + 60,
  };
  const rest = JSON.stringify(own).slice(1);
  const id = clientOf(epd);
  return [
    made('iss twice', { claimsText: `{"iss":"${clientOf(gpD)}","iss":"${id}",${rest}` }),
    made('exp twice', { claimsText: `{"iss":"${id}","exp":1,${rest}` }),
    made('alg twice', { headerText: `{"alg":"none","alg":"ES384","kid":"${keys.epd.kid}","typ":"JWT"}` }),
    made('aud twice, escaped', { claimsText: `{"iss":"${id}","a\\u0075d":"x",${rest}` }),
    made('claims as a list', { claimsText: `[{"iss":"${id}",${rest}]` }),
    made('claims as text', { claimsText: '"x"' }),
    made('claims nothing', { claimsText: '' }),
    made('claims with a byte order mark', { claimsText: `\ufeff{"iss":"${id}",${rest}` }),
    made('header without typ', { header: { typ: undefined } }),
    made('header typ at+jwt', { header: { typ: 'at+jwt' } }),
  ];
};

/** The text of a JWS has one spelling. */
const spellings = (): readonly Try[] => {
  const spelled = (name: string, change: (text: string) => string): Try => ({
    name,
    send: (stage) => askToken(stage, tokenForm(change(signedAssertion(stage.baseUrl)))),
    expected: invalidClient,
  });
  return [
    spelled('padding', (text) => `${text}=`),
    spelled('a fourth part', (text) => `${text}.x`),
    spelled('two parts', (text) => text.split('.').slice(0, 2).join('.')),
    spelled('a space before', (text) => ` ${text}`),
    spelled('a line end after', (text) => `${text}\n`),
    spelled('base64 instead of base64url', (text) =>
      text
        .split('.')
        .map((part) => `${part}+/`)
        .join('.'),
    ),
    spelled('a NUL', (text) => `${text}\u0000`),
    spelled('a signature in DER', (text) => {
      const [head = '', body = ''] = text.split('.');
      return `${head}.${body}.${Buffer.concat([Buffer.from([0x30, 0x64, 2, 0x30]), Buffer.alloc(98)]).toString('base64url')}`;
    }),
  ];
};

const replayed =
  (
    name: string,
    making: () => Making,
    before: (stage: Stage) => Promise<void> = async () => undefined,
  ): Case['run'] =>
  async (stage) => {
    const text = signedAssertion(stage.baseUrl, making());
    const first = await askToken(stage, tokenForm(text), { gateway: 0 });
    must(first.status === 200, `the first use: ${first.status}`);
    await before(stage);
    const second = await askToken(stage, tokenForm(text), { gateway: stage.urls.length - 1 });
    must(
      second.status === 401 && noToken(second) === undefined,
      `${name}: the second use gave ${second.status}`,
    );
    stage.recorded.push(second);
    const fresh = await askToken(stage, tokenForm(signedAssertion(stage.baseUrl)));
    must(fresh.status === 200, `a fresh one: ${fresh.status}`);
    return `200, again ${second.status}; twin ${fresh.status}`;
  };

async function samePairs(stage: Stage): Promise<string> {
  let both = 0;
  let none = 0;
  for (let round = 0; round < 20; round += 1) {
    const pairs = Array.from({ length: 10 }, async () => {
      const form = tokenForm(signedAssertion(stage.baseUrl));
      const two = await Promise.all(
        [0, stage.urls.length - 1].map((gateway) => askToken(stage, form, { gateway })),
      );
      const ok = two.filter(isToken).length;
      must(
        two.every((one) => [200, 401].includes(one.status)),
        two.map((one) => one.status).join(),
      );
      if (ok > 1) both += 1;
      if (ok < 1) none += 1;
    });
    await Promise.all(pairs);
  }
  must(both === 0 && none === 0, `of 200 pairs ${both} gave two tokens, ${none} none`);
  return '200 pairs, one token each';
}

async function sameIdOfTwo(stage: Stage): Promise<string> {
  const jti = randomUUID();
  const one = await askToken(stage, tokenForm(signedAssertion(stage.baseUrl, { claims: { jti } })));
  const other = await askToken(
    stage,
    tokenForm(signedAssertion(stage.baseUrl, { clientId: clientOf(gpD), key: keys.other, claims: { jti } })),
  );
  must(one.status === 200 && other.status === 200, `${one.status} and ${other.status}`);
  const again = await askToken(
    stage,
    tokenForm(signedAssertion(stage.baseUrl, { claims: { jti, extra: 1 } })),
  );
  must(again.status === 401, `the id again in another assertion: ${again.status}`);
  return 'two clients may use one jti, one client may not';
}

async function withoutStore(stage: Stage): Promise<string> {
  const start = await stage.stopStore();
  const seen = await askToken(stage, tokenForm(signedAssertion(stage.baseUrl))).finally(start);
  must(
    seen.status === 503 && seen.text.includes('temporarily_unavailable'),
    `${seen.status} ${seen.text.slice(0, 120)}`,
  );
  must(noToken(seen) === undefined, 'a token left without its replay check');
  let again: Seen | undefined;
  await until(async () => {
    again = await askToken(stage, tokenForm(signedAssertion(stage.baseUrl)));
    return again.status === 200;
  }, 'tokens again after the store came back');
  return `${seen.status} temporarily_unavailable; twin ${again?.status}`;
}

const metadata = '/stu3/Task/00000000-0000-4000-8000-000000000000';

const useOf = (name: string, token: (stage: Stage) => Promise<string> | string, expected: Expected): Try => ({
  name,
  send: async (stage) =>
    stage.ask({ path: metadata, headers: { authorization: `Bearer ${await token(stage)}` } }),
  expected,
});
const used: Try = {
  name: 'the token as it is',
  send: (stage) => stage.ask({ path: metadata, as: epd }),
  expected: { status: 404, code: 'not-found' },
};

const invalidToken: Expected = { status: 401, code: 'login' };

function forged(): readonly Try[] {
  const change =
    (claims: Record<string, unknown>, header: Record<string, unknown> = {}, key = keys.epd) =>
    async (stage: Stage): Promise<string> => {
      const [head = '', body = ''] = (await stage.tokenOf(epd)).split('.');
      const decode = (part: string): object => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
      const parts = [
        { ...decode(head), ...header },
        { ...decode(body), ...claims },
      ];
      const input = parts.map((part) => b64(JSON.stringify(part))).join('.');
      return `${input}.${signWith(key, key.alg, input).toString('base64url')}`;
    };
  const kept =
    (claims: object) =>
    async (stage: Stage): Promise<string> => {
      const [head = '', body = '', signature = ''] = (await stage.tokenOf(epd)).split('.');
      const changed = { ...JSON.parse(Buffer.from(body, 'base64url').toString('utf8')), ...claims };
      return `${head}.${b64(JSON.stringify(changed))}.${signature}`;
    };
  return [
    useOf('another ura', kept({ ura: '90000502' }), invalidToken),
    useOf('another participant', kept({ participant: 'ecd-b' }), invalidToken),
    useOf('more scope', kept({ scope: 'handover medication wishes' }), invalidToken),
    useOf('a later exp', kept({ exp: nowSeconds() + 86_400 }), invalidToken),
    useOf('without aud', kept({ aud: undefined }), invalidToken),
    useOf('typ JWT', change({}, { typ: 'JWT' }), invalidToken),
    useOf('signed with the client’s own key', change({}, { alg: 'ES384' }), invalidToken),
    useOf(
      'signed with EPD-A’s key under its kid',
      change({}, { alg: 'ES384', kid: keys.epd.kid }),
      invalidToken,
    ),
    useOf(
      'alg none',
      async (stage) => {
        const [, body = ''] = (await stage.tokenOf(epd)).split('.');
        return `${b64('{"alg":"none","typ":"at+jwt"}')}.${body}.`;
      },
      { status: [400, 401] },
    ),
    useOf('a client assertion as access token', (stage) => signedAssertion(stage.baseUrl), invalidToken),
    useOf(
      'one letter of the signature',
      async (stage) => {
        const token = await stage.tokenOf(epd);
        const [head = '', body = '', signature = ''] = token.split('.');
        return `${head}.${body}.${flipped(signature, 3)}`;
      },
      invalidToken,
    ),
  ];
}

const accessAsAssertion: Case = {
  id: 'T28',
  title: 'an access token is no client assertion',
  run: refusals({
    tries: () => [
      {
        name: 'posted as assertion',
        send: async (stage) => askToken(stage, tokenForm(await stage.tokenOf(epd))),
        expected: invalidClient,
      },
    ],
    twin: () => twin,
    recorded: true,
  }),
};

const bearers = (stage: Stage): readonly Try[] => {
  const withHeader = (name: string, header: (token: string) => string, expected: Expected): Try => ({
    name,
    send: async () =>
      stage.ask({ path: metadata, headers: { authorization: header(await stage.tokenOf(epd)) } }),
    expected,
  });
  return [
    {
      name: 'in the query alone',
      send: async () => stage.ask({ path: `${metadata}?access_token=${await stage.tokenOf(epd)}` }),
      expected: { status: [400, 401] },
    },
    {
      name: 'in the query too',
      send: async () => stage.ask({ path: `${metadata}?access_token=x`, as: epd }),
      expected: { status: 400 },
    },
    {
      name: 'in a form body',
      send: async () =>
        stage.ask({
          method: 'POST',
          path: '/stu3/$handover',
          headers: formType,
          body: `access_token=${await stage.tokenOf(epd)}`,
        }),
      expected: { status: 401 },
    },
    withHeader('a list', (token) => `Bearer ${token}, Bearer ${token}`, { status: 400 }),
    withHeader('two tokens', (token) => `Bearer ${token} ${token}`, { status: 400 }),
    withHeader('Basic', (token) => `Basic ${Buffer.from(token).toString('base64')}`, { status: 401 }),
    withHeader('the bare token', (token) => token, { status: [400, 401] }),
    withHeader('a tab', (token) => `Bearer\t${token}`, { status: [400, 401] }),
    withHeader('DPoP', (token) => `DPoP ${token}`, { status: 401 }),
    withHeader('empty', () => 'Bearer ', { status: [400, 401] }),
    withHeader('10 KB', () => `Bearer ${'a'.repeat(10_000)}`, { status: 400 }),
  ];
};

async function rotation(stage: Stage): Promise<string> {
  const old = await stage.tokenOf(gpD);
  const ask = (token: string): Promise<Seen> =>
    stage.ask({ path: metadata, headers: { authorization: `Bearer ${token}` } });
  const files = stage.gateways.map((one) => join(one.folder.folder, 'keys/signing.json'));
  const rotated = await stage.cli(['keys', 'rotate', 'signing']);
  must(rotated.code === 0, `rotate: ${rotated.out}`);
  const text = await readFile(files[0] ?? '', 'utf8');
  for (const file of files.slice(1)) await writeFile(file, text, { mode: 0o600 });
  await wait(2_300);
  const before = [await ask(old), await ask(old)].map((one) => one.status);
  must(
    before.every((status) => status === 404),
    `the old key's token before its end: ${before}`,
  );
  const jwks = JSON.parse((await stage.ask({ path: '/oauth/jwks' })).text);
  must(
    jwks.keys.length === 2 && !JSON.stringify(jwks).includes('"d"'),
    'both public keys stand in the key set',
  );
  const file = JSON.parse(text);
  const without = { ...file, keys: file.keys.filter((key: { kid: string }) => key.kid === file.current) };
  for (const one of files) await writeFile(one, JSON.stringify(without), { mode: 0o600 });
  await wait(2_300);
  const after = [await ask(old), await ask(old)].map((one) => one.status);
  must(
    after.every((status) => status === 401),
    `after the key was taken out: ${after}`,
  );
  stage.forgetTokens();
  const fresh = await ask(await stage.tokenOf(gpD));
  must(fresh.status === 404, `a token of the new key: ${fresh.status}`);
  return '404 (known), then 401; twin 404';
}

async function revoked(stage: Stage): Promise<string> {
  const ask = (): Promise<Seen> => stage.ask({ path: metadata, as: gpD });
  must((await ask()).status === 404, 'the token lives');
  const blocked = await stage.cli(['participant', 'block', gpD.id]);
  must(blocked.code === 0, blocked.out);
  const at = Date.now();
  await until(async () => (await ask()).status === 401 && (await ask()).status === 401, 'refusal', 3_000);
  const ms = Date.now() - at;
  const asked = await askToken(
    stage,
    tokenForm(signedAssertion(stage.baseUrl, { clientId: clientOf(gpD), key: keys.other })),
  );
  const freed = await stage.cli(['participant', 'unblock', gpD.id]);
  must(freed.code === 0, freed.out);
  must(asked.status === 401, `a token for the blocked: ${asked.status}`);
  must(ms <= 1_500, `it took ${ms} ms`);
  await until(async () => (await ask()).status === 404, 'welcome again', 3_000);
  return `401 within ${ms} ms at every gateway; twin 404`;
}

const proxied = [
  'x-client-cert',
  'x-ssl-client-s-dn',
  'x-forwarded-client-cert',
  'x-forwarded-user',
  'forwarded',
];

function proxyHeaders(): readonly Try[] {
  const values: Record<string, string> = { forwarded: 'for=127.0.0.1;by=proxy', 'x-forwarded-user': epd.id };
  return proxied.map((name) => ({
    name,
    send: (stage) =>
      stage.ask({
        path: metadata,
        headers: { [name]: values[name] ?? `CN=${epd.id}`, 'x-forwarded-for': '10.0.0.1' },
      }),
    expected: { status: 401 },
  }));
}

async function evilKeys(stage: Stage): Promise<string> {
  const epdTimes = async (count: number): Promise<number> => {
    const all: number[] = [];
    for (let index = 0; index < count; index += 1) {
      const seen = await askToken(stage, tokenForm(signedAssertion(stage.baseUrl)), { gateway: 0 });
      must(seen.status === 200, `EPD-A: ${seen.status}`);
      all.push(seen.ms);
    }
    return all.sort((one, other) => one - other)[Math.floor(count * 0.95)] ?? 0;
  };
  const base = await epdTimes(20);
  const heard: string[] = [];
  const touched = stage.canary.contacts.length;
  for (const kind of ['slow', 'redirect', 'huge', 'many', 'private', 'page', 'double']) {
    const ask = (): Promise<Seen> =>
      askToken(
        stage,
        tokenForm(signedAssertion(stage.baseUrl, { clientId: evilClient(kind), key: keys.evil })),
        { gateway: 0 },
      );
    const crowd = Promise.all(Array.from({ length: kind === 'slow' ? 100 : 20 }, ask));
    const [p95, answers] = await Promise.all([epdTimes(12), crowd]);
    const statuses = [...new Set(answers.map((one) => one.status))];
    must(
      statuses.every((status) => status === 401 || status === 503),
      `${kind}: ${statuses}`,
    );
    const longest = Math.max(...answers.map((one) => one.ms));
    // a key set has 2.5 s; the slow one never answers, the rest is what a busy machine adds to a hundred at once
    must(longest < 10_000, `${kind}: slow to refuse: ${Math.round(longest)} ms`);
    const fetches = stage.evil.log.filter((one) => one.path === `/jwks/${kind}`).length;
    must(fetches === 1, `${kind}: ${fetches} fetches`);
    must(p95 < base * 3 + 500, `${kind}: EPD-A waited ${Math.round(p95)} ms, before ${Math.round(base)}`);
    heard.push(`${kind} ${statuses}`);
  }
  must(stage.canary.contacts.length === touched, 'the redirect was followed');
  const allowed = await askToken(
    stage,
    tokenForm(signedAssertion(stage.baseUrl, { clientId: evilClient('good'), key: keys.evil })),
  );
  must(allowed.status === 200, `a good key set: ${allowed.status}`);
  return `${heard.join(', ')}; one fetch each; twin 200`;
}

async function hosts(stage: Stage): Promise<string> {
  const paths = [
    '/.well-known/oauth-authorization-server',
    '/.well-known/smart-configuration',
    '/stu3/.well-known/smart-configuration',
    '/r4/.well-known/smart-configuration',
    '/stu3/metadata',
    '/r4/metadata',
  ];
  const hostile = {
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-prefix': '/evil',
    forwarded: 'host=evil.example',
  };
  for (const path of paths) {
    const plain = await stage.ask({ path });
    must(
      plain.status === 200 && plain.text.includes(stage.baseUrl),
      `${path}: ${plain.status} without its own address`,
    );
    const other = await stage.ask({ path, headers: { ...hostile, host: 'evil.example' } });
    must(other.text === plain.text && other.status === 200, `${path} changed with the Host header`);
  }
  return `${paths.length} documents, unchanged`;
}

async function otherRegion(stage: Stage): Promise<string> {
  const other = await stage.another({});
  const form = tokenForm(signedAssertion(stage.baseUrl));
  const { send } = await import('../stage.ts');
  const seen = await send(other.urls[0] ?? '', {
    method: 'POST',
    path: '/oauth/token',
    headers: formType,
    body: form,
  });
  const token = await stage.tokenOf(epd);
  const read = await send(other.urls[0] ?? '', {
    path: metadata,
    headers: { authorization: `Bearer ${token}` },
  });
  await other.end();
  must(seen.status === 401 && noToken(seen) === undefined, `the assertion at region 2: ${seen.status}`);
  must(read.status === 401, `the token at region 2: ${read.status}`);
  const own = await askToken(stage, form);
  must(own.status === 200, `at region 1: ${own.status}`);
  return 'assertion 401, access token 401; twin 200';
}

const grants = (): readonly Try[] => {
  const grant = (name: string, expected: Expected, more: Record<string, string> = {}): Try =>
    withForm(`grant_type ${name}`, {}, { grant_type: name, ...more }, expected);
  const unsupported: Expected = { status: 400, code: 'unsupported_grant_type' };
  const invalid: Expected = { status: 400, code: 'invalid_request' };
  const raw = (name: string, change: (form: string) => string, path = '/oauth/token'): Try => ({
    name,
    send: (stage) => askToken(stage, change(tokenForm(signedAssertion(stage.baseUrl))), { path }),
    expected: invalid,
  });
  return [
    ...[
      'password',
      'authorization_code',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'CLIENT_CREDENTIALS',
      'client_credentials ',
    ].map((name) => grant(name, unsupported)),
    grant('', invalid),
    raw('grant_type twice', (form) => `${form}&grant_type=client_credentials`),
    raw('client_assertion twice', (form) => `${form}&client_assertion=x`),
    raw('scope twice', (form) => `${form}&scope=handover&scope=handover`),
    raw('parameters in the address', () => '', '/oauth/token?grant_type=client_credentials'),
    raw('one of them in the address', (form) => form, '/oauth/token?scope=handover'),
    withForm(
      'more scope than registered',
      {},
      { scope: 'handover medication' },
      { status: 400, code: 'invalid_scope' },
    ),
    withForm('scope *', {}, { scope: '*' }, { status: 400, code: 'invalid_scope' }),
    withForm(
      'scope with a wildcard of SMART',
      {},
      { scope: 'system/*.*' },
      { status: 400, code: 'invalid_scope' },
    ),
    withForm('a secret beside it', {}, { client_secret: 'x' }, { status: 401 }),
    withForm(
      'another assertion type',
      {},
      { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
      invalidClient,
    ),
  ];
};

export const tokens: Group = {
  id: 'T',
  title: 'tokens and identity',
  cases: [
    assertions('T01', 'a signature that does not hold', signatures),
    assertions('T02', 'alg none in every spelling', nones),
    assertions('T03', 'HMAC with the public key as its secret', confusions),
    assertions('T04', 'kid of somebody else’s key', () => [
      made('EVIL-M’s kid and key under EPD-A’s name', { key: keys.evil }),
      made('ECD-B’s key under EPD-A’s name', { key: keys.ecd }),
      made('EPD-A’s key under ECD-B’s name', { clientId: clientOf(ecdB) }),
      made('the other key of EPD-A', { header: { kid: keys.epdRsa.kid } }),
      made('the RSA key under the EC kid', { key: keys.epdRsa, header: { kid: keys.epd.kid } }),
    ]),
    assertions('T05', 'a key embedded in the header', () => [
      byEvil('jwk', { jwk: evilJwk }),
      byEvil('jwk and kid evil', { jwk: evilJwk, kid: 'evil' }),
      byEvil('jwks', { jwks: { keys: [evilJwk] }, kid: 'evil' }),
    ]),
    assertions('T06', 'jku to the canary and to look-alikes', jkus),
    assertions('T07', 'x5u, x5c and x5t', () => [
      byEvil('x5c', { x5c: [Buffer.from('certificate').toString('base64')] }),
      {
        ...byEvil('x5u', {}),
        send: (stage) =>
          askToken(
            stage,
            tokenForm(
              signedAssertion(stage.baseUrl, {
                key: keys.evil,
                header: { kid: keys.epd.kid, x5u: `${stage.canary.url}/cert` },
              }),
            ),
          ),
      },
      {
        ...made('x5u with the right key', {}),
        send: (stage) =>
          askToken(
            stage,
            tokenForm(signedAssertion(stage.baseUrl, { header: { x5u: `${stage.canary.url}/cert` } })),
          ),
      },
      byEvil('x5t', { x5t: createHash('sha1').update('x').digest('base64url') }),
    ]),
    assertions('T08', 'kid as path, query, object, control characters', kids),
    assertions('T09', 'crit names what nobody knows', () => [
      made('crit unknown', { header: { crit: ['x-y'], 'x-y': 1 } }),
      made('crit empty', { header: { crit: [] } }),
      made('crit exp', { header: { crit: ['exp'], exp: 1 } }),
      made('crit no list', { header: { crit: 'b64' } }),
    ]),
    assertions('T10', 'an unencoded payload (b64)', () => [
      made('b64 false', { header: { b64: false } }),
      made('b64 false and crit', { header: { b64: false, crit: ['b64'] } }),
      made('zip', { header: { zip: 'DEF' } }),
      made('cty nested', { header: { cty: 'JWT', enc: 'A128GCM' } }),
    ]),
    assertions('T11', 'an encrypted assertion', encrypted),
    assertions('T12', 'two names in one request', () => [
      withForm('client_id of another', {}, { client_id: clientOf(ecdB) }),
      made('iss EPD-A, sub ECD-B', { claims: { sub: clientOf(ecdB) } }),
      made('iss ECD-B, sub EPD-A', { claims: { iss: clientOf(ecdB) } }),
      made('iss as a list', { claims: { iss: [clientOf(epd)], sub: [clientOf(epd)] } }),
      made('not registered', { clientId: 'x-system' }),
      made('__proto__', { clientId: '__proto__' }),
      made('without iss', { claims: { iss: undefined } }),
      made('without sub', { claims: { sub: undefined } }),
    ]),
    assertions('T13', 'any aud but the agreed one', audiences),
    { id: 'T14', title: 'an assertion and a token of another region', run: otherRegion },
    assertions('T15', 'exp and iat out of bounds', times),
    {
      id: 'T16',
      title: 'a clock eight seconds ahead is accepted',
      run: refusals({
        tries: () => [
          made('61 s ahead', {
            claims: { nbf: nowSeconds() + 62, iat: nowSeconds() + 62, exp: nowSeconds() + 120 },
          }),
        ],
        twin: () => made('8 s ahead', { claims: { nbf: nowSeconds() + 8, iat: nowSeconds() + 8 } }, good),
      }),
    },
    assertions('T17', 'nbf, iat or exp more than a minute off', () => [
      made('nbf', { claims: { nbf: nowSeconds() + 62 } }),
      made('iat', { claims: { iat: nowSeconds() + 62 } }),
      made('exp', { claims: { exp: nowSeconds() - 61, iat: nowSeconds() - 120 } }),
      made('nbf as text', { claims: { nbf: 'x' } }),
      made('nbf far', { claims: { nbf: 1e15 } }),
    ]),
    {
      id: 'T18',
      title: 'a replay with a malleable signature',
      run: async (stage) => {
        const text = signedAssertion(stage.baseUrl);
        must((await askToken(stage, tokenForm(text), { gateway: 0 })).status === 200, 'the first use');
        const [head = '', body = ''] = text.split('.');
        const again = `${head}.${body}.${signWith(keys.epd, 'ES384', `${head}.${body}`).toString('base64url')}`;
        const seen = await askToken(stage, tokenForm(again), { gateway: stage.urls.length - 1 });
        must(seen.status === 401, `signed anew: ${seen.status}`);
        const fresh = await askToken(stage, tokenForm(signedAssertion(stage.baseUrl)));
        must(fresh.status === 200, `twin ${fresh.status}`);
        return `again ${seen.status}; twin 200`;
      },
    },
    {
      id: 'T19',
      title: 'jti again after its exp, inside the tolerance',
      run: replayed(
        'after exp',
        () => ({ claims: { exp: nowSeconds() + 1 } }),
        async () => void (await wait(1_600)),
      ),
    },
    { id: 'T20', title: 'one assertion at two gateways at the same instant, 200 times', run: samePairs },
    assertions('T21', 'jti missing or no usable text', () =>
      [undefined, '', null, 7, ['x'], { a: 1 }, 'j'.repeat(300), true].map((jti) =>
        made(`jti ${JSON.stringify(jti)?.slice(0, 20)}`, { claims: { jti } }),
      ),
    ),
    { id: 'T22', title: 'one jti of two clients', run: sameIdOfTwo },
    { id: 'T23', title: 'the store does not answer', run: withoutStore },
    { id: 'T24', title: 'a plain replay at the other gateway', run: replayed('replay', () => ({})) },
    {
      id: 'T25',
      title: 'other grants, doubled and misplaced parameters',
      run: refusals({ tries: grants, twin: () => twin, recorded: true }),
    },
    {
      id: 'T26',
      title: 'a token for one exchange at another',
      run: refusals({
        tries: async (stage) => {
          const { taskId, compositionId, location } = await handedOver(stage);
          const asEvil = (path: string, more: Partial<Ask> = {}): Try => ({
            name: path.replace(/[0-9a-f-]{36}/, '…'),
            send: () => stage.ask({ path, as: evil, ...more }),
            expected: { status: 403 },
          });
          const foreign = (path: string): Try => ({
            name: path,
            send: () =>
              stage.ask({
                method: 'POST',
                path,
                as: epd,
                headers: { 'content-type': 'application/fhir+json' },
                body: '{"resourceType":"Parameters"}',
              }),
            // `Consent` is searched by GET, or under `_search`
            expected: { status: [403, 404, 405] },
          });
          return [
            asEvil(`/stu3/Task/${taskId}`),
            asEvil(`/stu3/Composition/${compositionId}/$document`),
            asEvil(location),
            asEvil(location, { method: 'DELETE' }),
            asEvil('/stu3/$handover', {
              method: 'POST',
              headers: { 'content-type': 'application/fhir+json' },
              body: JSON.stringify(handoff()),
            }),
            foreign('/r4/$wishes'),
            foreign('/r4/$medication-overview'),
            foreign('/r4/Consent'),
          ];
        },
        twin: () => ({
          name: 'the right scope',
          send: (stage) =>
            stage.ask({
              method: 'POST',
              path: '/stu3/$handover',
              as: epd,
              headers: { 'content-type': 'application/fhir+json' },
              body: JSON.stringify(handoff()),
            }),
          expected: { status: 202 },
        }),
      }),
    },
    {
      id: 'T27',
      title: 'a changed or home-made access token',
      run: refusals({ tries: forged, twin: () => used, recorded: true }),
    },
    accessAsAssertion,
    {
      id: 'T29',
      title: 'the token anywhere but once in the header',
      run: refusals({
        tries: bearers,
        twin: (stage) => ({
          name: 'lower case',
          send: async () =>
            stage.ask({ path: metadata, headers: { authorization: `bearer ${await stage.tokenOf(epd)}` } }),
          expected: { status: 404 },
        }),
        after: async (stage) => {
          const token = await stage.tokenOf(epd);
          must(
            stage.gateways.every((one) => !one.run.output().includes(token)),
            'a token stands in a log',
          );
        },
      }),
    },
    { id: 'T30', title: 'the signing key is rotated, then taken out', run: rotation },
    { id: 'T31', title: 'a participant is blocked while its token lives', run: revoked },
    {
      id: 'T32',
      title: 'headers that a proxy would set',
      run: refusals({ tries: proxyHeaders, twin: () => used }),
    },
    assertions('T33', 'JSON that can be read in two ways', doubled),
    { id: 'T34', title: 'EVIL-M’s key set is slow, huge, moved, private, no key set', run: evilKeys },
    assertions('T35', 'a weak key, and one for another algorithm', () => [
      made('RSA with 1024 bits', { clientId: 'weak-system', key: keys.weak }),
      made('RS256', { key: { ...keys.epdRsa, alg: 'RS256' } }),
      made('RS512', { key: { ...keys.epdRsa, alg: 'RS512' } }),
      made('ES384 named ES256', { header: { alg: 'ES256' } }),
      made('EdDSA', { header: { alg: 'EdDSA' } }),
      made('alg as a list', { header: { alg: ['ES384'] } }),
      made('issuer as aud where the token address is agreed', { claims: { aud: '' } }),
    ]),
    assertions('T36', 'a JWS in another spelling', spellings),
    { id: 'T37', title: 'well-known documents under another Host', run: hosts },
    {
      id: 'T38',
      title: 'aud as agreed per client: issuer for one, token address for the other',
      run: refusals({
        tries: () => [
          withForm('token address for a client of the issuer', { clientId: 'issuer-system' }, {}),
        ],
        twin: (stage) => made('issuer', { clientId: 'issuer-system', claims: { aud: stage.baseUrl } }, good),
        recorded: true,
      }),
    },
    {
      id: 'T39',
      title: 'a token of a participant that is switched off',
      run: refusals({
        tries: () => [made('OFF', { clientId: 'off-o-system', key: keys.other })],
        twin: () => made('GP-D with the same key', { clientId: clientOf(gpD), key: keys.other }, good),
        recorded: true,
      }),
    },
    {
      id: 'T40',
      title: 'forms of 99 KB and of noise',
      run: refusals({
        tries: () => [
          {
            name: 'noise',
            send: (stage) => askToken(stage, randomBytes(2_000).toString('latin1')),
            expected: { status: 400 },
          },
          { name: 'empty', send: (stage) => askToken(stage, ''), expected: { status: 400 } },
          {
            name: 'JSON',
            send: (stage) =>
              stage.ask({
                method: 'POST',
                path: '/oauth/token',
                headers: { 'content-type': 'application/json' },
                body: '{"grant_type":"client_credentials"}',
              }),
            expected: { status: [400, 415] },
          },
          {
            name: 'an assertion of 20 KB',
            send: (stage) => askToken(stage, tokenForm('a'.repeat(20_000))),
            expected: { status: [400, 401] },
          },
        ],
        twin: () => twin,
      }),
    },
  ],
};
