// Does the page of an overview tell all of it, and can no text of a holder break out of it?
import { describe, expect, test } from 'vitest';
import { consolidate, type HolderAnswer } from './consolidate.ts';
import { block, type Written } from './fixtures.ts';
import { momentMeant } from './moments.ts';
import type { Overview } from './overview.ts';
import { printOverviewPage } from './page.ts';

const hostile = '"><img src=x onerror=alert(1)></td></table><script>alert(2)</script>\u202e';
const at = momentMeant('2024-01-01') ?? 0;

const agreement = (name: string, written: Written) => block('MA', name, { holder: 'gp', ...written });
const answered = (...blocks: ReturnType<typeof block>[]): HolderAnswer => ({
  holder: 'gp',
  name: 'Huisarts De Brug',
  outcome: 'answered',
  blocks,
});
const overviewOf = (...answers: readonly HolderAnswer[]): Overview => consolidate(answers, { at });

const several = overviewOf(
  answered(
    agreement('ma-1', { from: '2023-11-01', to: '2023-12-10', treatment: 'A', dosage: 'dosis een' }),
    agreement('ma-2', {
      from: '2023-12-11',
      at: '2023-12-11',
      prior: 'ma-1',
      treatment: 'A',
      dosage: 'dosis twee',
    }),
    agreement('ma-3', { from: '2024-02-01', treatment: 'B', dosage: 'dosis drie' }),
    agreement('ma-4', { from: '2020-01-01', to: '2020-02-01', treatment: 'C', dosage: 'dosis vier' }),
  ),
  { holder: 'h', name: 'Ziekenhuis', outcome: 'silent', blocks: [] },
  { holder: 'g', name: 'GGZ', outcome: 'denied', blocks: [] },
);

const heard = (html: string): string =>
  html
    .replace(/<(style|title)>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the page of a medication overview', () => {
  test('says on top who did not answer and who had no consent, before any table', () => {
    const text = heard(printOverviewPage(several, 'en'));
    expect(text).toContain('Not complete: Ziekenhuis did not answer in time; GGZ no consent');
    expect(text.indexOf('Not complete')).toBeLessThan(text.indexOf('Current medication'));
  });

  test('shows every building block: on a line, in the history of its treatment, or among those without a line', () => {
    const text = heard(printOverviewPage(several, 'nl'));
    for (const dosage of ['een', 'twee', 'drie', 'vier'])
      expect(text.match(new RegExp(`dosis ${dosage}`, 'g'))).toHaveLength(1);
    expect(text).toContain('Historie van behandelingen zonder regel');
    expect(text).toContain('langer geleden beëindigd dan het venster');
  });

  test('says of what is history why it was so, and what was remarked on', () => {
    const given = {
      ...block('MTD', 'mtd', { holder: 'gp' }),
      reason: 'geweigerd',
      note: 'was misselijk',
      notDone: true,
    };
    const text = heard(printOverviewPage(overviewOf(answered(given)), 'nl'));
    expect(text).toContain('mtd · geweigerd · was misselijk · niet toegediend');
  });

  test('tells the history of a treatment once, also when it has two lines', () => {
    const two = overviewOf(
      answered(
        agreement('ma-1', { from: '2023-11-01', to: '2023-12-01', treatment: 'A', dosage: 'eerst' }),
        agreement('ma-2', {
          from: '2023-12-02',
          at: '2023-12-02',
          prior: 'ma-1',
          treatment: 'A',
          dosage: 'nu',
        }),
        agreement('ma-3', { from: '2024-03-01', at: '2023-12-20', treatment: 'A', dosage: 'straks' }),
      ),
    );
    expect([two.current.length, two.future.length]).toEqual([1, 1]);
    expect(heard(printOverviewPage(two, 'nl')).match(/eerst/g)).toHaveLength(1);
  });

  test('names the patient, the moment, and what changed since when asked', () => {
    const shown = {
      ...several,
      since: '2023-12-01T12:00:00+01:00',
      changes: [
        {
          kind: 'changed-dose',
          rank: 1,
          treatment: 'A',
          medicine: 'Pil',
          before: '1',
          after: '2',
          records: [],
        } as const,
      ],
    };
    const text = heard(
      printOverviewPage(shown, 'nl', { name: 'Aagje Proef', birthDate: '1940-02-29', bsn: '999911612' }),
    );
    expect(text).toContain('Aagje Proef');
    expect(text).toContain('29 feb 1940');
    expect(text).toContain('1 jan 2024, 12:00');
    expect(text).toMatch(/Veranderd sinds 1 dec 2023, 12:00 \(1\) andere dosering Pil : 1 → 2/);
  });

  test('an overview without answers says that nobody recorded anything here, not that nothing is used', () => {
    const text = heard(
      printOverviewPage(
        overviewOf({ holder: 'h', name: 'Ziekenhuis', outcome: 'unavailable', blocks: [] }),
        'nl',
      ),
    );
    expect(text).toContain('Niet volledig: Ziekenhuis niet gelukt');
    expect(text).toContain('Geen vastgelegd bij wie antwoordde');
  });

  test('shows hostile texts as text, wherever they stand', () => {
    const kept = new Set(['kind', 'outcome', 'rule', 'severity', 'type', 'stop', 'treatment']);
    const evil: Overview = JSON.parse(JSON.stringify(several), (key, value: unknown) =>
      typeof value === 'string' && !kept.has(key) && value !== 'interrupted' ? hostile : value,
    );
    const html = printOverviewPage(evil, 'nl', { name: hostile, birthDate: hostile, bsn: hostile });
    expect(html.match(/<style>/g)).toHaveLength(1);
    expect(html).not.toMatch(/<script|<img|<[^>"]*\son[a-z]+=/i);
    expect(html).not.toContain('\u202e');
    expect(html).toContain('&lt;script&gt;');
  });

  test('needs no script, no style attribute and nothing from elsewhere', () => {
    expect(printOverviewPage(several, 'en')).not.toMatch(
      /<script|\sstyle=|src=|<link|@import|url\(|https?:/i,
    );
  });
});
