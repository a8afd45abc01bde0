// Is this text a signed token in compact form? RFC 7515 section 7.1, read strictly before any cryptography.
import { parseJson } from '../fhir/json.ts';

export type CompactJws = {
  text: string;
  header: Readonly<Record<string, unknown>>;
  claims: Readonly<Record<string, unknown>>;
};

const segment = /^[A-Za-z0-9_-]+$/;

/** One spelling per value: a changed spare bit at the end of a part must not be another text for the same bytes. */
function decode(part: string): Buffer | undefined {
  if (!segment.test(part)) return undefined;
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}

function readObject(part: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decode(part);
  if (!bytes) return undefined;
  try {
    // Refuses doubled keys, which two readers could read differently; its exact decimals are not wanted here.
    parseJson(bytes, { depth: 16 });
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.assign(Object.create(null), value);
  } catch {
    return undefined;
  }
}

/** Returns undefined for anything but three base64url parts whose first two are JSON objects; a JWE has five. */
export function readCompactJws(text: string): CompactJws | undefined {
  const parts = text.split('.', 4);
  const [head, body, signature] = parts;
  if (parts.length !== 3 || !head || !body || !signature || !decode(signature)) return undefined;
  const header = readObject(head);
  const claims = readObject(body);
  return header && claims ? { text, header, claims } : undefined;
}
