// Does the token endpoint refuse what it must, and record it? The cases of RFC 7523, 8725, 9068 and SMART.
import { createHmac, randomUUID, sign } from 'node:crypto';
import { chmod, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { allowAccess, blockAccess } from '../../src/identity/blockAccess.ts';
import { createSigningKeys, newKeyFile } from '../../src/identity/signingKeys.ts';
import type { Store } from '../../src/store/store.ts';
import {
  assertion,
  baseUrl,
  formOf,
  type IdentityStage,
  identityOn,
  keys,
  type Making,
  now,
  recordsOf,
  seconds,
  signingKeysOf,
  tokenAddress,
} from './identityCast.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

let ground: Ground;
let store: Store;
let stage: IdentityStage;
const context = () => ({ requestId: randomUUID() });

beforeAll(async () => {
  ground = await prepareGround('sqlite');
  store = await ground.open({ clock: () => now });
});
beforeEach(async () => {
  stage = await identityOn(store);
});
afterAll(() => ground.end());

const ask = (text: string, more: Record<string, string> = {}) =>
  stage.identity.issueToken(formOf(text, more), context());

async function refusal(
  work: Promise<unknown>,
): Promise<{ kind: string; oauth: string; reason: string | undefined }> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GatewayError)) throw new Error(`not refused: ${String(error)}`);
  return { kind: error.kind, oauth: error.oauth, reason: error.reason };
}

const refusedFor = async (making: Making) => (await refusal(ask(await assertion(making)))).reason;
const unsigned = (header: object, signature: string) => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: 'epd-a-system',
    sub: 'epd-a-system',
    aud: tokenAddress,
    jti: randomUUID(),
    exp: seconds + 60,
  };
  return `${part(header)}.${part(claims)}${signature}`;
};

describe('a client that proves itself', () => {
  it('gets a short-lived access token for its registered scopes', async () => {
    const answer = await ask(await assertion());
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 300, scope: 'handover wishes' });
    expect(decodeProtectedHeader(answer.access_token)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    expect(decodeJwt(answer.access_token)).toMatchObject({
      iss: baseUrl,
      aud: baseUrl,
      sub: 'epd-a-system',
      client_id: 'epd-a-system',
      participant: 'epd-a',
      ura: '90000001',
      scope: 'handover wishes',
      exp: seconds + 300,
    });
  });

  it('may sign with RS384, PS256 or ES256 and have the issuer as audience', async () => {
    for (const alg of ['RS384', 'PS256']) {
      expect(await ask(await assertion({ key: { ...keys.epdRsa, alg } }))).toHaveProperty('access_token');
    }
    const issuer = { key: keys.ecd, clientId: 'ecd-b-system', claims: { aud: baseUrl } };
    expect(await ask(await assertion(issuer))).toHaveProperty('scope', 'handover');
  });

  it('gets no more scope than it asks for', async () => {
    expect(await ask(await assertion(), { scope: 'wishes' })).toHaveProperty('scope', 'wishes');
    expect(await ask(await assertion(), { scope: '' })).toHaveProperty('scope', 'handover wishes');
  });

  it('has its clock forgiven by ten seconds', async () => {
    for (const claims of [
      { iat: seconds + 10, nbf: seconds + 10 },
      { exp: seconds - 10 },
      { exp: seconds + 300 },
    ]) {
      expect(await ask(await assertion({ claims }))).toHaveProperty('access_token');
    }
  });

  it('leaves one record per token, without the token', async () => {
    const before = (await recordsOf(store)).length;
    const answer = await ask(await assertion());
    const records = (await recordsOf(store)).slice(before);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ event: 'token.issued', outcome: 'success', participantId: 'epd-a' });
    expect(JSON.stringify(records)).not.toContain(answer.access_token);
  });
});

describe('an assertion that is not signed as it should be', () => {
  it('is refused with a changed signature, also when only spare bits changed', async () => {
    const good = await assertion({ key: { ...keys.epdRsa, alg: 'RS384' } });
    const [head, body, signature = ''] = good.split('.');
    const flipped = signature.slice(0, 9) + (signature[9] === 'A' ? 'B' : 'A') + signature.slice(10);
    expect((await refusal(ask(`${head}.${body}.${flipped}`))).reason).toBe('assertion-signature');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const spare = signature.slice(0, -1) + alphabet[alphabet.indexOf(signature.at(-1) ?? '') ^ 1];
    expect((await refusal(ask(`${head}.${body}.${spare}`))).reason).toBe('assertion-form');
    expect(await ask(good)).toHaveProperty('access_token');
  });

  it('is refused without a signature, whatever the spelling of none', async () => {
    for (const alg of ['none', 'None', 'nOnE', 'NONE']) {
      for (const tail of ['', '.', '..', '.AAAA']) {
        const text = unsigned({ alg, typ: 'JWT', kid: keys.epd.kid }, tail);
        expect(await refusal(ask(text))).toMatchObject({ kind: 'unauthenticated', oauth: 'invalid_client' });
      }
    }
  });

  it('is refused with an HMAC made of the public key', async () => {
    const pem = keys.epdRsa.privateKey.export({ format: 'pem', type: 'pkcs8' });
    for (const secret of [pem, JSON.stringify(keys.epdRsa.publicJwk)]) {
      const text = unsigned({ alg: 'HS256', typ: 'JWT', kid: 'rsa' }, '');
      const mac = createHmac('sha256', secret).update(text).digest('base64url');
      expect((await refusal(ask(`${text}.${mac}`))).reason).toBe('assertion-algorithm');
    }
  });

  it('is refused with algorithms outside the list, and with a key of another type', async () => {
    expect(await refusedFor({ key: { ...keys.epdRsa, alg: 'RS256' } })).toBe('assertion-algorithm');
    expect(await refusedFor({ key: { ...keys.epd, kid: 'rsa' } })).toBe('key-unknown');
  });

  it('is refused when an elliptic signature is all zeros', async () => {
    const text = unsigned({ alg: 'ES384', typ: 'JWT', kid: keys.epd.kid }, '');
    expect((await refusal(ask(`${text}.${'A'.repeat(128)}`))).reason).toBe('assertion-signature');
  });

  it('is refused when it brings its own key, rules or key address', async () => {
    for (const header of [{ jwk: keys.evil.publicJwk }, { x5u: 'https://evil.example/x' }]) {
      expect(await refusedFor({ key: { ...keys.evil, kid: keys.epd.kid }, header })).toBe('assertion-header');
    }
    expect(await refusedFor({ header: { jku: 'https://evil.example/jwks' } })).toBe('assertion-header');
    expect(await refusedFor({ header: { crit: ['b64'], b64: true } })).toBe('assertion-header');
    expect(stage.fetches).toEqual([]);
  });

  it('is refused with a type or key id that is none', async () => {
    for (const typ of ['at+jwt', 'JOSE', 7, undefined]) {
      expect(await refusedFor({ header: { typ } })).toBe('assertion-type');
    }
    for (const kid of ['\u0000', 'a'.repeat(257), ['key-ES384'], 7, {}, '', undefined]) {
      expect(await refusedFor({ header: { kid } })).toBe('assertion-key-id');
    }
    for (const kid of ['../../etc/passwd', "' OR 1=1--", '__proto__', 'constructor']) {
      expect(await refusedFor({ header: { kid } })).toBe('key-unknown');
    }
  });

  it('is refused at once when it is encrypted or too long', async () => {
    const header = Buffer.from(JSON.stringify({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2e9 }));
    const started = performance.now();
    expect((await refusal(ask(`${header.toString('base64url')}.AA.AA.AA.AA`))).reason).toBe('assertion-form');
    expect((await refusal(ask('a'.repeat(9_000)))).reason).toBe('assertion-too-long');
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('is refused when its parts are no JSON objects', async () => {
    const part = (text: string) => Buffer.from(text).toString('base64url');
    for (const text of [
      '',
      '.',
      '..',
      'a.b.c',
      `${part('[]')}.${part('{}')}.AAAA`,
      `${part('null')}.${part('1')}.AAAA`,
    ]) {
      expect((await refusal(ask(text))).kind).toBe('unauthenticated');
    }
  });
});

describe('an assertion whose JSON has two readings', () => {
  const signed = (header: string, claims: string) => {
    const text = [header, claims].map((part) => Buffer.from(part).toString('base64url')).join('.');
    const signature = sign('sha384', Buffer.from(text), {
      key: keys.epd.privateKey,
      dsaEncoding: 'ieee-p1363',
    });
    return `${text}.${signature.toString('base64url')}`;
  };
  const header = '{"alg":"ES384","typ":"JWT","kid":"key-ES384"}';
  const claims = (more = '') =>
    `{"iss":"epd-a-system","sub":"epd-a-system","aud":"${tokenAddress}","exp":${seconds + 60}.0,"jti":"${randomUUID()}"${more}}`;

  it('is refused, however well it is signed', async () => {
    expect(await ask(signed(header, claims()))).toHaveProperty('access_token');
    for (const text of [
      signed(header.replace('{', '{"kid":"other",'), claims()),
      signed(header, claims(`,"aud":"${tokenAddress}"`)),
      signed(header, claims(',"__proto__":{}')),
      signed(header, `${claims()} {}`),
      signed(header, `\ufeff${claims()}`),
    ]) {
      expect((await refusal(ask(text))).reason).toBe('assertion-form');
    }
  });
});

describe('an assertion with wrong claims', () => {
  it('is refused when it speaks for another client', async () => {
    expect((await refusal(ask(await assertion(), { client_id: 'ecd-b-system' }))).reason).toBe(
      'client-id-differs',
    );
    expect(await refusedFor({ claims: { sub: 'ecd-b-system' } })).toBe('assertion-issuer');
    expect(await refusedFor({ clientId: 'ecd-b-system' })).toBe('key-unknown');
    expect(await refusedFor({ clientId: 'nobody' })).toBe('client-unknown');
    for (const iss of [7, ['epd-a-system'], '', undefined]) {
      expect(await refusedFor({ claims: { iss, sub: iss } })).toBe('assertion-issuer');
    }
  });

  it('is refused for any audience but the one agreed string', async () => {
    const wrong = [
      'https://other.example/oauth/token',
      'https://sluis.example:8443/oauth/token',
      'http://sluis.example/oauth/token',
      [tokenAddress],
      [tokenAddress, 'https://canary.example'],
      undefined,
      baseUrl,
      `${baseUrl}/stu3`,
      `${tokenAddress}/`,
      tokenAddress.toUpperCase(),
      `${tokenAddress} `,
    ];
    for (const aud of wrong) expect(await refusedFor({ claims: { aud } })).toBe('assertion-audience');
    const other = { key: keys.ecd, clientId: 'ecd-b-system', claims: { aud: tokenAddress } };
    expect(await refusedFor(other)).toBe('assertion-audience');
  });

  it('is refused when it lives too long, is over, or has times that are none', async () => {
    for (const exp of [
      seconds + 301,
      seconds + 31_536_000,
      2 ** 53,
      1e300,
      `${seconds + 60}`,
      undefined,
      null,
    ]) {
      expect(await refusedFor({ claims: { exp } })).toBe('assertion-expiry');
    }
    for (const exp of [seconds - 61, -1, 0])
      expect(await refusedFor({ claims: { exp } })).toBe('assertion-expired');
    for (const name of ['iat', 'nbf']) {
      expect(await refusedFor({ claims: { [name]: seconds + 61 } })).toBe('assertion-early');
      expect(await refusedFor({ claims: { [name]: 'now' } })).toBe('assertion-time');
    }
    expect(await refusedFor({ claims: { iat: seconds - 31_536_000 } })).toBe('assertion-time');
  });

  it('is refused without a usable id', async () => {
    for (const jti of [undefined, '', 7, ['a'], 'a'.repeat(257)]) {
      expect(await refusedFor({ claims: { jti } })).toBe('assertion-id');
    }
  });

  it('tells who asks about a key or client nothing that others cannot hear', async () => {
    const heard = new Set<string>();
    for (const making of [
      { clientId: 'nobody' },
      { header: { kid: 'x' } },
      { key: { ...keys.evil, kid: keys.epd.kid } },
    ]) {
      await ask(await assertion(making)).catch((error: Error) => heard.add(error.message));
    }
    expect(heard.size).toBe(1);
  });
});

describe('a token request that is not one', () => {
  it('is refused with its OAuth code', async () => {
    const text = await assertion();
    for (const grant of [
      'password',
      'authorization_code',
      'refresh_token',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
    ]) {
      expect((await refusal(ask(text, { grant_type: grant }))).oauth).toBe('unsupported_grant_type');
    }
    expect((await refusal(ask(text, { grant_type: '' }))).oauth).toBe('invalid_request');
    expect((await refusal(ask(text, { client_assertion_type: 'x' }))).oauth).toBe('invalid_client');
    expect((await refusal(ask(text, { client_secret: 'x' }))).oauth).toBe('invalid_client');
    expect((await refusal(ask(''))).oauth).toBe('invalid_client');
  });

  it('is refused for a scope that is not registered, even beside one that is', async () => {
    for (const scope of [
      'medication',
      'handover medication',
      'Handover',
      'handover  wishes',
      ' handover',
      '*',
    ]) {
      expect(await refusal(ask(await assertion(), { scope }))).toMatchObject({
        kind: 'invalid',
        oauth: 'invalid_scope',
      });
    }
  });

  it('is refused while the participant is switched off or blocked', async () => {
    stage.participants[0]!.active = false;
    expect(await refusedFor({})).toBe('participant-inactive');
    stage.participants[0]!.active = true;
    await block('epd-a');
    expect((await recordsOf(store)).at(-1)).toMatchObject({
      event: 'access.blocked',
      detail: { participant: 'epd-a', by: 'command:operator' },
    });
    expect(await refusedFor({})).toBe('participant-blocked');
    await unblock('epd-a');
    expect(await ask(await assertion())).toHaveProperty('access_token');
  });

  it('is recorded as who it is once it has proven that, also when it is refused', async () => {
    const before = (await recordsOf(store)).length;
    const once = await assertion();
    await ask(once);
    await refusal(ask(once));
    await refusal(ask(await assertion(), { scope: 'other' }));
    stage.participants[0]!.active = false;
    await refusedFor({});
    const records = (await recordsOf(store)).slice(before).filter(({ outcome }) => outcome === 'refused');
    const proven = { participantId: 'epd-a', clientId: 'epd-a-system' };
    expect(records).toEqual([
      expect.objectContaining({ reason: 'assertion-used', detail: { claimedClient: 'epd-a-system' } }),
      expect.objectContaining({ reason: 'scope', ...proven }),
      expect.objectContaining({ reason: 'participant-inactive', ...proven }),
    ]);
    expect(records[0]).not.toHaveProperty('clientId');
  });

  it('leaves exactly one record each, with a stable reason and nobody proven', async () => {
    const before = (await recordsOf(store)).length;
    await refusal(ask(await assertion({ claims: { aud: 'x' } })));
    await refusal(ask('nonsense'));
    const records = (await recordsOf(store)).slice(before);
    expect(records).toMatchObject([
      {
        event: 'token.refused',
        outcome: 'refused',
        reason: 'assertion-audience',
        detail: { claimedClient: 'epd-a-system' },
      },
      { event: 'token.refused', outcome: 'refused', reason: 'assertion-form' },
    ]);
    expect(records.some((record) => 'participantId' in record || 'clientId' in record)).toBe(false);
  });
});

const block = (id: string) => blockAccess(store, id, 'command:operator');
const unblock = (id: string) => allowAccess(store, id, 'command:operator');

describe('an assertion used twice', () => {
  it('is refused the second time, also after its own expiry within the tolerance', async () => {
    const text = await assertion({ claims: { exp: seconds + 5 } });
    await ask(text);
    expect((await refusal(ask(text))).reason).toBe('assertion-used');
    stage.move(20_000);
    expect((await refusal(ask(text))).reason).toBe('assertion-used');
  });

  it('is remembered until no gateway would take it, and then forgotten', async () => {
    const text = await assertion({ claims: { exp: seconds + 300 } });
    await ask(text);
    stage.move(329_000);
    await stage.identity.forgetOldAssertions();
    expect((await refusal(ask(text))).reason).toBe('assertion-used');
    stage.move(200_000);
    expect(await stage.identity.forgetOldAssertions()).toBeGreaterThan(0);
    expect((await refusal(ask(text))).reason).toBe('assertion-expired');
  });

  it('does not use up the same id of another client', async () => {
    const claims = { jti: 'same' };
    await ask(await assertion({ claims }));
    expect(
      await ask(
        await assertion({ key: keys.ecd, clientId: 'ecd-b-system', claims: { ...claims, aud: baseUrl } }),
      ),
    ).toHaveProperty('access_token');
  });
});

describe.each(storeKinds)('two gateways on %s', (kind) => {
  it.runIf(kind === 'postgresql')('give one token per assertion, however close the requests', async () => {
    const shared = await prepareGround(kind);
    try {
      const one = await identityOn(await shared.open({ gateway: 'g1', clock: () => now }));
      const two = await identityOn(await shared.open({ gateway: 'g2', clock: () => now }), {
        keyFile: one.keyFile,
      });
      const texts = await Promise.all(Array.from({ length: 100 }, () => assertion()));
      const won = await Promise.all(
        texts.map(async (text) => {
          const tries = [one, two].map(({ identity }) => identity.issueToken(formOf(text), context()));
          const results = await Promise.allSettled(tries);
          return results.filter((result) => result.status === 'fulfilled').length;
        }),
      );
      expect(new Set(won)).toEqual(new Set([1]));
    } finally {
      await shared.end();
    }
  });
});

describe('a store that does not answer', () => {
  it('means 503 and never a token', async () => {
    const own = await prepareGround('sqlite');
    const closing = await own.open({ clock: () => now });
    const lonely = await identityOn(closing);
    await closing.ping();
    await closing.close();
    const work = lonely.identity.issueToken(formOf(await assertion()), context());
    expect(await refusal(work)).toMatchObject({ kind: 'unavailable', oauth: 'temporarily_unavailable' });
    const { access_token } = await ask(await assertion());
    const twin = await identityOn(closing, { keyFile: stage.keyFile });
    const entering = twin.identity.authenticate(`Bearer ${access_token}`, context());
    expect((await refusal(entering)).kind).toBe('unavailable');
    await own.end();
  });
});

describe('an access token', () => {
  const bearer = async (more: Making = {}) => `Bearer ${(await ask(await assertion(more))).access_token}`;
  const enter = (authorization: string | undefined) => stage.identity.authenticate(authorization, context());

  it('shows who asks, with the scheme in any case', async () => {
    const header = await bearer();
    const requester = await enter(header);
    expect(requester).toMatchObject({ clientId: 'epd-a-system', scopes: ['handover', 'wishes'] });
    expect(requester.participant.id).toBe('epd-a');
    expect(await enter(header.replace('Bearer', 'bEARER'))).toEqual(requester);
  });

  it('is refused when it is missing, doubled or of another scheme, each with its challenge', async () => {
    const header = await bearer();
    for (const other of [undefined, '', 'Basic abc', 'DPoP abc']) {
      expect((await refusal(enter(other))).kind).toBe('unauthenticated');
    }
    for (const other of [
      `${header}, ${header}`,
      'Bearer',
      'Bearer a b',
      'Bearer <x>',
      `Bearer ${'a'.repeat(9_000)}`,
    ]) {
      expect((await refusal(enter(other))).kind).toBe('invalid');
    }
  });

  it('is refused when anything in it was changed, or when somebody else signed it', async () => {
    const token = (await ask(await assertion())).access_token;
    const [head = '', body = '', signature] = token.split('.');
    const part = (text: string) =>
      JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>;
    const print = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (const change of [
      { scope: 'medication' },
      { ura: '1' },
      { exp: seconds + 9_999 },
      { aud: undefined },
    ]) {
      const changed = `${head}.${print({ ...part(body), ...change })}.${signature}`;
      expect((await refusal(enter(`Bearer ${changed}`))).reason).toBe('token-signature');
    }
    const retyped = `${print({ ...part(head), typ: 'JWT' })}.${body}.${signature}`;
    expect((await refusal(enter(`Bearer ${retyped}`))).reason).toBe('token-header');
    const own = await new SignJWT(part(body))
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: String(part(head).kid) })
      .sign(keys.ecd.privateKey);
    expect((await refusal(enter(`Bearer ${own}`))).reason).toBe('token-signature');
    expect((await refusal(enter(`Bearer ${await assertion({ claims: { aud: baseUrl } })}`))).reason).toBe(
      'token-header',
    );
  });

  it('ends after five minutes, also when it was seen before', async () => {
    const header = await bearer();
    await enter(header);
    stage.move(301_000);
    expect((await refusal(enter(header))).reason).toBe('token-expired');
  });

  it('ends at once when its participant is switched off, blocked, or its client is gone', async () => {
    const header = await bearer();
    await enter(header);
    stage.participants[0]!.active = false;
    expect((await refusal(enter(header))).reason).toBe('participant-inactive');
    stage.participants[0]!.active = true;
    await block('epd-a');
    expect((await refusal(enter(header))).reason).toBe('participant-blocked');
    await unblock('epd-a');
    await enter(header);
  });

  it('ends within a second of a block, however often it was seen', async () => {
    stage = await identityOn(store, { settings: { blockCheckMs: 500 } });
    const header = await bearer();
    await enter(header);
    await block('epd-a');
    stage.move(999);
    expect((await refusal(enter(header))).reason).toBe('participant-blocked');
    await unblock('epd-a');
  });

  it('of another region is refused', async () => {
    const other = await identityOn(store, { keyFile: stage.keyFile, baseUrl: 'https://elsewhere.example' });
    const header = await bearer();
    expect((await refusal(other.identity.authenticate(header, context()))).reason).toBe('token-audience');
  });

  it('leaves one record when it is refused', async () => {
    const before = (await recordsOf(store)).length;
    await refusal(enter('Bearer abc'));
    expect((await recordsOf(store)).slice(before)).toMatchObject([
      { event: 'access.refused', reason: 'token-form' },
    ]);
  });

  it('is recorded as its owner’s when that may not come in any more', async () => {
    const header = await bearer();
    const before = (await recordsOf(store)).length;
    stage.participants[0]!.active = false;
    await refusal(enter(header));
    stage.move(301_000);
    await refusal(enter(header));
    const owner = { participantId: 'epd-a', clientId: 'epd-a-system' };
    expect((await recordsOf(store)).slice(before)).toMatchObject([
      { event: 'access.refused', reason: 'participant-inactive', ...owner },
      { event: 'access.refused', reason: 'token-expired', ...owner },
    ]);
  });

  it('is refused that this gateway’s own key signed for somebody else', async () => {
    const { access_token } = await ask(await assertion({}));
    const own = decodeJwt(access_token);
    const signing = await signingKeysOf(stage.keyFile);
    const entering = async (claims: object) =>
      enter(`Bearer ${await signing.sign({ ...own, ...claims }, 'at+jwt')}`);
    expect((await entering({})).clientId).toBe('epd-a-system');
    for (const claims of [
      { aud: 'https://holder.example' },
      { aud: [baseUrl] },
      { iss: 'https://holder.example' },
    ])
      expect((await refusal(entering(claims))).reason).toBe('token-audience');
  });
});

describe('the signing keys', () => {
  it('rotate without a restart: retired keys verify until they are taken out', async () => {
    const path = join(ground.folder, 'token-keys.json');
    const replace = async (content: object) => {
      await writeFile(`${path}.new`, JSON.stringify(content), { mode: 0o600 });
      await rename(`${path}.new`, path);
    };
    const first = await newKeyFile();
    await replace(first);
    let time = 0;
    const signing = await createSigningKeys(path, () => new Date(time));
    const token = await signing.sign({ sub: 'x' }, 'at+jwt');
    const second = await newKeyFile(first);
    await replace(second);
    time += 5_000;
    expect((await signing.verify(token, 'at+jwt')).keyId).toBe(first.current);
    expect(await signing.current()).toBe(second.current);
    expect((await signing.jwks()).keys).toHaveLength(2);
    expect(JSON.stringify(await signing.jwks())).not.toContain('"d"');
    await replace({ ...second, keys: second.keys.slice(0, 1) });
    time += 5_000;
    expect((await refusal(signing.verify(token, 'at+jwt'))).reason).toBe('token-key');
    await writeFile(path, '{ half a file');
    time += 5_000;
    expect(await signing.current()).toBe(second.current);
  });

  it('stay as they were while their file cannot be taken, which is told once for each such file', async () => {
    const path = join(ground.folder, 'edited-keys.json');
    const stolen = await newKeyFile();
    const file = await newKeyFile(stolen);
    await writeFile(path, JSON.stringify(file), { mode: 0o600 });
    let time = 0;
    const told: string[] = [];
    const signing = await createSigningKeys(
      path,
      () => new Date(time),
      (reason, why) => told.push(`${reason} ${why}`),
    );
    const looked = async () => {
      time += 5_000;
      return signing.knows(stolen.current);
    };
    // an editor that writes a new file leaves it readable by others
    await writeFile(`${path}.new`, JSON.stringify({ ...file, keys: file.keys.slice(0, 1) }), { mode: 0o644 });
    await rename(`${path}.new`, path);
    expect([await looked(), await looked()]).toEqual([true, true]);
    expect(told).toEqual([expect.stringMatching(/^signing-keys-unread .*mode 600/)]);
    await chmod(path, 0o600);
    expect(await looked()).toBe(false);
    expect(told).toHaveLength(1);
    await rm(path);
    await looked();
    expect(told).toHaveLength(2);
  });
});

describe('a signing key file', () => {
  const made = async (content: unknown, mode = 0o600) => {
    const path = join(ground.folder, `keys-${randomUUID()}.json`);
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content), { mode });
    return createSigningKeys(path, () => now);
  };

  it('is refused at the start when others may read it, or when it is none', async () => {
    const good = await newKeyFile();
    const [key] = good.keys;
    await expect(made(good)).resolves.toBeDefined();
    await expect(made(good, 0o644)).rejects.toThrow('mode 600');
    for (const wrong of [
      '{',
      {},
      { ...good, current: 'other' },
      { ...good, keys: [{ ...key, d: undefined }] },
      { ...good, keys: [key, key] },
      { ...good, keys: [] },
      { ...good, keys: [{ ...key, kty: 'RSA' }] },
    ]) {
      await expect(made(wrong)).rejects.toThrow();
    }
  });
});

describe('the published documents', () => {
  it('name one issuer and its addresses, from the settings', () => {
    expect(stage.identity.authorizationServerMetadata()).toMatchObject({
      issuer: baseUrl,
      token_endpoint: tokenAddress,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    });
    expect(stage.identity.smartConfiguration()).toMatchObject({
      capabilities: ['client-confidential-asymmetric'],
    });
  });

  it('hold no private key', async () => {
    const text = JSON.stringify(await stage.identity.jwks());
    expect(text).not.toContain('"d":');
    expect(JSON.parse(text)).toMatchObject({ keys: [{ kty: 'EC', alg: 'ES256', use: 'sig' }] });
  });
});
