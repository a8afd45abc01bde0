// A data user asks, several data holders answer: how does one question become one answer? Read this first.
import { setTimeout as wait } from 'node:timers/promises';
import { unaskable } from '../consent/askable.ts';
import { policyFor } from '../consent/settings.ts';
import { GatewayError } from '../errors.ts';
import type { Localisation } from '../routing/localisation.ts';
import { type AskedHolder, askHolder } from './answers/askHolder.ts';
import { type Deadline, startDeadline } from './answers/deadline.ts';
import { recordRetrieval } from './answers/recordRetrieval.ts';
import { unaskableIssues } from './answers/unaskableTexts.ts';
import { nameable, unfitAmong } from './answers/unreachable.ts';
import type { ExchangeDeps } from './exchange.ts';
import type { Retrieval, Retrieved } from './retrieval.ts';
import type { RetrievalSettings } from './settings.ts';

/**
 * Finds the holders, asks consent for each, fetches what is permitted, keeps back what may not leave, and joins the rest.
 * All holders are asked side by side and within one deadline; who is late, refuses or fails is told by name. What was
 * asked and given is recorded durably before anything is returned. Throws `unavailable` when it cannot be recorded,
 * `unprocessable` with a reason code when the question is incomplete, `denied` when it may be put to none of the holders.
 */
export async function retrieve(retrieval: Retrieval, deps: ExchangeDeps): Promise<Retrieved> {
  await refuseUnaskable(retrieval, deps);
  const started = performance.now();
  const deadline = startDeadline(timeFor(retrieval), retrieval.asking.gone);
  try {
    return await askAll(retrieval, deadline, deps);
  } finally {
    deadline.end();
    await keepQuiet(retrieval, started, deps);
  }
}

async function askAll(retrieval: Retrieval, deadline: Deadline, deps: ExchangeDeps): Promise<Retrieved> {
  const settings = settingsOf(retrieval, deps);
  const located = await locate(retrieval, deadline, deps);
  const holders = located.holders.filter(({ endpoint }) => retrieval.queriesFor(endpoint).length > 0);
  const [asked, unreachable] = await Promise.all([
    Promise.all(holders.map((holder) => askHolder({ retrieval, holder, settings, deadline }, deps))),
    nameable(
      [...located.unreachable, ...unfitAmong(located.holders, retrieval)],
      { retrieval, deadline },
      deps,
    ),
  ]);
  const answer = join({ ...located, unreachable }, asked);
  refuseWhenNoneMayBeAsked(answer);
  await recordRetrieval({ retrieval, asked, missing: answer.missing.length }, deps);
  return answer;
}

/** Before anybody is looked for: a question that cannot be put must not show which holders a patient has. */
async function refuseUnaskable(
  { asking, exchange, categories }: Retrieval,
  { store, clock, settings }: ExchangeDeps,
): Promise<void> {
  const refusal = await unaskable(
    { ...asking, exchange, categories },
    { store, clock, settings: settings.consent },
  );
  if (refusal === undefined) return;
  const { kind, reason } = refusal;
  const issues = unaskableIssues(refusal);
  if (kind === 'notAllowed') throw new GatewayError('denied', 'This may not be asked so', { reason, issues });
  throw new GatewayError('unprocessable', 'The question lacks something that consent rests on', {
    reason,
    issues,
  });
}

/** No holder may be asked, and not by the patient's will: what is wrong lies in the question or in the region's rules. Each decision is on record. */
function refuseWhenNoneMayBeAsked({ results }: Retrieved): void {
  const [first] = results;
  if (first === undefined || !results.every(({ configuration }) => configuration)) return;
  throw new GatewayError('denied', 'This may not be asked so', {
    reason: first.reason ?? 'configuration',
  });
}

const settingsOf = ({ exchange }: Retrieval, { settings }: ExchangeDeps): RetrievalSettings =>
  exchange === 'medication' ? settings.medication : settings.wishes;

/** Milliseconds for everybody who is asked: without what the gateway needs to check, join, record and print. */
const timeFor = ({ deadlineMs }: Retrieval): number => deadlineMs - Math.min(100, deadlineMs / 20);

async function locate(retrieval: Retrieval, deadline: Deadline, deps: ExchangeDeps): Promise<Localisation> {
  const { asking, exchange, categories } = retrieval;
  const silent: Localisation = {
    holders: [],
    unreachable: [{ name: 'localisation', reason: 'timeout' }],
    sources: [],
  };
  const question = { ...asking, exchange, categories, signal: deadline.signal };
  return deadline.within(deps.localise(question), () => silent);
}

/** Concealed refusals leave no trace: the holder is not named, not counted, and nothing is said of it. */
function join({ unreachable, sources }: Localisation, asked: readonly AskedHolder[]): Retrieved {
  const silent = sources.filter(({ state }) => state !== 'answered');
  return {
    results: asked
      .filter(({ concealed }) => !concealed)
      .map(({ result }) => result)
      .sort((one, other) => one.participant.name.localeCompare(other.participant.name)),
    missing: [
      ...unreachable.map(({ participantId: _, ...named }) => named),
      ...silent.map(({ source, state, reason }) => ({ name: source, reason: reason ?? state })),
    ],
  };
}

/**
 * Where refusals are concealed every answer leaves at a step of the clock, or at the deadline: whether somebody's refusal
 * was waited for is then not to be told from how long it took.
 */
async function keepQuiet(retrieval: Retrieval, started: number, deps: ExchangeDeps): Promise<void> {
  const { quietMs } = settingsOf(retrieval, deps);
  if (quietMs === 0 || !policyFor(deps.settings.consent, retrieval.exchange).concealRefusal) return;
  const passed = performance.now() - started;
  const leaves = Math.min(Math.ceil(passed / quietMs) * quietMs, timeFor(retrieval));
  const { gone: signal } = retrieval.asking;
  await wait(Math.max(0, leaves - passed), undefined, signal && { signal }).catch(() => undefined);
}
