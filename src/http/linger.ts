// How is a caller refused that is still sending? It is told that the connection ends, and its bytes are read away for a while.
// https://www.rfc-editor.org/rfc/rfc9112#section-9.6
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** How long it may go on sending what nobody reads, so that it gets to see the answer. */
const lingerMs = 2_000;

const ending = new WeakSet<Socket>();

/** Was a request on this connection answered with `Connection: close` before its body had come? Then nothing more counts. */
export const isEnding = ({ socket }: IncomingMessage): boolean => ending.has(socket);

/** Answers now, or, where a body is still to come, once it is known whether it came along with its headers. */
export function answerEarly(request: IncomingMessage, response: ServerResponse, answer: () => void): void {
  if (request.complete) {
    answer();
    return;
  }
  request.resume();
  setImmediate(() => {
    if (!request.complete) endAfter(request, response);
    answer();
  });
}

function endAfter(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  ending.add(socket);
  response.setHeader('Connection', 'close');
  const close = socket.destroySoon.bind(socket);
  // Node would close at once; the reset that then meets what still comes would take the answer with it.
  socket.destroySoon = () => {
    socket.end();
    setTimeout(close, request.complete ? 0 : lingerMs).unref();
  };
}
