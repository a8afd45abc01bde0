// Can an operator read what was not delivered?
import { describe, expect, it } from 'vitest';
import type { OutboxRow } from '../delivery/outbox.ts';
import { tableOf } from './outbox.ts';

const row = (change: Partial<OutboxRow>): OutboxRow => ({
  id: '11111111-2222-4333-8444-555555555555',
  exchange: 'handover',
  subject: 'h-1',
  order_key: 'h-1',
  seq: 1,
  participant_id: 'rietgors',
  endpoint_id: 'notification',
  kind: 'announce',
  version: 1,
  message: '{}',
  state: 'dead',
  attempts: 12,
  due_at: '',
  lease_owner: null,
  lease_until: null,
  created_at: '2026-05-01T10:11:12.131Z',
  live_since: '',
  settled_at: '',
  ...change,
});

describe('the table of undelivered notifications', () => {
  it('has no headings over nothing', () => {
    expect(tableOf([], new Map())).toEqual([]);
  });

  it('names each column and lines the rows up under it', () => {
    const other = row({ id: 'x', state: 'unknown', kind: 'echo', version: 3, attempts: 1 });
    const lines = tableOf([row({}), other], new Map([['x', 'reset-after-send']]));
    const [headings = '', first = '', second = ''] = lines;
    expect(lines).toHaveLength(3);
    for (const [heading, cells] of [
      ['STATE', ['dead', 'unknown']],
      ['WHAT', ['announce', 'echo v3']],
      ['TO', ['rietgors/notification', 'rietgors/notification']],
      ['TRIES', ['12', '1']],
      ['LAST OUTCOME', ['-', 'reset-after-send']],
      ['SINCE', ['2026-05-01 10:11', '2026-05-01 10:11']],
      ['ABOUT', ['handover h-1', 'handover h-1']],
    ] as const) {
      const at = headings.indexOf(heading);
      expect([first.slice(at).startsWith(cells[0]), second.slice(at).startsWith(cells[1])]).toEqual([
        true,
        true,
      ]);
    }
  });
});
