// Which of several records decides, how sure is it, and does the order in which they come never show?
import { describe, expect, it } from 'vitest';
import {
  answer,
  changed,
  codes,
  r4Directive,
  r4Form,
  r4Statement,
  stu3Directive,
  today,
} from '../../../tests/world/wishes.ts';
import type { FhirResource } from '../../model.ts';
import { buildCard } from './card.ts';
import type { Card, CardLine } from './cardShape.ts';

type Given = Readonly<Record<string, readonly FhirResource[]>>;
const cardOf = (given: Given): Card =>
  buildCard(
    Object.entries(given).map(([name, resources]) => answer(name, ...resources)),
    { at: today },
  );
const cpr = (given: Given): CardLine => cardOf(given).lines[0]!;
const directive = (decision: Parameters<typeof r4Directive>[1], date?: string, more = {}): FhirResource =>
  changed(r4Directive(codes.cpr, decision, date), more);
const identifier = [{ system: 'urn:x', value: 'k' }];

describe('a copy that ended', () => {
  const active = directive('permit', '2020-03-01', { identifier });

  it.each(['inactive', 'entered-in-error'])(
    'later, %s, is doubt about the one that stands elsewhere',
    (status) => {
      const ended = directive('permit', '2025-06-01', { identifier, status });
      expect(cpr({ GP: [ended], Home: [active] })).toMatchObject({
        conflict: 'weak',
        notes: ['ended_elsewhere'],
      });
    },
  );

  it.each([
    ['a draft of something new', directive('permit', '2020-03-01', { identifier, status: 'draft' })],
    ['what is yet to begin', directive('permit', '2027-03-01', { identifier })],
  ])('is none where it is %s', (_, other) => {
    expect(cpr({ GP: [other], Home: [active] })).toMatchObject({ conflict: 'none' });
  });

  it('is none of a record beside it that has no id either', () => {
    const [ended, stands] = ['inactive', 'active'].map((status) =>
      directive('permit', '2025-03-01', { id: undefined, status }),
    );
    expect(cpr({ GP: [ended!, stands!] })).toMatchObject({ decision: 'do', conflict: 'none' });
  });

  it('is seen by the holder’s own id where its versions do not say which is the newer', () => {
    const ended = changed(directive('permit', '2025-03-01'), { status: 'inactive' });
    expect(cpr({ GP: [changed(ended, { status: 'active' }), ended] })).toMatchObject({
      conflict: 'weak',
      notes: ['ended_elsewhere'],
    });
  });
});

describe('a talk that left it open', () => {
  it('keeps its words beside an older yes, in either form', () => {
    const limit = 'alleen in het ziekenhuis';
    const stu3 = stu3Directive(codes.cpr, 'UNK', { verified: '2025-01-01', limit });
    const form = r4Form({ 1386: { decision: 'UNK', text: limit } }, '2025-01-01');
    for (const one of [stu3, form])
      expect(cpr({ GP: [directive('permit', '2020-01-01'), one] })).toMatchObject({
        decision: 'do',
        notes: expect.arrayContaining([expect.anything()]),
        history: [{ decision: 'unknown', verbatim: limit }],
      });
  });
});

describe('a record that cannot be read', () => {
  it('agrees with none that leaves it open: its text stays in sight', () => {
    const open = directive({ other: 'Onbekend' }, '2025-03-01');
    const unread = directive('deny', '2025-03-01', {
      modifierExtension: [{ url: 'https://epd.example/m', valueString: 'mits' }],
    });
    const line = cpr({ GP: [open], Home: [unread] });
    expect(JSON.stringify(line)).toContain('mits');
    expect(line.also).toBeUndefined();
  });
});

describe('a do-not-resuscitate declaration', () => {
  it('that is newer than an “only if” makes a strong conflict', () => {
    const given = {
      GP: [directive({ other: 'alleen op OK' }, '2020-01-01'), r4Statement('NR', '2025-01-01')],
    };
    expect(cpr(given)).toMatchObject({ decision: 'do_not', conflict: 'strong' });
  });
});

describe('limits of one day', () => {
  const day = '2025-03-01';
  const limit = (other: string, date = day): FhirResource => directive({ other }, date);
  const whole = 'Wel op OK met kans op herstel, ook bij een ingreep elders';

  it('are told by the one that says all, whoever recorded it and in whatever form', () => {
    const form = r4Form({ 1386: { decision: '1', text: whole } }, day);
    for (const given of [
      { GP: [limit('Wel op OK'), form] },
      { GP: [limit('Wel op OK')], Home: [limit(whole)] },
    ])
      expect(cpr(given)).toMatchObject({ verbatim: whole, conflict: 'none' });
  });

  it('that say more stay in sight beside a vaguer date', () => {
    const line = cpr({ GP: [limit('Wel op OK')], Home: [limit(whole, '2025')] });
    expect([line.verbatim, ...(line.history ?? []).map(({ verbatim }) => verbatim)]).toContain(whole);
  });

  it.each([
    ['reanimeren op de OK', 'niet reanimeren op de OK'],
    ['Wel op OK', 'Wel op OK, niet thuis of op straat'],
    ['at home', 'not at home'],
  ])('contradict each other where one denies more: %s, %s', (one, other) => {
    expect(cpr({ GP: [limit(one)], Home: [limit(other)] })).toMatchObject({
      verbatim: other,
      conflict: 'strong',
    });
    expect(cpr({ GP: [limit(one), limit(other, '2024-01-01')] })).toMatchObject({
      verbatim: one,
      conflict: 'weak',
    });
  });

  it('that differ do not change places: the later talk of the day decides', () => {
    const form = r4Form({ 1386: { decision: '1', text: 'alleen op OK' } }, `${day}T15:00:00+01:00`);
    expect(cpr({ GP: [limit('alleen overdag', `${day}T09:00:00+01:00`), form] })).toMatchObject({
      verbatim: 'alleen op OK',
      conflict: 'strong',
    });
  });
});

describe('records of one time', () => {
  it('with two different limits contradict each other strongly', () => {
    const limits = ['Alleen op de OK', 'Alleen bij getuigen'].map((other) =>
      directive({ other }, '2025-03-01'),
    );
    expect(cpr({ GP: limits })).toMatchObject({ decision: 'conditional', conflict: 'strong' });
  });

  it('that agree do not give their vaguer date to the one that decides', () => {
    const form = r4Form({ 1386: { decision: '2' } }, '2025-07-29');
    const permit = directive('permit', '2025-03-01');
    expect(cpr({ GP: [form, permit], Home: [directive('deny', '2025')] })).toMatchObject({
      decision: 'do_not',
      date: '2025-07-29',
      conflict: 'weak',
    });
  });

  it('may be one without a date: a no, or a statement, is then no plain yes', () => {
    const permit = directive('permit', '2020-03-01');
    for (const undated of [directive('deny'), changed(r4Statement('NR', ''), { dateTime: undefined })])
      expect(cpr({ GP: [permit, undated] })).toMatchObject({
        decision: 'do_not',
        date: null,
        conflict: 'strong',
      });
    expect(cpr({ GP: [directive('deny', '2020-03-01'), directive('permit')] })).toMatchObject({
      decision: 'do_not',
      date: '2020-03-01',
    });
  });
});

describe('the order of records', () => {
  const goal = (code: string, startDate: string): FhirResource => ({
    resourceType: 'Goal',
    lifecycleStatus: 'active',
    subject: { reference: 'Patient/p1' },
    description: { coding: [{ system: 'http://snomed.info/sct', code }] },
    startDate,
  });
  const nameless = (date: string): FhirResource => directive('deny', date, { id: undefined });

  it.each([
    ['statements of one day', [r4Statement('LW', '2025-01-01'), r4Statement('EU', '2025-01-01')]],
    ['records without an id', [nameless('2025'), nameless('2025-01-01')]],
    ['goals', [goal('385987000', '2025'), goal('385987000', '2025-01-01'), goal('713148004', '2025-01-01')]],
  ])('does not show: %s', (_name, records) => {
    expect(cardOf({ GP: records.toReversed() })).toEqual(cardOf({ GP: records }));
  });
});
