// What is to be pushed, to whom, under which name? Parameters of `$push-medication` (docs/medication-api.md).
import { GatewayError } from '../../errors.ts';
import { isResource } from '../../fhir/bundles.ts';
import { identifiersOf } from '../../fhir/identifiers.ts';
import type { Endpoint, FhirResource, Identifier, Issue, Language, Participant } from '../../model.ts';
import type { Directory } from '../../routing/directory.ts';
import { isTree, type Tree, trees } from './tree.ts';

export type Receiver = { participant: Participant; endpoint: Endpoint };

/** The parts of a push that the question about an overview does not have. */
export type PushParts = {
  receiver: readonly Identifier[];
  receiverPlace: string;
  case?: Identifier;
  /** The sender's own building blocks; absent: the overview of `patient`. */
  content?: FhirResource;
  contentPlace: string;
};

type Text = Readonly<Record<Language, string>>;

const pushIssue = (rule: string, text: Text, place: string): Issue => ({
  severity: 'error',
  code: 'business-rule',
  rule,
  text,
  expression: [place],
});

export const refusePush = (...issues: readonly Issue[]): GatewayError =>
  new GatewayError('unprocessable', 'This cannot be pushed', {
    issues,
    reason: issues[0]?.rule ?? 'push',
  });

const texts = {
  'receiver-missing': {
    nl: 'De ontvanger ontbreekt: `receiver` met een valueIdentifier',
    en: 'The receiver is missing: `receiver` with a valueIdentifier',
  },
  'receiver-unknown': {
    nl: 'Deze ontvanger is hier niet bekend',
    en: 'This receiver is not known here',
  },
  'receiver-several': {
    nl: 'Deze identificatie is van meer dan één organisatie',
    en: 'More than one organisation has this identifier',
  },
  'part-unknown': {
    nl: 'Dit onderdeel kent deze operatie niet zo',
    en: 'This operation does not know this part so',
  },
  'patient-one': {
    nl: 'De inhoud gaat niet over één patiënt met een geldig BSN',
    en: 'The content is not about one patient with a valid BSN',
  },
  'case-missing': {
    nl: 'Een overzicht wordt onder een eigen kenmerk verstuurd: `case` met een valueIdentifier',
    en: 'An overview is pushed under a name of its own: `case` with a valueIdentifier',
  },
} as const satisfies Record<string, Text>;

export const issueOf = (rule: keyof typeof texts, place: string): Issue =>
  pushIssue(rule, texts[rule], place);

const withContent = new Set(['receiver', 'case', 'content']);

/** Throws `invalid` without Parameters, and `unprocessable` naming the parts that are missing, repeated or not known. */
export function readPushParts(body: FhirResource | undefined): PushParts {
  if (body?.resourceType !== 'Parameters')
    throw new GatewayError('invalid', 'This operation takes Parameters');
  const rows = trees(body.parameter).map((row, index) => ({
    row,
    place: `Parameters.parameter[${index}]`,
  }));
  const find = (name: string) => rows.filter(({ row }) => row.name === name);
  const [receiver, content, named] = [find('receiver'), find('content'), find('case')];
  const repeated = [receiver, content, named].flatMap(([, ...others]) => others);
  const unknown = content.length === 0 ? [] : rows.filter(({ row }) => !withContent.has(String(row.name)));
  const unread = [...content.filter(({ row }) => !isBundle(row)), ...named.filter(isUnnamed)];
  const issues = [...repeated, ...unknown, ...unread].map(({ place }) => issueOf('part-unknown', place));
  const to = identifiersOf({ identifier: receiver[0]?.row.valueIdentifier });
  if (to.length === 0) issues.push(issueOf('receiver-missing', receiver[0]?.place ?? 'Parameters'));
  if (issues.length > 0) throw refusePush(...issues);
  const [caseName] = identifiersOf({ identifier: named[0]?.row.valueIdentifier });
  const resource = content[0]?.row.resource;
  return {
    receiver: to,
    receiverPlace: receiver[0]?.place ?? 'Parameters',
    ...(caseName ? { case: caseName } : {}),
    ...(isResource(resource) ? { content: resource } : {}),
    contentPlace: `${content[0]?.place ?? 'Parameters'}.resource`,
  };
}

const isBundle = (row: Tree): boolean => isResource(row.resource) && row.resource.resourceType === 'Bundle';
const isUnnamed = ({ row }: { row: Tree }): boolean =>
  !isTree(row.valueIdentifier) || identifiersOf({ identifier: row.valueIdentifier }).length === 0;

/** One active organisation with an endpoint for notifications. Throws `unprocessable` with the place. */
export function findReceiver(parts: PushParts, directory: Directory, at: Date): Receiver {
  const found = directory.byIdentifiers(parts.receiver);
  const [participant, ...others] = found;
  if (!participant) throw refusePush(issueOf('receiver-unknown', parts.receiverPlace));
  if (others.length > 0) throw refusePush(issueOf('receiver-several', parts.receiverPlace));
  const way = directory.endpointFor(participant, 'notification', at);
  if ('refusal' in way) throw refusePush({ ...way.refusal, expression: [parts.receiverPlace] });
  return { participant, endpoint: way.endpoint };
}
