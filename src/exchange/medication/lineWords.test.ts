// Does a line in one row tell what is not used, whose dosing is another, and the right day?
import { afterEach, describe, expect, it } from 'vitest';
import type { Block } from './block.ts';
import { block, overviewOf } from './fixtures.ts';
import { dosingCell, useCell } from './lineWords.ts';
import type { Line } from './overview.ts';
import { changesNarrative, linesNarrative } from './overviewNarrative.ts';
import { printOverviewPage } from './page.ts';

const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

const onlyLine = (...blocks: readonly Block[]): Line => {
  const { current, useOnly } = overviewOf(blocks);
  const [line, ...more] = [...current, ...useOnly];
  if (!line || more.length > 0) throw new Error('there is not one line');
  return line;
};
const ma = block('MA', 'MA', { from: '2023-12-01', dosage: '2x 1 tablet' });
const ta = (dosage: string, name = 'Medicine'): Block => ({
  ...block('TA', 'TA', { from: '2023-12-01', of: 'MA', dosage }),
  medicine: { text: name, codes: [] },
});

describe('a line in one row', () => {
  it('tells that what was reported is not used, or otherwise than agreed', () => {
    const use = (more: object) => block('MGB', 'MGB', { from: '2023-12-01', dosage: '3x', ...more });
    const unused = onlyLine(use({ used: false }));
    expect(useCell(unused, 'nl')).toBe('gebruikt het niet');
    expect(linesNarrative([unused], 'en').div).toContain('<td>does not use it</td>');
    expect(useCell(onlyLine(use({ asAgreed: false })), 'en')).toBe('uses it differently than agreed');
    expect(useCell(onlyLine(ma), 'nl')).toBe('');
  });

  it('tells of use that is over as of what was', () => {
    const use = (to: string, more: object = {}) =>
      onlyLine(block('MGB', 'MGB', { at: '2023-12-30', from: '2023-12-22', to, ...more }));
    expect(useCell(use('2023-12-30'), 'nl')).toBe('gebruikte het zoals afgesproken');
    expect(useCell(use('2023-12-30', { asAgreed: false }), 'en')).toBe('used it differently than agreed');
    expect(useCell(use('2024-01-02'), 'nl')).toBe('gebruikt het zoals afgesproken');
    expect(useCell(use('2023-12-30', { used: false }), 'nl')).toBe('gebruikt het niet');
    expect(linesNarrative([use('2023-12-30')], 'en').div).toContain('<td>used it as agreed</td>');
    expect(use('2023-12-30')).toMatchObject({ usedBefore: true, blocks: [{ usedBefore: true }] });
  });

  it('tells the dosing of each block that has another, or another product', () => {
    expect(dosingCell(onlyLine(ma, ta('2X  1 tablet')))).toBe('2x 1 tablet');
    const other = onlyLine(ma, ta('1x 1 tablet'));
    expect(dosingCell(other)).toBe('2x 1 tablet; TA: 1x 1 tablet');
    expect(linesNarrative([other], 'nl').div).toContain('TA: 1x 1 tablet');
    expect(dosingCell(onlyLine(ma, ta('2x 1 tablet', 'Medicine 20 mg')))).toBe(
      '2x 1 tablet; TA Medicine 20 mg: 2x 1 tablet',
    );
  });

  it('has Dutch days, in the narrative and on the page, whatever the zone of time and machine', () => {
    const line = block('MA', 'MA', { from: '2023-12-31T23:00:00Z', to: '2024-01-31T23:59:59' });
    const overview = overviewOf([line]);
    for (const machine of ['UTC', 'Europe/Amsterdam', 'Pacific/Kiritimati']) {
      process.env.TZ = machine;
      expect(linesNarrative(overview.current, 'nl').div).toContain('<td>2024-01-01</td><td>2024-01-31</td>');
      const page = printOverviewPage(overview, 'nl');
      expect(page).toContain('>1 jan 2024</time>');
      expect(page).toContain('>31 jan 2024</time>');
      expect(page).not.toContain('1 feb 2024');
    }
  });

  it('has the Dutch day also of what changed', () => {
    const ends = { before: '2024-01-10', after: '2024-01-31T23:30:00Z' };
    const told = { rank: 1, treatment: 'A', medicine: 'Pil', records: [] };
    const changes = [{ ...told, kind: 'changed-end', ...ends } as const];
    expect(changesNarrative(changes, 'nl').div).toContain('Pil: 2024-01-10 → 2024-02-01');
    const shown = { ...overviewOf([]), since: '2024-01-01T12:00:00+01:00', changes };
    const page = printOverviewPage(shown, 'nl').replace(/<[^>]*>/g, '');
    expect(page).toContain('Pil: 10 jan 2024 → 1 feb 2024');
  });
});
