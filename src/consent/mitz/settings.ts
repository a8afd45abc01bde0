// Which settings does Mitz have? Addresses, certificate and identifiers of this gateway there; none of them has a default.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { createOutgoing, type Outgoing } from '../../outgoing/outgoing.ts';
import { type OutgoingSettings, outgoingOptions } from '../../outgoing/settings.ts';
import { notifySettings } from './notifySettings.ts';

const milliseconds = (most: number) => z.int().min(50).max(most);
const address = z
  .string()
  .regex(/^https?:\/\/[^/?#\s@]+(\/[^?#\s]*)?$/, 'must be an absolute address without query and fragment')
  .transform((text) => text.replace(/\/+$/, ''));
const oid = z.string().regex(/^urn:oid:[0-2](\.(0|[1-9]\d*))+$/, 'must be an OID such as urn:oid:2.16.840.1');

const tls = z
  .strictObject({
    certFile: z.string().describe('PEM file of the client certificate that Mitz has admitted.'),
    keyFile: z.string().describe('PEM file of its private key.'),
    caFile: z
      .string()
      .exactOptional()
      .describe('PEM file of the trust anchors for Mitz; the built-in ones when absent.'),
  })
  .describe('Mutual TLS with Mitz.');

/** The settings slice `mitz`. */
export const mitzSettings = z
  .strictObject({
    closedUrl: address.describe('Where the closed question is asked: …/geslotenautorisatievraag/xacml3.'),
    openUrl: address
      .exactOptional()
      .describe('Where the open question is asked; without it holders are not sought there.'),
    subscriptionsUrl: address
      .exactOptional()
      .describe('FHIR base of the subscriptions: …/abonnementen/fhir; without it nothing is subscribed to.'),
    tls: tls.exactOptional(),
    timeoutMs: milliseconds(60_000)
      .default(2_000)
      .describe('Milliseconds for one question, from the call to the last byte.'),
    breakerFailures: z
      .int()
      .min(1)
      .max(1_000)
      .default(5)
      .describe('Failed questions in a row after which Mitz is not asked for a while.'),
    breakerOpenMs: milliseconds(600_000).default(5_000).describe('How long that is, in milliseconds.'),
    gatewaySystem: oid
      .exactOptional()
      .describe('This exchange system, as open answers name it (HomeCommunityId).'),
    sourceSystem: oid
      .exactOptional()
      .describe('The source system behind it, as open answers name it (SourceId).'),
    renewDays: z
      .int()
      .min(1)
      .max(3_650)
      .default(90)
      .describe('After how many days a subscription is made anew.'),
    notify: notifySettings.exactOptional(),
  })
  .describe('Mitz, the national consent register.');

export type MitzSettings = z.output<typeof mitzSettings>;

/** The guarded client with which Mitz is called: its own certificate and trust anchors. Throws when a file cannot be read. */
export function createMitzOutgoing({ tls: files }: MitzSettings, outgoing: OutgoingSettings): Outgoing {
  if (files === undefined) return createOutgoing(outgoingOptions(outgoing));
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file, 'utf8'));
  const { caFile = outgoing.caFile, certFile, keyFile } = files;
  return createOutgoing({
    ...outgoingOptions({ ...outgoing, certFile: undefined, keyFile: undefined, caFile: undefined }),
    tls: { ca: read(caFile), cert: read(certFile), key: read(keyFile) },
  });
}
