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
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) plain[name] = String(value);
  return plain;
}

type Reading = { response: IncomingMessage; maxBytes: number; status: number };

/** Listens: a loop over the stream costs as much as all else together. */
function bodyOf(stream: Readable, { response, maxBytes, status }: Reading): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const fail = (reason: 'too-large' | 'reset') => reject(new OutgoingFailure(reason, { sent: true, status }));
  const chunks: Uint8Array[] = [];
  let size = 0;
  let packedSize = 0;
  stream.on('data', (chunk: Uint8Array) => {
    size += chunk.length;
    if (size <= maxBytes) return void chunks.push(chunk);
    fail('too-large');
    stream.destroy();
  });
  if (stream !== response) {
    // packed bytes can go on for ever without one that is unpacked
    response.on('data', (chunk: Uint8Array) => {
      packedSize += chunk.length;
      if (packedSize <= maxBytes) return;
      fail('too-large');
      stream.destroy();
    });
  }
  stream.once('error', reject);
  stream.once('close', () => {
    if (!stream.readableEnded) fail('reset');
  });
  stream.once('end', () => {
    const [only = new Uint8Array()] = chunks;
    if (response.complete) resolve(chunks.length > 1 ? Buffer.concat(chunks) : only);
    else fail('reset');
  });
  return promise;
}

/**
 * Reads the whole body. Throws `OutgoingFailure` `too-large` when the body, packed or unpacked, is more than
 * `maxBytes`, and whatever the stream throws when it ends early.
 */
export async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<OutgoingAnswer> {
  const status = response.statusCode ?? 0;
  if (Number(response.headers['content-length'] ?? 0) > maxBytes)
    throw new OutgoingFailure('too-large', { sent: true, status });
  const body = await bodyOf(unpacked(response), { response, maxBytes, status });
  return { status, headers: plainHeaders(response), body };
}
