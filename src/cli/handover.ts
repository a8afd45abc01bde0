// How far is one handover? `sluis handover status`, for operators: states and times, nothing of the patient.
import { attemptsOf, notificationsOf } from '../delivery/outboxViews.ts';
import { patientOfHandover } from '../exchange/index.ts';
import type { Store } from '../store/store.ts';
import { type AddCommand, examples, type Tools, withConfig } from './command.ts';
import { failed } from './exit.ts';
import { aligned } from './terminal.ts';
import { operatorOf, withStore } from './withStore.ts';

export const addHandover: AddCommand = (program, tools) => {
  const handover = program.command('handover').description('look at one handover');
  withConfig(handover.command('status'))
    .description('tell how far a handover is: its steps, and each attempt to notify')
    .argument('<id>', 'id of the handover, the last part of its Location; also as Handover/…')
    .addHelpText('after', examples('sluis handover status 5f1c… --config sluis.yaml'))
    .action((id: string, options: { config?: string }) =>
      withStore(options, tools, ({ store }) => tell(store, id.replace(/^Handover\//, ''), tools)),
    );
};

async function tell(store: Store, id: string, tools: Tools): Promise<void> {
  const row = await store.read.selectFrom('handover').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw failed(`There is no handover "${id}".`);
  const patientBsn = await patientOfHandover(id, store).catch(() => undefined);
  await store.write(async (unit) => {
    const object = `Handover/${id}`;
    unit.audit({
      event: 'handover.inspected',
      action: 'R',
      outcome: 'success',
      ...(patientBsn ? { patientBsn } : {}),
      object,
      detail: { by: operatorOf(tools) },
    });
  });
  const steps = await store.read
    .selectFrom('handover_step')
    .selectAll()
    .where('handover_id', '=', id)
    .orderBy('seq')
    .execute();
  const rows = await notificationsOf(store, id);
  const attempts = await attemptsOf(store, id);
  const { line } = tools.terminal;
  line(
    `${row.state}, version ${row.version}, ${row.sender_id} to ${row.receiver_id}, grant until ${row.grant_ends_at}`,
  );
  line(`Task/${row.task_id}`);
  for (const text of aligned(
    steps.map((step) => [step.at, step.step, `version ${step.version}`, step.detail ?? '']),
  )) {
    line(text.trimEnd());
  }
  for (const one of rows) {
    line(`${one.kind} of version ${one.version} to ${one.participant_id}/${one.endpoint_id}: ${one.state}`);
    const its = attempts.filter((attempt) => attempt.outbox_id === one.id);
    const cells = its.map((attempt) => [
      `  ${attempt.started_at}`,
      `attempt ${attempt.number}`,
      attempt.result ?? 'under way',
      String(attempt.http_status ?? attempt.reason ?? ''),
    ]);
    for (const text of aligned(cells)) line(text.trimEnd());
  }
}
