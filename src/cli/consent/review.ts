// Which emergencies still want a second pair of eyes? `sluis consent review`.
import { readGrant } from '../../consent/breakGlassGrants.ts';
import { listGrants, markReviewed, type Reviewable } from '../../consent/review.ts';
import { type AddCommand, examples, type Tools, withConfig } from '../command.ts';
import { failed } from '../exit.ts';
import { aligned } from '../terminal.ts';
import { type Opened, operatorOf, withStore } from '../withStore.ts';
import { recordLook } from './explain.ts';

type Options = { config?: string; all?: boolean; reveal?: boolean; done?: string };

export const addConsentReview: AddCommand = (program, tools) => {
  withConfig(program.command('review'))
    .description('list break-glass grants that nobody has reviewed yet, or mark one as reviewed')
    .option('--all', 'the reviewed ones too')
    .option('--reveal', 'show patient, professional and the written reasons')
    .option('--done <grant>', 'mark this grant as reviewed by you')
    .addHelpText(
      'after',
      examples(
        'sluis consent review --reveal --config sluis.yaml',
        'sluis consent review --done 3f0c1c52-… --config sluis.yaml',
      ),
    )
    .action((options: Options) =>
      withStore(options, tools, async (opened) => {
        if (options.done !== undefined) return markDone(opened, options.done, tools);
        await listAll(opened, options, tools);
      }),
    );
};

async function markDone({ store }: Opened, id: string, tools: Tools): Promise<void> {
  if (!(await markReviewed(store, id, { by: operatorOf(tools), now: new Date() }))) {
    throw failed('There is no such grant, or it was reviewed already.');
  }
  tools.terminal.line(`${id} is reviewed.`);
}

const headings = ['GRANT', 'BY', 'STAGE', 'OPENED (UTC)', 'UNTIL (UTC)', 'HOLDERS', 'REVIEWED'];

async function listAll({ store }: Opened, options: Options, tools: Tools): Promise<void> {
  const grants = await listGrants(store, { all: options.all === true });
  await recordLook(store, { event: 'breakGlass.listed', by: operatorOf(tools) });
  const { terminal } = tools;
  if (grants.length === 0) return terminal.line('Nothing waits for review.');
  for (const line of aligned([headings, ...grants.map(rowOf)])) terminal.line(line);
  for (const { grant } of options.reveal ? grants : []) {
    const content = await readGrant(store, grant);
    const by = operatorOf(tools);
    await recordLook(store, { event: 'breakGlass.revealed', by, patientBsn: content.patientBsn });
    const { practitioner, reasons } = content;
    terminal.line();
    terminal.line(
      `${grant.id}  patient ${content.patientBsn}  by ${practitioner.identifier.value}, role ${practitioner.role ?? '-'}`,
    );
    for (const { at, text } of reasons) terminal.line(`  ${at}  ${text}`);
  }
}

const minutesOf = (time: string): string => time.slice(0, 16).replace('T', ' ');

function rowOf({ grant, notices }: Reviewable): string[] {
  const told = notices.map((notice) => `${notice.holder_id} (${stateOf(notice)})`).join(', ');
  return [
    grant.id,
    grant.participant_id,
    String(grant.stage),
    minutesOf(grant.created_at),
    minutesOf(grant.ends_at),
    told || 'none opened',
    grant.reviewed_at ? `${minutesOf(grant.reviewed_at)} ${grant.reviewed_by}` : '-',
  ];
}

function stateOf({ queued_at, read_at }: Reviewable['notices'][number]): string {
  if (read_at) return 'read';
  return queued_at ? 'told' : 'not told';
}
