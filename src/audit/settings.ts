// How is the audit record kept? Its slice of the settings file.
import { z } from 'zod';

export const auditSettings = z.strictObject({
  gatewayId: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,64}$/)
    .describe('Name of this gateway and of its chain; no two gateways on one database may share it'),
  signingKeyFile: z
    .string()
    .min(1)
    .describe('File with the keys that sign the heads of the chain (made by `sluis keys init`, mode 600)'),
  headRecords: z.int().min(1).max(1_000_000).default(1_000).describe('Sign a head after this many records'),
  headSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(60)
    .describe('Sign a head at least this often while records come, in s'),
  anchorFile: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File, best on another machine, to which each signed head is added: it shows a tail that was cut off',
    ),
});

export type AuditSettings = z.infer<typeof auditSettings>;
