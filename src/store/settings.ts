// How is the store set up? Its slice of the settings file.
import { z } from 'zod';

const shared = {
  keyFile: z
    .string()
    .min(1)
    .describe('File with the keys that seal content (made by `sluis keys init`, mode 600)'),
  batch: z.int().min(1).max(500).default(32).describe('How many writes share one commit at most'),
  batchMs: z
    .int()
    .min(1)
    .max(5_000)
    .default(50)
    .describe('How long a shared transaction takes new writes, in ms'),
  queueLength: z
    .int()
    .min(1)
    .max(100_000)
    .default(1_000)
    .describe('How many writes may wait; more are refused with 503'),
  queueMs: z.int().min(10).max(60_000).default(5_000).describe('How long a write may wait before 503, in ms'),
  statementMs: z
    .int()
    .min(10)
    .max(600_000)
    .default(10_000)
    .describe('Time limit of one write or one statement, in ms'),
};

/** SQLite for one gateway; PostgreSQL for any number of gateways. */
export const storeSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sqlite').describe('One gateway, one file'),
    file: z.string().min(1).describe('The database file; on a local disk'),
    busyMs: z
      .int()
      .min(0)
      .max(60_000)
      .default(2_000)
      .describe('How long to wait for a command that writes to the same file, in ms'),
    ...shared,
  }),
  z.strictObject({
    kind: z.literal('postgresql').describe('Any number of gateways'),
    url: z
      .string()
      .regex(/^postgres(ql)?:\/\//)
      .describe('Address of the primary (DATABASE_URL), never of a standby'),
    connections: z
      .int()
      .min(1)
      .max(200)
      .default(10)
      .describe('Connections for reading; writing takes one more'),
    connectMs: z
      .int()
      .min(10)
      .max(60_000)
      .default(3_000)
      .describe('How long to wait for a connection, in ms'),
    waiting: z
      .int()
      .min(0)
      .max(100_000)
      .default(500)
      .describe('How many reads may wait for a connection; more are refused with 503'),
    ...shared,
  }),
]);

export type StoreSettings = z.infer<typeof storeSettings>;
export type SqliteSettings = Extract<StoreSettings, { kind: 'sqlite' }>;
export type PostgresqlSettings = Extract<StoreSettings, { kind: 'postgresql' }>;
/** What the caller writes: fields with a default may be left out. */
export type StoreSettingsInput = z.input<typeof storeSettings>;
