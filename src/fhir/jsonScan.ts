// What can be known of a JSON text before it is parsed? Its depth, its number of keys, and the numbers a double would change.
// https://www.rfc-editor.org/rfc/rfc8259

export type JsonScan = {
  /** Keys in the text; fewer in the parsed tree means that one stood twice. */
  keys: number;
  /** Start and end of each number that would not print as it stood, in pairs. */
  exactNumbers: readonly number[];
  /** Where the scan met the limit it was given: depth or length of a number. */
  fault?: { reason: 'depth' | 'number'; offset: number } | undefined;
};

const nothing = 0;
const quote = 1;
const open = 2;
const close = 3;
const colon = 4;
const digit = 5;
const longestNumber = 512;

const kinds = new Uint8Array(256);
kinds[0x22] = quote;
for (const c of '[{') kinds[c.charCodeAt(0)] = open;
for (const c of ']}') kinds[c.charCodeAt(0)] = close;
kinds[0x3a] = colon;
for (const c of '-0123456789') kinds[c.charCodeAt(0)] = digit;

const keySteps = [0, 0, 0, 0, 1, 0];
const depthSteps = [0, 0, 1, -1, 0, 0];

const inNumber = new Uint8Array(256);
for (const c of '-+.eE0123456789') inNumber[c.charCodeAt(0)] = 1;

function endOfString(bytes: Uint8Array, start: number): number {
  let i = start + 1;
  for (; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 0x22) return i;
    if (byte === 0x5c) i++;
  }
  return i;
}

function endOfNumber(bytes: Uint8Array, start: number): number {
  let i = start + 1;
  while (i < bytes.length && inNumber[bytes[i] ?? 0] === 1) i++;
  return i;
}

/** Up to 15 digits without sign, point or leading zero always survive a double. */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 15 || (bytes[start] === 0x30 && end - start > 1)) return false;
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x30 || byte > 0x39) return false;
  }
  return true;
}

function isExact(bytes: Buffer, start: number, end: number): boolean {
  if (isPlain(bytes, start, end)) return true;
  const text = bytes.toString('latin1', start, end);
  return String(Number(text)) === text;
}

/** Where the number ends; keeps its place when a double would change it, or when it is too long to be tried. */
function readNumber(bytes: Buffer, start: number, exactNumbers: number[]): number {
  const end = endOfNumber(bytes, start);
  if (end - start > longestNumber || !isExact(bytes, start, end)) exactNumbers.push(start, end);
  return end;
}

function tooLong(places: readonly number[]): JsonScan['fault'] {
  const offset = places.find((start, i) => i % 2 === 0 && (places[i + 1] ?? 0) - start > longestNumber);
  return offset === undefined ? undefined : { reason: 'number', offset };
}

/** Reads the bytes once, without judging the syntax beyond strings, brackets and numbers. */
export function scanJson(bytes: Buffer, maxDepth: number): JsonScan {
  const exactNumbers: number[] = [];
  let keys = 0;
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    const kind = kinds[bytes[i] ?? 0] ?? nothing;
    if (kind === nothing) continue;
    if (kind === quote) i = endOfString(bytes, i);
    else if (kind === digit) i = readNumber(bytes, i, exactNumbers) - 1;
    else {
      keys += keySteps[kind] ?? 0;
      depth += depthSteps[kind] ?? 0;
      if (depth > maxDepth) return { keys, exactNumbers, fault: { reason: 'depth', offset: i } };
    }
  }
  return { keys, exactNumbers, fault: tooLong(exactNumbers) };
}
