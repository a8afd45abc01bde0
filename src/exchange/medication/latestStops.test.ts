// Do the stops that matter come with what is given without the rest?
import { describe, expect, it } from 'vitest';
import { block, key } from './fixtures.ts';
import { latestStops } from './latestStops.ts';
import { search, searchEach } from './search.ts';

type Written = Parameters<typeof block>[2];
const ma = (name: string, written: Written) => block('MA', name, { from: '2023-06-01', ...written });
const stop = (name: string, written: Written) => ma(name, { to: '2023-12-10', stop: 'stopped', ...written });

const start = ma('start', {});
const stopped = stop('stopped', { at: '2023-12-10', prior: 'start' });
const later = { from: '2024-02-01', to: '2024-02-01' };
const plan = ma('plan', { at: '2023-12-11', from: later.from });
const cancel = ma('cancel', { ...later, at: '2023-12-20', stop: 'cancelled', prior: 'plan' });

const names = (blocks: ReturnType<typeof search>) => blocks.map(({ record }) => record.split('|')[1]);
const latest = (...blocks: Parameters<typeof latestStops>[0]) => names(latestStops(blocks));
const found = (...blocks: Parameters<typeof latestStops>[0]) =>
  names(
    search(blocks, 'MedicationRequest', [
      ['period-of-use', 'ge2024-01-01'],
      ['is-latest-stop', 'true'],
    ]),
  );

describe('$latest-stops', () => {
  it('gives the latest per treatment', () => {
    const earlier = stop('earlier', { at: '2023-12-05', stop: 'interrupted', prior: 'start' });
    expect(latest(stopped, earlier)).toEqual(['stopped']);
    expect(latestStops([stopped], new Set([key('U')]))).toEqual([]);
  });

  it('keeps a later cancellation apart', () => {
    expect(latest(start, stopped, plan, cancel)).toEqual(['stopped', 'cancel']);
  });

  it('passes over a stop that was entered in error or cancelled', () => {
    const second = { at: '2023-12-30', prior: 'start' };
    expect(latest(start, stopped, stop('second', { ...second, nullified: true }))).toEqual(['stopped']);
    const undo = ma('undo', { at: '2023-12-31', to: '2023-06-01', stop: 'cancelled', prior: 'second' });
    expect(latest(start, stopped, stop('second', second), undo)).toEqual(['stopped', 'undo']);
  });
});

describe('is-latest-stop', () => {
  it('brings each stop of what was found, whatever was stopped or cancelled after it', () => {
    expect(found(start, stopped, plan, cancel)).toEqual(['start', 'stopped', 'plan', 'cancel']);
    const again = ma('again', { at: '2023-12-12' });
    const second = stop('second', { at: '2023-12-20', prior: 'again' });
    expect(found(start, stopped, again, second)).toEqual(['start', 'stopped', 'again', 'second']);
    const mistaken = stop('mistaken', { at: '2023-12-30', prior: 'start', nullified: true });
    expect(found(start, stopped, mistaken)).toEqual(['start', 'stopped']);
  });

  it('brings each stop of what was found also where another holder has it, or its product or number is another', () => {
    const again = ma('again', { at: '2023-12-12', to: '2023-12-20' });
    const second = stop('second', { at: '2023-12-20', prior: 'again' });
    const asked = [
      ['period-of-use', 'ge2024-01-01'],
      ['is-latest-stop', 'true'],
    ] as const;
    const each = searchEach([[start], [stopped, again, second], []], 'MedicationRequest', asked);
    expect(each.map(names)).toEqual([['start'], ['stopped', 'second'], []]);
    for (const narrow of [
      ['identifier', start.record],
      ['medication.code', start.medicine.codes[0]?.code ?? ''],
    ] as const) {
      const other = { ...stopped, medicine: { text: 'other', codes: [] } };
      expect(
        names(search([start, other], 'MedicationRequest', [narrow, ['is-latest-stop', 'true']])),
      ).toEqual(['start', 'stopped']);
    }
  });

  it('brings what takes such a stop back, and stops whose reference leads nowhere', () => {
    const undo = { at: '2023-12-12', to: '2023-06-01', stop: 'cancelled', prior: 'stopped' } as const;
    expect(found(start, stopped, ma('undo', undo), plan, cancel)).toContain('undo');
    const blind = stop('blind', { at: '2023-12-10', prior: 'nowhere' });
    const second = stop('second', { at: '2023-12-20', prior: 'blind' });
    expect(found(start, blind, second)).toEqual(['start', 'blind', 'second']);
  });
});
