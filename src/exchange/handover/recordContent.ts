// How is the content of a push sealed? The closure, the Task with the findings, and each Binary, one payload each.
import { Buffer } from 'node:buffer';
import type { Unit } from '../../store/store.ts';
import type { PreparedPush } from './prepare.ts';
import { contexts } from './records.ts';
import type { HandoverRow } from './task.ts';

export function sealTask(unit: Unit, { passage, task }: PreparedPush): Promise<string> {
  return unit.seal(Buffer.from(task), contexts.task(passage.handoverId));
}

const rowsAtOnce = 500;

/** The closure as one sealed payload, and each Binary as one of its own with the way to it. */
export async function recordContent(
  unit: Unit,
  { passage }: Pick<PreparedPush, 'passage'>,
  row: HandoverRow,
): Promise<void> {
  await unit.db
    .insertInto('handover_version')
    .values({
      handover_id: row.id,
      version: row.version,
      content_hash: passage.contentHash,
      payload_id: await unit.seal(passage.closure, contexts.closure(row.id, row.version)),
      // the findings lie beside the Task: one sealed row less for each push
      findings_payload_id: row.task_payload_id,
      received_at: row.updated_at,
    })
    .execute();
  const rows: { id: string; type: string; handover_id: string; payload_id: string }[] = [];
  for (const { id, bytes } of passage.binaries) {
    rows.push({
      id,
      type: 'Binary',
      handover_id: row.id,
      payload_id: await unit.seal(bytes, contexts.binary(id)),
    });
  }
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await unit.db
      .insertInto('handover_resource')
      .values(rows.slice(from, from + rowsAtOnce))
      .execute();
  }
}
