// Which keys stand in the file of those that sign tokens? One JSON file that only its owner may read.
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';

const text = z.string().min(1);
const keyShape = z.looseObject({
  kty: z.literal('EC'),
  kid: text,
  crv: z.enum(['P-256', 'P-384']),
  x: text,
  y: text,
});

/** The key file: `current` signs; the others still verify until they are taken out. */
export const keyFileShape = z
  .strictObject({
    current: text.describe('Key id of the key that signs.'),
    keys: z.array(keyShape.extend({ d: text.optional() })).min(1),
  })
  .refine((file) => file.keys.some((key) => key.kid === file.current && key.d && key.crv === 'P-256'), {
    error: '`current` must name a P-256 key with its private part',
  })
  .refine((file) => new Set(file.keys.map((key) => key.kid)).size === file.keys.length, {
    error: 'two keys share one key id',
  });
export type KeyFile = z.infer<typeof keyFileShape>;

/** Throws when others may read the file or when it is not complete; never names a key. */
export function readTokenKeys(file: string): KeyFile {
  if ((statSync(file).mode & 0o077) !== 0)
    throw new Error(`The key file ${file} may be read by others; set it to mode 600`);
  const parsed = keyFileShape.safeParse(jsonOf(file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(
    `The key file ${file} holds no keys that sign tokens: ${issue?.path.join('.')}: ${issue?.message}`,
  );
}

function jsonOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error(`The key file ${file} is not JSON`);
  }
}
