// Does a patient who asks see every look at the record, in safe form, and nothing of anybody else? On both databases.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportAuditEvents, exportCsv } from '../../src/audit/exportAudit.ts';
import { type AuditQuery, findAudit } from '../../src/audit/find.ts';
import { checkShape } from '../../src/fhir/shape.ts';
import type { AuditEntry, FhirResource } from '../../src/model.ts';
import { recordDurably } from '../world/auditTrail.ts';
import { type Ground, prepareGround, storeKinds } from './storesUnderTest.ts';

type Opened = Awaited<ReturnType<Ground['open']>>;
const own = '999911612';
const other = '999900018';
const entry = (more: Partial<AuditEntry> = {}): AuditEntry => ({
  event: 'composition.read',
  action: 'R',
  outcome: 'success',
  ...more,
});

async function all(store: Opened, query: AuditQuery, reveal = false) {
  const found = [];
  for await (const record of findAudit(store, query, { reveal })) found.push(record);
  return found;
}
async function text(parts: AsyncIterable<string>): Promise<string> {
  let whole = '';
  for await (const part of parts) whole += part;
  return whole;
}

describe.each(storeKinds)('audit records on %s', (kind) => {
  let ground: Ground;
  beforeEach(async () => {
    ground = await prepareGround(kind);
  });
  afterEach(() => ground.end());

  test('a search by patient gives every record of that patient and none of another, over many pages', async () => {
    const store = await ground.open({ settings: { queueLength: 2_000 } });
    const writes = Array.from({ length: 1_300 }, (_, index) =>
      recordDurably(store, entry({ patientBsn: index % 2 === 0 ? own : other, object: `Task/${index}` })),
    );
    await Promise.all([...writes, recordDurably(store, entry({ object: 'Task/nobody' }))]);
    const found = await all(store, { patientBsn: own }, true);
    expect(found).toHaveLength(650);
    expect(new Set(found.map((record) => record.patientBsn))).toEqual(new Set([own]));
    expect(found.every((record) => Number(record.entry.object?.slice(5)) % 2 === 0)).toBe(true);
    expect(await all(store, { patientBsn: '999990196' })).toEqual([]);
    expect(await all(store, { patientBsn: ` ${own.slice(0, 4)}.${own.slice(4)}` })).toHaveLength(650);
  });

  test('a BSN is shown only where it is asked for', async () => {
    const store = await ground.open();
    await recordDurably(store, entry({ patientBsn: own }));
    expect(JSON.stringify(await all(store, {}))).not.toContain(own);
    expect(JSON.stringify(await all(store, {}, true))).toContain(own);
  });

  test('object, event, participant, id and time each narrow the search', async () => {
    let now = new Date('2026-03-01T10:00:00Z');
    const store = await ground.open({ clock: () => now });
    const id = await recordDurably(store, entry({ object: 'Task/1', participantId: 'a' }));
    now = new Date('2026-03-02T10:00:00Z');
    await recordDurably(store, entry({ object: 'Task/2', event: 'task.read', participantId: 'b' }));
    const seqs = async (query: AuditQuery) => (await all(store, query)).map((record) => record.seq);
    expect(await seqs({})).toEqual([1, 2]);
    expect(await seqs({ object: 'Task/1' })).toEqual([1]);
    expect(await seqs({ event: 'task.read' })).toEqual([2]);
    expect(await seqs({ participantId: 'b' })).toEqual([2]);
    expect(await seqs({ participantId: 'b', object: 'Task/1' })).toEqual([]);
    expect(await seqs({ id })).toEqual([1]);
    expect(await seqs({ id: "' or 1=1 --" })).toEqual([]);
    expect(await seqs({ from: new Date('2026-03-02T10:00:00Z') })).toEqual([2]);
    expect(await seqs({ to: new Date('2026-03-02T10:00:00Z') })).toEqual([1]);
  });

  test('the order is that of cause, though one gateway has its clock wrong', async () => {
    const late = new Date('2026-03-01T10:00:00Z');
    const early = new Date('2026-03-01T09:59:30Z');
    const one = await ground.open({ gateway: 'ahead', clock: () => late });
    const two = await ground.open({ gateway: 'behind', clock: () => early, role: 'command' });
    await recordDurably(one, entry({ event: 'handover.received' }));
    await recordDurably(two, entry({ event: 'task.read' }));
    await recordDurably(one, entry({ event: 'handover.completed' }));
    const found = await all(one, {});
    expect(found.map((record) => record.entry.event)).toEqual([
      'handover.received',
      'task.read',
      'handover.completed',
    ]);
    expect(found.map((record) => [record.chain, record.at])).toEqual([
      ['ahead', late.toISOString()],
      ['behind', early.toISOString()],
      ['ahead', late.toISOString()],
    ]);
  });

  test('line breaks, terminal codes and formulas come out harmless', async () => {
    const store = await ground.open();
    const nasty = [
      '=cmd|calc',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=1',
      '\u001b[31mred\r\nforged,line',
      '\u202eevil',
      '＝1',
      '"quoted"',
    ];
    for (const reason of nasty)
      await recordDurably(store, entry({ outcome: 'refused', reason, detail: { [reason]: reason } }));
    await recordDurably(
      store,
      entry({ reason: 'x'.repeat(10_000), clientId: 'lone \ud800 half', participantId: '\0' }),
    );
    const csv = await text(exportCsv(findAudit(store, {})));
    const lines = csv.split('\r\n');
    expect(lines).toHaveLength(nasty.length + 3);
    expect(csv).not.toMatch(/[^\P{Cc}\r\n]|\u202e/u);
    for (const line of lines.slice(1)) expect(line).not.toMatch(/(^|,)"?\s*[=+\-@＝|]/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(2_000);
    const found = await all(store, {});
    expect(found.at(-1)?.entry.clientId).toBe('lone \ufffd half');
  });

  test('as AuditEvents they say who, when, which patient, what and with what result, in valid R4', async () => {
    const store = await ground.open({ clock: () => new Date('2026-03-01T10:00:00.000Z') });
    await recordDurably(
      store,
      entry({
        outcome: 'refused',
        reason: 'grant-ended',
        participantId: 'nursing-home',
        clientId: 'ecd',
        practitioner: { identifier: 'urn:oid:2.999.1|000095254', role: '30.000' },
        mandatedBy: { identifier: 'urn:oid:2.999.1|000095255', role: '01.015' },
        purposeOfUse: 'TREAT',
        patientBsn: own,
        object: 'Composition/1',
        exchange: 'handover',
        requestId: 'r1',
        detail: { attempt: 2 },
      }),
    );
    await recordDurably(store, entry({ event: 'token.refused', action: 'E', purposeOfUse: 'COC' }));
    const ura = { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: '00000666' };
    const printed = await text(
      exportAuditEvents(findAudit(store, {}, { reveal: true }), {
        participantOf: (id) => (id === 'nursing-home' ? { name: 'De Brug', identifiers: [ura] } : undefined),
      }),
    );
    const bundle: FhirResource & { entry: { resource: FhirResource }[] } = JSON.parse(printed);
    expect(checkShape(bundle, 'r4')).toEqual([]);
    const [first, second] = bundle.entry.map((one) => one.resource);
    expect(first).toMatchObject({
      action: 'R',
      recorded: '2026-03-01T10:00:00.000Z',
      outcome: '4',
      outcomeDesc: 'grant-ended',
      purposeOfEvent: [{ coding: [{ code: 'TREAT' }] }],
      agent: [
        { requestor: true, who: { identifier: { system: 'urn:oid:2.999.1', value: '000095254' } } },
        {
          requestor: false,
          type: { text: 'mandated by' },
          who: { identifier: { value: '000095255' } },
        },
        { requestor: false, who: { identifier: ura, display: 'De Brug' }, altId: 'ecd' },
      ],
      source: { site: 'gateway-1' },
      entity: [
        { what: { identifier: { value: own } }, role: { code: '1' } },
        { what: { display: 'Composition/1' } },
        { what: { identifier: { value: 'r1' } } },
      ],
    });
    expect(second).toMatchObject({
      outcome: '0',
      agent: [{ requestor: true, who: { display: 'not proven' } }],
    });
  });

  test('without a match the exports are empty but well formed', async () => {
    const store = await ground.open();
    expect((await text(exportCsv(findAudit(store, {})))).split('\r\n')).toHaveLength(2);
    expect(JSON.parse(await text(exportAuditEvents(findAudit(store, {}))))).toMatchObject({ entry: [] });
  });
});
