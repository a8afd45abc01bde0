// How is it written where the holders of a patient are looked for? See docs/localisation.md.
import { z } from 'zod';
import { address, auth } from './endpointSettings.ts';

const perExchange = z.strictObject({
  exchange: z.string().min(1).describe('Name of the exchange.'),
  order: z
    .array(z.enum(['mitz', 'nvi', 'regional', 'list']))
    .min(1)
    .refine((order) => new Set(order).size === order.length, 'names a source twice')
    .default(['list'])
    .describe(
      'Sources: Mitz’ open question, the national referral index, the regional index of this gateway, or the list of all participants with a data endpoint for the exchange.',
    ),
  policy: z
    .enum(['union', 'first'])
    .default('union')
    .describe('All sources side by side, or one after the other until one names a holder.'),
  askRequester: z
    .boolean()
    .default(true)
    .describe('Is the organisation that asks also asked itself, when it is found?'),
  timeoutMs: z.int().min(20).max(60_000).default(1_500).describe('Milliseconds for one source.'),
});

const nvi = z
  .strictObject({
    address: address('FHIR base address of the index.'),
    search: z
      .enum(['get', 'post'])
      .default('get')
      .describe('How List is searched; the address or body holds a pseudonym for one use, never a BSN.'),
    identifierSystem: z
      .string()
      .min(1)
      .default('http://minvws.github.io/generiekefuncties-docs/NamingSystem/nvi-identifier')
      .describe('System of the pseudonym in the search.'),
    auth,
    pseudonyms: z
      .strictObject({
        address: address('Base address of the pseudonym service (PRS), without `/oprf/eval`.'),
        auth,
        recipient: z
          .string()
          .regex(/^(?:ura|oin):\d{1,20}$/, 'ura: or oin: and digits')
          .describe('For whom the pseudonym is made: the index, as `ura:` or `oin:` and its number.'),
        scope: z.string().min(1).default('nationale-verwijsindex').describe('Scope of the pseudonym.'),
      })
      .describe('The pseudonym service.'),
  })
  .describe('The national referral index (NVI).');

/** The settings slice `localisation`. */
export const localisationSettings = z
  .strictObject({
    exchanges: z
      .array(perExchange)
      .superRefine((exchanges, context) => {
        const names = exchanges.map((one) => one.exchange);
        for (const [at, name] of names.entries()) {
          if (names.indexOf(name) !== at)
            context.addIssue({ code: 'custom', path: [at, 'exchange'], message: 'is named twice' });
        }
      })
      .default([])
      .describe('Per exchange; one that is not named uses the list alone.'),
    nvi: nvi.exactOptional(),
    breakerFailures: z
      .int()
      .min(1)
      .max(1_000)
      .default(5)
      .describe('Failures in a row after which Mitz or the referral index is not asked for a while.'),
    breakerOpenMs: z
      .int()
      .min(10)
      .max(3_600_000)
      .default(15_000)
      .describe('Milliseconds until one question probes such a source.'),
  })
  .superRefine(({ exchanges, nvi: index }, context) => {
    for (const [at, { order }] of exchanges.entries()) {
      if (!order.includes('nvi') || index !== undefined) continue;
      const message = 'names nvi; give localisation.nvi';
      context.addIssue({ code: 'custom', path: ['exchanges', at, 'order'], message });
    }
  })
  .prefault({})
  .describe('Where the holders of a patient are looked for.');

export type LocalisationSettings = z.output<typeof localisationSettings>;
export type NviSettings = NonNullable<LocalisationSettings['nvi']>;
export type SourcesOfExchange = LocalisationSettings['exchanges'][number];

/** How the holders for this exchange are looked for. */
export const sourcesFor = ({ exchanges }: LocalisationSettings, exchange: string): SourcesOfExchange =>
  exchanges.find((one) => one.exchange === exchange) ?? perExchange.parse({ exchange });
