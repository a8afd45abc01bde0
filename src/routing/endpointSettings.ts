// How is an endpoint written in the settings file?
import { z } from 'zod';
import { isDate } from '../fhir/dates.ts';
import { checkAddress } from '../outgoing/addresses.ts';

/** A short name that is safe in logs, metrics and commands. */
export const name = (what: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'letters, digits, dot, dash and underscore; at most 64')
    .describe(what);

/** The address rules that need no allow-list; the private ranges are judged in config/addresses.ts. */
const anyAddress = ['0.0.0.0/0', '::/0'];
/** A base address: without the slashes at its end. */
export const address = (what: string) =>
  z
    .string()
    .superRefine((value, context) => {
      const fault = checkAddress(value, anyAddress);
      if (fault) context.addIssue({ code: 'custom', message: fault });
    })
    .transform((value) => value.replace(/\/+$/, ''))
    .describe(what);

/** An address that is called exactly as written. */
export const exactAddress = (what: string) =>
  z
    .string()
    .refine((value) => checkAddress(value, anyAddress) === undefined, 'must be an absolute http(s) address')
    .describe(what);

export const auth = z
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
      targetAudience: z
        .string()
        .exactOptional()
        .describe('`target_audience` to ask for, as the national authorisation server wants it.'),
    }),
  ])
  .default({ kind: 'none' })
  .describe('How the gateway proves itself to this endpoint.');

const fhirDate = z
  .string()
  .refine((value) => isDate('dateTime', value), 'must be a FHIR date or dateTime that exists');

export const status = z
  .enum(['active', 'suspended', 'off'])
  .default('active')
  .describe('Suspended: kept back. Off: refused.');

export const period = z
  .strictObject({
    start: fhirDate.exactOptional().describe('First moment, as FHIR date or dateTime.'),
    end: fhirDate.exactOptional().describe('Last moment, inclusive.'),
  })
  .exactOptional()
  .describe('Outside this period the endpoint is not used.');

/** One endpoint as written in the settings; its output is the model's Endpoint. */
export const endpoint = z.strictObject({
  id: name('Name of the endpoint, unique within the participant.'),
  kind: z.enum(['notification', 'callback']).default('notification').describe('What is sent here.'),
  address: address('Where it is sent.'),
  shape: z
    .enum(['A', 'B', 'C', 'D', 'E'])
    .default('A')
    .describe('Form of the notification, see docs/notification-shapes.md; without meaning for callbacks.'),
  auth,
  status,
  period,
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
