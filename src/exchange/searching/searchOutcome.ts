// Who did not answer, and what was kept back? One OperationOutcome in the searchset, so that a gap is never silent.
import { uraSystem } from '../../fhir/identifiers.ts';
import { operationOutcome } from '../../fhir/outcome.ts';
import type { FhirResource, Issue, Language } from '../../model.ts';
import type { HolderResult, Retrieved } from '../retrieval.ts';

type Unanswered = Exclude<HolderResult['state'], 'answered'>;

const told: Readonly<Record<Unanswered | 'missing', { code: string; nl: string; en: string }>> = {
  partial: { code: 'incomplete', nl: 'antwoordde niet volledig', en: 'did not answer in full' },
  denied: { code: 'forbidden', nl: 'mag dit niet geven', en: 'may not give this' },
  unavailable: {
    code: 'transient',
    nl: 'kon niet worden gevraagd: over toestemming kwam geen antwoord',
    en: 'could not be asked: there was no answer about consent',
  },
  failed: { code: 'transient', nl: 'kon niet antwoorden', en: 'could not answer' },
  timeout: { code: 'timeout', nl: 'antwoordde niet op tijd', en: 'did not answer in time' },
  missing: { code: 'incomplete', nl: 'kon niet worden gevraagd', en: 'could not be asked' },
};

function nameOf({ participant }: HolderResult): string {
  const ura = participant.identifiers.find(({ system }) => system === uraSystem)?.value;
  return ura === undefined ? participant.name : `${participant.name} (URA ${ura})`;
}

const issueOf = (name: string, state: Unanswered | 'missing', reason: string | undefined): Issue => ({
  severity: 'warning',
  code: told[state].code,
  text: { nl: `${name} ${told[state].nl}`, en: `${name} ${told[state].en}` },
  ...(reason === undefined ? {} : { rule: reason }),
});

const ofHolder = (result: HolderResult, issue: Issue): Issue => ({
  ...issue,
  text: { nl: `${nameOf(result)}: ${issue.text.nl}`, en: `${nameOf(result)}: ${issue.text.en}` },
});

/** Everything that an asker must hear of beside what was found. Concealed refusals are not among it. */
export function outcomeIssues(
  { results, missing }: Retrieved,
  more: ReadonlyMap<HolderResult, readonly Issue[]>,
): Issue[] {
  return [
    ...results.flatMap((result) => [
      ...(result.state === 'answered' ? [] : [issueOf(nameOf(result), result.state, result.reason)]),
      ...[...result.withheld, ...(result.findings ?? []), ...(more.get(result) ?? [])].map((issue) =>
        ofHolder(result, issue),
      ),
    ]),
    ...missing.map(({ name, ura, reason }) =>
      issueOf(ura === undefined ? name : `${name} (URA ${ura})`, 'missing', reason),
    ),
  ];
}

/** The entry of the searchset; none when there is nothing to tell. */
export function outcomeEntry(issues: readonly Issue[], language: Language): readonly object[] {
  if (issues.length === 0) return [];
  const resource: FhirResource = operationOutcome(issues, language);
  return [{ resource, search: { mode: 'outcome' } }];
}
