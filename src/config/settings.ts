// Which settings does a gateway have? The slices of all folders, put together under one name each.
import { z } from 'zod';
import { auditSettings } from '../audit/settings.ts';
import { mitzSettings } from '../consent/mitz/settings.ts';
import { consentSettings } from '../consent/settings.ts';
import { deliverySettings } from '../delivery/settings.ts';
import { handoverSettings, medicationSettings, wishesSettings } from '../exchange/settings.ts';
import { holderSettings } from '../holder/settings.ts';
import { httpSettings } from '../http/settings.ts';
import { identitySettings } from '../identity/settings.ts';
import { outgoingSettings } from '../outgoing/settings.ts';
import { localisationSettings } from '../routing/localisationSettings.ts';
import { participantsSettings } from '../routing/settings.ts';
import { storeSettings } from '../store/settings.ts';
import { validationSettings } from '../validation/index.ts';

const publicAddress = z
  .string()
  .regex(
    /^https?:\/\/[^/?#\s]+(\/[^?#\s]*)?$/,
    'must be an absolute address such as https://sluis.example.nl',
  )
  .transform((address) => address.replace(/\/+$/, ''))
  .refine(
    (address) => !/\/(?:stu3|r4)$/i.test(address),
    'must end before /stu3 and /r4, which the gateway adds',
  );

const gatewaySettings = z
  .strictObject({
    mode: z
      .enum(['production', 'sandbox'])
      .describe(
        'In production, keys that the sandbox made are refused, and each address without TLS: its own, and those that it calls.',
      ),
    baseUrl: publicAddress.describe('Public address of this gateway, as callers see it, without `/stu3`.'),
    stopMs: z
      .int()
      .min(0)
      .max(600_000)
      .default(20_000)
      .describe('How long a stop may wait for requests and deliveries under way, in milliseconds.'),
    noticeMs: z
      .int()
      .min(0)
      .max(60_000)
      .default(0)
      .describe(
        'How long a stopping gateway still takes requests after readiness went off, so that a proxy can look away first, in milliseconds.',
      ),
    readingThreads: z
      .int()
      .min(0)
      .max(16)
      .default(1)
      .describe(
        'Threads that read, check and pack pushes beside the one that answers; 0 does it on that one, for the least memory.',
      ),
    askingThreads: z
      .int()
      .min(0)
      .max(16)
      .default(1)
      .describe(
        'Threads that ask data holders and read their answers beside the one that answers, started where a participant has a data endpoint; 0 does it on that one, for the least memory at rest: each takes about 50 MB more then.',
      ),
    sweepSeconds: z
      .int()
      .min(1)
      .max(86_400)
      .default(60)
      .describe('How often ended grants and content past its time are swept, in seconds.'),
  })
  .describe('This gateway.');

/** The whole settings file. No secret, address or trust anchor has a default. */
export const settingsSchema = z.strictObject({
  gateway: gatewaySettings,
  http: httpSettings.describe('Listeners, limits and logs.'),
  store: storeSettings.describe('Where everything is kept.'),
  identity: identitySettings.describe('Tokens.'),
  audit: auditSettings.describe('The audit record.'),
  outgoing: outgoingSettings.prefault({}),
  delivery: deliverySettings,
  localisation: localisationSettings,
  holder: holderSettings,
  mitz: mitzSettings.exactOptional(),
  consent: consentSettings.prefault({}),
  validation: validationSettings.prefault({}),
  handover: handoverSettings.prefault({}),
  wishes: wishesSettings.prefault({}),
  medication: medicationSettings.prefault({}),
  participants: participantsSettings,
});

export type Config = z.output<typeof settingsSchema>;
