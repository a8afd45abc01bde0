// Where do the keys of the store come from? One JSON file that only its owner may read.
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const key = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').length === 32, 'must be 32 bytes in base64');

const keyFile = z
  .strictObject({
    current: z.string(),
    keys: z.record(z.string().regex(/^[A-Za-z0-9._-]{1,64}$/), key),
    hashKey: key,
  })
  .refine((file) => file.keys[file.current] !== undefined, 'current names a key that is not in keys');

/** `current` seals new content; the other keys open what was sealed before; `hashKey` never changes. */
export type KeyFile = z.infer<typeof keyFile>;

/** Makes a key file with one fresh key. Throws when the file exists: keys are never overwritten. */
export function createKeyFile(path: string): { keyId: string } {
  const keyId = freshKeyId();
  const file: KeyFile = { current: keyId, keys: { [keyId]: freshKey() }, hashKey: freshKey() };
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`, { flag: 'wx', mode: 0o600 });
  return { keyId };
}

/** Adds a fresh key and makes it current. Running gateways read it when they first meet content sealed with it. */
export function addKey(path: string): { keyId: string } {
  const file = readKeyFile(path);
  const keyId = freshKeyId();
  replaceKeyFile(path, { ...file, current: keyId, keys: { ...file.keys, [keyId]: freshKey() } });
  return { keyId };
}

/** Reads and checks a key file. Throws when others may read it or when it is not complete; never prints a key. */
export function readKeyFile(path: string): KeyFile {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0) {
    throw new Error(`The key file ${path} may be read by others (mode ${mode.toString(8)}); set it to 600`);
  }
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Error(`The key file ${path} is not JSON`);
  }
  const parsed = keyFile.safeParse(content);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The key file ${path} is not usable: ${faults.join('; ')}`);
}

function replaceKeyFile(path: string, file: KeyFile): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flush: true });
  chmodSync(fresh, 0o600);
  renameSync(fresh, path);
}

const freshKey = () => randomBytes(32).toString('base64');
const freshKeyId = () => `${new Date().toISOString().slice(0, 10)}-${randomBytes(3).toString('hex')}`;
