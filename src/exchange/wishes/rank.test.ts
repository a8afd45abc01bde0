// Which of several records decides, how sure is it, and does the order in which they come never show?
import { describe, expect, it } from 'vitest';
import {
  answer,
  changed,
  codes,
  r4Directive,
  r4Form,
  r4Statement,
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

  it('is none where it is a draft of something new', () => {
    const draft = directive('permit', '2020-03-01', { identifier, status: 'draft' });
    expect(cpr({ GP: [draft], Home: [active] })).toMatchObject({ conflict: 'none' });
  });

  it('is seen by the holder’s own id where its versions do not say which is the newer', () => {
    const ended = changed(directive('permit', '2025-03-01'), { status: 'inactive' });
    expect(cpr({ GP: [changed(ended, { status: 'active' }), ended] })).toMatchObject({
      conflict: 'weak',
      notes: ['ended_elsewhere'],
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
