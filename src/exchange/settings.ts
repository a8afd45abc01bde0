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

const holderChecks = ['off', 'warn', 'withhold', 'refuse'] as const;
export type HolderChecks = (typeof holderChecks)[number];

const retrievalShape = (deadlineMs: number) =>
  z.strictObject({
    deadlineMs: z
      .int()
      .min(100)
      .max(25_000)
      .default(deadlineMs)
      .describe(
        'Milliseconds in which everybody who is asked may answer; what is not there by then is told as missing.',
      ),
    quietMs: z
      .int()
      .min(0)
      .max(10_000)
      .default(500)
      .describe(
        'Where `concealRefusal` is on, every answer leaves at a multiple of so many milliseconds (at the latest at the deadline), so that a concealed refusal cannot be told by the time that it took; 0: at once.',
      ),
    structureChecks: z
      .enum(holderChecks)
      .default('withhold')
      .describe(
        'What comes of a resource of a holder that does not have the structure of its type: `withhold` keeps it back, `refuse` refuses the whole answer of that holder.',
      ),
    profileChecks: z
      .enum(holderChecks)
      .default('warn')
      .describe('The same for a resource that does not fit the profiles that it claims.'),
    withheldLabels: z
      .array(z.string().min(1))
      .default(['V', 'MASK'])
      .describe('Security labels (`meta.security`) of resources that are never passed on.'),
  });

export type RetrievalSettings = z.infer<ReturnType<typeof retrievalShape>>;

export const wishesSettings = retrievalShape(2_500).describe('Advance care planning (PZP).');
export const medicationSettings = retrievalShape(5_000)
  .extend({
    legacyList: z
      .boolean()
      .default(false)
      .describe(
        'Whether an overview is also given as the List that MP9 had until 3.0.0-rc.1: a regional form, labelled so.',
      ),
    grantDays: z
      .int()
      .min(1)
      .max(365)
      .default(30)
      .describe('Days after a push of medication in which its receiver may read it.'),
    contentDays: z
      .int()
      .min(0)
      .max(365)
      .default(30)
      .describe('Days after the end of that right until the content is removed for good.'),
    recordDays: z
      .int()
      .min(1)
      .max(3650)
      .default(365)
      .describe('Days after the last change in which the Task of a push stays readable.'),
  })
  .describe('Medication overview (MP9).');

export type MedicationSettings = z.infer<typeof medicationSettings>;
