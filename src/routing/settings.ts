// How is a participant written in the settings file, and what may it not be?
import { z } from 'zod';
import type { Client, Participant } from '../model.ts';
import { dataEndpoint } from './dataEndpointSettings.ts';
import { endpoint, exactAddress, name } from './endpointSettings.ts';
import { organisationIdentifiers } from './organisations.ts';

const publicKey = z
  .record(z.string(), z.unknown())
  .refine((key) => !('d' in key) && !('k' in key), 'a private or shared key does not belong here');

const client = z
  .strictObject({
    clientId: z.string().min(1).max(255).describe('Client id, unique over all participants.'),
    scopes: z.array(z.string().min(1)).min(1).describe('Exchanges this system may use.'),
    jwks: z
      .object({ keys: z.array(publicKey).min(1).describe('Each key as a JWK.') })
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
    .union([z.string().min(1), z.array(z.string().min(1))], {
      error:
        'must be a text or a list of texts; put a number in quotes, or it loses the zeros that it begins with',
    })
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
    facilityType: z
      .string()
      .regex(/^[A-Z]{1,3}\d{0,2}$/, 'one to three letters, then digits, such as V4, PM10 or AMB')
      .exactOptional()
      .describe(
        'Type of organisation (2.16.840.1.113883.2.4.15.1060), such as `V4` or `Z3`; without it Mitz cannot be asked.',
      ),
    clients: z.array(client).default([]).describe('Its systems that ask for tokens.'),
    endpoints: z.array(endpoint).default([]).describe('Where it takes notifications and callbacks.'),
    dataEndpoints: z
      .array(dataEndpoint)
      .default([])
      .describe('Where it answers as data holder, see docs/holders.md.'),
  })
  .describe('An organisation registered at this gateway.');

type Written = z.output<typeof participant>;

const keysOf = ({
  jwks,
  jwksUrl = '',
}: Pick<Written['clients'][number], 'jwks' | 'jwksUrl'>): Client['keys'] =>
  jwks ? { kind: 'inline', jwks } : { kind: 'address', jwksUrl };

const toParticipant = ({ ura, agb, identifiers, clients, ...rest }: Written): Participant => ({
  ...rest,
  identifiers: organisationIdentifiers({ ura: [ura].flat(), agb: [agb].flat(), identifiers }),
  clients: clients.map(({ jwks, jwksUrl, ...client }) => ({
    ...client,
    keys: keysOf({ ...(jwks && { jwks }), ...(jwksUrl && { jwksUrl }) }),
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
      [one.endpoints, one.dataEndpoints ?? []]
        .flatMap((endpoints) => repeated(endpoints.map((each) => each.id)))
        .map((id) => `endpoint id ${id} is used twice at participant ${one.id}`),
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
