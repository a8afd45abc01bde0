// What of content that is to be kept here would nobody ever get? It is put through the queries and the rules of an answer.
import { foundIn } from '../../holder/registered.ts';
import type { FhirResource, Issue } from '../../model.ts';
import { releaseAnswer } from '../answers/releaseAnswer.ts';
import { refusal } from '../registering/registrationInput.ts';
import type { RetrievalSettings } from '../settings.ts';
import { registeredQueries } from './queries.ts';

export type Placed = { resource: FhirResource; path: string };

type About = { placed: readonly Placed[]; patientBsn: string; settings: RetrievalSettings };

const notAsked = (path: string): Issue =>
  refusal(
    'wish-not-asked',
    {
      nl: 'Geen vraag van PZP vindt dit, door zijn soort of door de codes in `category`, `scope` of `code`',
      en: 'No query of PZP finds this, for its type or for the codes in `category`, `scope` or `code`',
    },
    [path],
  );

const withheld = (path: string): Issue =>
  refusal(
    'wish-withheld',
    {
      nl: 'Dit zou niemand krijgen: het noemt een ander BSN, heeft een beveiligingslabel of `implicitRules`, of klopt niet van bouw',
      en: 'Nobody would get this: it names another BSN, has a security label or `implicitRules`, or is not built right',
    },
    [path],
  );

/** In these a wish would be lost; others beside them may stay behind. */
const wishHolders: ReadonlySet<string> = new Set(['Consent', 'Goal', 'QuestionnaireResponse', 'Bundle']);

/** An error where a wish would be lost, or all of the content; a warning where something beside it would. */
export function ungiven(content: FhirResource, { placed, patientBsn, settings }: About): Issue[] {
  const found = foundIn(content, registeredQueries);
  const given = new Set(
    releaseAnswer({
      resources: [...found.values()],
      version: 'r4',
      patientBsn,
      queries: registeredQueries,
      settings: { ...settings, profileChecks: 'off' },
      checkProfiles: () => [],
      hasTime: () => true,
    }).resources,
  );
  const isAllLost = [...given].every(({ resourceType }) =>
    ['Patient', 'RelatedPerson'].includes(resourceType),
  );
  return placed.flatMap(({ resource, path }): Issue[] => {
    const one = found.get(resource);
    if (resource.resourceType === 'Patient' || (one && given.has(one))) return [];
    const issue = one === undefined ? notAsked(path) : withheld(path);
    const isLost = isAllLost || wishHolders.has(resource.resourceType);
    return [isLost ? issue : { ...issue, severity: 'warning' }];
  });
}
