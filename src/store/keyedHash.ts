// What is the keyed hash of a text? HMAC-SHA-256 put together from two one-shot hashes: an Hmac object for each text costs twice
// as much. https://www.rfc-editor.org/rfc/rfc2104
import { createHmac, hash } from 'node:crypto';

const blockLength = 64;
const digestLength = 32;
/** Texts of more characters are hashed with an Hmac object: there it makes no difference. */
const longest = 512;
/** Bytes that one character has at most in UTF-8. */
const widest = 3;

/** HMAC-SHA-256 of UTF-8 text, base64url. The key has at most 64 bytes; nothing of a text is kept. */
export function createKeyedHash(key: Uint8Array): (text: string) => string {
  if (key.length > blockLength) throw new RangeError('The key is longer than a block');
  const inner = Buffer.alloc(blockLength + longest * widest);
  const outer = Buffer.alloc(blockLength + digestLength);
  for (let at = 0; at < blockLength; at += 1) {
    inner[at] = (key[at] ?? 0) ^ 0x36;
    outer[at] = (key[at] ?? 0) ^ 0x5c;
  }
  return (text) => {
    if (text.length > longest) return createHmac('sha256', key).update(text).digest('base64url');
    const end = blockLength + inner.write(text, blockLength);
    outer.write(hash('sha256', inner.subarray(0, end), 'binary'), blockLength, 'binary');
    inner.fill(0, blockLength, end);
    return hash('sha256', outer, 'base64url');
  };
}
