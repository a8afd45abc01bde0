// Group A: is everything recorded, can the record be altered unseen, and does anything leave without it?
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { type Group, must } from '../attack.ts';
import { ecdB, epd } from '../cast.ts';
import { bsns, handoff, patients } from '../content.ts';
import { handedOver, push, putTask, readTask } from '../handovers.ts';
import { type Seen, type Stage, until } from '../stage.ts';
import { recordsOf } from './transport.ts';

async function verify(stage: Stage, settingsFile?: string): Promise<{ code: number | null; out: string }> {
  if (settingsFile === undefined) return stage.cli(['audit', 'verify']);
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['src/cli.ts', 'audit', 'verify', '--config', settingsFile], {
      env: { ...process.env, NO_COLOR: '1' },
    });
    let out = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (out += chunk));
    child.on('close', (code) => resolve({ code, out }));
  });
}

type Tamper = { name: string; change(db: DatabaseSync): void };

const middle = '(select seq from audit order by seq limit 1 offset 20)';
const last = '(select max(seq) from audit)';
const tampers: readonly Tamper[] = [
  {
    name: 'one byte of a body',
    change: (db) =>
      db.exec(`update audit set body = replace(body, 'success', 'refused') where seq = ${middle}`),
  },
  {
    name: 'a time',
    change: (db) => db.exec(`update audit set at = '2026-01-01T00:00:00.000Z' where seq = ${middle}`),
  },
  {
    name: 'a participant',
    change: (db) => db.exec(`update audit set participant_id = 'evil-m' where seq = ${middle}`),
  },
  {
    name: 'a patient',
    change: (db) => db.exec(`update audit set patient_hash = 'x' where patient_hash is not null`),
  },
  { name: 'a row deleted', change: (db) => db.exec(`delete from audit where seq = ${middle}`) },
  {
    name: 'two rows swapped',
    change: (db) =>
      db.exec(
        `update audit set body = (select body from audit where seq = ${middle} + 1) where seq = ${middle}`,
      ),
  },
  { name: 'the tail cut off', change: (db) => db.exec(`delete from audit where seq > ${last} - 5`) },
  {
    name: 'the tail and its heads cut off',
    change: (db) =>
      db.exec(
        `delete from audit where seq > ${last} / 2; delete from audit_head where seq > (select max(seq) from audit) and seq < (select max(seq) from audit_head)`,
      ),
  },
  {
    name: 'a forged row at the end',
    change: (db) =>
      db.exec(
        `insert into audit select 'forged', chain, seq + 1, position + 1, at, hash, hash, mac, event, participant_id, object, body, patient_hash, patient_key_id, patient_payload from audit where seq = ${last}`,
      ),
  },
  { name: 'a head changed', change: (db) => db.exec("update audit_head set hash = 'x'") },
];

/** A copy of the database and its settings, for hands that are not clean. */
async function copy(stage: Stage, name: string): Promise<{ settingsFile: string; file: string }> {
  const first = stage.gateways[0];
  must(first, 'there is no gateway here');
  const folder = first.folder.folder;
  const settings = parse(await readFile(first.folder.settingsFile, 'utf8'));
  const file = join(folder, `${name}.sqlite`);
  const db = new DatabaseSync(settings.store.file);
  db.exec(`vacuum into '${file}'`);
  db.close();
  const settingsFile = join(folder, `${name}.yaml`);
  await writeFile(settingsFile, stringify({ ...settings, store: { ...settings.store, file } }), {
    mode: 0o600,
  });
  return { settingsFile, file };
}

async function tampered(stage: Stage): Promise<string> {
  for (let index = 0; index < 12; index += 1) await handedOver(stage);
  await wait(3_500);
  const clean = await copy(stage, 'clean');
  const whole = await verify(stage, clean.settingsFile);
  must(whole.code === 0, `the copy itself: ${whole.out.slice(-300)}`);
  const found: string[] = [];
  for (const [index, { name, change }] of tampers.entries()) {
    const settingsFile = clean.settingsFile.replace('clean', `tampered-${index}`);
    const file = clean.file.replace('clean', `tampered-${index}`);
    await cp(clean.file, file);
    const settings = parse(await readFile(clean.settingsFile, 'utf8'));
    await writeFile(settingsFile, stringify({ ...settings, store: { ...settings.store, file } }), {
      mode: 0o600,
    });
    const db = new DatabaseSync(file);
    db.exec('drop trigger if exists audit_no_update; drop trigger if exists audit_no_delete');
    for (const row of db.prepare("select name from sqlite_master where type = 'trigger'").all())
      db.exec(`drop trigger "${row.name}"`);
    change(db);
    db.close();
    const seen = await verify(stage, settingsFile);
    must(
      seen.code !== 0 && /record \d+|broken/.test(seen.out),
      `${name} was not found: ${seen.out.slice(-200)}`,
    );
    found.push(name);
  }
  return `${found.length} alterations found, each with its record; twin whole`;
}

async function underLoad(stage: Stage): Promise<string> {
  let going = true;
  let count = 0;
  const load = Promise.all(
    Array.from({ length: 6 }, async () => {
      while (going) {
        await push(stage, handoff());
        count += 1;
      }
    }),
  );
  const results = [await verify(stage), await verify(stage)];
  going = false;
  await load;
  const after = await verify(stage);
  must(
    [...results, after].every((one) => one.code === 0 && one.out.includes('is whole')),
    `${results.map((one) => one.out.slice(-200))}`,
  );
  return `verified twice while ${count} pushes ran, and after: whole`;
}

async function killedUnderLoad(stage: Stage): Promise<string> {
  const answered: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const own = await handedOver(stage);
    let going = true;
    const load = Promise.all(
      Array.from({ length: 6 }, async () => {
        while (going) {
          const seen = await readTask(stage, own.taskId).catch(() => undefined);
          if (seen?.status === 200) answered.push(seen.requestId);
          else await wait(20);
        }
      }),
    );
    await wait(250 + ((stage.seed * (round + 3)) % 200));
    const victim = stage.gateways[round % stage.gateways.length];
    must(victim, 'there is no gateway here');
    await victim.run.kill();
    going = false;
    await load;
    await victim.restart();
  }
  const whole = await verify(stage);
  must(whole.code === 0, whole.out.slice(-300));
  const bodies = (await stage.rows("select body from audit where event = 'handover.taskRead'"))
    .map((row) => String(row.body))
    .join('\n');
  const missing = answered.filter((id) => !bodies.includes(`"${id}"`));
  must(missing.length === 0, `${missing.length} of ${answered.length} answers have no record`);
  return `3 kills, ${answered.length} answers, each with its record; the chain is whole`;
}

function recordFaults({ requestId, status }: Seen, rows: readonly { body: string }[]): string[] {
  const [row] = rows;
  if (row === undefined || rows.length > 1) return [`${status} ${requestId}: ${rows.length} records`];
  const isRefusal = /"outcome":"refused"/.test(row.body) && /"reason":"/.test(row.body);
  const tellsMore = /eyJ|"d":|BEGIN|Kwartelveen/.test(row.body);
  return [
    ...(isRefusal ? [] : [`${requestId}: ${row.body}`]),
    ...(tellsMore ? [`${requestId}: more than a reason`] : []),
  ];
}

/** What of the refusals here has not left its one record in the store of the gateway that refused. */
async function unrecorded(stage: Stage, all: readonly Seen[]): Promise<string[]> {
  const rows = await stage.rows("select body, event from audit where body like '%attack-%'");
  const byRequest = new Map<string, { body: string; event: string }[]>();
  for (const row of rows) {
    const id = /"requestId":"([^"]+)"/.exec(String(row.body))?.[1] ?? '';
    byRequest.set(id, [...(byRequest.get(id) ?? []), { body: String(row.body), event: String(row.event) }]);
  }
  return all.flatMap((one) => recordFaults(one, byRequest.get(one.requestId) ?? []));
}

async function refusalsRecorded(stage: Stage): Promise<string> {
  const all = stage.recorded.splice(0);
  const beside = stage.beside.filter(({ recorded }) => recorded.length > 0);
  if (all.length === 0) {
    const own = await handedOver(stage);
    all.push(await readTask(stage, own.taskId, epd), await stage.ask({ path: `/stu3/Task/${own.taskId}` }));
    all.splice(0, 1);
  }
  const wrong = await unrecorded(stage, all);
  for (const there of beside) {
    const own = there.recorded.splice(0);
    wrong.push(...(await unrecorded(there, own)));
    all.push(...own);
  }
  must(wrong.length === 0, `${wrong.length} of ${all.length}: ${wrong.slice(0, 5).join(' | ')}`);
  must(all.length > 0, 'nothing was refused');
  return `${all.length} refusals of groups T, P, F and C: one record each, with its reason`;
}

async function exported(stage: Stage): Promise<string> {
  for (const id of ['=cmd_calc_0001', '-1+1_aaaaaa', '@SUM_aaaaaaa'])
    await stage.ask({ path: '/stu3/Task/x', headers: { 'x-request-id': id } });
  const csv = await stage.cli(['audit', 'export']);
  must(csv.code === 0, csv.out.slice(0, 200));
  const lines = csv.out.split('\n');
  const formulas = lines.filter((line) => /(^|,)"?[=+@-][A-Za-z(]/.test(line));
  must(lines.length > 10 && formulas.length === 0, `a formula: ${formulas[0]}`);
  must(
    !csv.out.includes('\u001b') && !bsns.some((bsn) => csv.out.includes(bsn)),
    'escape sequences or a BSN',
  );
  const fhir = await stage.cli(['audit', 'export', '--fhir', '--event', 'token.refused']);
  must(
    fhir.code === 0 && JSON.parse(fhir.out.slice(fhir.out.indexOf('{'))).resourceType === 'Bundle',
    'AuditEvents',
  );
  return `${lines.length} lines of CSV without formulas; AuditEvents parse`;
}

async function whoSaw(stage: Stage): Promise<string> {
  const own = await handedOver(stage, { patient: 'other' });
  const reads = [
    await readTask(stage, own.taskId),
    await stage.ask({ path: `/stu3/Composition/${own.compositionId}/$document`, as: ecdB }),
    await putTask(stage, own.taskId, { ...own.task, status: 'completed' }),
  ];
  must(
    reads.every((one) => one.status === 200),
    'reads',
  );
  const first = stage.gateways[0];
  must(first, 'there is no gateway here');
  const file = join(first.folder.folder, 'bsn.txt');
  await writeFile(file, patients.other.bsn);
  const found = await stage.cli(['audit', 'find', '--bsn-file', file]);
  const lines = found.out.split('\n').filter((line) => /handover\./.test(line));
  const ofOwn = lines.filter(
    (line) =>
      line.includes(own.taskId) ||
      line.includes(own.compositionId) ||
      line.includes(own.location.split('/')[2] ?? ''),
  );
  must(found.code === 0 && ofOwn.length >= 5, `${ofOwn.length} records of this handover`);
  const mine = await stage.rows('select count(*) as n from audit where patient_hash is not null');
  must(lines.length < Number(mine[0]?.n), 'records of other patients are in it');
  must(!found.out.includes(patients.other.bsn), 'the BSN is printed unasked');
  return `${ofOwn.length} records of this handover, ${lines.length} of the patient, of ${mine[0]?.n}`;
}

async function slowStore(stage: Stage): Promise<string> {
  const own = await handedOver(stage);
  const start = await stage.stopStore();
  const asked = [
    readTask(stage, own.taskId),
    stage.ask({ path: `/stu3/Composition/${own.compositionId}/$document`, as: ecdB }),
    push(stage, handoff()),
  ];
  await wait(600);
  await start();
  const answers = await Promise.all(asked);
  for (const one of answers) {
    must([200, 202, 503].includes(one.status), `${one.status}`);
    if (one.status === 200)
      must((await recordsOf(stage, one.requestId)) === 1, 'an answer without its record');
    else if (one.status === 503) must(!one.text.includes('Composition'), 'data in a 503');
  }
  await until(async () => (await readTask(stage, own.taskId)).status === 200, 'afterwards');
  return `while the store was away: ${answers.map((one) => one.status).join(', ')}; each 200 has its record`;
}

export const audit: Group = {
  id: 'A',
  title: 'audit',
  cases: [
    {
      id: 'A01',
      title: 'the record altered: bytes, rows, order, tail, heads',
      only: 'sqlite',
      run: tampered,
    },
    { id: 'A05', title: 'verified under load', run: underLoad },
    { id: 'A06', title: 'killed under load: every answer has its record', run: killedUnderLoad },
    { id: 'A07', title: 'the store goes away while requests wait', run: slowStore },
    { id: 'A08', title: 'every refusal of this run has one record', run: refusalsRecorded },
    { id: 'A09', title: 'formulas and escape sequences in an export', run: exported },
    { id: 'A10', title: 'who saw this record', run: whoSaw },
  ],
};
