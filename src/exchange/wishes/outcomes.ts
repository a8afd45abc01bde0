// Who refused, failed or ran out of time, and what was kept back? One OperationOutcome for each holder, naming it.
import { uraSystem } from '../../fhir/identifiers.ts';
import { groupIssues, operationOutcome } from '../../fhir/outcome.ts';
import { ownCanonical } from '../../fhir/ownCanonicals.ts';
import type { FhirResource, Issue, Language } from '../../model.ts';
import type { HolderResult, Retrieved } from '../retrieval.ts';
import { uraOf } from './cardOfHolders.ts';

const holderExtension = ownCanonical('fhir/StructureDefinition', 'holder');
const most = 20;

type State = Exclude<HolderResult['state'], 'answered'> | 'configuration' | 'missing';

const told: Readonly<Record<State, { code: string; nl: string; en: string }>> = {
  partial: { code: 'incomplete', nl: 'antwoordde niet volledig', en: 'did not answer in full' },
  denied: {
    code: 'suppressed',
    nl: 'mag dit niet geven: de patiënt heeft het niet toegestaan',
    en: 'may not give this: the patient has not allowed it',
  },
  unavailable: {
    code: 'transient',
    nl: 'is niet gevraagd: toestemming was niet na te gaan',
    en: 'was not asked: consent could not be checked',
  },
  configuration: {
    code: 'business-rule',
    nl: 'is niet gevraagd: de vraag mist een gegeven',
    en: 'was not asked: the question lacks an input',
  },
  failed: { code: 'transient', nl: 'antwoordde niet: storing', en: 'did not answer: fault' },
  timeout: { code: 'timeout', nl: 'antwoordde niet op tijd', en: 'did not answer in time' },
  missing: {
    code: 'not-found',
    nl: 'is bekend maar kon niet worden gevraagd',
    en: 'is known but could not be asked',
  },
};

type Holder = { name: string; ura?: string | undefined };

function stateIssue(state: State, { name }: Holder, reason: string | undefined): Issue {
  const { code, nl, en } = told[state];
  const rule = reason ?? state;
  return { severity: 'warning', code, rule, text: { nl: `${name} ${nl}`, en: `${name} ${en}` } };
}

function outcomeOf(holder: Holder, issues: readonly Issue[], language: Language): FhirResource {
  const { name, ura } = holder;
  const { resourceType, ...outcome } = operationOutcome(
    groupIssues(issues, most).groups.map(({ issue, places }) => ({ ...issue, expression: places })),
    language,
  );
  const identifier = ura === undefined ? {} : { identifier: { system: uraSystem, value: ura } };
  return {
    resourceType,
    extension: [
      { url: holderExtension, valueReference: { type: 'Organization', ...identifier, display: name } },
    ],
    ...outcome,
  };
}

/** For every holder that did not simply answer, and for what is missing; `more` are further findings by holder. */
export function outcomesOf(
  { results, missing }: Retrieved,
  more: ReadonlyMap<HolderResult, readonly Issue[]>,
  language: Language,
): FhirResource[] {
  const ofHolders = results.flatMap((result) => {
    const holder = { name: result.participant.name, ura: uraOf(result.participant) };
    const state = result.configuration ? 'configuration' : result.state;
    const issues = [
      ...(state === 'answered' ? [] : [stateIssue(state, holder, result.reason)]),
      ...result.withheld,
      ...(result.findings ?? []),
      ...(more.get(result) ?? []),
    ];
    return issues.length === 0 ? [] : [outcomeOf(holder, issues, language)];
  });
  const ofMissing = missing.map((one) => outcomeOf(one, [stateIssue('missing', one, one.reason)], language));
  return [...ofHolders, ...ofMissing];
}
