// What is asked of the medication overview: of whom, for which moment, since when, in which form? (docs/medication-api.md)
import { GatewayError } from '../../errors.ts';
import type { DataEndpoint, Requester } from '../../model.ts';
import { readAsking } from '../asking/asking.ts';
import type { ExchangeDeps, RoutedRequest } from '../exchange.ts';
import type { Asking, Retrieved } from '../retrieval.ts';
import { retrieve } from '../retrieve.ts';
import type { ToldOverview } from './asFhir.ts';
import { type ConsolidateOptions, consolidate, type HolderAnswer } from './consolidate.ts';
import { diff } from './diff.ts';
import { type HolderReading, readHolders } from './holderReading.ts';
import { momentMeant } from './moments.ts';
import { medicationCategory, medicationQueries } from './queries.ts';

/** The overview alone: docs/medication-overview.schema.json. */
export const overviewType = 'application/vnd.sluis.overview+json';

const forms = ['bundle', 'overview', 'list'] as const;
export type AnswerForm = (typeof forms)[number];

export type OverviewQuestion = {
  asking: Asking;
  /** Milliseconds since 1970 UTC. */
  at: number;
  since?: number;
  months: Pick<ConsolidateOptions, 'endedMonths' | 'useMonths'>;
  form: AnswerForm;
  /** Whether a page is wanted too, behind a link that opens once. */
  link?: boolean;
};

/** The parameters that only an overview has, asked for or pushed. */
export const overviewParameters = {
  since: 'moment',
  endedMonths: 'count',
  useMonths: 'count',
  answer: 'text',
} as const;

export const askedParameters = { ...overviewParameters, link: 'flag' } as const;

/**
 * Reads the question. Throws `unprocessable`, naming the place, for what it does not know, and for the List form where
 * the settings do not offer it.
 */
export function readOverviewQuestion(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): OverviewQuestion {
  const asked = readAsking(request, requester, askedParameters);
  const usual = request.native === overviewType ? 'overview' : undefined;
  const text = (name: string) => asked.text(name) ?? (name === 'answer' ? usual : undefined);
  return { ...questionFrom(asked.asking, text, deps), link: asked.flag('link') };
}

/** The same from values that were read already. */
export function questionFrom(
  asking: Asking,
  text: (name: string) => string | undefined,
  deps: ExchangeDeps,
): OverviewQuestion {
  const form = formOf(text('answer'), deps);
  const moment = (name: string) => {
    const written = text(name);
    return written === undefined ? undefined : momentMeant(written);
  };
  const [at, since] = [moment('at') ?? deps.clock().getTime(), moment('since')];
  if (since !== undefined && since > at) throw sinceLater();
  const months = (name: string) => {
    const count = text(name);
    return count === undefined ? {} : { [name]: Number(count) };
  };
  return {
    asking,
    at,
    ...(since === undefined ? {} : { since }),
    months: { ...months('endedMonths'), ...months('useMonths') },
    form,
  };
}

/** Nothing can have changed since a moment that is still to come. */
function sinceLater(): GatewayError {
  const [nl, en] = ['`since` ligt na `at`', '`since` lies after `at`'];
  const expression = ["Parameters.parameter.where(name = 'since')"];
  return new GatewayError('unprocessable', en, {
    reason: 'since-later',
    issues: [{ severity: 'error', code: 'value', rule: 'since-later', text: { nl, en }, expression }],
  });
}

function formOf(written: string | undefined, { settings }: ExchangeDeps): AnswerForm {
  const form = forms.find((one) => one === (written ?? 'bundle'));
  const offered = form !== undefined && (form !== 'list' || settings.medication.legacyList);
  if (offered) return form;
  const names = forms.filter((one) => one !== 'list' || settings.medication.legacyList).join(', ');
  const [nl, en] = [`answer is een van: ${names}`, `answer is one of: ${names}`];
  throw new GatewayError('unprocessable', en, {
    reason: 'answer-unknown',
    issues: [{ severity: 'error', code: 'value', rule: 'answer-unknown', text: { nl, en } }],
  });
}

/** Systems without FHIR give everything that they have in one document. */
const wholeDocument = [{ resourceType: 'Binary', parameters: [], category: medicationCategory }];

/**
 * What an endpoint is asked for an overview: every building block, whatever its period. A period would leave out the stop
 * of a treatment, and what was stopped would look current.
 */
export function overviewQueries({ kind, fhirVersion }: DataEndpoint) {
  if (kind === 'ada' || kind === 'mp612') return wholeDocument;
  return fhirVersion === 'r4' ? medicationQueries : [];
}

export type Gathered = { overview: ToldOverview; readings: readonly HolderReading[]; retrieved: Retrieved };

/** Asks every holder and consolidates. What was asked and given is recorded before this returns. */
export async function gatherOverview(
  question: OverviewQuestion,
  event: string,
  deps: ExchangeDeps,
): Promise<Gathered> {
  const retrieved = await retrieve(
    {
      exchange: 'medication',
      event,
      asking: question.asking,
      categories: [medicationCategory],
      queriesFor: overviewQueries,
      deadlineMs: deps.settings.medication.deadlineMs,
    },
    deps,
  );
  return { retrieved, ...overviewFrom(retrieved, question) };
}

/** The overview of what was retrieved, and what changed when that was asked. */
export function overviewFrom(
  { results, missing }: Retrieved,
  { at, since, months }: OverviewQuestion,
): Omit<Gathered, 'retrieved'> {
  const readings = readHolders(results);
  const unreached = missing.map(
    ({ name, ura, reason }): HolderAnswer => ({
      holder: ura ?? name,
      name,
      outcome: 'unavailable',
      reason,
      blocks: [],
    }),
  );
  const answers = [...readings.map(({ answer }) => answer), ...unreached];
  const overview = consolidate(answers, { at, ...months });
  if (since === undefined) return { overview, readings };
  const before = consolidate(answers, { at: since, knownAt: since, ...months });
  return { overview: { ...overview, since: before.at, changes: diff(before, overview) }, readings };
}
