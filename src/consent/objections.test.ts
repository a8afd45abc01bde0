// Does an objection that is kept here stop an emergency and what is presumed, whichever sources the policy names?
import { describe, expect, test } from 'vitest';
import type { Inputs } from './inputs.ts';
import { type Judging, judge } from './judge.ts';
import { consentSettings, policyFor } from './settings.ts';
import type { CategoryDecision, ConsentSourceName, SourceAnswer } from './source.ts';

const now = new Date('2026-03-02T10:00:00Z');
const inputs: Inputs = {
  exchange: 'wishes',
  holder: { participantId: 'gp', ura: '90000001', type: 'Z3', category: 'RPZAC001' },
  requester: { participantId: 'ambulance', ura: '90000002', type: 'AMB', category: 'RPZAC104' },
  practitioner: { system: 's', value: '1', role: '01.071' },
  purposeOfUse: 'ETREAT',
  categories: ['GGC002'],
};
const said = (decision?: CategoryDecision, hours = 1): SourceAnswer => ({
  state: 'answered',
  decisions: new Map(decision ? [['GGC002', decision]] : []),
  asOf: new Date(now.getTime() - hours * 3_600_000),
});
const failed = (reason: string): SourceAnswer => ({ state: 'failed', reason });

type Sources = readonly ConsentSourceName[];
type Answers = Partial<Record<ConsentSourceName, SourceAnswer>>;

function verdictOf(purposeOfUse: string, sources: Sources, answers: Answers) {
  const settings = consentSettings.parse({
    policy: { sources, presumedConsent: true },
    breakGlass: { enabled: true, facilityTypes: ['AMB'], roles: ['01.071'] },
  });
  const judging: Judging = {
    settings,
    policy: policyFor(settings, 'wishes'),
    inputs: { ...inputs, purposeOfUse },
    now,
    ask: async (source) => answers[source],
    grant: async () => ({ id: 'g1', stage: 1 }),
  };
  return judge(judging).then(({ verdict }) => (verdict.kind === 'permit' ? verdict.kind : verdict.reason));
}

describe.each(['ETREAT', 'BTG', 'COC'])('with purpose %s', (purpose) => {
  test.each<[string, Sources, Answers, string]>([
    ['nothing kept here permits', ['mitz'], { own: said() }, 'permit'],
    ['an own no, where the policy names Mitz alone', ['mitz'], { own: said('deny') }, 'no-consent'],
    [
      'a notified no, where it is not named',
      ['own', 'mitz'],
      { own: said(), notified: said('deny') },
      'no-consent',
    ],
    [
      'a notified no of long ago',
      ['own', 'notified'],
      { own: said(), notified: said('deny', 900) },
      'no-consent',
    ],
    [
      'a notified no of long ago, not named',
      ['mitz'],
      { own: said(), notified: said('deny', 900) },
      'no-consent',
    ],
    [
      'a notified yes of long ago',
      ['own', 'notified'],
      { own: said(), notified: said('permit', 900) },
      'permit',
    ],
    [
      'an own permit comes first where it is named',
      ['own'],
      { own: said('permit'), notified: said('deny') },
      'permit',
    ],
    [
      'a permit of who is not named settles nothing',
      ['mitz'],
      { own: said('permit'), notified: said('deny') },
      'no-consent',
    ],
    [
      'a notified yes does not hide an own no',
      ['mitz'],
      { own: said('deny'), notified: said('permit') },
      'no-consent',
    ],
    ['own records that cannot be read', ['mitz'], { own: failed('store') }, 'consent-unavailable'],
    [
      'copies that cannot be read',
      ['own'],
      { own: said(), notified: failed('copy-unreadable') },
      'consent-unavailable',
    ],
    [
      'a holder of whom no copy can be kept',
      ['own'],
      { own: said(), notified: failed('input-holder') },
      'permit',
    ],
    ['copies that are named and not set up', ['own', 'notified'], { own: said() }, 'consent-unavailable'],
  ])('%s', async (_name, ...[sources, answers, expected]) => {
    expect(await verdictOf(purpose, sources, answers)).toBe(expected);
  });
});

test('where sources are asked, an old no is no answer: Mitz may know better', async () => {
  const answers = { notified: said('deny', 900), mitz: said('permit') };
  expect(await verdictOf('TREAT', ['notified', 'mitz'], answers)).toBe('permit');
});
