// Does the specific beat the general, and the objection win a tie, whatever else a patient has recorded?
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Inputs } from './inputs.ts';
import { type OwnConsent, type Party, ruleOn } from './precedence.ts';

const now = new Date('2026-03-02T10:00:00Z');
const category = 'GGC002';
const specific = ['ETREAT', 'BTG'];
const inputs: Inputs = {
  exchange: 'wishes',
  holder: { participantId: 'gp', ura: '90000001', type: 'Z3', category: 'RPZAC001' },
  requester: { participantId: 'ambulance', ura: '90000002', type: 'AMB', category: 'RPZAC104' },
  practitioner: { system: 's', value: '1', role: '01.071' },
  purposeOfUse: 'TREAT',
  categories: [category],
};
const any: Party = { kind: 'any' };
const holderItself: Party = { kind: 'individual', uras: ['90000001'] };
const holderKind: Party = { kind: 'category', codes: ['Z3'] };
const asksItself: Party = { kind: 'individual', uras: ['90000002'] };
const asksKind: Party = { kind: 'category', codes: ['RPZAC104'] };

let count = 0;
const record = (permits: boolean, more: Partial<OwnConsent> = {}): OwnConsent => {
  count += 1;
  return {
    id: `c${count}`,
    permits,
    status: 'active',
    holder: any,
    requester: any,
    categories: [],
    purposes: [],
    ...more,
  };
};
const decide = (...records: OwnConsent[]) => ruleOn(records, inputs, { category, now, specific })?.decision;

describe('of two records', () => {
  test.each<[string, Partial<OwnConsent>, Partial<OwnConsent>]>([
    ['the holder itself beats its kind', { holder: holderItself }, { holder: holderKind }],
    ['a kind of holder beats any', { holder: holderKind }, {}],
    ['the asking organisation beats its kind', { requester: asksItself }, { requester: asksKind }],
    ['a kind of asker beats any', { requester: asksKind }, {}],
    ['a data category beats all of them', { categories: [category] }, {}],
  ])('%s', (_name, specific, general) => {
    expect(decide(record(true, specific), record(false, general))).toBe('permit');
    expect(decide(record(false, general), record(true, specific))).toBe('permit');
    expect(decide(record(false, specific), record(true, general))).toBe('deny');
  });

  test('the objection wins at equal specificity, and where neither is the more specific', () => {
    expect(decide(record(true), record(false))).toBe('deny');
    expect(decide(record(true, { holder: holderItself }), record(false, { requester: asksItself }))).toBe(
      'deny',
    );
  });
});

describe('a record does not count', () => {
  test.each<[string, Partial<OwnConsent>]>([
    ['that is not active', { status: 'inactive' }],
    ['that has ended', { period: { end: '2026-03-01' } }],
    ['that has not begun', { period: { start: '2026-03-03' } }],
    ['of another holder', { holder: { kind: 'individual', uras: ['90000009'] } }],
    ['of another kind of holder', { holder: { kind: 'category', codes: ['V4'] } }],
    ['for another asker', { requester: { kind: 'individual', uras: ['90000001'] } }],
    ['of another category', { categories: ['GGC013'] }],
    ['for another purpose', { purposes: ['COC'] }],
  ])('%s', (_name, more) => {
    expect(decide(record(true, more))).toBeUndefined();
    expect(decide(record(false, { ...more, holder: more.holder ?? holderItself }), record(true))).toBe(
      'permit',
    );
  });

  test('and nothing recorded is no decision', () => {
    expect(decide()).toBeUndefined();
  });
});

describe('an organisation is named by its URA', () => {
  const named = (ura: string, participant: Partial<Inputs['holder']>) =>
    ruleOn(
      [record(true), record(false, { holder: { kind: 'individual', uras: [ura] } })],
      { ...inputs, holder: { ...inputs.holder, ...participant } },
      { category, now, specific },
    )?.decision;

  test('with its leading zeros or without', () => {
    expect(named('659', { ura: '00000659' })).toBe('deny');
    expect(named('00000659', { ura: '659' })).toBe('deny');
    expect(named('6590', { ura: '00000659' })).toBe('permit');
  });

  test('by any that it has', () => {
    expect(named('90000077', { otherUras: ['90000076', '90000077'] })).toBe('deny');
    expect(named('90000078', { otherUras: ['90000077'] })).toBe('permit');
  });
});

describe('a purpose', () => {
  const asked = (purposeOfUse: string, record: OwnConsent) =>
    ruleOn([record], { ...inputs, purposeOfUse }, { category, now, specific })?.decision;

  test.each(['TREAT', 'COC', 'ETREAT', 'BTG'])('of treatment, objected to, is objected to as %s', (one) => {
    expect(asked(one, record(false, { purposes: ['TREAT'] }))).toBe('deny');
  });

  test.each(['COC', 'ETREAT', 'BTG'])('of treatment, permitted, is not permitted as %s', (one) => {
    expect(asked(one, record(true, { purposes: ['TREAT'] }))).toBeUndefined();
  });

  test('of treatment, objected to, yields to a permit that names the emergency', () => {
    const both = [record(false, { purposes: ['TREAT'] }), record(true, { purposes: ['ETREAT'] })];
    const rule = (purposeOfUse: string, more: OwnConsent[] = []) =>
      ruleOn([...both, ...more], { ...inputs, purposeOfUse }, { category, now, specific })?.decision;
    expect([rule('TREAT'), rule('COC'), rule('ETREAT')]).toEqual(['deny', 'deny', 'permit']);
    expect(rule('ETREAT', [record(false, { purposes: ['TREAT'], holder: holderItself })])).toBe('deny');
  });

  describe.each([
    ['ETREAT', 'permit'],
    ['BTG', 'permit'],
    ['TREAT', 'deny'],
    ['COC', 'deny'],
  ] as const)('%s', (purposeOfUse, expected) => {
    const rule = (permit: Partial<OwnConsent>, objection: Partial<OwnConsent> = {}) =>
      ruleOn(
        [record(true, permit), record(false, objection)],
        { ...inputs, purposeOfUse },
        { category, now, specific },
      )?.decision;
    const named = { purposes: [purposeOfUse] };

    test(`permitted by name, with an objection to everything: ${expected}`, () => {
      expect(rule(named)).toBe(expected);
      expect(rule({ ...named, holder: holderKind })).toBe('permit');
      expect(rule(named, { requester: asksKind })).toBe('deny');
    });

    test('objected to by name, stays so beside a permit that is more specific in another respect alone', () => {
      expect(rule({ holder: holderItself, requester: asksItself }, named)).toBe('deny');
      expect(rule({ categories: [category] }, named)).toBe('deny');
      expect(rule({ ...named, holder: holderItself }, named)).toBe('permit');
    });
  });

  test('of an emergency is the same by either code, and says nothing of treatment', () => {
    expect(asked('BTG', record(false, { purposes: ['ETREAT'] }))).toBe('deny');
    expect(asked('ETREAT', record(false, { purposes: ['BTG'] }))).toBe('deny');
    expect(asked('TREAT', record(false, { purposes: ['ETREAT'] }))).toBeUndefined();
  });
});

describe('treatment data', () => {
  const asked = (category: string, ...records: OwnConsent[]) =>
    ruleOn(records, inputs, { category, now, specific })?.decision;
  const treatment = { categories: ['GGC002'] };

  test.each(['GGC002', 'GGC012', 'GGC013'])('objected to, is objected to as %s', (category) => {
    expect(asked(category, record(false, treatment))).toBe('deny');
    expect(asked(category, record(false, treatment), record(true, { holder: any }))).toBe('deny');
  });

  test('permitted, or objected to, says nothing of what it does not hold', () => {
    expect(asked('GGC013', record(true, treatment))).toBeUndefined();
    expect(asked('GGC007', record(false, treatment))).toBeUndefined();
    expect(asked('GGC002', record(false, { categories: ['GGC013'] }))).toBeUndefined();
  });

  test('objected to, yields to a permit at least as specific that names the part', () => {
    const medication = record(true, { categories: ['GGC013'] });
    expect(asked('GGC013', record(false, treatment), medication)).toBe('permit');
    expect(asked('GGC012', record(false, treatment), medication)).toBe('deny');
    expect(asked('GGC013', record(false, { ...treatment, holder: holderItself }), medication)).toBe('deny');
    const both = record(false, { categories: ['GGC002', 'GGC013'] });
    expect(asked('GGC013', both, medication)).toBe('deny');
  });
});

const party = (itself: Party, kind: Party) => fc.constantFrom(any, itself, kind);
const records = fc.array(
  fc
    .record({
      permits: fc.boolean(),
      status: fc.constantFrom('active', 'active', 'inactive'),
      holder: party(holderItself, holderKind),
      requester: party(asksItself, asksKind),
      categories: fc.constantFrom([], [category], ['GGC013']),
      purposes: fc.constantFrom([], [], ['TREAT']),
      ended: fc.boolean(),
    })
    .map(({ ended, ...one }) =>
      record(one.permits, { ...one, ...(ended ? { period: { end: '2020-01-01' } } : {}) }),
    ),
  { maxLength: 8 },
);
const rank = ({ holder, requester, categories, purposes }: OwnConsent) =>
  [holder.kind, requester.kind]
    .map((kind) => ['any', 'category', 'individual'].indexOf(kind))
    .concat(categories.length > 0 ? 1 : 0)
    .concat(purposes.length > 0 ? 1 : 0);

describe('whatever is recorded', () => {
  test('the order in which it came in changes nothing', () => {
    fc.assert(
      fc.property(records, fc.nat(), (all, turn) => {
        const turned = [...all.slice(turn % (all.length + 1)), ...all.slice(0, turn % (all.length + 1))];
        expect(decide(...turned)).toBe(decide(...all));
      }),
    );
  });

  test('a permit stands only where each objection that speaks of it is beaten by a more specific permit', () => {
    fc.assert(
      fc.property(records, (all) => {
        const speaking = all.filter(
          (one) =>
            one.status === 'active' && !one.period && one.categories.every((code) => code === category),
        );
        const beaten = (objection: OwnConsent) =>
          speaking.some(
            (other) =>
              rank(other).every((level, at) => level >= (rank(objection)[at] ?? 0)) &&
              rank(other).some((level, at) => at < 3 && level > (rank(objection)[at] ?? 0)),
          );
        const standing = speaking.filter((one) => !beaten(one));
        const expected =
          speaking.length === 0 ? undefined : standing.some((one) => !one.permits) ? 'deny' : 'permit';
        expect(decide(...all)).toBe(expected);
      }),
    );
  });

  test('one more objection of the highest rank always denies, and no general permit ever helps', () => {
    const highest = {
      holder: holderItself,
      requester: asksItself,
      categories: [category],
      purposes: ['TREAT'],
    };
    fc.assert(
      fc.property(records, (all) => {
        expect(decide(...all, record(false, highest))).toBe('deny');
        const before = decide(...all);
        if (before === 'deny') expect(decide(...all, record(true))).toBe('deny');
      }),
    );
  });
});
