// Do the consent commands show the whole path, the flips and the review list, and record that somebody looked?
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { terminalTo } from '../../tests/world/terminal.ts';
import { openFoundation } from '../app/foundation.ts';
import { findAudit } from '../audit/find.ts';
import { loadConfig } from '../config.ts';
import { openGrant } from '../consent/breakGlass.ts';
import type { ConsentQuestion } from '../consent/consent.ts';
import { createDecideConsent } from '../consent/decide.ts';
import { registerConsent } from '../consent/ownRecords.ts';
import type { CategoryDecision } from '../consent/source.ts';
import type { Participant, Requester } from '../model.ts';
import { freePort, writeGatewayFolder } from '../sandbox/gatewayFolder.ts';
import type { Store } from '../store/store.ts';
import { dayBefore } from './consent/simulate.ts';
import { runCommandLine } from './run.ts';

const bsn = '999911120';
const organisation = (id: string, ura: string, facilityType: string): Participant => ({
  id,
  name: id,
  identifiers: [{ system: 'http://fhir.nl/fhir/NamingSystem/ura', value: ura }],
  active: true,
  facilityType,
  clients: [],
  endpoints: [],
});
const requester: Requester = {
  participant: organisation('ambulance', '90000002', 'AMB'),
  clientId: 'c',
  scopes: ['wishes'],
  tokenId: 't',
};
const practitioner = { identifier: { system: 'urn:uzi', value: '000095254' }, role: '01.071' };
const question: ConsentQuestion = {
  exchange: 'wishes',
  patientBsn: bsn,
  holder: organisation('gp', '90000001', 'Z3'),
  requester,
  practitioner,
  purposeOfUse: 'TREAT',
  categories: ['GGC002'],
  requestId: 'r',
  signal: new AbortController().signal,
};
const breakGlass = { enabled: true, facilityTypes: ['AMB'], roles: ['01.071'] };

let folder: string;
let file: string;
let lines: string[];
beforeEach(async () => {
  lines = [];
  folder = mkdtempSync(join(tmpdir(), 'sluis-consent-'));
  const [port, opsPort] = [await freePort(), await freePort()];
  file = (await writeGatewayFolder({ folder, port, opsPort, participants: [] })).settingsFile;
  const settings = parse(readFileSync(file, 'utf8'));
  writeFileSync(file, stringify({ ...settings, consent: { breakGlass } }));
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...words: string[]): Promise<number> => {
  const terminal = terminalTo(lines);
  return runCommandLine(['node', 'sluis', 'consent', ...words], {}, terminal);
};
const said = (): string => lines.join('\n');

/** Does the work on the gateway's own store, as the running gateway would. */
async function inGateway<T>(
  work: (store: Store, settings: ReturnType<typeof loadConfig>) => Promise<T>,
): Promise<T> {
  const config = loadConfig(file, {});
  const clock = () => new Date();
  const foundation = await openFoundation(config, { clock, role: 'gateway', alarm: () => undefined });
  try {
    return await work(foundation.store, config);
  } finally {
    await foundation.close();
  }
}

const decideWith = (decision: CategoryDecision) =>
  inGateway((store, { consent }) =>
    createDecideConsent({
      store,
      clock: () => new Date(),
      settings: consent,
      sources: {
        mitz: async () => ({ state: 'answered', decisions: new Map([['GGC002', decision]]) }),
      },
    })(question),
  );
const eventsNow = () =>
  inGateway(async (store) => {
    const found = [];
    for await (const { entry } of findAudit(store, {})) found.push(entry.event);
    return found;
  });

describe('sluis consent', () => {
  it('explains a decision by its id or its audit id, without naming the patient, and records the look', async () => {
    const { decisionId } = await decideWith('deny');
    expect(await run('explain', `ConsentDecision/${decisionId}`, '--config', file)).toBe(0);
    expect(said()).toMatch(/Answer +denied: no-consent \(the patient does not allow it\)/);
    expect(said()).toMatch(/Rule +mitz/);
    expect(said()).toMatch(/Asked by +ambulance, URA 90000002, type AMB \(RPZAC104\)/);
    expect(said()).toMatch(/1 +own +says nothing of it/);
    expect(said()).toMatch(/2 +mitz +GGC002 deny/);
    expect(said()).not.toContain(bsn);
    const auditId = await inGateway(async (store) => {
      const rows = store.read.selectFrom('consent_decision').select('audit_id');
      return (await rows.executeTakeFirstOrThrow()).audit_id;
    });
    expect(await run('explain', auditId, '--json', '--config', file)).toBe(0);
    expect(await run('explain', 'nothing', '--config', file)).toBe(1);
    expect(await eventsNow()).toEqual(['consent.decided', 'consent.explained', 'consent.explained']);
  });

  it('explains a record of a holder that was asked, and a refusal before anybody was asked', async () => {
    const { decisionId } = await decideWith('deny');
    const audited = { action: 'R', outcome: 'refused', exchange: 'wishes', participantId: 'rav' } as const;
    const object = `ConsentDecision/${decisionId}`;
    await inGateway((store) =>
      store.write(async (unit) => {
        unit.audit({ ...audited, event: 'wishes.holderAsked', reason: 'no-consent', object });
        unit.audit({ ...audited, event: 'wishes.card', reason: 'purpose-missing' });
        const late = {
          event: 'medication.holderAsked',
          outcome: 'failed',
          reason: 'consent-timeout',
        } as const;
        unit.audit({ ...audited, ...late });
      }),
    );
    const idOf = (event: string) =>
      inGateway(async (store) => {
        for await (const { id } of findAudit(store, { event })) return id;
        return '';
      });
    expect(await run('explain', await idOf('wishes.holderAsked'), '--config', file)).toBe(0);
    expect(said()).toMatch(new RegExp(`Decision +${decisionId}`));
    lines.length = 0;
    expect(await run('explain', await idOf('wishes.card'), '--config', file)).toBe(0);
    expect(said()).toMatch(/Answer +configuration: purpose-missing \(the token gives no purpose of use\)/);
    expect(said()).not.toContain(bsn);
    lines.length = 0;
    expect(await run('explain', await idOf('medication.holderAsked'), '--config', file)).toBe(0);
    expect(said()).toMatch(/Answer +failed: consent-timeout \(consent was not decided in time\)/);
  });

  it('replays what was recorded under another policy, and lists what flips', async () => {
    await decideWith('permit');
    await decideWith('deny');
    const policy = join(folder, 'changed.yaml');
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const replay = (...more: string[]) =>
      run(
        'simulate',
        '--replay',
        '--policy',
        policy,
        '--config',
        file,
        '--from',
        '2026-01-01',
        '--to',
        tomorrow,
        ...more,
      );
    writeFileSync(policy, stringify({ policy: { purposes: ['COC'] } }));
    expect(await replay()).toBe(0);
    expect(said()).toContain('2 would flip, 0 stay');
    expect(said()).toContain('PERMIT mitz');
    expect(said()).toContain('no purpose-not-allowed (purpose)');
    lines = [];
    writeFileSync(policy, stringify({ consent: { policy: { sources: ['mitz'] } } }));
    expect(await replay()).toBe(0);
    expect(said()).toContain('0 would flip, 2 stay');
    lines = [];
    writeFileSync(policy, stringify({ policy: { sources: ['notified'] } }));
    expect(await replay()).toBe(0);
    expect(said()).toContain('0 would flip, 0 stay, 2 cannot be told');
  });

  it('takes for yesterday the day of a Dutch clock, also when that has 23 hours', () => {
    const { from, to } = dayBefore(new Date('2026-03-29T23:30:00Z'));
    expect([from.toISOString(), to.toISOString()]).toEqual([
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
  });

  it('refuses a period that is none, a period without replay, and a policy under another name', async () => {
    const policy = join(folder, 'changed.yaml');
    writeFileSync(policy, stringify({ policy: { purposes: ['COC'] } }));
    const replay = ['simulate', '--replay', '--policy', policy, '--config', file];
    expect(await run(...replay, '--from', '2026-02-01', '--to', '2026-01-01')).toBe(2);
    expect(said()).toContain('--from must be before --to');
    expect(await run(...replay, '--to', '2026-01-01')).toBe(2);
    expect(await run('simulate', policy, '--policy', policy, '--from', '2026-01-01')).toBe(2);
    expect(said()).toContain('go with --replay');
    writeFileSync(policy, stringify({ ...parse(readFileSync(file, 'utf8')), consnet: { policy: {} } }));
    expect(await run(...replay)).toBe(2);
    expect(said()).toContain('"consnet"');
  });

  it.each([
    ['is not there', undefined, 'is it a file that exists?'],
    ['is not in UTF-8', Buffer.from('name: Coöperatie', 'latin1'), 'is not in UTF-8'],
    ['is no YAML', Buffer.from('a: [1'), 'cannot be read as YAML or JSON: '],
  ])('says why a file cannot be read that %s', async (_, content, why) => {
    const scenario = join(folder, 'scenario.yaml');
    if (content !== undefined) writeFileSync(scenario, content);
    expect(await run('simulate', scenario, '--config', file)).toBe(2);
    expect(said()).toContain(why);
    expect(said()).not.toContain('ENOENT');
  });

  it('draws who would see what, and says what is wrong with a file', async () => {
    const scenario = join(folder, 'scenario.yaml');
    const whole = {
      consent: { breakGlass },
      holders: [{ name: 'GP', type: 'Z3' }],
      requesters: [
        { name: 'crew', type: 'AMB' },
        { name: 'home', type: 'R5' },
      ],
      roles: ['01.071'],
      purposes: ['TREAT', 'ETREAT'],
      categories: ['GGC002', 'GGC013'],
      given: { own: [{ decision: 'deny', requester: 'RPZAC004' }], mitz: { '*': 'permit' } },
    };
    writeFileSync(scenario, stringify(whole));
    expect(await run('simulate', scenario)).toBe(0);
    expect(lines.map((line) => line.replace(/ {2,}/g, '  '))).toEqual([
      'EXCHANGE  HOLDER  REQUESTER  ROLE  PURPOSE  GGC002  GGC013',
      'wishes  GP  crew  01.071  TREAT  PERMIT mitz  PERMIT mitz',
      'wishes  GP  crew  01.071  ETREAT  no break-glass-grant-missing (break-glass)  no break-glass-grant-missing (break-glass)',
      'wishes  GP  home  01.071  TREAT  no no-consent (own)  no no-consent (own)',
      'wishes  GP  home  01.071  ETREAT  no break-glass-not-allowed (break-glass)  no break-glass-not-allowed (break-glass)',
    ]);
    writeFileSync(scenario, stringify({ ...whole, roles: [] }));
    expect(await run('simulate', scenario)).toBe(2);
    expect(said()).toContain('roles');
    expect(await run('simulate')).toBe(2);
    expect(await run('simulate', '--replay', '--config', file)).toBe(2);
  });

  it('names what in a scenario or a policy could never match, instead of leaving it out', async () => {
    const scenario = join(folder, 'scenario.yaml');
    const asks = {
      holders: [{ name: 'GP', type: 'Z3' }],
      requesters: [{ name: 'crew', type: 'AMB' }],
      roles: ['01.071'],
    };
    const given = (more: object) => ({ consent: {}, ...asks, given: { mitz: { '*': 'permit' }, ...more } });
    const own = (more: object) => given({ own: [{ decision: 'deny', ...more }] });
    const cases: [object, string][] = [
      [own({ holder: 'crew' }), 'given.own.0.holder'],
      [own({ requester: '9000002' }), 'given.own.0.requester'],
      [own({ requester: 'RPZAC14' }), 'given.own.0.requester'],
      [own({ categories: ['GGC2'] }), 'given.own.0.categories'],
      [own({ purposes: ['treat'] }), 'given.own.0.purposes'],
      [own({ period: { end: '31-12-2025' } }), 'given.own.0.period.end'],
      [given({ mitz: { GGC02: 'deny' } }), 'given.mitz.GGC02'],
      [{ ...given({}), exchanges: ['wishs'] }, 'exchanges: wishs is no exchange'],
      [{ ...given({}), consent: { exchanges: { wishs: {} } } }, 'exchanges.wishs: is no exchange'],
    ];
    for (const [written, fault] of cases) {
      lines = [];
      writeFileSync(scenario, stringify(written));
      expect([await run('simulate', scenario), said()]).toEqual([2, expect.stringContaining(fault)]);
    }
    const policy = join(folder, 'misspelt.yaml');
    writeFileSync(policy, stringify({ consent: { exchanges: { wishs: { concealRefusal: true } } } }));
    lines = [];
    expect(await run('simulate', '--replay', '--policy', policy, '--config', file)).toBe(2);
    expect(said()).toContain('exchanges.wishs: is no exchange');
  });

  it('lists break-glass for review, shows the reason only when asked, and marks it done once', async () => {
    const reason = 'Patient is niet aanspreekbaar, reanimatie op straat';
    const { id } = await inGateway((store, { consent }) => {
      const request = {
        patientBsn: bsn,
        requester,
        practitioner,
        purposeOfUse: 'ETREAT',
        reason,
        requestId: 'r',
      };
      return openGrant(request, { store, clock: () => new Date(), settings: consent });
    });
    expect(await run('review', '--config', file)).toBe(0);
    expect(said()).toContain(id);
    expect(said()).not.toContain(reason);
    expect(await run('review', '--reveal', '--config', file)).toBe(0);
    expect(said()).toContain(reason);
    expect(await run('review', '--done', id, '--config', file)).toBe(0);
    expect(await run('review', '--done', id, '--config', file)).toBe(1);
    expect(await eventsNow()).toEqual([
      'breakGlass.opened',
      'breakGlass.listed',
      'breakGlass.listed',
      'breakGlass.revealed',
      'breakGlass.reviewed',
    ]);
  });

  it('lists what a patient recorded, by a BSN that stands on no command line', async () => {
    const consent = {
      permits: false,
      status: 'active',
      holder: { kind: 'any' as const },
      requester: { kind: 'category' as const, codes: ['RPZAC104'] },
      categories: ['GGC002'],
      purposes: ['ETREAT', 'BTG'],
    };
    await inGateway((store) =>
      registerConsent(
        store,
        { patientBsn: bsn, consent, resource: { resourceType: 'Consent' } },
        { requester, requestId: 'r', now: new Date() },
      ),
    );
    const bsnFile = join(folder, 'bsn.txt');
    writeFileSync(bsnFile, `${bsn}\n`);
    expect(await run('records', '--bsn-file', bsnFile, '--config', file)).toBe(0);
    expect(said()).toMatch(/objection +any +RPZAC104 +GGC002 +ETREAT BTG +-/);
    writeFileSync(bsnFile, '123456789');
    expect(await run('records', '--bsn-file', bsnFile, '--config', file)).toBe(2);
  });
});
