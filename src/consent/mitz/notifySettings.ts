// Who may notify this gateway of changed consent, and how is that proven? Nothing is believed without one of the two ways.
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const range = z
  .string()
  .refine((text) => ipaddr.isValid(text) || ipaddr.isValidCIDR(text), 'must be an address or a CIDR range');

const byCertificate = z.strictObject({
  kind: z
    .literal('certificate')
    .describe('A proxy has proven the client certificate and passes it on in a header.'),
  header: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,60}$/, 'must be a header name in lower case')
    .describe(
      'The header in which the proxy passes the certificate: as RFC 9440, or as URL-encoded PEM. The proxy must remove what callers send in it.',
    ),
  proxies: z
    .array(range)
    .min(1)
    .describe('Addresses or CIDR ranges of that proxy; from others the header is not believed.'),
  sha256: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits in lower case'))
    .min(1)
    .describe('SHA-256 fingerprints of the certificates of Mitz.'),
});

const byToken = z.strictObject({
  kind: z
    .literal('token')
    .describe('An access token of this gateway, for a client that is registered for Mitz.'),
  clientIds: z.array(z.string().min(1)).min(1).describe('Client ids that may notify.'),
});

/** The settings `mitz.notify`. */
export const notifySettings = z
  .strictObject({
    address: z
      .string()
      .regex(/^https?:\/\/[^?#\s]+$/, 'must be an absolute address')
      .describe('Address of this gateway that Mitz has admitted: ends in /mitz/notify.'),
    payload: z
      .enum(['application/fhir+json', 'application/fhir+xml'])
      .default('application/fhir+json')
      .describe('Form in which notifications are asked; both are read.'),
    proof: z.discriminatedUnion('kind', [byCertificate, byToken]).describe('How Mitz proves itself.'),
  })
  .describe('Notifications from Mitz about changed consent.');

export type NotifySettings = z.output<typeof notifySettings>;
