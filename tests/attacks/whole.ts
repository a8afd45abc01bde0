// Is every stored handover whole? Its version, its sealed parts, its steps and its notification, or none of them.
import type { Stage } from './stage.ts';

export type Whole = { handovers: number; versions: number; faults: string[] };

const questions: readonly [string, string][] = [
  [
    'handovers without their present version',
    'select h.id from handover h left join handover_version v on v.handover_id = h.id and v.version = h.version where v.handover_id is null',
  ],
  [
    'versions without a handover',
    'select v.handover_id as id from handover_version v left join handover h on h.id = v.handover_id where h.id is null',
  ],
  [
    'handovers without their Task',
    'select h.id from handover h left join payload p on p.id = h.task_payload_id where p.id is null',
  ],
  [
    'present versions without their content',
    'select v.handover_id as id from handover h join handover_version v on v.handover_id = h.id and v.version = h.version left join payload p on p.id = v.payload_id where p.id is null',
  ],
  [
    'resources without content',
    'select r.id from handover_resource r left join payload p on p.id = r.payload_id where r.payload_id is not null and p.id is null',
  ],
  [
    'resources without a handover',
    'select r.id from handover_resource r left join handover h on h.id = r.handover_id where h.id is null',
  ],
  [
    'handovers without an accepted step',
    "select h.id from handover h where not exists (select 1 from handover_step s where s.handover_id = h.id and s.step = 'accepted' and s.version = h.version)",
  ],
  [
    'handovers without an announcement',
    "select h.id from handover h where not exists (select 1 from outbox o where o.subject = h.id and o.kind = 'announce' and o.version = h.version)",
  ],
  [
    'notifications without a handover',
    'select o.id from outbox o left join handover h on h.id = o.subject where h.id is null',
  ],
  [
    'handovers without a record',
    "select h.id from handover h where not exists (select 1 from audit a where a.event = 'handover.received')",
  ],
];

export async function wholeHandovers(stage: Stage): Promise<Whole> {
  const faults: string[] = [];
  for (const [what, sql] of questions) {
    const rows = await stage.rows(sql);
    if (rows.length > 0) faults.push(`${rows.length} ${what}: ${rows[0]?.id}`);
  }
  const count = async (sql: string): Promise<number> => Number((await stage.rows(sql))[0]?.n);
  return {
    handovers: await count('select count(*) as n from handover'),
    versions: await count('select coalesce(sum(version), 0) as n from handover'),
    faults,
  };
}
