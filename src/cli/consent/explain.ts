// Why was it decided so? `sluis consent explain`: inputs, sources asked, their answers, the rule.
import { type FoundRecord, findAudit } from '../../audit/find.ts';
import { type RefusalReason, reasons } from '../../consent/reasons.ts';
import { type DecisionTrace, readTrace } from '../../consent/trace.ts';
import type { Store } from '../../store/store.ts';
import { type AddCommand, examples, withConfig } from '../command.ts';
import { failed } from '../exit.ts';
import { aligned } from '../terminal.ts';
import { operatorOf, withStore } from '../withStore.ts';

export const addConsentExplain: AddCommand = (program, tools) => {
  withConfig(program.command('explain'))
    .description('show the whole path of one decision, by its audit id or decision id')
    .argument(
      '<id>',
      'id of an audit record of a decision, of a holder that was asked or of a refusal; or `ConsentDecision/…`',
    )
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      examples(
        'sluis audit find --event consent.decided --config sluis.yaml',
        'sluis consent explain ConsentDecision/3f0c1c52-… --config sluis.yaml',
      ),
    )
    .action((id: string, options: { config?: string; json?: boolean }) =>
      withStore(options, tools, async ({ store }) => {
        const { trace, record } = await explained(store, id);
        const by = operatorOf(tools);
        const object = trace === undefined ? {} : { object: trace.decisionId };
        await recordLook(store, { event: 'consent.explained', by, ...object });
        const shown = trace ?? record;
        const path = trace === undefined ? undecided(record) : pathOf(trace);
        const lines = options.json ? [JSON.stringify(shown, undefined, 2)] : path;
        for (const line of lines) tools.terminal.line(line);
      }),
    );
};

type Explained = { trace: DecisionTrace; record?: undefined } | { trace?: undefined; record: FoundRecord };

/** A decision by its own id, by its audit record, or by the record of a holder that was asked on it. */
async function explained(store: Store, given: string): Promise<Explained> {
  const id = given.replace(/^ConsentDecision\//, '');
  const found = await readTrace(store, id);
  if (found) return { trace: found };
  for await (const record of findAudit(store, { id })) {
    const { entry } = record;
    const [, decision] = /^ConsentDecision\/(.+)$/.exec(entry.object ?? '') ?? [];
    const trace = decision === undefined ? undefined : await readTrace(store, decision);
    if (trace) return { trace };
    if (decision === undefined && entry.outcome !== 'success') return { record };
  }
  throw failed('There is no such decision, or the time in which it can be explained is over.');
}

/** Of who was asked when the time of the request had passed (`exchange/answers/askHolder.ts`). */
const tooLate: Readonly<Record<string, string>> = { 'consent-timeout': 'consent was not decided in time' };

/** Ended before there was a question of consent, or an answer: the record says all that there is. */
function undecided({ at, entry }: FoundRecord): string[] {
  const { event, outcome, reason = '', exchange, participantId, purposeOfUse } = entry;
  const [kind, meaning] = reasons[reason as RefusalReason] ?? [outcome, tooLate[reason]];
  const rows = [
    ['At', at],
    ['Answer', `${kind}: ${reason}${meaning === undefined ? '' : ` (${meaning})`}`],
    ['Request', event],
    ['Exchange', exchange ?? '-'],
    ['Asked by', participantId ?? '-'],
    ['Purpose', purposeOfUse ?? '-'],
  ];
  const end = 'No decision about consent is behind this record.';
  return [...aligned(rows).map((line) => line.trimEnd()), end];
}

/** Looking is itself recorded, before anything is shown. */
export async function recordLook(
  store: Store,
  look: { event: string; by: string; object?: string; patientBsn?: string },
): Promise<void> {
  await store.write(async (unit) => {
    unit.audit({
      event: look.event,
      action: 'R',
      outcome: 'success',
      ...(look.object ? { object: `ConsentDecision/${look.object}` } : {}),
      ...(look.patientBsn ? { patientBsn: look.patientBsn } : {}),
      detail: { by: look.by },
    });
  });
}

/** The path as lines of text. Nothing in it names the patient. */
export function pathOf(trace: DecisionTrace): string[] {
  const { verdict, policy, inputs, steps, grant } = trace;
  const rows = [
    ['Decision', trace.decisionId],
    ['At', trace.at + (trace.cachedAt ? `, as remembered from ${trace.cachedAt}` : '')],
    ['Answer', answerOf(trace)],
    ['Rule', verdict.rule],
    ['Exchange', `${trace.exchange}, region ${trace.region}`],
    ...(inputs ? inputRows(inputs) : [['Inputs', 'not whole; see the answer']]),
    ...(grant ? [['Break-glass', `grant ${grant.id}, stage ${grant.stage}`]] : []),
    ['Policy', `${trace.policyVersion}: ${policyText(policy)}`],
  ];
  const asked = steps.map((step, index) => [
    `  ${index + 1}`,
    step.source,
    step.state === 'failed' ? `no answer: ${step.reason}` : saidOf(step.decisions),
    [step.asOf ? `copy of ${step.asOf}` : '', step.because ? `record ${step.because}` : '']
      .filter(Boolean)
      .join(', '),
  ]);
  return [...aligned(rows), 'Sources', ...(asked.length > 0 ? aligned(asked) : ['  none was asked'])].map(
    (line) => line.trimEnd(),
  );
}

function answerOf({ verdict }: DecisionTrace): string {
  if (verdict.kind === 'permit') return `permit for ${verdict.categories.join(', ')} (${verdict.basis})`;
  const [, meaning] = reasons[verdict.reason as RefusalReason] ?? [undefined, 'unknown code'];
  return `${verdict.kind}: ${verdict.reason} (${meaning})`;
}

type Inputs = NonNullable<DecisionTrace['inputs']>;

function inputRows(inputs: Inputs): string[][] {
  const organisation = ({ participantId, ura, type, category }: Inputs['holder']) =>
    `${participantId}, URA ${ura}, type ${type} (${category})`;
  const person = ({ value, role }: Inputs['practitioner']) => `${value}, role ${role}`;
  return [
    ['Asked by', organisation(inputs.requester)],
    ['Professional', person(inputs.practitioner)],
    ...(inputs.mandatedBy ? [['On behalf of', person(inputs.mandatedBy)]] : []),
    ['Purpose', inputs.purposeOfUse],
    ['Holder', organisation(inputs.holder)],
    ['Categories', inputs.categories.join(', ')],
  ];
}

const policyText = (policy: DecisionTrace['policy']): string =>
  [
    policy.needed ? `sources ${policy.sources.join(', ')}` : 'no consent needed',
    `outage ${policy.outage}`,
    `purposes ${policy.purposes.join(', ')}`,
    ...(policy.presumedConsent ? ['presumed consent'] : []),
    ...(policy.concealRefusal ? ['refusals concealed'] : []),
  ].join('; ');

function saidOf(decisions: Readonly<Record<string, string>> = {}): string {
  const said = Object.entries(decisions).map(([category, decision]) => `${category} ${decision}`);
  return said.length === 0 ? 'says nothing of it' : said.join(', ');
}
