// How do findings become an OperationOutcome that stays small? http://hl7.org/fhir/STU3/operationoutcome.html
import type { FhirResource, Issue, Language } from '../model.ts';

const ranks: Record<Issue['severity'], number> = { fatal: 0, error: 1, warning: 2, information: 3 };
const placesPerCause = 10;
const longestPlace = 400;
const mostBytes = 240 * 1024;

/** Many findings of one cause, told as one. */
export type IssueGroup = { issue: Issue; count: number; places: readonly string[] };

const causeOf = (issue: Issue): string =>
  [issue.severity, issue.code, issue.rule ?? '', issue.text.en].join('\n');

/** Findings with equal cause together, the gravest first; each group keeps its first ten places. */
export function groupIssues(
  issues: readonly Issue[],
  limit = 200,
): { groups: IssueGroup[]; leftOut: number } {
  const byCause = new Map<string, { issue: Issue; count: number; places: string[] }>();
  for (const issue of issues) {
    const cause = causeOf(issue);
    const group = byCause.get(cause) ?? { issue, count: 0, places: [] };
    if (group.count === 0) byCause.set(cause, group);
    group.count++;
    for (const place of issue.expression ?? []) {
      if (group.places.length < placesPerCause && place.length <= longestPlace) group.places.push(place);
    }
  }
  const groups = [...byCause.values()].sort((a, b) => ranks[a.issue.severity] - ranks[b.issue.severity]);
  return { groups: groups.slice(0, limit), leftOut: Math.max(0, groups.length - limit) };
}

const times: Record<Language, (count: number) => string> = {
  nl: (count) => ` (${count} keer)`,
  en: (count) => ` (${count} times)`,
};
const more: Record<Language, (count: number) => string> = {
  nl: (count) => `Nog ${count} soorten bevindingen zijn weggelaten`,
  en: (count) => `${count} more kinds of findings were left out`,
};

function printGroup({ issue, count, places }: IssueGroup, language: Language): Record<string, unknown> {
  const text = issue.text[language].slice(0, 1000) + (count > 1 ? times[language](count) : '');
  return {
    severity: issue.severity,
    code: issue.code,
    details: issue.rule ? { coding: [{ code: issue.rule }], text } : { text },
    ...(issue.profile ? { diagnostics: `Profile: ${issue.profile}` } : {}),
    ...(places.length > 0 ? { expression: places } : {}),
  };
}

const rest = (count: number, language: Language): Record<string, unknown> => ({
  severity: 'information',
  code: 'informational',
  details: { text: more[language](count) },
});

/**
 * An OperationOutcome (STU3 and R4) of the findings in one language: equal causes grouped with their count, the gravest
 * first, always under 256 KB; what does not fit is counted in a last issue.
 */
export function operationOutcome(issues: readonly Issue[], language: Language): FhirResource {
  const { groups, leftOut } = groupIssues(issues);
  const printed: Record<string, unknown>[] = [];
  let bytes = 0;
  let dropped = leftOut;
  for (const group of groups) {
    const issue = printGroup(group, language);
    bytes += Buffer.byteLength(JSON.stringify(issue));
    if (bytes > mostBytes) dropped++;
    else printed.push(issue);
  }
  if (dropped > 0) printed.push(rest(dropped, language));
  const none = { severity: 'information', code: 'informational', details: { text: 'OK' } };
  return { resourceType: 'OperationOutcome', issue: printed.length > 0 ? printed : [none] };
}
