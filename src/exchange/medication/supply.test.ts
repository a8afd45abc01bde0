// Is it told when a supply is all that is known of a medicine?
import { describe, expect, it } from 'vitest';
import { emptyReason } from './asFhir.ts';
import { block, overviewOf, rulesOf, type Written } from './fixtures.ts';

const made = (kind: 'MVE' | 'VV' | 'MTD', written: Written) => block(kind, kind, written);
const alone = (...blocks: Parameters<typeof overviewOf>[0]): boolean =>
  rulesOf(overviewOf(blocks)).includes('supply-alone');

describe('a supply without an agreement', () => {
  const lasting = { from: '2023-12-20', days: 90 };

  it('that lasts is told, with what was dispensed: the patient may use it', () => {
    const overview = overviewOf([made('MVE', lasting)]);
    expect(overview.findings).toMatchObject([{ rule: 'supply-alone', detail: 'Medicine' }]);
    expect(emptyReason(overview)).toMatchObject({ coding: [{ code: 'unavailable' }] });
    expect(alone(made('VV', { from: '2023-12-20' }))).toBe(true);
    expect(alone(made('MVE', { from: '2022-12-20' }))).toBe(true);
  });

  it('that has run out, was not handed over, or is an administration is history alone', () => {
    expect(alone(made('MVE', { from: '2023-11-20', days: 30 }))).toBe(false);
    expect(alone(made('MVE', { from: '2022-11-20' }))).toBe(false);
    expect(alone({ ...made('MVE', lasting), notDone: true })).toBe(false);
    expect(alone(made('MTD', lasting))).toBe(false);
  });

  it('beside an agreement or use is no news', () => {
    for (const kind of ['MA', 'TA', 'WDS', 'MGB'] as const)
      expect(alone(made('MVE', lasting), block(kind, 'known', { from: '2023-12-01' }))).toBe(false);
  });
});
