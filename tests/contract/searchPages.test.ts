// Are further pages as safe as the first? For the asker alone, while consent stands, for ten minutes, and never made up.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { forgetSearches } from '../../src/exchange/index.ts';
import { linkToken } from '../../src/exchange/searching/searchLinks.ts';
import type { FhirResponse, Requester } from '../../src/model.ts';
import { bsn } from '../world/wishes.ts';
import {
  directive,
  directives,
  type FederatedStage,
  linkOf,
  openFederated,
  relative,
  withMode,
} from './federatedStage.ts';
import { asking, gp, home } from './retrievalStage.ts';
import { storeKinds } from './storesUnderTest.ts';

/** As the audit record has it; the caller hears the same of every page that is not there. */
async function refusal(work: Promise<FhirResponse>): Promise<string> {
  try {
    return `answered ${(await work).status}`;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.kind === 'notFound') expect(error.reason).toBe('page-gone');
    return `${error.kind} ${error.recorded}`;
  }
}

const askedCount = ({ servers }: FederatedStage): number => servers.gp.seen.length + servers.home.seen.length;

describe.each(storeKinds)('further pages, on %s', (kind) => {
  let stage: FederatedStage;
  let first: FhirResponse;
  let next: string;
  beforeEach(async () => {
    stage = await openFederated({ kind });
    await stage.record(true);
    const five = ['1', '2', '3'].map((one) => directive(`d${one}`));
    stage.servers.gp.found.Consent = [...five, relative()];
    stage.servers.home.found.Consent = [directive('d4'), directive('d5'), relative()];
    const pairs = directives(await stage.patientId(), ['_include', 'Consent:actor'], ['_count', '2']);
    first = await stage.ask('Consent', pairs);
    next = linkOf(first, 'next');
  });
  afterEach(() => stage.end());

  const follow = (more: Parameters<FederatedStage['ask']>[2] = {}, link = next) => stage.ask(link, [], more);

  it('give everything once, with what comes along on each, from what was kept', async () => {
    const before = askedCount(stage);
    const pages = [first];
    for (let link = next; link !== ''; link = linkOf(pages.at(-1) ?? first, 'next'))
      pages.push(await follow({}, link));
    expect(pages.map((page) => withMode(page, 'match').length)).toEqual([2, 2, 1]);
    expect(pages.map((page) => withMode(page, 'include').length)).toEqual([1, 2, 1]);
    expect(pages.map((page) => page.resource?.total)).toEqual([5, 5, 5]);
    expect(new Set(pages.flatMap((page) => withMode(page, 'match').map((one) => one.id))).size).toBe(5);
    expect(askedCount(stage)).toBe(before);
    expect(await follow({}, linkOf(pages[1] ?? first, 'self'))).toEqual(pages[1]);
  });

  it('are recorded, and ask consent again', async () => {
    const decided = async () =>
      (await stage.audit()).filter(({ event }) => event === 'consent.decided').length;
    const before = await decided();
    await follow();
    expect(await decided()).toBe(before + 2);
    expect((await stage.audit()).at(-1)).toMatchObject({
      event: 'wishes.readPage',
      outcome: 'success',
      detail: { page: 1, resources: 2 },
    });
  });

  it('are nobody’s but the asker’s: not another party’s, person’s, purpose’s, scope’s', async () => {
    const own = asking();
    const others: Requester[] = [
      { ...own, participant: { ...own.participant, id: 'evil' } },
      { ...own, clientId: 'evil-system' },
      asking({ purposeOfUse: 'COC' }),
      asking({ practitioner: { identifier: { system: 'x', value: '2' }, role: '30.000' } }),
      asking({
        practitioner: { ...own.practitioner, role: '01.015' } as NonNullable<Requester['practitioner']>,
      }),
      asking({ mandatedBy: { identifier: { system: 'x', value: '3' } } }),
    ];
    for (const who of others) expect(await refusal(follow({ who }))).toBe('notFound page-of-another');
    expect(await refusal(follow({ who: asking({ scopes: ['handover'] }) }))).toBe('denied scope-missing');
    expect(await refusal(follow({ who: asking({ scopes: ['medication'] }) }))).toBe(
      'notFound page-of-another',
    );
    expect((await stage.audit()).filter(({ outcome }) => outcome === 'refused')).toHaveLength(8);
    expect((await follow({ who: asking({ tokenId: 'a-newer-token' }) })).status).toBe(200);
  });

  it('end when consent is withdrawn, for all that was kept', async () => {
    const before = askedCount(stage);
    await stage.record(false, home);
    expect(await refusal(follow())).toBe('notFound consent-withdrawn');
    expect(askedCount(stage)).toBe(before);
    await stage.record(true, home);
    expect(await refusal(follow())).toBe('notFound page-ended');
    expect((await stage.audit()).at(-1)).toMatchObject({
      event: 'wishes.readPage',
      outcome: 'refused',
      reason: 'page-ended',
    });
  });

  it('wait when consent cannot be asked, and go on when it can', async () => {
    const none = async () =>
      ({ kind: 'unavailable', reason: 'no-answer', concealed: false, decisionId: 'x' }) as const;
    const deps = { ...stage.deps, decideConsent: none };
    expect(await refusal(follow({ deps }))).toBe('unavailable consent-unavailable');
    expect((await follow()).status).toBe(200);
  });

  it('end after ten minutes, and leave nothing behind', async () => {
    const rows = () => stage.store.read.selectFrom('search_snapshot').selectAll().execute();
    expect((await follow({ deps: stage.later(9) })).status).toBe(200);
    expect(await refusal(follow({ deps: stage.later(10) }))).toBe('notFound page-ended');
    expect(JSON.stringify(await rows())).not.toContain(bsn);
    const payloads = () => stage.store.read.selectFrom('payload').select('id').execute();
    const before = (await payloads()).length;
    expect(await forgetSearches(stage.store, new Date(Date.now() + 11 * 60_000))).toBe(1);
    expect([(await rows()).length, (await payloads()).length]).toEqual([0, before - 1]);
    expect(await refusal(follow())).toBe('notFound page-not-known');
  });

  it('have names that nobody can change, count up or read', async () => {
    const token = next.split('/')[1] ?? '';
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    for (let at = 0; at < token.length; at += 1) {
      const other = (Number.parseInt(token.charAt(at), 16) ^ 1).toString(16);
      const changed = `$page/${token.slice(0, at)}${other}${token.slice(at + 1)}`;
      expect([at, await refusal(follow({}, changed))]).toEqual([at, 'notFound page-not-known']);
    }
    const [row] = await stage.store.read.selectFrom('search_snapshot').selectAll().execute();
    expect(token).not.toContain((row?.id ?? '-').replaceAll('-', ''));
    const beyond = linkToken(stage.store, { snapshotId: row?.id ?? '', page: 9 });
    expect(await refusal(follow({}, `$page/${beyond}`))).toBe('notFound page-not-known');
    for (const one of ['$page/1', '$page/2', `$page/${'0'.repeat(64)}`, `$page/${token.slice(0, 62)}`])
      expect(await refusal(follow({}, one))).toBe('notFound page-not-known');
    expect(await refusal(stage.ask(next, [['page', '3']]))).toBe('unprocessable parameter-not-supported');
  });

  it('are not kept where one page is enough', async () => {
    await forgetSearches(stage.store, new Date(Date.now() + 11 * 60_000));
    const found = await stage.ask('Consent', directives(await stage.patientId()));
    expect([withMode(found, 'match').length, linkOf(found, 'next')]).toEqual([5, '']);
    expect(await stage.store.read.selectFrom('search_snapshot').selectAll().execute()).toEqual([]);
  });

  it('of a holder that no longer takes part are not given', async () => {
    const directory = {
      ...stage.deps.directory,
      byId: (id: string) => (id === gp.id ? undefined : stage.deps.directory.byId(id)),
    };
    expect(await refusal(follow({ deps: { ...stage.deps, directory } }))).toBe('notFound holder-gone');
  });
});
