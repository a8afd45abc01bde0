// Is it told what another policy would have decided, and that it cannot be told where nobody was asked then?
import { describe, expect, test } from 'vitest';
import type { Step } from './askSources.ts';
import { judge, type OpenGrant } from './judge.ts';
import { replay } from './replay.ts';
import { consentSettings, policyFor } from './settings.ts';
import type { CategoryDecision } from './source.ts';
import type { DecisionTrace } from './trace.ts';

const organisation = (participantId: string, type: string, category: string) => ({
  participantId,
  ura: '90000001',
  type,
  category,
});
type Recorded = {
  settings?: object;
  purpose?: string;
  grant?: OpenGrant;
  said: Partial<Record<string, Said>>;
};
type Said = { [category: string]: CategoryDecision } | 'timeout';

/** A decision of yesterday, as the gateway took it. */
async function recorded({ settings = {}, purpose = 'TREAT', grant, said }: Recorded): Promise<DecisionTrace> {
  const parsed = consentSettings.parse(settings);
  const policy = policyFor(parsed, 'wishes');
  const now = new Date('2026-03-02T10:00:00.000Z');
  const inputs = {
    exchange: 'wishes',
    holder: organisation('gp', 'Z3', 'RPZAC001'),
    requester: organisation('ambulance', 'AMB', 'RPZAC104'),
    practitioner: { system: 's', value: '1', role: '01.071' },
    purposeOfUse: purpose,
    categories: ['GGC002'],
  };
  const judged = await judge({
    settings: parsed,
    policy,
    inputs,
    now,
    ask: async (source) => {
      const answer = said[source];
      if (answer === 'timeout') return { state: 'failed', reason: 'timeout' };
      return answer && { state: 'answered', decisions: new Map(Object.entries(answer)), asOf: now };
    },
    grant: async () => grant,
  });
  const about = { decisionId: 'd', at: now.toISOString(), region: 'r', policyVersion: 'v' };
  return { ...about, policy, exchange: 'wishes', inputs, ...judged };
}

const kindOf = async (trace: DecisionTrace, settings: object) =>
  (await replay(trace, consentSettings.parse(settings))).kind;
const from = (...sources: string[]) => ({ policy: { sources } });
const yes: Said = { GGC002: 'permit' };
const no: Said = { GGC002: 'deny' };
const glass = { breakGlass: { enabled: true, facilityTypes: ['AMB'], roles: ['01.071'] } };
const steps = ({ steps: all }: DecisionTrace): Step['source'][] => all.map(({ source }) => source);

describe('a decision that is judged again', () => {
  test.each([
    ['permit', yes],
    ['refusal', no],
  ])(
    'a %s of Mitz stays where Mitz decides, and cannot be told where own records come first',
    async (...given) => {
      const trace = await recorded({ settings: from('mitz'), said: { mitz: given[1] } });
      expect(steps(trace)).toEqual(['mitz']);
      expect(await kindOf(trace, from('mitz'))).toBe('same');
      expect(await kindOf(trace, from('mitz', 'own'))).toBe('same');
      expect(await kindOf(trace, from('own', 'mitz'))).toBe('untold');
      expect(await kindOf(trace, from('own'))).toBe('untold');
    },
  );

  test('of an outage cannot be told where a copy would have stood in, and flips where it did and may not', async () => {
    const copies = { policy: { sources: ['mitz'], outage: 'notifiedCopy' } };
    const closed = await recorded({ settings: from('mitz'), said: { mitz: 'timeout' } });
    expect(await kindOf(closed, copies)).toBe('untold');
    const opened = await recorded({ settings: copies, said: { mitz: 'timeout', notified: yes } });
    expect(await kindOf(opened, from('mitz'))).toBe('flipped');
  });

  test('of an emergency without a grant stays so, and one that was off cannot be told', async () => {
    const asked = { purpose: 'ETREAT', said: {} };
    expect(await kindOf(await recorded({ ...asked, settings: glass }), glass)).toBe('same');
    expect(await kindOf(await recorded(asked), glass)).toBe('untold');
  });

  test('flips where a category is not asked for any more, or consent is not needed', async () => {
    const trace = await recorded({ settings: from('mitz'), said: { mitz: no } });
    expect(await kindOf(trace, { ...from('mitz'), dataCategories: ['GGC013'] })).toBe('flipped');
    expect(await kindOf(trace, { policy: { needed: false } })).toBe('flipped');
  });

  test('cannot be told where what is kept here would be read otherwise', async () => {
    const own = await recorded({ settings: from('own'), said: { own: yes } });
    const nursing = { organisationTypes: { AMB: 'RPZAC004' } };
    expect(await kindOf(own, { ...from('own'), ...nursing })).toBe('untold');
    const asked = { settings: { ...from('own'), ...glass }, grant: { id: 'g', stage: 1 } };
    const urgent = await recorded({ ...asked, purpose: 'ETREAT', said: { own: no, notified: {} } });
    expect(await kindOf(urgent, asked.settings)).toBe('same');
    expect(await kindOf(urgent, { ...glass, policy: { sources: ['own'], specificPurposes: [] } })).toBe(
      'untold',
    );
    const mitz = await recorded({ settings: from('mitz'), said: { mitz: yes } });
    expect(await kindOf(mitz, { ...from('mitz'), ...nursing })).toBe('same');
  });

  test('stays where it was remembered until its copy had become too old', async () => {
    const settings = { policy: { sources: ['notified'], copyMaxHours: 1 } };
    const trace = await recorded({ settings, said: { notified: yes } });
    const at = '2026-03-02T11:00:30.000Z';
    expect(await kindOf({ ...trace, at, cachedAt: trace.at }, settings)).toBe('same');
    expect(await kindOf({ ...trace, at }, settings)).toBe('flipped');
  });
});
