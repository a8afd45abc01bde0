// Does the overview come out right for patients that no published set has? By the validity and stop rules of MP9, in every spelling.
import { describe, expect, it } from 'vitest';
import type { Told } from '../world/unseenMedication.ts';
import { linesOf } from './overviewStage.ts';

type Patient = readonly [name: string, blocks: readonly Told[], lines: readonly string[], at?: string];

const ma = (id: string, more: Omit<Told, 'id'>): Told => ({ id, ...more });
const ta = (id: string, more: Omit<Told, 'id'>): Told => ({ kind: 'TA', id, ...more });
const wds = (id: string, more: Omit<Told, 'id'>): Told => ({ kind: 'WDS', id, ...more });
const use = (id: string, more: Omit<Told, 'id'>): Told => ({ kind: 'MGB', id, ...more });
const start = { from: '2023-12-01T08:00:00+01:00' };
const first = ma('MA1', start);

const periods: readonly Patient[] = [
  ['with a start alone runs on', [first], ['current MA1']],
  ['with an end alone runs until then', [ma('MA1', { at: '2023-12-01', to: '2024-01-01' })], ['current MA1']],
  [
    'with an end alone that has passed has ended',
    [ma('MA1', { at: '2023-12-01', to: '2023-12-31' })],
    ['ended MA1'],
  ],
  ['without any period holds', [ma('MA1', { at: '2023-12-01' })], ['current MA1']],
  [
    'of start and duration ends with its last day',
    [ma('MA1', { from: '2023-12-26', lasts: [1, 'wk'] })],
    ['current MA1'],
  ],
  ['of one day less has ended', [ma('MA1', { from: '2023-12-25', lasts: [1, 'wk'] })], ['ended MA1']],
  [
    'of end and duration begins by counting back',
    [ma('MA1', { at: '2023-12-01', to: '2024-01-10', lasts: [9, 'd'] })],
    ['future MA1'],
  ],
  [
    'of end and one day more has begun',
    [ma('MA1', { at: '2023-12-01', to: '2024-01-10', lasts: [10, 'd'] })],
    ['current MA1'],
  ],
  [
    'of a year from the leap day ends with February',
    [ma('MA1', { from: '2024-02-29', lasts: [1, 'a'] })],
    ['current MA1'],
    '2025-02-28',
  ],
  [
    'of a year from the leap day is over in March',
    [ma('MA1', { from: '2024-02-29', lasts: [1, 'a'] })],
    ['ended MA1'],
    '2025-03-01',
  ],
  [
    'of a month from 31 January holds on the leap day',
    [ma('MA1', { from: '2024-01-31', lasts: [1, 'mo'] })],
    ['current MA1'],
    '2024-02-29T23:59:59+01:00',
  ],
  [
    'of a month from 31 January is over in March',
    [ma('MA1', { from: '2024-01-31', lasts: [1, 'mo'] })],
    ['ended MA1'],
    '2024-03-01T00:00:00+01:00',
  ],
  [
    'of a day over the night that is an hour short lasts that day',
    [ma('MA1', { from: '2024-03-31', lasts: [1, 'd'] })],
    ['current MA1'],
    '2024-03-31T23:59:59+02:00',
  ],
  [
    'of that day is over the next',
    [ma('MA1', { from: '2024-03-31', lasts: [1, 'd'] })],
    ['ended MA1'],
    '2024-04-01T00:00:00+02:00',
  ],
  [
    'of a day over the night that is an hour long lasts to its end',
    [ma('MA1', { from: '2024-10-27', lasts: [1, 'd'] })],
    ['current MA1'],
    '2024-10-27T23:59:59+01:00',
  ],
  [
    'in UTC holds by the Dutch clock',
    [ma('MA1', { at: '2023-12-01', from: '2023-12-31T23:00:00Z' })],
    ['current MA1'],
    '2024-01-01T00:00:00+01:00',
  ],
  [
    'until a year or month holds to its end',
    [ma('MA1', { ...start, to: '2024-01' }), ma('MB1', { ...start, to: '2023', t: 'B', code: '2' })],
    ['current MA1', 'ended MB1'],
  ],
];

const windows: readonly Patient[] = [
  [
    'two months ago to the day is still told',
    [ma('MA1', { from: '2023-10-01', to: '2023-11-01' })],
    ['ended MA1'],
  ],
  ['a day longer ago is history', [ma('MA1', { from: '2023-10-01', to: '2023-10-31' })], []],
  [
    'by two months of a short February',
    [ma('MA1', { from: '2024-02-01', to: '2024-02-29' })],
    ['ended MA1'],
    '2024-04-29',
  ],
  [
    'use alone of thirteen months ago is told',
    [use('MGB1', { at: '2022-12-02', from: '2022-11-01' })],
    ['useOnly MGB1'],
  ],
  ['use alone of a month more is history', [use('MGB1', { at: '2022-11-30', from: '2022-11-01' })], []],
  [
    'an interruption stays, however long ago',
    [first, ma('S', { at: '2023-12-05', ...start, to: '2023-12-05', stop: 'interrupted', prior: 'MA1' })],
    ['paused S'],
    '2025-12-01',
  ],
];

const stopsAndChanges: readonly Patient[] = [
  [
    'a stop registered together with what it stops, stops it',
    [first, ma('S', { ...start, to: '2023-12-20', stop: 'stopped', prior: 'MA1' })],
    ['ended S'],
  ],
  [
    'a stop of which the end is ahead carries today',
    [first, ma('S', { at: '2023-12-20', ...start, to: '2024-01-10', stop: 'stopped', prior: 'MA1' })],
    ['current S'],
  ],
  [
    'a stop whose reference leads nowhere stops what has its start',
    [first, ma('S', { at: '2023-12-20', ...start, to: '2023-12-25', stop: 'stopped', prior: 'gone' })],
    ['ended S'],
  ],
  [
    'a stop whose reference leads nowhere spares another start',
    [
      first,
      ma('S', { at: '2023-12-20', from: '2023-11-01', to: '2023-12-25', stop: 'stopped', prior: 'gone' }),
    ],
    ['current MA1'],
  ],
  [
    'a change takes the place of what it names',
    [
      first,
      ma('S', {
        at: '2023-12-20T10:00:00+01:00',
        ...start,
        to: '2023-12-20T10:00:00+01:00',
        stop: 'stopped',
        prior: 'MA1',
      }),
      ma('MA2', { from: '2023-12-20T10:00:00+01:00', prior: 'MA1' }),
    ],
    ['current MA2'],
  ],
  [
    'a change to come leaves today, by the technical stop',
    [
      first,
      ma('S', { at: '2023-12-30', ...start, to: '2024-01-03', stop: 'stopped', prior: 'MA1' }),
      ma('MA2', { at: '2023-12-30', from: '2024-01-04', prior: 'MA1' }),
    ],
    ['current S', 'future MA2'],
  ],
  [
    'that change has come on its day',
    [
      first,
      ma('S', { at: '2023-12-30', ...start, to: '2024-01-03', stop: 'stopped', prior: 'MA1' }),
      ma('MA2', { at: '2023-12-30', from: '2024-01-04', prior: 'MA1' }),
    ],
    ['current MA2'],
    '2024-01-04',
  ],
  [
    'a change to come that is cancelled leaves the stop',
    [
      first,
      ma('S', { at: '2023-12-30', ...start, to: '2024-01-03', stop: 'stopped', prior: 'MA1' }),
      ma('MA2', { at: '2023-12-30', from: '2024-01-04', prior: 'MA1' }),
      ma('C', { at: '2023-12-31', from: '2024-01-04', to: '2024-01-04', stop: 'cancelled', prior: 'MA2' }),
    ],
    ['current S'],
  ],
  [
    'a change to come that is cancelled and made anew is the new one',
    [
      first,
      ma('S', { at: '2023-12-30', ...start, to: '2024-01-03', stop: 'stopped', prior: 'MA1' }),
      ma('MA2', { at: '2023-12-30', from: '2024-01-04', prior: 'MA1' }),
      ma('C', { at: '2023-12-31', from: '2024-01-04', to: '2024-01-04', stop: 'cancelled', prior: 'MA2' }),
      ma('MA3', { at: '2023-12-31', from: '2024-01-04', prior: 'MA2' }),
    ],
    ['current S', 'future MA3'],
  ],
  [
    'cancelled before it began, it is nowhere',
    [
      ma('MA1', { at: '2023-12-01', from: '2024-01-05' }),
      ma('C', { at: '2023-12-02', from: '2024-01-05', to: '2024-01-05', stop: 'cancelled', prior: 'MA1' }),
    ],
    [],
  ],
  [
    'cancelled with dates left out, it is nowhere',
    [ma('MA1', { at: '2023-12-01' }), ma('C', { at: '2023-12-02', stop: 'cancelled', prior: 'MA1' })],
    [],
  ],
  [
    'interrupted and resumed, it runs',
    [
      first,
      ma('S', { at: '2023-12-10', ...start, to: '2023-12-10', stop: 'interrupted', prior: 'MA1' }),
      ma('MA2', { at: '2023-12-20', from: '2023-12-20', prior: 'S' }),
    ],
    ['current MA2'],
  ],
  [
    'interrupted and resumed without a relation, it runs',
    [
      first,
      ma('S', { at: '2023-12-10', ...start, to: '2023-12-10', stop: 'interrupted', prior: 'MA1' }),
      ma('MA2', { at: '2023-12-20', from: '2023-12-20' }),
    ],
    ['current MA2'],
  ],
  [
    'interrupted and to be resumed, it is both paused and to come',
    [
      first,
      ma('S', { at: '2023-12-10', ...start, to: '2023-12-10', stop: 'interrupted', prior: 'MA1' }),
      ma('MA2', { at: '2023-12-20', from: '2024-02-01', prior: 'S' }),
    ],
    ['future MA2', 'paused S'],
  ],
  [
    'interrupted, then stopped for good, it has ended',
    [
      first,
      ma('S1', { at: '2023-12-10', ...start, to: '2023-12-10', stop: 'interrupted', prior: 'MA1' }),
      ma('S2', { at: '2023-12-20', ...start, to: '2023-12-20', stop: 'stopped', prior: 'S1' }),
    ],
    ['ended S2'],
  ],
  [
    'a chain of changes is its last',
    [first, ma('MA2', { from: '2023-12-10', prior: 'MA1' }), ma('MA3', { from: '2023-12-20', prior: 'MA2' })],
    ['current MA3'],
  ],
  [
    'a stop at the end of a chain ends it',
    [
      first,
      ma('MA2', { from: '2023-12-10', prior: 'MA1' }),
      ma('S', { at: '2023-12-28', from: '2023-12-10', to: '2023-12-28', stop: 'stopped', prior: 'MA2' }),
    ],
    ['ended S'],
  ],
  [
    'two courses of one treatment, the later running',
    [ma('MA1', { from: '2023-11-20', to: '2023-11-30' }), ma('MA2', { from: '2023-12-30', lasts: [5, 'd'] })],
    ['current MA2'],
  ],
];

const beside: readonly Patient[] = [
  [
    'the TA of a replaced MA is gone, that of the new one shown',
    [
      first,
      ta('TA1', { ...start, of: 'MA1' }),
      ma('MA2', { from: '2023-12-20', prior: 'MA1' }),
      ta('TA2', { from: '2023-12-20', at: '2023-12-20T12:00:00+01:00', of: 'MA2' }),
    ],
    ['current MA2 TA2'],
  ],
  [
    'a TA of a changed MA without one of its own is history',
    [first, ta('TA1', { ...start, of: 'MA1' }), ma('MA2', { from: '2023-12-20', prior: 'MA1' })],
    ['current MA2'],
  ],
  [
    'a new TA under one MA takes the place of the old',
    [
      first,
      ta('TA1', { ...start, of: 'MA1' }),
      ta('TS', { at: '2023-12-20', ...start, to: '2023-12-20', stop: 'stopped', prior: 'TA1', of: 'MA1' }),
      ta('TA2', { at: '2023-12-20', from: '2023-12-21', prior: 'TA1', of: 'MA1' }),
    ],
    ['current MA1 TA2'],
  ],
  [
    'a TA under a stopped MA ends with it',
    [
      first,
      ta('TA1', { ...start, of: 'MA1' }),
      ma('S', { at: '2023-12-20', ...start, to: '2023-12-20', stop: 'stopped', prior: 'MA1' }),
    ],
    ['ended S'],
  ],
  [
    'a TA alone leads, and one stopped has ended',
    [
      ta('TA1', start),
      ta('TB1', { ...start, t: 'B', code: '2' }),
      ta('TB2', {
        at: '2023-12-20',
        ...start,
        to: '2023-12-20',
        stop: 'stopped',
        prior: 'TB1',
        t: 'B',
        code: '2',
      }),
    ],
    ['current TA1', 'ended TB2'],
  ],
  [
    'a schedule takes the place of the one it names',
    [
      first,
      wds('W1', { ...start, to: '2024-01-20', of: 'MA1' }),
      wds('W2', { from: '2023-12-20', to: '2024-01-20', prior: 'W1', of: 'MA1' }),
    ],
    ['current MA1 W2'],
  ],
  [
    'a schedule to come leaves that of today',
    [
      first,
      wds('W1', { ...start, to: '2024-01-03', of: 'MA1' }),
      wds('W2', { at: '2023-12-31', from: '2024-01-04', to: '2024-01-20', prior: 'W1', of: 'MA1' }),
    ],
    ['current MA1 W1', 'future W2'],
  ],
  [
    'a schedule under a stopped MA is not current',
    [
      first,
      wds('W1', { ...start, to: '2024-01-20', of: 'MA1' }),
      ma('S', { at: '2023-12-20', ...start, to: '2023-12-20', stop: 'stopped', prior: 'MA1' }),
    ],
    ['ended S'],
  ],
  [
    'use told after the agreement stands beside it',
    [first, use('MGB1', { at: '2023-12-20', ...start })],
    ['current MA1 MGB1'],
  ],
  [
    'use told before a change is history',
    [first, use('MGB1', { at: '2023-12-10', ...start }), ma('MA2', { from: '2023-12-20', prior: 'MA1' })],
    ['current MA2'],
  ],
  [
    'of two reports of use the newest counts',
    [first, use('MGB1', { at: '2023-12-10', ...start }), use('MGB2', { at: '2023-12-20', ...start })],
    ['current MA1 MGB2'],
  ],
  [
    'a patient who does not use it is told beside what was agreed',
    [first, use('MGB1', { at: '2023-12-20', ...start, used: false })],
    ['current MA1 MGB1'],
  ],
];

const several: readonly Patient[] = [
  [
    'two strengths are two treatments with one medicine',
    [first, ma('MB1', { from: '2023-12-02', t: 'B' })],
    ['current MB1', 'current MA1'],
  ],
  [
    'a change of another treatment changes nothing here',
    [first, ma('MB1', { ...start, t: 'B', prior: 'MA1', code: '2' })],
    ['current MB1', 'current MA1'],
  ],
  ['an administration alone is history', [{ kind: 'MTD', id: 'MTD1', at: '2023-12-20T10:00:00+01:00' }], []],
  [
    'an agreement entered in error is history',
    [ma('MA1', { ...start, error: true }), ma('MB1', { ...start, t: 'B', code: '2' })],
    ['current MB1'],
  ],
];

const groups: Readonly<Record<string, readonly Patient[]>> = {
  'a period': periods,
  'what ended or was told long ago': windows,
  'of stops, changes and cancellations': stopsAndChanges,
  'beside the agreement': beside,
  'of several treatments and other blocks': several,
};

for (const [group, patients] of Object.entries(groups))
  describe(group, () => {
    for (const [name, blocks, lines, at] of patients)
      it(name, async () => {
        expect(await linesOf(blocks, at)).toEqual(lines);
      });
  });
