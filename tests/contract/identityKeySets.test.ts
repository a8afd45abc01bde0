// Are key sets of clients fetched with care? One at a time, capped, remembered, and never at other callers' cost.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { createClientKeys } from '../../src/identity/clientKeys.ts';
import { readKeySet } from '../../src/identity/keySet.ts';
import { identitySettings } from '../../src/identity/settings.ts';
import { createOutgoing } from '../../src/outgoing/outgoing.ts';
import type { Store } from '../../src/store/store.ts';
import { assertion, formOf, type IdentityStage, identityOn, keys, makeKey, now } from './identityCast.ts';
import { type Ground, prepareGround } from './storesUnderTest.ts';

let ground: Ground;
let store: Store;
let stage: IdentityStage;

beforeAll(async () => {
  ground = await prepareGround('sqlite');
  store = await ground.open({ clock: () => now });
});
beforeEach(async () => {
  stage = await identityOn(store);
});
afterAll(() => ground.end());

const json = (value: unknown, status = 200) => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});
const evil = (key = keys.evil, claims: Record<string, unknown> = {}) =>
  assertion({ key, clientId: 'evil-m-system', claims });
const ask = async (text: string | Promise<string>) =>
  stage.identity.issueToken(formOf(await text), { requestId: randomUUID() });
const reasonOf = async (work: Promise<unknown>) => {
  const error = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof GatewayError)) throw new Error('not refused');
  return `${error.kind} ${error.reason}`;
};

describe('a key set at an address', () => {
  it('is fetched once for many requests at a time, and then remembered', async () => {
    stage.answerKeySet(async () => {
      await pause(20);
      return json({ keys: [keys.evil.publicJwk] });
    });
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(evil())));
    expect(answers).toHaveLength(50);
    await ask(evil());
    expect(stage.fetches).toEqual(['https://evil.example/jwks']);
  });

  it('is fetched anew for an unknown key id, once a minute at most', async () => {
    const next = makeKey('ES384', 'next');
    stage.answerKeySet(async () => json({ keys: [keys.evil.publicJwk] }));
    await ask(evil());
    for (let count = 0; count < 20; count++) expect(await reasonOf(ask(evil(next)))).toContain('key-unknown');
    expect(stage.fetches).toHaveLength(1);
    stage.answerKeySet(async () => json({ keys: [next.publicJwk] }));
    stage.move(61_000);
    expect(await ask(evil(next, { exp: Math.floor(now.getTime() / 1_000) + 200 }))).toHaveProperty('scope');
    expect(stage.fetches).toHaveLength(2);
  });

  it('is used no more, however lately it was good, once its address gives what must not be used', async () => {
    stage.answerKeySet(async () => json({ keys: [keys.evil.publicJwk] }));
    await ask(evil());
    stage.answerKeySet(async () => json({ keys: [{ ...keys.evil.publicJwk, d: 'AQAB' }] }));
    stage.move(301_000);
    const late = { exp: Math.floor(now.getTime() / 1_000) + 400 };
    expect(await reasonOf(ask(evil(keys.evil, late)))).toBe('unauthenticated key-set-private-key');
  });

  it.each([
    ['weak', 128],
    ['so large that to use it takes our time', 2_048],
  ])('has no RSA key that is %s', (_what, bytes) => {
    const key = (length: number) => {
      const n = Buffer.alloc(length, 0xff).toString('base64url');
      return readKeySet({ keys: [{ kty: 'RSA', kid: 'r', n, e: 'AQAB' }] }, 20).has('r');
    };
    expect([key(bytes), key(512)]).toEqual([false, true]);
  });

  it('loses a key that was taken out once it is fetched again', async () => {
    stage.answerKeySet(async () => json({ keys: [keys.evil.publicJwk] }));
    await ask(evil());
    stage.answerKeySet(async () => json({ keys: [] }));
    stage.move(301_000);
    const late = { exp: Math.floor(now.getTime() / 1_000) + 400 };
    expect(await reasonOf(ask(evil(keys.evil, late)))).toContain('key-unknown');
  });

  it('is used a while longer while its address does not answer, but not for ever', async () => {
    stage.answerKeySet(async () => json({ keys: [keys.evil.publicJwk] }));
    await ask(evil());
    stage.answerKeySet(async () => {
      throw new Error('down');
    });
    const at = (offset: number) => ({ exp: Math.floor(now.getTime() / 1_000) + offset + 60 });
    stage.move(1_000_000);
    expect(await ask(evil(keys.evil, at(1_000)))).toHaveProperty('access_token');
    stage.move(4_000_000);
    expect(await reasonOf(ask(evil(keys.evil, at(5_000))))).toBe('unavailable key-set-unreachable');
  });

  it('is left alone for a while after it failed', async () => {
    for (let count = 0; count < 10; count++) {
      expect(await reasonOf(ask(evil()))).toBe('unavailable key-set-unreachable');
    }
    expect(stage.fetches).toHaveLength(1);
    stage.answerKeySet(async () => json({ keys: [keys.evil.publicJwk] }));
    stage.move(31_000);
    expect(await ask(evil())).toHaveProperty('access_token');
  });

  it('is refused whole when it is no key set, too large, or shows private keys', async () => {
    const secret = { ...keys.evil.privateKey.export({ format: 'jwk' }), kid: keys.evil.kid };
    const cases: [ReturnType<typeof json>, string][] = [
      [json('<html>hello</html>'), 'key-set-form'],
      [json({}), 'key-set-form'],
      [json([]), 'key-set-form'],
      [json({ keys: 7 }), 'key-set-form'],
      [json({ keys: [] }, 302), 'key-set-status'],
      [json({ keys: Array.from({ length: 100 }, () => keys.evil.publicJwk) }), 'key-set-too-many-keys'],
      [json({ keys: [secret] }), 'key-set-private-key'],
      [json({ keys: [{ kty: 'oct', k: 'AAAA', kid: 'x' }] }), 'key-set-private-key'],
      [json({ keys: [keys.evil.publicJwk, makeKey('ES384').publicJwk] }), 'key-set-double-key-id'],
      [json(`{"keys":[${' '.repeat(70_000)}]}`), 'key-set-too-large'],
    ];
    for (const [answer, reason] of cases) {
      stage.answerKeySet(async () => answer);
      stage.move(31_000);
      expect(await reasonOf(ask(evil()))).toBe(`unauthenticated ${reason}`);
    }
  });

  it('passes over keys for encryption, weak keys and other types', async () => {
    const { publicJwk } = keys.evil;
    const unusable = [
      { ...publicJwk, use: 'enc' },
      { ...publicJwk, key_ops: ['encrypt'] },
      { ...publicJwk, alg: 'ES256' },
      { kty: 'RSA', kid: keys.evil.kid, n: 'AQAB', e: 'AQAB' },
      { kty: 'OKP', crv: 'Ed25519', x: 'AAAA', kid: keys.evil.kid },
      { ...publicJwk, x: 'AAAA' },
      { ...publicJwk, kid: undefined },
      7,
      null,
    ];
    stage.answerKeySet(async () => json({ keys: unusable }));
    expect(await reasonOf(ask(evil()))).toBe('unauthenticated key-unknown');
  });

  it('that is slow makes nobody else wait', async () => {
    stage.answerKeySet(() => new Promise(() => undefined));
    let ended = 0;
    const count = () => {
      ended += 1;
    };
    for (let i = 0; i < 100; i++) void ask(evil()).then(count, count);
    await ask(assertion());
    expect(ended).toBe(0);
    expect(stage.fetches).toHaveLength(1);
  });

  it('may be named by `jku` only as it is registered', async () => {
    stage.answerKeySet(async () => json({ keys: [keys.evil.publicJwk] }));
    const named = (jku: string) =>
      ask(assertion({ key: keys.evil, clientId: 'evil-m-system', header: { jku } }));
    const right = 'https://evil.example/jwks';
    for (const jku of [
      'https://canary.example/',
      `${right}#x`,
      `${right}?x`,
      'https://evil.example.@canary.example/jwks',
      'https://EVIL.example/jwks',
      'https://evil.example\\jwks',
      'https://evil.example./jwks',
    ]) {
      expect(await reasonOf(named(jku))).toContain('assertion-header');
    }
    expect(stage.fetches).toEqual([]);
    expect(await named(right)).toHaveProperty('access_token');
  });
});

describe('over the guarded HTTP client', () => {
  it('no redirect is followed, no private address is asked, and the time limit holds', async () => {
    let hits = 0;
    const server = createServer((request, response) => {
      hits += 1;
      if (request.url === '/slow') return;
      if (request.url === '/redirect') response.writeHead(302, { location: '/jwks' }).end();
      else response.end(JSON.stringify({ keys: [keys.evil.publicJwk] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const outgoing = (allowPrivate: string[]) =>
      createOutgoing({ allowPrivate, timeoutMs: 5_000, maxBytes: 65_536, connectionsPerHost: 4 });
    const open = outgoing(['127.0.0.0/8']);
    const guarded = outgoing([]);
    const { clientKeySets } = identitySettings.parse({ keyFile: 'x', clientKeySets: { timeoutMs: 200 } });
    const find = (through: typeof open, path: string) =>
      createClientKeys({ settings: clientKeySets, fetchKeySet: through.request, clock: () => now }).find(
        {
          clientId: 'x',
          scopes: [],
          audience: 'issuer',
          keys: { kind: 'address', jwksUrl: `http://127.0.0.1:${port}${path}` },
        },
        keys.evil.kid,
        'ES384',
      );
    expect(await find(open, '/jwks')).toBeDefined();
    expect(await reasonOf(find(open, '/redirect'))).toBe('unauthenticated key-set-status');
    expect(await reasonOf(find(open, '/slow'))).toBe('unavailable key-set-unreachable');
    const before = hits;
    expect(await reasonOf(find(guarded, '/jwks'))).toBe('unauthenticated key-set-address');
    expect(hits).toBe(before);
    await open.close();
    await guarded.close();
    server.closeAllConnections();
    server.close();
  });
});
