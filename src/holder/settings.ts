// Which settings does asking data holders have?
import { z } from 'zod';

const whole = ([least, standard, most]: readonly [number, number, number], what: string) =>
  z.int().min(least).max(most).default(standard).describe(what);

/** The settings slice `holder`. */
export const holderSettings = z
  .strictObject({
    timeoutMs: whole(
      [50, 10_000, 120_000],
      'Milliseconds for one request to a data holder; the deadline of the exchange may end it sooner.',
    ),
    concurrency: whole([1, 8, 64], 'Searches under way at once at one endpoint for one question.'),
    patients: whole([1, 5, 50], 'Most Patients of one BSN at one endpoint that are asked for.'),
    pages: whole([1, 20, 1_000], 'Most pages of one search that are read.'),
    resources: whole([1, 5_000, 100_000], 'Most resources of one endpoint for one question.'),
    pageBytes: whole([1_024, 10_485_760, 104_857_600], 'Most bytes of one answer, unpacked.'),
    totalBytes: whole(
      [1_024, 20_971_520, 1_073_741_824],
      'Most bytes of all answers of one endpoint to one question, unpacked.',
    ),
    retryOnConnectionFailure: z
      .boolean()
      .default(true)
      .describe('Is a search put once more when the connection failed and nothing was answered?'),
    breakerFailures: whole(
      [1, 5, 1_000],
      'Failures in a row after which an endpoint is left alone for a while.',
    ),
    breakerOpenMs: whole([10, 15_000, 3_600_000], 'Milliseconds until one question probes such an endpoint.'),
    silentMs: whole(
      [10, 1_000, 120_000],
      'A holder that said nothing for this long counts as failing, whoever ended the waiting.',
    ),
  })
  .prefault({})
  .describe('Questions to data holders: limits and circuit breaker, see docs/holders.md.');

export type HolderSettings = z.output<typeof holderSettings>;
