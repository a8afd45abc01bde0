// How is a request's body read? As a stream that is unpacked, counted and refused on the way, never after it.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { GatewayError } from '../errors.ts';
import type { Holding } from './budget.ts';

const unpackers: Readonly<Record<string, (() => Transform) | undefined>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

const tooLarge = (maxBytes: number) =>
  new GatewayError('tooLarge', `A body may hold at most ${maxBytes} bytes, unpacked.`);

/** Requests that asked `Expect: 100-continue` and were not told to go on yet. */
const awaitingContinue = new WeakSet<IncomingMessage>();

/** Keeps "100 Continue" back until somebody wants the body, so that a refused caller need not send it. */
export function holdContinue(request: IncomingMessage): void {
  awaitingContinue.add(request);
}

export function hasBody(request: IncomingMessage): boolean {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
  return coding !== undefined || (length !== undefined && Number(length) > 0);
}

function unpackerFor(coding: string | undefined): Transform | undefined {
  const name = (coding ?? 'identity').trim().toLowerCase();
  if (name === 'identity' || name === '') return undefined;
  const make = Object.hasOwn(unpackers, name) ? unpackers[name] : undefined;
  if (make) return make();
  throw new GatewayError('unsupportedMedia', 'A body may be coded once, with gzip, deflate or br.', {
    headers: { 'Accept-Encoding': 'gzip, deflate, br' },
  });
}

type Reading = { maxBytes: number; holding: Holding };

/** Unpacked bytes may grow a thousandfold, or not at all for ever: both sides of the unpacking are held to the same limit. */
function collect(request: IncomingMessage, unpacker: Transform | undefined, { maxBytes, holding }: Reading) {
  return new Promise<Buffer>((resolve, reject) => {
    const source = unpacker ?? request;
    const chunks: Buffer[] = [];
    let size = 0;
    let packedSize = 0;
    const stop = (error: unknown) => {
      request.unpipe().removeAllListeners('data');
      unpacker?.removeAllListeners('data').destroy();
      reject(error);
    };
    const cut = () => stop(new GatewayError('invalid', 'The body ended before it was complete.'));
    if (request.readableAborted) return cut();
    source.on('data', (chunk: Buffer) => {
      size += chunk.length;
      try {
        if (size > maxBytes) throw tooLarge(maxBytes);
        holding.take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        stop(error);
      }
    });
    source.on('end', () => resolve(Buffer.concat(chunks, size)));
    request.on('aborted', cut).on('error', cut);
    unpacker?.on('error', (cause) => {
      stop(new GatewayError('invalid', 'The body does not unpack.', { cause, reason: 'content-encoding' }));
    });
    if (!unpacker) return;
    request.on('data', (chunk: Buffer) => {
      packedSize += chunk.length;
      if (packedSize > maxBytes) stop(tooLarge(maxBytes));
    });
    request.pipe(unpacker);
  });
}

/**
 * Reads and unpacks the body. Throws `tooLarge` as soon as the limit is passed (a declared length at once),
 * `unsupportedMedia` for codings other than gzip, deflate and br or more than one, `invalid` for a body that is
 * cut off or does not unpack, `unavailable` or `tooMany` when there is no room.
 */
export async function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  reading: Reading,
): Promise<Buffer> {
  const unpacker = unpackerFor(request.headers['content-encoding']);
  if (Number(request.headers['content-length'] ?? 0) > reading.maxBytes) {
    unpacker?.destroy();
    throw tooLarge(reading.maxBytes);
  }
  if (awaitingContinue.delete(request)) response.writeContinue();
  return collect(request, unpacker, reading);
}
