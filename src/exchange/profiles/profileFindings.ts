// What do the profiles say of what came in? As its transaction declares it: told as warnings, or not asked.
import { groupIssues } from '../../fhir/outcome.ts';
import type { FhirResource, FhirVersion, Issue } from '../../model.ts';
import type { ExchangeDeps } from '../exchange.ts';

const most = 100;
const unknownProfile = 'profile-unknown';

/** Findings that are worth telling, equal causes as one. Errors are told as warnings: none of these refuses a request. */
export function profileFindings(
  resource: FhirResource | undefined,
  version: FhirVersion,
  deps: Pick<ExchangeDeps, 'checkProfiles'>,
): Issue[] {
  if (resource === undefined) return [];
  const found = deps.checkProfiles(resource, version).filter(({ severity }) => severity !== 'information');
  const known = found.filter(({ rule }) => rule !== unknownProfile);
  const unknown = found.filter(({ rule }) => rule === unknownProfile);
  const { groups } = groupIssues([...known.map(asWarning), ...unknown.map(notChecked)], most);
  return groups.map(({ issue, places }) => ({ ...issue, expression: places }));
}

const asWarning = (issue: Issue): Issue => ({ ...issue, severity: 'warning' });

/** Which definitions are installed here is no fault of the sender; that nothing was checked must be seen. */
const notChecked = ({ expression }: Issue): Issue => ({
  severity: 'information',
  code: 'not-found',
  rule: unknownProfile,
  text: {
    nl: 'Het gestelde profiel is bij deze gateway niet bekend en is dus niet getoetst',
    en: 'The claimed profile is not known to this gateway, so it was not checked',
  },
  ...(expression === undefined ? {} : { expression }),
});
