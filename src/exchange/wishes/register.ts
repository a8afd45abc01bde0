// Which wishes may be kept here? Those that the crew card can read: what it could only show raw is refused, with its place.
import { entriesOf } from '../../fhir/bundles.ts';
import type { FhirResource, Issue } from '../../model.ts';
import type { Transaction } from '../exchange.ts';
import { patientsIn, refusal } from '../registering/registrationInput.ts';
import { type ReadContent, registrationTransactions } from '../registration.ts';
import { findingWord } from './cardWords.ts';
import { placeOf } from './holderView.ts';
import { normalise } from './normalise.ts';
import type { Finding } from './records.ts';
import { type Placed, ungiven } from './ungiven.ts';

/** Findings that are told and do not refuse: the card can still be read. */
const bearable = new Set([
  'limit-beside-yes',
  'statement-by-text',
  'date-missing',
  'question-unknown',
  'other-not-named',
]);

/** Types that carry a wish or what belongs to one; a Bundle may hold others beside them, but not alone. */
const wishTypes = ['Consent', 'Goal', 'QuestionnaireResponse', 'Observation', 'RelatedPerson'];

/** Nobody has more wishes; each is looked at beside all that it may refer to. */
const mostResources = 500;

function placesIn(content: FhirResource): Placed[] {
  return content.resourceType === 'Bundle'
    ? entriesOf(content)
    : [{ resource: content, path: content.resourceType }];
}

/** A finding names `Consent/id`; whoever sent it wants to know where that stands. */
function issueOf({ code, place, severity }: Finding, placed: readonly Placed[]): Issue {
  const text = { nl: findingWord(code, 'nl'), en: findingWord(code, 'en') };
  const paths = placed.filter(({ resource }) => placeOf(resource) === place).map(({ path }) => path);
  const issue = refusal(`wish-${code}`, text, paths);
  return bearable.has(code) && severity === 'warning' ? { ...issue, severity: 'warning' } : issue;
}

const nothingRead = (places: readonly string[]): Issue =>
  refusal('wish-not-read', { nl: 'Hierin is geen wens te lezen', en: 'No wish can be read in this' }, places);

const tooMany = refusal('wish-too-many', {
  nl: `Meer dan ${mostResources} resources in één keer`,
  en: `More than ${mostResources} resources at once`,
});

/** Each Consent, Goal and form must be readable by itself, so that none hides behind its neighbours. */
function unread(placed: readonly Placed[], content: FhirResource, at: Date): Issue[] {
  const context = placed.filter(({ resource }) => !isWish(resource.resourceType));
  const wishes = placed.filter(({ resource }) => isWish(resource.resourceType));
  if (wishes.length === 0 && !placed.some(({ resource }) => wishTypes.includes(resource.resourceType)))
    return [nothingRead([content.resourceType])];
  return wishes
    .filter((wish) => {
      // as entries, since references may mean the address of an entry
      const alone = { resourceType: 'Bundle', entry: [...context, wish] };
      const found = normalise([{ holder: { name: '' }, resources: [alone] }], { at });
      return found.records.length + found.goals.length + found.statements.length === 0;
    })
    .map(({ path }) => nothingRead([path]));
}

const isWish = (type: string): boolean => ['Consent', 'Goal', 'QuestionnaireResponse'].includes(type);

/** What stands in the way of keeping this content, or is worth telling. */
export const readWishes: ReadContent = (content, { at, settings }) => {
  const placed = placesIn(content);
  if (placed.length > mostResources) return { issues: [tooMany] };
  const [bsn] = patientsIn(content);
  const answers = [{ holder: { name: '' }, resources: [content] }];
  const { findings } = normalise(answers, { at, ...(bsn === undefined ? {} : { bsn }) });
  const issues = [...findings.map((one) => issueOf(one, placed)), ...unread(placed, content, at)];
  const refused = new Set(issues.filter(isError).flatMap(({ expression = [] }) => expression));
  const others = bsn === undefined ? [] : ungiven(content, { placed, patientBsn: bsn, settings });
  return {
    issues: [...issues, ...others.filter(({ expression: [place = ''] = [] }) => !refused.has(place))],
  };
};

const isError = ({ severity }: Issue): boolean => severity === 'error';

/** `$register-wishes`, `$revoke-wishes` and `$check-wishes`. */
export const wishesRegistration: readonly Transaction[] = registrationTransactions({
  exchange: 'wishes',
  what: 'wishes',
  read: readWishes,
});
