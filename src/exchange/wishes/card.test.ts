// Does the card say what the records say, and never less carefully?
import { describe, expect, it } from 'vitest';
import { cardOf, lineOf } from '../../../tests/world/cards.ts';
import {
  answer,
  bsn,
  changed,
  codes,
  concept,
  otherBsn,
  patient,
  r4Directive,
  r4Form,
  r4Statement,
  specificationOther,
  stu3Directive,
  today,
} from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { buildCard } from './card.ts';
import type { Card, CardLine } from './cardShape.ts';

const cpr = (...resources: readonly FhirResource[]): CardLine => lineOf(cardOf(...resources));

describe('a card without records', () => {
  it('says no record seven times, and never that there are no limits', () => {
    const card = cardOf();
    expect(card.lines.map(({ key, decision }) => `${key} ${decision}`)).toEqual([
      'cpr no_record',
      'ventilation no_record',
      'icu no_record',
      'hospital no_record',
      'antibiotics no_record',
      'blood no_record',
      'icd_off no_record',
    ]);
    expect(card.holders).toEqual([{ name: 'GP', state: 'answered', records: 0 }]);
  });

  it('is incomplete when a holder was silent, refused, or said that there is more', () => {
    const states = (card: Card) => [card.incomplete, ...card.holders.map(({ state }) => state)];
    const silent = { holder: { name: 'ECD' }, state: 'timeout' as const, resources: [] };
    expect(states(buildCard([answer('GP'), silent], { at: today }))).toEqual([true, 'timeout', 'answered']);
    for (const relation of ['next', 'Next']) {
      const page = { resourceType: 'Bundle', link: [{ relation, url: 'x' }], entry: [] };
      expect(states(cardOf(page))).toEqual([true, 'partial']);
    }
    for (const issue of [{ severity: 'error' }, { severity: 'warning', code: 'incomplete' }]) {
      const outcome = { resourceType: 'OperationOutcome', issue: [issue] };
      const bundle = { resourceType: 'Bundle', entry: [{ resource: outcome }] };
      expect(states(cardOf(bundle))).toEqual([true, 'partial']);
    }
    expect(states(cardOf())).toEqual([false, 'answered']);
  });
});

describe('the decision of one record', () => {
  it.each([
    ['permit', 'do'],
    ['deny', 'do_not'],
    [undefined, 'unknown'],
    [{ other: 'alleen thuis' }, 'conditional'],
    [{ other: ' Onbekend. ' }, 'unknown'],
    [{ other: 'Niet besproken' }, 'unknown'],
    [{ other: 'unknown' }, 'unknown'],
    [{ other: 'Nog niet bekend' }, 'unknown'],
    [{ other: 'Nee, nog geen besluit genomen' }, 'unknown'],
    [{ other: 'Niet besproken met de broer, wel met moeder' }, 'conditional'],
  ] as const)('of R4 %j is %s', (written, decision) => {
    expect(cpr(r4Directive(codes.cpr, written, '2025-01-01')).decision).toBe(decision);
  });

  it.each([
    ['JA', 'do'],
    ['NEE', 'do_not'],
    ['JA_MAAR', 'conditional'],
    ['UNK', 'unknown'],
    ['NASK', 'unknown'],
    ['ASKU', 'unknown'],
    ['MISSCHIEN', 'unknown'],
  ])('of STU3 %s is %s, whatever except.type says', (written, decision) => {
    expect(cpr(stu3Directive(codes.cpr, written, { start: '2025-01-01' })).decision).toBe(decision);
  });

  it.each([
    ['0', 'do'],
    ['2', 'do_not'],
    ['1', 'conditional'],
    ['UNK', 'unknown'],
  ])('of a form %s is %s', (written, decision) => {
    expect(cpr(r4Form({ 1386: { decision: written } }, '2025-01-01')).decision).toBe(decision);
  });

  it('is conditional where a text stands beside a type, or a limit beside a yes', () => {
    const both = changed(r4Directive(codes.cpr, 'permit', '2025-01-01'), {
      modifierExtension: [{ url: specificationOther, valueString: 'niet thuis' }],
    });
    expect(cpr(both)).toMatchObject({ decision: 'conditional', verbatim: 'niet thuis' });
    const limited = stu3Directive(codes.cpr, 'JA', { start: '2025', limit: 'na overleg' });
    expect(cpr(limited)).toMatchObject({ decision: 'conditional', verbatim: 'na overleg' });
  });

  it('gives the limit of a form word for word', () => {
    const form = r4Form({ 1386: { decision: '1', text: 'Alleen op de OK' } }, '2025-01-01');
    expect(cpr(form)).toMatchObject({ verbatim: 'Alleen op de OK', method: 'form', date: '2025-01-01' });
  });
});

describe('what could mean something else', () => {
  const strange = { modifierExtension: [{ url: 'https://example.org/not', valueBoolean: true }] };

  it('is shown raw with a warning, not interpreted', () => {
    const card = cardOf(changed(r4Directive(codes.cpr, 'permit', '2025-01-01'), strange));
    expect(lineOf(card)).toMatchObject({ decision: 'unknown', notes: ['not_interpreted'] });
    expect(lineOf(card).verbatim).toContain('https://example.org/not');
    expect(card.findings).toMatchObject([{ code: 'modifier-unknown', severity: 'warning' }]);
  });

  it('is also seen inside the provision, as a nested provision, and as implicit rules', () => {
    const code = [concept(codes.cpr)];
    const changes = [
      { provision: { code, type: 'permit', ...strange } },
      { provision: { code, type: 'permit', provision: [{ type: 'deny' }] } },
      { implicitRules: 'https://example.org/rules' },
    ];
    for (const change of changes)
      expect(cpr(changed(r4Directive(codes.cpr, 'permit', '2025-01-01'), change)).decision).toBe('unknown');
  });

  it('does not hide an explicit decision, but takes away its certainty', () => {
    const found = cpr(
      r4Directive(codes.cpr, 'permit', '2020-01-01'),
      changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), strange),
    );
    expect(found).toMatchObject({ decision: 'do', conflict: 'weak', notes: ['not_interpreted'] });
  });
});

describe('which treatment', () => {
  const keys = (code: string | Record<string, unknown>): string[] =>
    cardOf(r4Directive(code, 'deny', '2025-01-01'))
      .lines.filter(({ decision }) => decision !== 'no_record')
      .map(({ key }) => key);

  it.each([
    [
      'another system’s code',
      { coding: [{ system: 'https://example.org', code: codes.cpr }] },
      `other:${codes.cpr}`,
    ],
    [
      'a local coding first',
      {
        coding: [
          { system: 'urn:oid:1.2', code: '3' },
          { system: 'http://snomed.info/sct', code: codes.icu },
        ],
      },
      'icu',
    ],
    [
      'OTH with a code in its text',
      { coding: [{ code: 'OTH' }], text: 'uitzetten (SNOMED CT - 400231000146108)' },
      'icd_off',
    ],
    ['OTH with words', { coding: [{ code: 'OTH' }], text: 'Dialyse' }, 'other:Dialyse'],
    ['emergency admission', concept('183452005'), 'hospital'],
    ['words alone', { text: 'Reanimatie.' }, 'cpr'],
  ])('is found from %s', (_name, code, key) => {
    expect(keys(code)).toEqual([key]);
  });

  it('is one line for the same words in other spacing, or with the same code in them', () => {
    const card = cardOf(
      r4Directive({ text: 'Dialyse' }, 'deny', '2025-01-01'),
      r4Directive({ text: ' dialyse. ' }, 'permit', '2024-01-01'),
      r4Directive({ text: 'sondevoeding 229912004' }, 'deny', '2025-01-01'),
      r4Directive({ text: 'enterale voeding (229912004)' }, 'deny', '2024-01-01'),
    );
    const others = card.lines.filter(({ key }) => key.startsWith('other:'));
    expect(others.map(({ key, conflict }) => [key, conflict])).toEqual([
      ['other:Dialyse', 'weak'],
      ['other:sondevoeding 229912004', 'none'],
    ]);
  });

  it('never reads the regional defibrillation code as switching off', () => {
    const found = lineOf(cardOf(stu3Directive('431415002', 'JA', { start: '2025' })), 'icd_off');
    expect(found).toMatchObject({ decision: 'unknown', notes: ['not_interpreted'] });
  });
});

describe('which record decides', () => {
  it('is the newest by its clinical date, never by the date of a system', () => {
    const found = cpr(
      changed(r4Directive(codes.cpr, 'permit', '2020-01-01'), {
        meta: { lastUpdated: '2026-01-01T00:00:00Z' },
      }),
      r4Directive(codes.cpr, 'deny', '2024-01-01'),
    );
    expect(found).toMatchObject({ decision: 'do_not', conflict: 'weak', date: '2024-01-01' });
    expect(found.history).toMatchObject([{ decision: 'do', date: '2020-01-01', contradicts: true }]);
    const form = r4Form({ 1386: { decision: '0' } }, '2020-10-01');
    expect(cpr(form, r4Directive(codes.cpr, 'deny', '2024-01-01')).decision).toBe('do_not');
  });

  it('takes the STU3 date of verification before the period, and that before dateTime', () => {
    const dates = { verified: '2023-05-05', start: '2022-01-01', dateTime: '2018-01-01' };
    expect(cpr(stu3Directive(codes.cpr, 'JA', dates)).date).toBe('2023-05-05');
    expect(cpr(stu3Directive(codes.cpr, 'JA', { ...dates, verified: '2023-02-30' })).date).toBe('2022-01-01');
  });

  it.each([
    ['status draft', { status: 'draft' }, 'draft'],
    ['status proposed', { status: 'proposed' }, 'draft'],
    ['status inactive', { status: 'inactive' }, 'revoked'],
    ['status rejected', { status: 'rejected' }, 'rejected'],
    ['status entered-in-error', { status: 'entered-in-error' }, 'entered_in_error'],
    ['no status', { status: undefined }, 'unclear'],
    [
      'a past end',
      { provision: { type: 'deny', code: [concept(codes.cpr)], period: { end: '2025-06' } } },
      'ended',
    ],
    ['a past STU3 end', { period: { end: '2025-06-09' } }, 'ended'],
    ['a future date', { dateTime: '2027-01-01' }, 'future'],
    ['a future start', { period: { start: '2026-02-01' } }, 'future'],
  ])('is none with %s: that is history', (_name, change, standing) => {
    const found = cpr(changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), change));
    expect(found).toMatchObject({ decision: 'no_record', conflict: 'none', history: [{ standing }] });
    const beside = cpr(
      r4Directive(codes.cpr, 'permit', '2024-01-01'),
      changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), change),
    );
    expect(beside).toMatchObject({ decision: 'do', conflict: 'none' });
  });

  it('still stands on the last day of its period, and for the whole of a vague end', () => {
    const until = (end: string) => cpr(stu3Directive(codes.cpr, 'NEE', { start: '2025', end })).decision;
    expect([until('2026-01-15'), until('2026-01'), until('2026-01-14')]).toEqual([
      'do_not',
      'do_not',
      'no_record',
    ]);
  });

  it('is an explicit decision even when a newer talk decided nothing, and says so', () => {
    const found = cpr(
      r4Directive(codes.cpr, 'deny', '2020-01-01'),
      r4Directive(codes.cpr, { other: 'Niet besproken' }, '2025-01-01'),
    );
    expect(found).toMatchObject({ decision: 'do_not', conflict: 'none', notes: ['newer_not_decided'] });
    const older = cpr(
      r4Directive(codes.cpr, 'deny', '2025-01-01'),
      r4Directive(codes.cpr, { other: 'Niet besproken' }, '2020-01-01'),
    );
    expect(older.notes).toBeUndefined();
  });
});

describe('a conflict', () => {
  it.each([
    ['2025-01-01', '2025-01-01', 'strong'],
    ['2025-01-01', '2024-12-31T23:30:00Z', 'strong'],
    ['2025', '2025-07-29', 'strong'],
    [undefined, '2025-07-29', 'strong'],
    ['2025-01-01', '2025-01-02', 'weak'],
  ])('between %s and %s is %s: one Dutch day, or no order, is strong', (first, second, conflict) => {
    const found = lineOf(
      cardOf(r4Directive(codes.icu, 'deny', first), r4Directive(codes.icu, 'permit', second)),
      'icu',
    );
    expect(found.conflict).toBe(conflict);
  });

  it('of records that cannot be put in order is never a plain do', () => {
    const found = cpr(r4Directive(codes.cpr, 'permit', '2025-07-29'), r4Directive(codes.cpr, 'deny', '2025'));
    expect(found).toMatchObject({ decision: 'do_not', conflict: 'strong' });
  });

  it('is strong where a do-not-resuscitate statement is newer than a do, and that do is not the decision', () => {
    const found = cpr(r4Directive(codes.cpr, 'permit', '2022-01-01'), r4Statement('NR', '2025-04-28'));
    expect(found).toMatchObject({ decision: 'do_not', conflict: 'strong', method: 'statement' });
    const older = cpr(r4Directive(codes.cpr, 'permit', '2025-01-01'), r4Statement('NR', '2020-01-01'));
    expect(older).toMatchObject({ decision: 'do', conflict: 'weak' });
    const ended = cpr(
      r4Directive(codes.cpr, 'permit', '2022-01-01'),
      r4Statement('NR', '2025-01-01', { status: 'inactive' }),
    );
    expect(ended).toMatchObject({ decision: 'do', conflict: 'none' });
  });

  it('is none between a resource and a form of the same talk, and the resource is shown', () => {
    const form = r4Form({ 1386: { decision: '2' } }, '2025-01-01T19:23:15Z');
    const found = buildCard([answer('A', form), answer('B', r4Directive(codes.cpr, 'deny', '2025-01-01'))], {
      at: today,
    });
    expect(lineOf(found)).toMatchObject({
      decision: 'do_not',
      conflict: 'none',
      method: 'resource',
      holder: 'B',
      also: ['A'],
    });
  });

  it('is weak between different limits, none between the same in other words', () => {
    const limit = (text: string, date: string) => r4Directive(codes.cpr, { other: text }, date);
    expect(cpr(limit('alleen thuis', '2025-01-01'), limit('alleen op de OK', '2024-01-01')).conflict).toBe(
      'weak',
    );
    expect(
      cpr(limit('Na overleg', '2025-01-01'), limit('Toelichting: na overleg.', '2024-01-01')).conflict,
    ).toBe('none');
  });

  it('is said of a copy that has ended elsewhere', () => {
    const identifier = [{ system: 'urn:x', value: '1' }];
    const found = buildCard(
      [
        answer('A', changed(r4Directive(codes.cpr, 'permit', '2025-01-01'), { identifier })),
        answer(
          'B',
          changed(r4Directive(codes.cpr, 'permit', '2025-01-01'), { identifier, status: 'inactive' }),
        ),
      ],
      { at: today },
    );
    expect(lineOf(found)).toMatchObject({ conflict: 'weak', notes: ['ended_elsewhere'] });
  });
});

describe('another patient’s record', () => {
  const stranger = {
    ...answer('B'),
    resources: [patient(otherBsn), r4Directive(codes.cpr, 'permit', '2025-12-01')],
  };
  const own = answer(
    'A',
    r4Directive(codes.cpr, 'deny', '2020-01-01'),
    r4Directive(codes.icu, 'deny', '2020-01-01'),
  );

  it('is an error and never on the card, given the patient or not', () => {
    for (const asked of [{ at: today, bsn }, { at: today }]) {
      const card = buildCard([own, stranger], asked);
      expect(lineOf(card)).toMatchObject({ decision: 'do_not', conflict: 'none', holder: 'A' });
      expect(JSON.stringify(card)).not.toContain(otherBsn);
      expect(card.findings).toMatchObject([
        { severity: 'error', code: 'other-patient', holder: 'B', count: 2 },
      ]);
    }
  });

  it('is seen by a BSN in the reference itself, and in one Bundle with ours', () => {
    const system = 'urn:oid:2.16.840.1.113883.2.4.6.3';
    const logical = { patient: { identifier: { system, value: otherBsn } } };
    const other = changed(r4Directive(codes.cpr, 'permit', '2025-12-01'), logical);
    const card = buildCard([answer('A', { resourceType: 'Bundle', entry: [{ resource: other }] })], {
      at: today,
      bsn,
    });
    expect(lineOf(card).decision).toBe('no_record');
    expect(card.findings).toMatchObject([{ code: 'other-patient' }]);
  });

  it('is told as not proved when nothing names the patient', () => {
    const card = buildCard([{ holder: { name: 'A' }, resources: [r4Directive(codes.cpr, 'deny', '2025')] }], {
      at: today,
      bsn,
    });
    expect(lineOf(card).decision).toBe('do_not');
    expect(card.findings).toMatchObject([{ severity: 'warning', code: 'patient-unproven' }]);
  });
});
