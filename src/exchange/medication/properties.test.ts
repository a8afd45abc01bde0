// What must hold for any building blocks? Order, holders and time zone change nothing; what is stopped is not current; nothing is lost.
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { Block } from './block.ts';
import { consolidate } from './consolidate.ts';
import { at, block, overviewOf, type Written } from './fixtures.ts';
import { dutchDay, printMoment } from './moments.ts';
import type { Overview } from './overview.ts';
import { periodOf } from './period.ts';

const dayOf = (back: number): string => dutchDay(at('2024-03-10T12:00:00Z') - back * 86_400_000);
/** `FC_RUNS=20` tries twenty times as many. */
const often = Number(process.env.FC_RUNS ?? 1);
const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const kinds = ['MA', 'MA', 'MA', 'TA', 'TA', 'WDS', 'MGB', 'MTD', 'MVE', 'VV'] as const;

const written = fc.record(
  {
    at: fc.integer({ min: -10, max: 450 }).map(dayOf),
    from: fc.integer({ min: -30, max: 450 }).map(dayOf),
    to: fc.integer({ min: -60, max: 400 }).map(dayOf),
    days: fc.integer({ min: 1, max: 60 }),
    stop: fc.constantFrom('stopped', 'interrupted', 'cancelled') as fc.Arbitrary<
      NonNullable<Written['stop']>
    >,
    prior: fc.constantFrom(...names, 'nowhere'),
    of: fc.constantFrom(...names, 'nowhere'),
    treatment: fc.constantFrom('T', 'U'),
    copy: fc.boolean(),
    nullified: fc.constantFrom(false, false, false, true),
    updated: fc.integer({ min: 1, max: 3 }),
    used: fc.boolean(),
  },
  { requiredKeys: ['at', 'from'] },
);

const blocks = fc.array(
  fc
    .tuple(fc.constantFrom(...kinds), fc.constantFrom(...names), written)
    .map(([kind, name, one]) => block(kind, `${name}`, one)),
  { minLength: 1, maxLength: 12 },
);
const moment = fc.integer({ min: 0, max: 60 }).map((back) => at(dayOf(back)));

/** Without the places and holders, which do depend on who sent what. */
function essence(overview: Overview): unknown {
  const bare = JSON.stringify(overview, (name, value) =>
    name === 'holders' || name === 'places' ? undefined : value,
  );
  return JSON.parse(bare);
}

const groups = ['current', 'future', 'ended', 'paused', 'useOnly'] as const;

describe('any building blocks', () => {
  it('give the same overview in any order', () => {
    fc.assert(
      fc.property(blocks, moment, fc.infiniteStream(fc.nat()), (all, when, keys) => {
        const order = all.map((one) => [keys.next().value ?? 0, one] as const).sort(([a], [b]) => a - b);
        const shuffled = order.map(([, one]) => one);
        expect(overviewOf(shuffled, { at: when })).toEqual(overviewOf(all, { at: when }));
      }),
      { numRuns: 400 * often },
    );
  });

  it('give the same overview when several holders send the same', () => {
    fc.assert(
      fc.property(blocks, moment, fc.array(fc.nat()), (all, when, again) => {
        const others = again
          .map((index) => all[index % all.length]!)
          .map((one) => ({ ...one, holder: 'two' }));
        const answers = [
          { holder: 'one', outcome: 'answered', blocks: all },
          { holder: 'two', outcome: 'answered', blocks: others },
        ] as const;
        const doubled = consolidate(answers, { at: when });
        expect(essence(doubled)).toEqual(essence(overviewOf(all, { at: when })));
      }),
      { numRuns: 300 * often },
    );
  });

  it('never disappear: each is on the overview, in the history or in the findings', () => {
    fc.assert(
      fc.property(blocks, moment, (all, when) => {
        const overview = overviewOf(all, { at: when });
        const shown = new Set([
          ...groups.flatMap((group) => overview[group].flatMap(({ records }) => records)),
          ...overview.history.map(({ record }) => record),
        ]);
        for (const { record } of all) expect(shown).toContain(record);
        const everywhere = [
          ...groups.flatMap((group) => overview[group].flatMap((line) => line.blocks)),
          ...overview.history,
        ];
        const once = new Set(all.map(({ kind, record }) => `${kind} ${record}`));
        expect(everywhere.map(({ kind, record }) => `${kind} ${record}`).sort()).toEqual([...once].sort());
      }),
      { numRuns: 400 * often },
    );
  });

  it('are never current when stopped: whatever else the treatment holds from before the stop', () => {
    const kindsBefore = fc.constantFrom('MA', 'TA', 'WDS', 'MGB') as fc.Arbitrary<Block['kind']>;
    const before = fc.array(fc.tuple(kindsBefore, fc.integer({ min: 60, max: 400 })), { maxLength: 6 });
    const type = fc.constantFrom('stopped', 'interrupted') as fc.Arbitrary<NonNullable<Written['stop']>>;
    fc.assert(
      fc.property(before, type, moment, (others, stop, when) => {
        const agreement = block('MA', 'MA', { at: dayOf(401), from: dayOf(400) });
        const attached = others
          .filter(([kind]) => kind !== 'MA')
          .map(([kind, back], index) =>
            block(kind, `${kind}${index}`, { at: dayOf(back), from: dayOf(back), of: 'MA' }),
          );
        const chain = others.filter(([kind]) => kind === 'MA');
        const changes = chain
          .map(([, back]) => back)
          .sort((a, b) => b - a)
          .map((back, index) =>
            block('MA', `MA${index}`, {
              at: dayOf(back),
              from: dayOf(back),
              prior: index === 0 ? 'MA' : `MA${index - 1}`,
            }),
          );
        const last = changes.at(-1) ?? agreement;
        const stopped = block('MA', 'stop', {
          at: dayOf(59),
          from: last.period.startText!,
          to: dayOf(61),
          stop,
          prior: last.record.split('|')[1]!,
        });
        const overview = overviewOf([agreement, ...changes, ...attached, stopped], {
          at: Math.max(when, at(dayOf(58))),
        });
        expect(overview.current).toEqual([]);
      }),
      { numRuns: 300 * often },
    );
  });
});

describe('what a stop names', () => {
  it('is never on a current line, unless the stop was cancelled or names itself', () => {
    fc.assert(
      fc.property(blocks, moment, (all, when) => {
        const overview = overviewOf(all, { at: when });
        const shown = [
          ...groups.flatMap((group) =>
            overview[group].flatMap((line) =>
              line.blocks.map((one) => ({ ...one, treatment: line.treatment })),
            ),
          ),
        ];
        const entries = [...shown, ...overview.history];
        const kept = all.filter((one) =>
          entries.some(
            ({ kind, record, treatment, stop }) =>
              kind === one.kind &&
              record === one.record &&
              treatment === one.treatment &&
              stop === one.stop?.type,
          ),
        );
        fc.pre(all.length === new Set(all.map(({ kind, record }) => `${kind} ${record}`)).size);
        fc.pre(!all.some(({ stop, enteredInError }) => stop?.type === 'cancelled' || enteredInError));
        const current = new Set(
          overview.current.flatMap((line) =>
            line.blocks.map(({ kind, record }) => `${kind} ${record} ${line.treatment}`),
          ),
        );
        for (const { kind, record, prior, stop, treatment } of kept)
          if (kind !== 'MGB' && stop && prior !== undefined && prior !== record) {
            const named = all.find(
              (one) => one.kind === kind && one.record === prior && one.treatment === treatment,
            );
            if (named && !(named.stop && named.prior === record))
              expect(current).not.toContain(`${kind} ${prior} ${treatment}`);
          }
      }),
      { numRuns: 150 * often },
    );
  });
});

describe('time', () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('zone of the machine changes nothing', () => {
    fc.assert(
      fc.property(
        blocks,
        moment,
        fc.constantFrom('UTC', 'America/Los_Angeles', 'Pacific/Kiritimati'),
        (all, when, other) => {
          process.env.TZ = 'Europe/Amsterdam';
          const here = overviewOf(all, { at: when });
          process.env.TZ = other;
          expect(overviewOf(all, { at: when })).toEqual(here);
        },
      ),
      { numRuns: 100 * often },
    );
  });

  it('written in another zone means the same period and lines', () => {
    const start = fc.date({ min: new Date('2020-01-01'), max: new Date('2026-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(
        start,
        fc.integer({ min: 1, max: 800 }),
        fc.constantFrom('d', 'wk', 'mo', 'a') as fc.Arbitrary<'d'>,
        (date, value, unit) => {
          const utc = `${date.toISOString().slice(0, 19)}Z`;
          const here = printMoment(Math.floor(date.getTime() / 1000) * 1000);
          const duration = { value, unit };
          const [a, b] = [periodOf({ start: utc, duration }), periodOf({ start: here, duration })];
          expect([a.start, a.end, a.endText]).toEqual([b.start, b.end, b.endText]);
        },
      ),
      { numRuns: 100 * often },
    );
  });

  it('by the calendar: n days from a day end n days later, over leap days and clock changes', () => {
    const start = fc
      .integer({ min: 0, max: 5000 })
      .map((days) => new Date(Date.UTC(2015, 0, 1) + days * 86_400_000));
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 800 }), (date, value) => {
        const day = date.toISOString().slice(0, 10);
        const last = new Date(date.getTime() + (value - 1) * 86_400_000).toISOString().slice(0, 10);
        const period = periodOf({ start: day, duration: { value, unit: 'd' } });
        expect(period.endText?.slice(0, 19)).toBe(`${last}T23:59:59`);
      }),
      { numRuns: 100 * often },
    );
  });
});
