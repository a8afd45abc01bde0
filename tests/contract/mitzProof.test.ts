// Who may say that a patient changed its mind? Only Mitz: by the certificate that a proxy proved, or by its own token.
import { X509Certificate } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordsOf } from './identityCast.ts';
import { type NotifyStage, notice, startNotifyStage } from './mitzNotifyStage.ts';
import { bsn, type Certificates, makeCertificates, practice } from './mitzStage.ts';

let certificates: Certificates;
beforeAll(() => {
  certificates = makeCertificates();
});
afterAll(() => certificates.end());

const lastRecord = async (stage: NotifyStage) => (await recordsOf(stage.store)).at(-1);

describe('by token', () => {
  let stage: NotifyStage;
  beforeAll(async () => {
    stage = await startNotifyStage('sqlite');
    await stage.mitz.subscriptions.subscribe({ bsn }, practice);
  });
  afterAll(() => stage.end());

  it.each([
    ['no token', {}],
    ['a token that nobody issued', { authorization: 'Bearer abc.def.ghi' }],
    ['a certificate that nobody asked for', { 'client-cert': 'x' }],
  ])('refuses %s', async (_name, headers) => {
    expect((await stage.tell(notice(), headers as Record<string, string>)).status).toBe(401);
    expect(await stage.copyOf()).toBeUndefined();
  });

  it('lets the client of Mitz in', async () => {
    expect((await stage.tell(notice())).status).toBe(204);
  });

  it.each([
    ['application/json; charset=latin1', 415],
    ['text/xml', 415],
  ])('takes FHIR only: %s', async (type, status) => {
    expect((await stage.tell(notice(), { ...stage.bearer, 'content-type': type })).status).toBe(status);
  });

  it('takes a POST only, with a body that can be read', async () => {
    const got = await fetch(stage.address, { headers: stage.bearer });
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    expect((await stage.tell('')).status).toBe(400);
    expect((await stage.tell('{')).status).toBe(400);
    const doctype =
      '<!DOCTYPE Bundle [<!ENTITY e "x">]><Bundle xmlns="http://hl7.org/fhir"><id value="&e;"/></Bundle>';
    const xml = { ...stage.bearer, 'content-type': 'application/fhir+xml' };
    expect((await stage.tell(doctype, xml)).status).toBe(400);
    expect((await stage.tell({ resourceType: 'Patient' })).status).toBe(422);
  });
});

describe('by token of another client', () => {
  it('refuses one that is registered, and keeps a record', async () => {
    const stage = await startNotifyStage('sqlite', { kind: 'token', clientIds: ['mitz'] });
    await stage.mitz.subscriptions.subscribe({ bsn }, practice);
    expect((await stage.tell(notice())).status).toBe(403);
    expect(await stage.copyOf()).toBeUndefined();
    expect(await lastRecord(stage)).toMatchObject({
      outcome: 'refused',
      reason: 'mitz-client',
      clientId: 'epd-a-system',
    });
    await stage.end();
  });
});

describe('by certificate', () => {
  const prints = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
  const start = async (proxies: string[], own = [certificates.mitz.cert, certificates.expired.cert]) => {
    const stage = await startNotifyStage('sqlite', {
      kind: 'certificate',
      header: 'client-cert',
      proxies,
      sha256: own.map(prints),
    });
    await stage.mitz.subscriptions.subscribe({ bsn }, practice);
    return stage;
  };
  const rfc9440 = (pem: string) => `:${new X509Certificate(pem).raw.toString('base64')}:`;

  it('lets Mitz in, in both forms', async () => {
    const stage = await start(['127.0.0.1']);
    const forms = [encodeURIComponent(certificates.mitz.cert), rfc9440(certificates.mitz.cert)];
    for (const form of forms) expect((await stage.tell(notice(), { 'client-cert': form })).status).toBe(204);
    expect(await lastRecord(stage)).toMatchObject({
      outcome: 'success',
      clientId: expect.stringMatching(/^certificate:/),
    });
    await stage.end();
  });

  it('refuses all others by name, and a token is no way round', async () => {
    const stage = await start(['127.0.0.1']);
    const cases: [string, Record<string, string>][] = [
      ['certificate-missing', stage.bearer],
      ['certificate-unreadable', { 'client-cert': 'SUCCESS' }],
      ['certificate-unreadable', { 'client-cert': '%' }],
      ['certificate-unknown', { 'client-cert': rfc9440(certificates.stranger.cert) }],
      ['certificate-unknown', { 'client-cert': rfc9440(certificates.expired.cert) }],
    ];
    for (const [reason, headers] of cases) {
      expect((await stage.tell(notice(), headers)).status).toBe(401);
      expect(await lastRecord(stage)).toMatchObject({ event: 'mitz.notified', outcome: 'refused', reason });
    }
    expect(await stage.copyOf()).toBeUndefined();
    await stage.end();
  });

  it('refuses a header that a caller added to that of the proxy', async () => {
    const stage = await start(['127.0.0.1']);
    const status = await new Promise<number>((resolve) => {
      const sent = request(stage.address, { method: 'POST' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      sent.setHeader('client-cert', [rfc9440(certificates.mitz.cert), rfc9440(certificates.stranger.cert)]);
      sent.setHeader('content-type', 'application/fhir+json');
      sent.end(JSON.stringify(notice()));
    });
    expect(status).toBe(401);
    await stage.end();
  });

  it('believes the header of the configured proxy alone', async () => {
    const stage = await start(['10.0.0.0/8']);
    const { status } = await stage.tell(notice(), { 'client-cert': rfc9440(certificates.mitz.cert) });
    expect(status).toBe(401);
    expect(await lastRecord(stage)).toMatchObject({ reason: 'certificate-proxy' });
    await stage.end();
  });
});
