// How is a participant written in the settings file, and what may it not be?
import { z } from 'zod';
import { isDate } from '../fhir/dates.ts';
import type { Client, Participant } from '../model.ts';
import { checkAddress } from '../outgoing/addresses.ts';
import { organisationIdentifiers } from './organisations.ts';

const name = (what: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dot, dash and underscore; at most 64')
    .describe(what);

/** The address rules that need no allow-list; the private ranges are judged by `addressFaults`. */
const anyAddress = ['0.0.0.0/0', '::/0'];
const address = (what: string) =>
  z
    .string()
    .superRefine((value, context) => {
      const fault = checkAddress(value, anyAddress);
      if (fault) context.addIssue({ code: 'custom', message: fault });
    })
    .transform((value) => value.replace(/\/+$/, ''))
    .describe(what);

const exactAddress = (what: string) =>
  z
    .string()
    .refine((value) => checkAddress(value, anyAddress) === undefined, 'must be an absolute http(s) address')
    .describe(what);

const auth = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none').describe('No token; mutual TLS or a closed network.') }),
    z.strictObject({
      kind: z
        .literal('private_key_jwt')
        .describe("A token from the participant's own authorisation server (RFC 7523)."),
      tokenEndpoint: exactAddress('Where the token is asked.'),
      clientId: z.string().min(1).describe("The gateway's client id there."),
      audience: z
        .string()
        .exactOptional()
        .describe('`aud` of the assertion; the token endpoint when absent.'),
      scope: z.string().exactOptional().describe('Scope to ask for.'),
    }),
  ])
  .default({ kind: 'none' })
  .describe('How the gateway proves itself to this endpoint.');

const fhirDate = z
  .string()
  .refine((value) => isDate('dateTime', value), 'must be a FHIR date or dateTime that exists');

const endpoint = z.strictObject({
  id: name('Name of the endpoint, unique within the participant.'),
  kind: z.enum(['notification', 'callback']).default('notification').describe('What is sent here.'),
  address: address('Where it is sent.'),
  shape: z
    .enum(['A', 'B', 'C', 'D', 'E'])
    .default('A')
    .describe('Form of the notification, see docs/notification-shapes.md; without meaning for callbacks.'),
  auth,
  status: z
    .enum(['active', 'suspended', 'off'])
    .default('active')
    .describe('Suspended: kept back. Off: refused.'),
  period: z
    .strictObject({
      start: fhirDate.exactOptional().describe('First moment, as FHIR date or dateTime.'),
      end: fhirDate.exactOptional().describe('Last moment, inclusive.'),
    })
    .exactOptional()
    .describe('Outside this period the endpoint is not used.'),
  repeatable: z
    .boolean()
    .default(true)
    .describe(
      'May the same notification be sent again when it is unknown whether the first arrived? If not, it stays unknown until an operator replays it.',
    ),
  format: z.enum(['json', 'xml']).exactOptional().describe('Form of the Task of shape D; json when absent.'),
  subscription: z
    .strictObject({
      url: exactAddress("Absolute address of the receiver's Subscription."),
      topic: z.string().min(1).describe('Canonical of its topic.'),
    })
    .exactOptional()
    .describe('For shape E; derived from the gateway address when absent.'),
});

const client = z
  .strictObject({
    clientId: z.string().min(1).max(255).describe('Client id, unique over all participants.'),
    scopes: z.array(z.string().min(1)).min(1).describe('Exchanges this system may use.'),
    jwks: z
      .object({ keys: z.array(z.record(z.string(), z.unknown())).min(1) })
      .exactOptional()
      .describe('Its public keys, inline.'),
    jwksUrl: exactAddress('Where its public keys are published.').exactOptional(),
    audience: z
      .enum(['token-endpoint', 'issuer'])
      .default('token-endpoint')
      .describe('The one `aud` its assertions carry.'),
  })
  .refine((one) => (one.jwks === undefined) !== (one.jwksUrl === undefined), {
    message: 'give either jwks or jwksUrl',
    path: ['jwks'],
  })
  .describe('A system that asks this gateway for tokens.');

const identifier = z.strictObject({
  system: z.string().min(1).describe('Identifier system, as address or urn:oid.'),
  value: z.string().min(1).describe('Value in that system.'),
});

const oneOrMore = (what: string) =>
  z
    .union([z.string().min(1), z.array(z.string().min(1))])
    .default([])
    .describe(what);

const participant = z
  .strictObject({
    id: name('Name of the participant, unique; appears in logs, metrics and commands.'),
    name: z.string().min(1).describe('Name of the organisation, for people.'),
    ura: oneOrMore('URA number or numbers.'),
    agb: oneOrMore('AGB code or codes.'),
    identifiers: z.array(identifier).default([]).describe('Further identifiers.'),
    active: z.boolean().default(true).describe('Off: neither tokens nor notifications.'),
    clients: z.array(client).default([]).describe('Its systems that ask for tokens.'),
    endpoints: z.array(endpoint).default([]).describe('Where it takes notifications and callbacks.'),
  })
  .describe('An organisation registered at this gateway.');

type Written = z.output<typeof participant>;

const keysOf = ({ jwks, jwksUrl = '' }: Written['clients'][number]): Client['keys'] =>
  jwks ? { kind: 'inline', jwks } : { kind: 'address', jwksUrl };

const toParticipant = ({ ura, agb, identifiers, clients, ...rest }: Written): Participant => ({
  ...rest,
  identifiers: organisationIdentifiers({ ura: [ura].flat(), agb: [agb].flat(), identifiers }),
  clients: clients.map(({ clientId, scopes, audience, ...keys }) => ({
    clientId,
    scopes,
    audience,
    keys: keysOf({ clientId, scopes, audience, ...keys }),
  })),
});

const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];

/** What makes two participants one: names, client ids and endpoint names. Identifiers may be shared; look-up refuses them. */
function duplicates(participants: readonly Participant[]): string[] {
  return [
    ...repeated(participants.map((one) => one.id)).map((id) => `participant id ${id} is used twice`),
    ...repeated(participants.flatMap((one) => one.clients.map((each) => each.clientId))).map(
      (id) => `client id ${id} is used twice`,
    ),
    ...participants.flatMap((one) =>
      repeated(one.endpoints.map((each) => each.id)).map(
        (id) => `endpoint id ${id} is used twice at participant ${one.id}`,
      ),
    ),
  ];
}

/** The settings slice `participants`; its output is the model's Participant. */
export const participantsSettings = z
  .array(participant)
  .default([])
  .transform((written) => written.map(toParticipant))
  .superRefine((participants, context) => {
    for (const message of duplicates(participants)) context.addIssue({ code: 'custom', message });
  })
  .describe('The organisations of this gateway, their systems and endpoints.');

/** Every address of the participants that the gateway would refuse to call, with its place in the settings. */
export function addressFaults(
  participants: readonly Participant[],
  allowPrivate: readonly string[],
): { path: string; message: string }[] {
  const addresses = participants.flatMap((one, at) => [
    ...one.clients.map((each, index) => ({
      path: `participants[${at}].clients[${index}].jwksUrl`,
      url: each.keys.kind === 'address' ? each.keys.jwksUrl : undefined,
    })),
    ...one.endpoints.flatMap((each, index) => [
      { path: `participants[${at}].endpoints[${index}].address`, url: each.address },
      {
        path: `participants[${at}].endpoints[${index}].auth.tokenEndpoint`,
        url: each.auth.kind === 'private_key_jwt' ? each.auth.tokenEndpoint : undefined,
      },
    ]),
  ]);
  return addresses.flatMap(({ path, url }) => {
    const message = url === undefined ? undefined : checkAddress(url, allowPrivate);
    return message === undefined ? [] : [{ path, message }];
  });
}
