// What does a caller hear whose bytes are no HTTP request? One short answer, and the connection ends.
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { knownMethods } from './frame.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

type ParseError = Error & { code?: string; rawPacket?: Buffer; bytesParsed?: number };

const statusTexts = {
  400: 'Bad Request',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
  501: 'Not Implemented',
} as const;
type Status = keyof typeof statusTexts;

/** Methods that exist but that no address here has; the parser does not know the last one. */
const foreignMethods = new Set(['TRACE', 'TRACK', 'CONNECT']);

function statusForMethod(error: ParseError): Status {
  const text = error.rawPacket?.toString('latin1') ?? '';
  const start = text.lastIndexOf('\n', Math.max(0, (error.bytesParsed ?? 0) - 1)) + 1;
  const [, method = ''] = /^([A-Z]{1,32}) \S/.exec(text.slice(start)) ?? [];
  if (method === '') return 400;
  return foreignMethods.has(method) ? 405 : 501;
}

function statusFor(error: ParseError): Status {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 431;
  if (error.code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return 413;
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408;
  return error.code === 'HPE_INVALID_METHOD' ? statusForMethod(error) : 400;
}

function printAnswer(status: Status): string {
  const allow = status === 405 ? `Allow: ${knownMethods}\r\n` : '';
  return (
    `HTTP/1.1 ${status} ${statusTexts[status]}\r\n${allow}Connection: close\r\nContent-Length: 0\r\n` +
    'Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n'
  );
}

type Answering = { request: IncomingMessage; response: ServerResponse };

/** Tells what stands in the way: a whole request still being answered, half an answer that is out, or nothing. */
function stateOf(answering: Answering | undefined): 'free' | 'answering' | 'half' {
  if (!answering || answering.response.writableEnded) return 'free';
  if (answering.request.complete) return 'answering';
  return answering.response.headersSent ? 'half' : 'free';
}

/** Answers malformed requests, CONNECT and time limits; half an answer that is already out is cut instead. */
export function answerClientErrors(server: Server, deps: { log: Log; metrics: Metrics }): void {
  const under = new WeakMap<Duplex, Answering>();
  server.on('request', (request, response) => under.set(request.socket, { request, response }));
  server.on('connect', (_request, socket) => socket.end(printAnswer(405)));
  server.on('clientError', (error: ParseError, socket) => {
    const answering = under.get(socket);
    const state = stateOf(answering);
    if (error.code === 'ECONNRESET' || !socket.writable || state === 'half') {
      socket.destroy();
      return;
    }
    const status = statusFor(error);
    deps.metrics.refusedConnection(String(status));
    deps.log.info({ status, code: error.code }, 'malformed request');
    const refuse = () => socket.end(printAnswer(status), () => socket.destroy());
    // An earlier, good request on this connection keeps its own answer; the refusal comes after it.
    if (state === 'answering') answering?.response.once('finish', refuse);
    else refuse();
  });
}
