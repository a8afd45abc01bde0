// Is a page behind a one-time link shown to one pair of eyes, once, in time, and to nobody else? On every store, and over real HTTP.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { answerLink } from '../../src/exchange/pages/answerLink.ts';
import { forgetLinks, type LinkedPage, mintLink, openLink } from '../../src/exchange/pages/links.ts';
import { printPage } from '../../src/exchange/pages/page.ts';
import type { Store } from '../../src/store/store.ts';
import { asking, hospital } from '../world/cast.ts';
import { raw, statusesIn } from './httpStage.ts';
import { type PageStage, startPages } from './pageStage.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

const bsn = '999911120';
const html = printPage({ language: 'nl', title: 'Kaart', style: 'p{margin:0}', body: ['<p>geheim</p>'] });
const start = new Date('2026-01-15T10:00:00.000Z');

describe.each(storeKinds)('a one-time link on %s', (kind) => {
  let ground: Ground;
  let store: Store;
  let now: Date;
  const clock = () => now;

  beforeEach(async () => {
    ground = await prepareGround(kind);
    now = start;
    store = await ground.open({ clock });
  });
  afterEach(() => ground.end());

  const mint = (more: Partial<LinkedPage> = {}) =>
    store.write((unit) =>
      mintLink(unit, { kind: 'card', html, requester: asking(hospital), patientBsn: bsn, now, ...more }),
    );
  const open = (token: string, on: Store = store, more: object = {}) =>
    openLink({ kind: 'card', token, requestId: 'r-1', ...more }, { store: on, clock }).catch(
      (error: { reason?: string }) => error.reason,
    );
  const ask = (token: string, method: 'GET' | 'HEAD' = 'GET') =>
    answerLink({ kind: 'card', token, method, language: 'nl', requestId: 'r-1' }, { store, clock });
  const audit = async () =>
    (await store.read.selectFrom('audit').selectAll().orderBy('position').execute()).map(
      (row): Record<string, unknown> => ({ ...JSON.parse(row.body), patient: row.patient_hash }),
    );

  test('shows its page once; the second answer is the same, byte for byte, as for a link that never was', async () => {
    const { token } = await mint();
    expect(await ask(token)).toEqual({ found: true, html });
    const [second, never, crippled] = [
      await ask(token),
      await ask('A'.repeat(43)),
      await ask(token.slice(0, 20)),
    ];
    expect(second.found).toBe(false);
    expect(second.html).toContain('werkt niet');
    expect(second.html).not.toContain('geheim');
    expect(never).toEqual(second);
    expect(crippled).toEqual(second);
  });

  test('that another gateway shows at this very moment is used up, and nothing is missing', async () => {
    const { token } = await mint();
    const real = store.open;
    vi.spyOn(store, 'open').mockImplementationOnce(async (...asked) => {
      expect(await ask(token)).toEqual({ found: true, html });
      return real(...asked);
    });
    expect(await ask(token)).toMatchObject({ found: false });
    expect(ground.alarms).toEqual([]);
  });

  test('is unguessable and nowhere in the database, nor is the page in the clear', async () => {
    const minted = await Promise.all(Array.from({ length: 50 }, () => mint()));
    expect(new Set(minted.map(({ token }) => token)).size).toBe(50);
    for (const { token } of minted) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const rows = JSON.stringify(await store.read.selectFrom('one_time_link').selectAll().execute());
    const payloads = await store.read.selectFrom('payload').selectAll().execute();
    for (const { token } of minted) expect(rows).not.toContain(token);
    expect(rows).not.toContain(bsn);
    for (const { ciphertext } of payloads) expect(Buffer.from(ciphertext).toString()).not.toContain('geheim');
  });

  test('keeps nothing of its page once it was shown', async () => {
    const { token } = await mint();
    await ask(token);
    expect(await store.read.selectFrom('payload').selectAll().execute()).toEqual([]);
  });

  test('HEAD shows nothing and uses nothing up', async () => {
    const { token } = await mint();
    expect(await ask(token, 'HEAD')).toEqual({ found: true, html: '' });
    expect(await ask(token, 'HEAD')).toEqual({ found: true, html: '' });
    expect((await ask(token)).html).toBe(html);
    expect((await ask(token, 'HEAD')).found).toBe(false);
  });

  test('ends after ten minutes, and not a moment before', async () => {
    const [first, second] = [await mint(), await mint()];
    now = new Date(start.getTime() + 599_999);
    expect(await open(first.token)).toBe(html);
    now = new Date(start.getTime() + 600_000);
    expect(await open(second.token)).toBe('link-gone');
    expect((await ask(second.token, 'HEAD')).found).toBe(false);
  });

  test('of a card is not one of an overview', async () => {
    const { token } = await mint();
    expect(await open(token, store, { kind: 'overview' })).toBe('link-gone');
    expect(await open(token)).toBe(html);
  });

  test('shows to exactly one of a hundred that open it at two gateways at once', async () => {
    const other = await ground.open({
      clock,
      gateway: 'gateway-2',
      ...(kind === 'sqlite' ? { role: 'command' as const } : {}),
    });
    const { token } = await mint();
    const shown = await Promise.all(
      Array.from({ length: 100 }, (_, index) => open(token, index % 2 === 0 ? store : other)),
    );
    expect(shown.filter((one) => one === html)).toHaveLength(1);
    expect(shown.filter((one) => one === 'link-gone')).toHaveLength(99);
    const shows = (await audit()).filter(
      (one) => one.event === 'wishes.cardShown' && one.outcome === 'success',
    );
    expect(shows).toHaveLength(1);
  });

  test('records each showing and each refusal, with the patient where the page was shown', async () => {
    const { token, id } = await mint();
    await ask(token);
    await ask(token);
    await ask('B'.repeat(43));
    const records = await audit();
    expect(records).toMatchObject([
      {
        event: 'wishes.cardShown',
        outcome: 'success',
        object: `Link/${id}`,
        participantId: 'hospital',
        patient: store.hash('bsn', bsn),
      },
      { event: 'wishes.cardShown', outcome: 'refused', reason: 'link-gone', object: `Link/${id}` },
      { event: 'wishes.cardShown', outcome: 'refused', reason: 'link-gone' },
    ]);
    expect(JSON.stringify(records)).not.toContain(bsn);
    expect(JSON.stringify(records)).not.toContain(token);
  });

  test('a showing that cannot be recorded shows nothing and uses nothing up', async () => {
    const { token } = await mint();
    const broken: Store = {
      ...store,
      write: (job) =>
        store.write(async (unit) => {
          await job(unit);
          throw new Error('no record');
        }),
    };
    await expect(openLink({ kind: 'card', token, requestId: 'r' }, { store: broken, clock })).rejects.toThrow(
      'no record',
    );
    expect(await open(token)).toBe(html);
  });

  test('is forgotten with its page once it has expired, and not before', async () => {
    const { token } = await mint();
    expect(await forgetLinks(store, now)).toBe(0);
    now = new Date(start.getTime() + 600_000);
    expect(await forgetLinks(store, now)).toBe(1);
    expect(await store.read.selectFrom('payload').selectAll().execute()).toEqual([]);
    expect(await open(token)).toBe('link-gone');
  });
});

describe('over HTTP a link', () => {
  let ground: Ground;
  let stage: PageStage;

  beforeEach(async () => {
    ground = await prepareGround('sqlite');
    stage = await startPages(ground);
  });
  afterEach(async () => {
    await stage.end();
    await ground.end();
  });

  test('is shown under a policy that loads and runs nothing, is kept nowhere, and leaks no address', async () => {
    const { path } = await stage.mint(html);
    const response = await stage.get(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('x-robots-tag')).toContain('noindex');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/^default-src 'none';style-src 'sha256-[A-Za-z0-9+/=]+';/);
    expect(policy).not.toMatch(/unsafe|script-src|\*/);
    expect(await response.text()).toBe(html);
  });

  test('is a quiet 404 when it was used, the same to the byte as one that never was', async () => {
    const { path } = await stage.mint(html);
    await stage.get(path);
    const [used, never] = [await stage.get(path), await stage.get(`/card/${'x'.repeat(43)}`)];
    const headers = (response: Response) =>
      [...response.headers].filter(([name]) => !['x-request-id', 'date'].includes(name));
    expect([used.status, never.status]).toEqual([404, 404]);
    expect(headers(used)).toEqual(headers(never));
    expect(await used.text()).toBe(await never.text());
  });

  test('HEAD, a prefetching browser and a caller that takes no page use nothing up', async () => {
    const { path } = await stage.mint(html);
    const head = await stage.get(path, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const [name, value] of [
      ['Sec-Purpose', 'prefetch;prerender'],
      ['Purpose', 'prefetch'],
      ['X-Moz', 'prefetch'],
    ] as const) {
      // fetch keeps these names to itself
      const text = await raw(
        stage.port,
        `GET ${path} HTTP/1.1\r\nHost: a\r\n${name}: ${value}\r\nConnection: close\r\n\r\n`,
      );
      expect(statusesIn(text)).toEqual([503]);
      expect(text).not.toContain('geheim');
    }
    expect((await stage.get(path, { headers: { accept: 'application/json' } })).status).toBe(406);
    expect((await stage.get(path, { method: 'POST' })).status).toBe(405);
    expect(await (await stage.get(path)).text()).toBe(html);
  });

  test('is in no log line', async () => {
    const { path, token } = await stage.mint(html);
    await stage.get(path);
    await stage.get(path);
    expect(stage.lines.join()).toContain('/card/:token');
    expect(stage.lines.join()).not.toContain(token);
  });
});
