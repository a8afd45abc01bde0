// Which settings does calling other hosts have?
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { isException } from './addresses.ts';
import type { OutgoingOptions } from './outgoing.ts';

const exception = z.string().refine(isException, 'must be a CIDR such as 10.1.0.0/16, or host:port');

/** The settings slice `outgoing`. */
export const outgoingSettings = z
  .strictObject({
    allowPrivate: z
      .array(exception)
      .default([])
      .describe(
        'Exceptions to "public addresses only": private networks as CIDR, or single hosts as host:port. Everything private, loopback, link-local or otherwise special is refused without it.',
      ),
    timeoutMs: z
      .int()
      .min(100)
      .max(120_000)
      .default(10_000)
      .describe('Milliseconds for one request to another host, from the call to the last byte.'),
    connectTimeoutMs: z
      .int()
      .min(100)
      .max(60_000)
      .default(5_000)
      .describe('Milliseconds to resolve, connect and complete the TLS handshake.'),
    maxBytes: z
      .int()
      .min(1_024)
      .default(1_048_576)
      .describe('Most bytes of an answer, unpacked, unless the caller asks for less.'),
    connectionsPerHost: z
      .int()
      .min(1)
      .max(256)
      .default(16)
      .describe('Most open connections to one host and port.'),
    caFile: z
      .string()
      .optional()
      .describe('PEM file of the trust anchors for TLS; replaces the built-in ones.'),
    certFile: z
      .string()
      .optional()
      .describe('PEM file of the client certificate shown to other hosts (mutual TLS).'),
    keyFile: z.string().optional().describe('PEM file of the private key that belongs to certFile.'),
  })
  .refine((settings) => (settings.certFile === undefined) === (settings.keyFile === undefined), {
    message: 'certFile and keyFile belong together',
    path: ['keyFile'],
  })
  .describe('Calls from the gateway to other hosts.');

export type OutgoingSettings = z.output<typeof outgoingSettings>;

/** Reads the certificate files that the settings name. Throws when one cannot be read. */
export function outgoingOptions(settings: OutgoingSettings): OutgoingOptions {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file, 'utf8'));
  const { caFile, certFile, keyFile, ...limits } = settings;
  return { ...limits, tls: { ca: read(caFile), cert: read(certFile), key: read(keyFile) } };
}
