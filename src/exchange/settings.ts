// Which settings do the exchanges have?
import { z } from 'zod';

export const handoverSettings = z
  .strictObject({
    grantDays: z
      .number()
      .int()
      .min(1)
      .max(365)
      .default(30)
      .describe(
        'Days after a push in which the receiver may fetch the content, unless it completes earlier.',
      ),
    contentDays: z
      .number()
      .int()
      .min(0)
      .max(365)
      .default(30)
      .describe('Days after the end of the grant until the content is removed for good.'),
    recordDays: z
      .number()
      .int()
      .min(1)
      .max(3650)
      .default(365)
      .describe('Days after the last change in which the Task and the truth table stay readable.'),
    maxResources: z
      .number()
      .int()
      .min(10)
      .max(100_000)
      .default(5000)
      .describe('Most resources that one handover may carry; more is refused with 422.'),
    profileChecks: z
      .enum(['off', 'warn'])
      .default('warn')
      .describe(
        'Whether a push is checked against the profiles that it claims. What is found is told to the sender and kept; it never refuses a handover.',
      ),
  })
  .describe('Discharge handovers (eOverdracht).');

export type HandoverSettings = z.infer<typeof handoverSettings>;
