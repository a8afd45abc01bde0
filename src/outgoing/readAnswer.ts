// How is an answer read without trusting its length, its compression or its head?
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { OutgoingFailure } from './outgoingFailure.ts';

export type OutgoingAnswer = { status: number; headers: Record<string, string>; body: Uint8Array };

const unpackers = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};
const isPacking = (name: string): name is keyof typeof unpackers => Object.hasOwn(unpackers, name);

function unpacked(response: IncomingMessage): Readable {
  const packing = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  if (packing === 'identity' || packing === '') return response;
  if (!isPacking(packing)) throw new OutgoingFailure('protocol', { sent: true });
  const unpack = unpackers[packing]();
  response.on('error', (error) => unpack.destroy(error));
  return response.pipe(unpack);
}

function plainHeaders(response: IncomingMessage): Record<string, string> {
  const entries = Object.entries(response.headers).map(([name, value]) => [name, String(value)] as const);
  return Object.fromEntries(entries);
}

/**
 * Reads the whole body. Throws `OutgoingFailure` `too-large` when the body, packed or unpacked, is more than
 * `maxBytes`, and whatever the stream throws when it ends early.
 */
export async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<OutgoingAnswer> {
  const status = response.statusCode ?? 0;
  const tooLarge = (): never => {
    throw new OutgoingFailure('too-large', { sent: true, status });
  };
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) tooLarge();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of unpacked(response)) {
    size += chunk.length;
    if (size > maxBytes) tooLarge();
    chunks.push(chunk);
  }
  if (!response.complete) throw new OutgoingFailure('reset', { sent: true, status });
  return { status, headers: plainHeaders(response), body: Buffer.concat(chunks) };
}
