// Does every cause of a refusal have one code, and does nothing but an explicit permit permit?
import { describe, expect, test } from 'vitest';
import type { Participant } from '../model.ts';
import type { ConsentQuestion } from './consent.ts';
import { askingFault, readInputs } from './inputs.ts';
import { type Judged, type Judging, judge, refused } from './judge.ts';
import { kindOf, type RefusalReason, reasons } from './reasons.ts';
import { consentSettings, policyFor } from './settings.ts';
import type { CategoryDecision, ConsentSourceName, SourceAnswer } from './source.ts';

const ura = (value: string) => [{ system: 'http://fhir.nl/fhir/NamingSystem/ura', value }];
const organisation = (id: string, more: Partial<Participant> = {}): Participant => ({
  id,
  name: id,
  identifiers: ura('90000001'),
  active: true,
  facilityType: 'Z3',
  clients: [],
  endpoints: [],
  ...more,
});
const crew = organisation('ambulance', { identifiers: ura('90000002'), facilityType: 'AMB' });
const requester = { participant: crew, clientId: 'c', scopes: ['wishes'], tokenId: 't' };
const whole: ConsentQuestion = {
  exchange: 'wishes',
  patientBsn: '999911120',
  holder: organisation('gp'),
  requester,
  practitioner: { identifier: { system: 's', value: '1' }, role: '01.071' },
  purposeOfUse: 'TREAT',
  categories: ['GGC002'],
  requestId: 'r',
  signal: new AbortController().signal,
};

type Answers = Partial<Record<ConsentSourceName, SourceAnswer>>;
type Case = {
  question?: Partial<ConsentQuestion>;
  settings?: object;
  answers?: Answers;
  grant?: { id: string; stage: number };
};

const now = new Date('2026-03-02T10:00:00Z');
const said = (decisions: Record<string, CategoryDecision>, more: { asOf?: Date } = {}): SourceAnswer => ({
  state: 'answered',
  decisions: new Map(Object.entries(decisions)),
  ...more,
});
const silent = said({});
const failed: SourceAnswer = { state: 'failed', reason: 'timeout' };
const notAsked = (reason: string): SourceAnswer => ({ state: 'failed', reason });
const { practitioner: _none, ...nobody } = whole;
const { purposeOfUse: _why, ...aimless } = whole;

async function decide({
  question,
  settings = {},
  answers = {},
  grant,
}: Case): Promise<Judged & { asked: ConsentSourceName[] }> {
  const parsed = consentSettings.parse(settings);
  const asked: ConsentSourceName[] = [];
  const read = readInputs({ ...whole, ...question }, parsed);
  if ('fault' in read) return { ...refused(read.fault, 'input'), asked };
  const judging: Judging = {
    settings: parsed,
    policy: policyFor(parsed, 'wishes'),
    inputs: read.inputs,
    now,
    ask: async (source) => {
      asked.push(source);
      return answers[source];
    },
    grant: async () => grant,
  };
  return { ...(await judge(judging)), asked };
}

const glass = { breakGlass: { enabled: true, facilityTypes: ['AMB'], roles: ['01.071'] } };
const emergency = { purposeOfUse: 'ETREAT' };
const causes: Readonly<Record<RefusalReason, Case>> = {
  'patient-missing': { question: { patientBsn: '123456789' } },
  'holder-ura-missing': { question: { holder: organisation('gp', { identifiers: [] }) } },
  'holder-type-missing': { question: { holder: organisation('gp', { facilityType: '' }) } },
  'holder-type-unknown': { question: { holder: organisation('gp', { facilityType: 'QQ9' }) } },
  'requester-ura-missing': {
    question: { requester: { ...requester, participant: { ...crew, identifiers: [] } } },
  },
  'requester-type-missing': {
    question: { requester: { ...requester, participant: { ...crew, facilityType: '' } } },
  },
  'requester-type-unknown': {
    question: { requester: { ...requester, participant: { ...crew, facilityType: 'constructor' } } },
  },
  'practitioner-missing': { question: { practitioner: { identifier: { system: 's', value: '' } } } },
  'practitioner-role-missing': { question: { practitioner: { identifier: { system: 's', value: '1' } } } },
  'practitioner-role-unknown': {
    question: { practitioner: { identifier: { system: 's', value: '1' }, role: 'doctor' } },
  },
  'mandate-role-missing': { question: { mandatedBy: { identifier: { system: 's', value: '2' } } } },
  'mandate-role-unknown': {
    question: { mandatedBy: { identifier: { system: 's', value: '2' }, role: '1' } },
  },
  'category-missing': { question: { categories: [] } },
  'category-unknown': { question: { categories: ['GGC002', 'GGC999'] } },
  'purpose-missing': { question: { purposeOfUse: '' } },
  'purpose-unknown': { question: { purposeOfUse: 'HMARKT' } },
  'purpose-not-allowed': { question: { purposeOfUse: 'COC' } },
  'break-glass-off': { question: emergency },
  'break-glass-not-allowed': {
    question: { ...emergency, practitioner: { identifier: { system: 's', value: '1' }, role: '01.015' } },
    settings: glass,
  },
  'break-glass-grant-missing': { question: emergency, settings: glass },
  'break-glass-purpose': { question: { breakGlass: 'g1' }, settings: glass },
  'holder-ura-unknown': { answers: { own: silent, mitz: notAsked('input-holder') } },
  'requester-ura-unknown': { answers: { own: silent, mitz: notAsked('input-organisation') } },
  'practitioner-number-unknown': { answers: { own: silent, mitz: notAsked('input-practitioner') } },
  'mandate-number-unknown': {
    question: { mandatedBy: { identifier: { system: 's', value: '2' }, role: '01.015' } },
    answers: { own: silent, mitz: notAsked('input-practitioner') },
  },
  'consent-source-missing': { answers: { own: silent } },
  'no-consent': { answers: { own: silent, mitz: said({ GGC002: 'deny' }) } },
  'consent-indeterminate': { answers: { own: silent, mitz: said({ GGC002: 'indeterminate' }) } },
  'consent-unavailable': { answers: { own: silent, mitz: failed } },
};

describe('each cause has exactly one code', () => {
  test.each(Object.entries(causes))('%s', async (reason, one) => {
    const { verdict, asked } = await decide(one);
    const kind = kindOf(reason as RefusalReason);
    expect(verdict).toMatchObject({ kind, reason });
    // what does not depend on the patient is told without asking anybody outside
    if (kind === 'configuration' && one.answers === undefined) expect(asked).toEqual([]);
  });

  test('and the table names them all, and no others', () => {
    expect(Object.keys(causes).sort()).toEqual(Object.keys(reasons).sort());
  });

  test('and the same question without the cause is permitted', async () => {
    const { verdict } = await decide({ answers: { own: silent, mitz: said({ GGC002: 'permit' }) } });
    expect(verdict).toMatchObject({ kind: 'permit', basis: 'mitz', categories: ['GGC002'] });
  });

  test('an organisation with two URAs is known by both', () => {
    const holder = organisation('gp', { identifiers: [...ura('90000001'), ...ura('90000077')] });
    expect(readInputs({ ...whole, holder }, consentSettings.parse({}))).toMatchObject({
      inputs: { holder: { ura: '90000001', otherUras: ['90000077'] } },
    });
  });

  test('an input that is not there at all counts as missing', () => {
    const settings = consentSettings.parse({});
    expect(askingFault(nobody, settings)).toBe('practitioner-missing');
    expect(askingFault(aimless, settings)).toBe('purpose-missing');
    expect(askingFault(whole, settings)).toBeUndefined();
  });
});

describe('of several categories', () => {
  const two = { question: { categories: ['GGC002', 'GGC013'] } };
  test('the permitted ones are permitted, whatever the order', async () => {
    for (const order of [
      ['GGC002', 'GGC013'],
      ['GGC013', 'GGC002'],
    ]) {
      const { verdict } = await decide({
        question: { categories: order },
        answers: { own: silent, mitz: said({ GGC002: 'deny', GGC013: 'permit' }) },
      });
      expect(verdict).toMatchObject({ kind: 'permit', categories: ['GGC013'] });
    }
  });

  test('one that nobody decided makes the whole unavailable, when nothing is permitted', async () => {
    const { verdict } = await decide({ ...two, answers: { own: said({ GGC002: 'deny' }), mitz: failed } });
    expect(verdict).toMatchObject({ kind: 'unavailable' });
  });

  test('what was not asked for is never in a permit', async () => {
    const { verdict } = await decide({
      answers: { own: silent, mitz: said({ GGC002: 'permit', GGC007: 'permit' }) },
    });
    expect(verdict).toMatchObject({ categories: ['GGC002'] });
  });

  test('a decided category is not asked again, and an own objection is not outvoted', async () => {
    const { verdict, asked } = await decide({
      answers: { own: said({ GGC002: 'deny' }), mitz: said({ GGC002: 'permit' }) },
    });
    expect(verdict).toMatchObject({ reason: 'no-consent' });
    expect(asked).toEqual(['own']);
  });
});

describe('when Mitz does not answer', () => {
  const copy = (decision: CategoryDecision, hours: number): SourceAnswer =>
    said({ GGC002: decision }, { asOf: new Date(now.getTime() - hours * 3_600_000) });
  const outage = (notified: SourceAnswer, policy: object = { outage: 'notifiedCopy' }) =>
    decide({ settings: { policy }, answers: { own: silent, mitz: failed, notified } });

  test('nothing is permitted, unless the policy says that a copy may stand in', async () => {
    expect((await outage(copy('permit', 1), {})).verdict).toMatchObject({ reason: 'consent-unavailable' });
    expect((await outage(copy('permit', 1))).verdict).toMatchObject({
      kind: 'permit',
      basis: 'notified',
      rule: 'outage-copy',
      asOf: '2026-03-02T09:00:00.000Z',
    });
  });

  test('a copy that is too old, or without an age, is no answer', async () => {
    expect((await outage(copy('permit', 25))).verdict).toMatchObject({ reason: 'consent-unavailable' });
    const ageless = said({ GGC002: 'permit' });
    expect((await outage(ageless)).verdict).toMatchObject({ reason: 'consent-unavailable' });
  });

  test('a copy that came in later than now is no answer: its age is not known; clocks may differ a little', async () => {
    expect((await outage(copy('permit', -1))).verdict).toMatchObject({ reason: 'consent-unavailable' });
    expect((await outage(copy('permit', -1 / 60))).verdict).toMatchObject({ kind: 'permit' });
  });

  test('a notified "no" is a no', async () => {
    expect((await outage(copy('deny', 1))).verdict).toMatchObject({ reason: 'no-consent' });
  });

  test('a copy never stands in for an answer that Mitz gave', async () => {
    const settings = { policy: { outage: 'notifiedCopy' } };
    const answers = { own: silent, mitz: said({ GGC002: 'deny' }), notified: copy('permit', 1) };
    expect((await decide({ settings, answers })).verdict).toMatchObject({ reason: 'no-consent' });
  });

  test.each(['category-twice', 'two-decisions', 'decision-unknown', 'status-contradicts', 'obligation'])(
    'a copy never stands in for a word of Mitz that is no plain yes or no: %s',
    async (reason) => {
      const settings = { policy: { outage: 'notifiedCopy' } };
      const answers = { own: silent, mitz: notAsked(reason), notified: copy('permit', 1) };
      const { verdict, asked } = await decide({ settings, answers });
      expect(verdict).toMatchObject({ kind: 'unavailable', reason: 'consent-unavailable' });
      expect(asked).toEqual(['own', 'mitz']);
    },
  );

  test('a copy never stands in for a Mitz that is not set up', async () => {
    const settings = { policy: { outage: 'notifiedCopy' } };
    const { verdict } = await decide({ settings, answers: { own: silent, notified: copy('permit', 1) } });
    expect(verdict).toMatchObject({ kind: 'configuration', reason: 'consent-source-missing' });
  });

  test('a copy never stands in where Mitz was not asked because of what the question says', async () => {
    const settings = { policy: { outage: 'notifiedCopy' } };
    const answers = { own: silent, mitz: notAsked('input-practitioner'), notified: copy('permit', 1) };
    const { verdict, asked } = await decide({ settings, answers });
    expect(verdict).toMatchObject({ kind: 'configuration', reason: 'practitioner-number-unknown' });
    expect(asked).toEqual(['own', 'mitz']);
  });
});

describe('presumed consent', () => {
  const settings = { exchanges: { wishes: { presumedConsent: true } } };
  const question = { purposeOfUse: 'COC' };
  test('permits where the exchange allows it, without asking Mitz', async () => {
    const { verdict, asked } = await decide({ question, settings, answers: { own: silent } });
    expect(verdict).toMatchObject({ kind: 'permit', basis: 'presumed' });
    expect(asked).toEqual(['own', 'notified']);
  });

  test('ends at an objection, and at a source that does not say', async () => {
    const answers = { own: said({ GGC002: 'deny' }) };
    expect((await decide({ question, settings, answers })).verdict).toMatchObject({ reason: 'no-consent' });
    expect((await decide({ question, settings, answers: { own: failed } })).verdict).toMatchObject({
      reason: 'consent-unavailable',
    });
  });
});

describe('break-glass', () => {
  const grant = { id: 'g1', stage: 1 };
  const base = { question: { ...emergency, categories: ['GGC002', 'GGC013'] }, settings: glass, grant };

  test('opens the minimum first and more after the second step; Mitz hears nothing', async () => {
    const first = await decide({ ...base, answers: { own: silent } });
    expect(first.verdict).toMatchObject({ kind: 'permit', basis: 'breakGlass', categories: ['GGC002'] });
    expect(first.asked).toEqual(['own', 'notified']);
    const widened = await decide({ ...base, grant: { id: 'g1', stage: 2 }, answers: { own: silent } });
    expect(widened.verdict).toMatchObject({ categories: ['GGC002', 'GGC013'] });
  });

  test('does not open what the patient objected to, unless the region says so', async () => {
    const answers = { own: said({ GGC002: 'deny' }) };
    expect((await decide({ ...base, answers })).verdict).toMatchObject({ reason: 'no-consent' });
    const settings = { breakGlass: { ...glass.breakGlass, overrideObjection: true } };
    expect((await decide({ ...base, settings, answers })).verdict).toMatchObject({ basis: 'breakGlass' });
  });

  test('opens no exchange and no grant but its own', async () => {
    const other = { breakGlass: { ...glass.breakGlass, first: { exchanges: ['medication'] } } };
    for (const one of [
      { ...base, settings: other },
      { ...base, question: { ...base.question, breakGlass: 'g2' } },
    ])
      expect((await decide(one)).verdict).toMatchObject({ reason: 'break-glass-grant-missing' });
  });

  test('cannot be switched on without saying for whom', () => {
    expect(consentSettings.safeParse({ breakGlass: { enabled: true } }).success).toBe(false);
  });
});
