// Which of several wishes counts, and who contradicts it, for patients of many holders and doubtful dates? Rules 4 to 10 of PZP reading.
import { describe, expect, it } from 'vitest';
import type { FhirResource } from '../../src/model.ts';
import { coding, day, form, goal, group, item, stu3Statement } from '../world/unseenWishes.ts';
import { changed, codes, patient, r4Directive, r4Statement, stu3Directive } from '../world/wishes.ts';
import { cardOf, findingsOn, textOn, toldLines } from './cardStage.ts';

const besluit = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.25.1';
type Records = readonly FhirResource[];
const at = (...holders: Records[]) =>
  cardOf(Object.fromEntries(holders.map((files, index) => [`holder${index + 1}`, [patient(), ...files]])));
const lines = async (...holders: Records[]) => toldLines(await at(...holders));
const cpr = (decision: 'permit' | 'deny' | { other: string } | undefined, date?: string) =>
  r4Directive(codes.cpr, decision, date);
const old = (decision: string, dates: Parameters<typeof stu3Directive>[2]) =>
  stu3Directive(codes.cpr, decision, dates);
const identified = (resource: FhirResource, value = 'a') =>
  changed(resource, { identifier: [{ system: 'https://holder.example/consents', value }] });

describe('the newest decision', () => {
  it('counts, also of another standard and holder; the older one is a conflict in the history', async () => {
    expect(await lines([cpr('permit', '2020-10-01')], [old('NEE', { verified: '2025-07-29' })])).toEqual([
      'cpr do_not weak 2025-07-29 holder2',
    ]);
    expect(await lines([cpr('deny', '2020-10-01')], [old('JA', { verified: '2025-07-29' })])).toEqual([
      'cpr do weak 2025-07-29 holder2',
    ]);
  });

  it('of three holders with a limit, a no and a yes is that of the latest talk, with both others told', async () => {
    const card = await at(
      [old('JA_MAAR', { verified: '2024-05-01', limit: 'alleen op de OK' })],
      [old('NEE', { dateTime: '2018', start: '2023-05-05' })],
      [cpr('permit', '2022')],
    );
    expect(toldLines(card)).toEqual(['cpr conditional weak 2024-05-01 holder1']);
    expect(card.lines[0]?.history).toMatchObject([
      { decision: 'do_not', date: '2023-05-05', contradicts: true },
      { decision: 'do', date: '2022', contradicts: true },
    ]);
  });

  it('is dated by the verification, then the start of the period, then dateTime, never by the system', async () => {
    const dates = { verified: '2019-03-01', start: '2023-01-01', dateTime: '2024-01-01' };
    const system = { meta: { lastUpdated: '2025-12-31T00:00:00Z' } };
    expect(await lines([changed(old('JA', dates), system)])).toEqual(['cpr do none 2019-03-01 holder1']);
    expect(await lines([changed(cpr('permit'), system)])).toEqual(['cpr do none - holder1']);
  });

  it('with a time but no zone is of that day; a day that does not exist is no date', async () => {
    expect(await lines([cpr('deny', '2025-07-29T10:00:00')], [cpr('permit', '2025-07-30')])).toEqual([
      'cpr do weak 2025-07-30 holder2',
    ]);
    const card = await at([cpr('deny', '2023-02-29')]);
    expect([toldLines(card), findingsOn(card)]).toEqual([['cpr do_not none - holder1'], ['date-missing']]);
  });
});

describe('two decisions of one time', () => {
  it('are a strong conflict and never a plain do: of one day, of a month or year around it, undated', async () => {
    for (const [deny, permit, shown] of [
      ['2025-07-01', '2025-07-01', '2025-07-01'],
      ['2025-07', '2025-07-15', '2025-07'],
      ['2025', '2025-12-31', '2025'],
      ['2025-06-30T22:30:00Z', '2025-07-01', '2025-07-01'],
      ['2025-03-30', '2025-03-30T03:30:00+02:00', '2025-03-30'],
    ] as const)
      expect(await lines([cpr('permit', permit)], [cpr('deny', deny)]), deny).toEqual([
        `cpr do_not strong ${shown} holder2`,
      ]);
    expect(await lines([cpr('permit')], [cpr('deny')])).toEqual(['cpr do_not strong - holder2']);
  });

  it('are a weak one when the Dutch days differ, however near', async () => {
    expect(await lines([cpr('permit', '2025-07-01')], [cpr('deny', '2025-06-30T21:30:00Z')])).toEqual([
      'cpr do weak 2025-07-01 holder1',
    ]);
    expect(await lines([cpr('permit', '2025')], [cpr('deny', '2024')])).toEqual(['cpr do weak 2025 holder1']);
  });

  it('of a form and a loose record of that day that disagree are strong, with both texts', async () => {
    const filled = form(
      undefined,
      item('963', day('2022-11-08')),
      group('1413', item('1390', coding('2', besluit))),
      group('1409', item('1386', coding('1', besluit), item('1001', 'niet op straat'))),
    );
    const card = await at([filled, r4Directive(codes.icu, 'permit', '2022-11-08')]);
    expect(toldLines(card)).toEqual([
      'cpr conditional none 2022-11-08 holder1',
      'icu do_not strong 2022-11-08 holder1',
    ]);
    expect(textOn(card, 'cpr')).toBe('niet op straat');
  });
});

describe('a do-not-resuscitate statement', () => {
  it('newer than a yes or a limit, or perhaps newer, makes it a no with a strong conflict', async () => {
    for (const [permit, statement] of [
      ['2020-10-01', '2025-04-28'],
      ['2025-04-28', '2025-04-28'],
      ['2025-06-01', '2025'],
    ] as const)
      expect(await lines([cpr('permit', permit)], [r4Statement('NR', statement)]), statement).toEqual([
        `cpr do_not strong ${statement} holder2`,
      ]);
    expect(
      await lines([cpr({ other: 'alleen op de OK' }, '2024-01-01')], [stu3Statement('NR', '2025-04-28')]),
    ).toEqual(['cpr do_not strong 2025-04-28 holder2']);
  });

  it('older than a yes is told beside it; beside a no it agrees', async () => {
    expect(await lines([cpr('permit', '2025-07-29')], [r4Statement('NR', '2020-01-01')])).toEqual([
      'cpr do weak 2025-07-29 holder1',
    ]);
    expect(await lines([cpr('deny', '2025-07-29')], [r4Statement('NR', '2020-01-01')])).toEqual([
      'cpr do_not none 2025-07-29 holder1',
    ]);
  });

  it('that was revoked, is a draft, or is of later, counts for nothing and stays in the history', async () => {
    for (const change of [
      { status: 'inactive' },
      { status: 'entered-in-error' },
      { status: 'proposed' },
      { dateTime: '2027-01-01' },
      { status: 'rejected' },
    ]) {
      const card = await at(
        [cpr('permit', '2020-10-01')],
        [changed(r4Statement('NR', '2025-04-28'), change)],
      );
      expect(toldLines(card)).toEqual(['cpr do none 2020-10-01 holder1']);
      expect(card.lines[0]?.history).toHaveLength(1);
    }
  });
});

describe('a talk without a decision', () => {
  it('that is newer, or of the same day, leaves the decision and is told', async () => {
    expect(await lines([cpr('deny', '2024')], [cpr({ other: 'Onbekend' }, '2025-01-01')])).toEqual([
      'cpr do_not none 2024 holder1 newer_not_decided',
    ]);
    expect(await lines([cpr('permit', '2025-01-01')], [old('NASK', { verified: '2025-01-01' })])).toEqual([
      'cpr do none 2025-01-01 holder1 newer_not_decided',
    ]);
    expect(await lines([cpr('permit', '2025-01-01')], [old('UNK', { verified: '2020' })])).toEqual([
      'cpr do none 2025-01-01 holder1',
    ]);
  });
});

describe('what ended', () => {
  const until = (end: string) => {
    const consent = cpr('deny', '2024-01-01');
    return changed(consent, { provision: { ...(consent.provision as object), period: { end } } });
  };

  it('does not count from the moment that its end has passed, and is history', async () => {
    for (const end of ['2026-01-14', '2025-12', '2025', '2026-01-15T10:00:00+01:00'])
      expect(await lines([until(end)]), end).toEqual(['cpr no_record none - -']);
    for (const end of ['2026-01-16', '2026-01', '2026', '2027-03-01T00:00:00Z'])
      expect(await lines([until(end)]), end).toEqual(['cpr do_not none 2024-01-01 holder1']);
    expect(await lines([old('NEE', { start: '2024-01-01', end: '2025-12-31' })])).toEqual([
      'cpr no_record none - -',
    ]);
  });

  it('elsewhere, of the same record, is doubt about the copy that still stands', async () => {
    const record = identified(cpr('deny', '2024-01-01'));
    expect(await lines([record], [changed(record, { status: 'inactive' })])).toEqual([
      'cpr do_not weak 2024-01-01 holder1 ended_elsewhere',
    ]);
  });
});

describe('a record that two holders have', () => {
  it('is one line with both holders, and no conflict', async () => {
    const record = identified(cpr('deny', '2024-01-01'));
    const card = await at([record], [record]);
    expect(toldLines(card)).toEqual(['cpr do_not none 2024-01-01 holder1']);
    expect(card.lines[0]).toMatchObject({ also: ['holder2'] });
    expect(card.lines[0]?.history).toBeUndefined();
  });
});

describe('the goal', () => {
  it('is the newest that stands; a later talk that decided nothing does not undo it', async () => {
    const newest = [
      goal('713148004', { startDate: '2025-07-29' }),
      goal('1351964001', { statusDate: '2020' }),
    ];
    const undecided = goal('UNK', { startDate: '2025-12-01' });
    const error = goal('385987000', { startDate: '2025-12-31', lifecycleStatus: 'entered-in-error' });
    expect((await at([...newest, undecided, error])).goal).toMatchObject({
      key: 'symptom_relief',
      conflict: 'weak',
      date: '2025-07-29',
    });
  });
});
