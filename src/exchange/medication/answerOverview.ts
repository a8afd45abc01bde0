// How does the answer of `$medication-overview` look? The overview first, then each holder's building blocks, then who is missing.
import { operationOutcome } from '../../fhir/outcome.ts';
import type { FhirResource, FhirResponse, Issue, Language, Requester } from '../../model.ts';
import type { ExchangeDeps, RoutedRequest } from '../exchange.ts';
import type { HolderResult, Retrieved } from '../retrieval.ts';
import { uuidFor } from '../uuids.ts';
import { compositionOf, jsonOf, listOf, type Telling } from './asFhir.ts';
import {
  type Gathered,
  gatherOverview,
  type OverviewQuestion,
  overviewType,
  readOverviewQuestion,
} from './askOverview.ts';
import type { Placed } from './holderReading.ts';
import { legacyBundle } from './legacyList.ts';
import { overviewLink } from './overviewLink.ts';
import { type HolderPart, placeHolders, placesOf } from './placedBlocks.ts';
import { provenanceOf } from './provenance.ts';

/** Consolidates what all holders know of one patient. Always 200 once the question could be put: gaps are told by name. */
export async function answerOverview(
  request: RoutedRequest,
  requester: Requester,
  deps: ExchangeDeps,
): Promise<FhirResponse> {
  const question = readOverviewQuestion(request, requester, deps);
  const gathered = await gatherOverview(question, 'medication.overview', deps);
  const { asking, form } = question;
  const { language } = request;
  const link = question.link ? await overviewLink(gathered, { asking, language }, deps) : undefined;
  const headers = {
    'Cache-Control': 'no-store',
    ...(link === undefined ? {} : { Link: `<${link}>; rel="alternate"; type="text/html"` }),
  };
  if (form === 'overview') return { status: 200, headers, ...overviewAlone(gathered, request) };
  const bundle = overviewBundle(gathered, { question, language, deps });
  const resource = link === undefined ? bundle : linked(bundle, link);
  return { status: 200, headers, resource };
}

/** A Binary for who wants FHIR, its JSON for all others; in its own content type for who names that. */
function overviewAlone({ overview }: Gathered, { native }: RoutedRequest): Omit<FhirResponse, 'status'> {
  const resource = jsonOf(overview);
  if (native !== overviewType) return { resource };
  return { resource, raw: { contentType: overviewType, bytes: Buffer.from(JSON.stringify(overview)) } };
}

const linked = (bundle: FhirResource, url: string): FhirResource => {
  const { resourceType, entry, ...rest } = bundle;
  return { resourceType, ...rest, link: [{ relation: 'alternate', url }], entry };
};

export type Making = { question: OverviewQuestion; language: Language; deps: ExchangeDeps };

/** The overview and all that it rests on, in one Bundle; in the List form of before when that was asked. */
export function overviewBundle(gathered: Gathered, { question, language, deps }: Making): FhirResource {
  const parts = placeHolders(gathered.readings, { deps, requestId: question.asking.requestId });
  const now = deps.clock();
  const { patientBsn } = question.asking;
  const telling: Telling = { language, patientBsn, now, placeOf: placesOf(parts) };
  if (question.form === 'list') return legacyBundle(gathered.overview, { parts, telling });
  const name = question.asking.requestId;
  const own = [compositionOf, listOf].map((make, index) => ({
    fullUrl: `urn:uuid:${uuidFor(name, String(index), now.toISOString())}`,
    resource: make(gathered.overview, telling),
  }));
  const json = {
    fullUrl: `urn:uuid:${uuidFor(name, 'json', now.toISOString())}`,
    resource: jsonOf(gathered.overview),
  };
  const outcomes = outcomesOf(gathered.retrieved, language).map((resource, index) => ({
    fullUrl: `urn:uuid:${uuidFor(name, 'outcome', String(index))}`,
    resource,
  }));
  return {
    resourceType: 'Bundle',
    type: 'collection',
    timestamp: now.toISOString(),
    entry: [...own, json, ...parts.flatMap((part) => holderEntries(part, now)), ...outcomes],
  };
}

/** What one holder gave, and where it came from. */
function holderEntries(part: HolderPart, now: Date): Placed[] {
  const given = [...part.resources, ...part.documents];
  if (given.length === 0) return [];
  const fullUrl = `urn:uuid:${uuidFor('provenance', part.key, now.toISOString())}`;
  return [...given, { fullUrl, resource: provenanceOf(part, now) }];
}

type Text = Readonly<Record<Language, string>>;

const states: Readonly<Record<HolderResult['state'], { code: string; text: Text } | undefined>> = {
  answered: undefined,
  partial: {
    code: 'incomplete',
    text: { nl: 'antwoordde niet volledig', en: 'answered in part' },
  },
  denied: {
    code: 'suppressed',
    text: { nl: 'geen toestemming van de patiënt', en: 'no consent of the patient' },
  },
  unavailable: {
    code: 'transient',
    text: { nl: 'toestemming kon niet worden vastgesteld', en: 'consent could not be established' },
  },
  failed: { code: 'transient', text: { nl: 'antwoordde niet goed', en: 'did not answer well' } },
  timeout: { code: 'timeout', text: { nl: 'antwoordde niet op tijd', en: 'did not answer in time' } },
};

const about = (name: string, { nl, en }: Text): Text => ({ nl: `${name}: ${nl}`, en: `${name}: ${en}` });

function holderIssues({ participant, state, reason, withheld, findings = [] }: HolderResult): Issue[] {
  const said = states[state];
  const own: Issue[] =
    said === undefined
      ? []
      : [
          {
            severity: 'warning',
            code: said.code,
            rule: reason ?? state,
            text: about(participant.name, said.text),
          },
        ];
  const more = [...withheld, ...findings].map((issue) => ({
    ...issue,
    text: about(participant.name, issue.text),
  }));
  return [...own, ...more];
}

const notAsked: Text = { nl: 'kon niet worden gevraagd', en: 'could not be asked' };

/** One for each holder of which something is to be told, and one for each that could not be asked. */
function outcomesOf({ results, missing }: Retrieved, language: Language): FhirResource[] {
  const told = results.map(holderIssues).filter((issues) => issues.length > 0);
  const unreached = missing.map(({ name, reason }): Issue[] => [
    { severity: 'warning', code: 'not-found', rule: reason, text: about(name, notAsked) },
  ]);
  return [...told, ...unreached].map((issues) => operationOutcome(issues, language));
}
