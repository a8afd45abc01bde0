// Who would see what, and what would a changed policy change? `sluis consent simulate`.
import type { z } from 'zod';
import { exchangeFaults } from '../../config/exchangeNames.ts';
import { settingsSchema } from '../../config/settings.ts';
import { isTree } from '../../config/written.ts';
import type { Verdict } from '../../consent/judge.ts';
import { replay } from '../../consent/replay.ts';
import { type Scenario, scenarioFaults, scenarioFile } from '../../consent/scenario.ts';
import { type ConsentSettings, consentSettings } from '../../consent/settings.ts';
import { type Cell, simulate } from '../../consent/simulate.ts';
import { type DecisionTrace, readTraces } from '../../consent/trace.ts';
import { exchanges } from '../../exchange/index.ts';
import { dutchDay } from '../../fhir/dates.ts';
import { type AddCommand, examples, readConfig, type Tools, withConfig } from '../command.ts';
import { misused } from '../exit.ts';
import { aligned } from '../terminal.ts';
import { timeFrom } from '../timeFrom.ts';
import { type Opened, operatorOf, withStore } from '../withStore.ts';
import { readYaml } from '../yamlFile.ts';
import { recordLook } from './explain.ts';

type Options = {
  config?: string;
  policy?: string;
  replay?: boolean;
  from?: string;
  to?: string;
  json?: boolean;
};

export const addConsentSimulate: AddCommand = (program, tools) => {
  withConfig(program.command('simulate'))
    .description('draw a matrix of who would see what, or judge recorded decisions under another policy')
    .argument('[file]', 'scenario, YAML (docs/consent.md)')
    .option('--policy <file>', 'settings file, or its slice `consent` alone, to judge by')
    .option('--replay', 'judge what was recorded (yesterday, unless --from and --to) and list what flips')
    .option('--from <time>', 'with --replay: decisions from this time on')
    .option('--to <time>', 'with --replay: decisions before this time')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      examples(
        'sluis consent simulate night-shift.yaml --policy sluis.yaml',
        'sluis consent simulate --replay --policy changed.yaml --config sluis.yaml',
      ),
    )
    .action(async (file: string | undefined, options: Options) => {
      if (options.replay) return replayAll(options, tools);
      if (file === undefined) throw misused('Name a scenario file, or give --replay.');
      if (options.from !== undefined || options.to !== undefined)
        throw misused('--from and --to go with --replay.');
      await drawMatrix(file, options, tools);
    });
};

async function drawMatrix(file: string, options: Options, tools: Tools): Promise<void> {
  const scenario = checked(scenarioFile, readYaml(file) ?? {}, file);
  const settings =
    scenario.consent === undefined
      ? policyOf(options, tools)
      : policyIn(scenario.consent, `${file}, consent`);
  refuseFaults([...exchangesIn(scenario), ...scenarioFaults(scenario, settings)], file);
  const cells = await simulate(scenario, settings, new Date());
  const lines = options.json ? [JSON.stringify(cells, undefined, 2)] : matrixOf(cells, scenario.categories);
  for (const line of lines) tools.terminal.line(line);
}

/** One line per asker and purpose, one column per category. */
export function matrixOf(cells: readonly Cell[], categories: readonly string[]): string[] {
  const headings = ['EXCHANGE', 'HOLDER', 'REQUESTER', 'ROLE', 'PURPOSE', ...categories];
  const rows: string[][] = [];
  for (let at = 0; at < cells.length; at += categories.length) {
    const [first, ...more] = cells.slice(at, at + categories.length);
    if (!first) continue;
    const { exchange, holder, requester, role, purpose } = first;
    rows.push([exchange, holder, requester, role, purpose, ...[first, ...more].map(verdictIn)]);
  }
  return aligned([headings, ...rows]);
}

const verdictIn = ({ verdict }: Cell): string => wordsOf(verdict);

const wordsOf = (verdict: Verdict): string =>
  verdict.kind === 'permit' ? `PERMIT ${verdict.rule}` : `no ${verdict.reason} (${verdict.rule})`;

async function replayAll(options: Options, tools: Tools): Promise<void> {
  if (options.policy === undefined) throw misused('Give --policy FILE: the policy to judge by.');
  const settings = policyOf(options, tools);
  const period = periodOf(options, new Date());
  await withStore(options, tools, async (opened) => {
    await recordLook(opened.store, { event: 'consent.replayed', by: operatorOf(tools) });
    const found = await flipsIn(opened, settings, period);
    if (options.json) return tools.terminal.line(JSON.stringify(found, undefined, 2));
    const rows = found.flips.map(({ was, wouldBe, ...row }) => [
      row.at,
      row.auditId,
      row.exchange,
      row.requester,
      row.holder,
      wordsOf(was),
      wordsOf(wouldBe),
    ]);
    const headings = ['AT', 'AUDIT ID', 'EXCHANGE', 'REQUESTER', 'HOLDER', 'WAS', 'WOULD BE'];
    for (const line of rows.length > 0 ? aligned([headings, ...rows]) : []) tools.terminal.line(line);
    const { same, untold, notWhole } = found.counts;
    tools.terminal.line(
      `${rows.length} would flip, ${same} stay, ${untold} cannot be told (a source was not asked then), ${notWhole} were not whole questions.`,
    );
  });
}

type Flip = Pick<DecisionTrace, 'at' | 'exchange'> & {
  auditId: string;
  requester: string;
  holder: string;
  was: Verdict;
  wouldBe: Verdict;
};

async function flipsIn({ store }: Opened, settings: ConsentSettings, period: Period) {
  const flips: Flip[] = [];
  const counts = { same: 0, flipped: 0, untold: 0, notWhole: 0 };
  for await (const trace of readTraces(store, period)) {
    const outcome = await replay(trace, settings);
    counts[outcome.kind] += 1;
    if (outcome.kind !== 'flipped') continue;
    const { at, exchange, auditId, inputs, verdict: was } = trace;
    const requester = inputs?.requester.participantId ?? '-';
    const holder = inputs?.holder.participantId ?? '-';
    flips.push({ at, exchange, auditId, requester, holder, was, wouldBe: outcome.verdict });
  }
  return { flips, counts };
}

type Period = { from: Date; to: Date };

/** Yesterday, unless it is said otherwise. */
function periodOf(options: Options, now: Date): Period {
  const yesterday = dayBefore(now);
  const from = options.from === undefined ? yesterday.from : timeFrom(options.from);
  const end = options.from === undefined ? yesterday.to : now;
  const to = options.to === undefined ? end : timeFrom(options.to);
  if (from >= to) throw misused('--from must be before --to.');
  return { from, to };
}

/** The whole Dutch day before a moment. */
export function dayBefore(now: Date): Period {
  const to = timeFrom(dutchDay(now));
  return { from: timeFrom(dutchDay(to.getTime() - 1)), to };
}

function policyOf(options: Options, tools: Tools): ConsentSettings {
  if (options.policy === undefined) return readConfig(options, tools).consent;
  const tree = readYaml(options.policy) ?? {};
  // A whole settings file that leaves its slice out has the policy of all defaults.
  const isWhole = isTree(tree) && ('consent' in tree || 'gateway' in tree);
  const unknown = isWhole ? Object.keys(tree).filter((name) => !(name in settingsSchema.shape)) : [];
  if (unknown.length > 0)
    throw misused(`${options.policy} has settings that there are not: "${unknown.join('", "')}"`);
  const slice = isWhole ? (tree.consent ?? {}) : tree;
  return policyIn(slice, options.policy);
}

/** A policy for an exchange that nobody knows would change nothing, without a word. */
function policyIn(slice: unknown, file: string): ConsentSettings {
  const settings = checked(consentSettings, slice, file);
  const faults = exchangeFaults({ consent: slice });
  refuseFaults(
    faults.map(({ path, message }) => `${path.replace(/^consent\./, '')}: ${message}`),
    file,
  );
  return settings;
}

const exchangesIn = ({ exchanges: named }: Scenario): string[] =>
  named
    .filter((name) => !exchanges.some((one) => one.name === name))
    .map((name) => `exchanges: ${name} is no exchange`);

function checked<T>(schema: z.ZodType<T>, value: unknown, file: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.') || '(file)'}: ${message}`);
  throw faulty(faults, file);
}

const faulty = (faults: readonly string[], file: string) =>
  misused(`${file} has faults:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);

function refuseFaults(faults: readonly string[], file: string): void {
  if (faults.length > 0) throw faulty(faults, file);
}
