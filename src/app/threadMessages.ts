// What do the thread that answers and one that works beside it say to each other?
import { GatewayError } from '../errors.ts';

/** `ask` is put by the main thread, `call` by the other one while it works; each is answered under its number. */
export type ToThread<Question, Reply> =
  | { ask: number; question: Question }
  | { abort: number }
  | { replyTo: number; reply: Reply }
  | 'end';

export type FromThread<Answer, Call> =
  | 'ready'
  | { answerTo: number; answer: Answer }
  | { answerTo: number; fault: Fault }
  | { call: number; what: Call };

/** An error as plain values: a refusal keeps what its caller is told. */
export type Fault =
  | { refusal: Pick<GatewayError, 'kind' | 'message' | 'issues'> & { reason?: string } }
  | { text: string };

export function faultOf(error: unknown): Fault {
  if (!(error instanceof GatewayError)) return { text: String(error) };
  const { kind, message, issues, reason } = error;
  return { refusal: { kind, message, issues, ...(reason === undefined ? {} : { reason }) } };
}

export function errorOf(fault: Fault): Error {
  if ('text' in fault) return new Error(fault.text);
  const { kind, message, ...detail } = fault.refusal;
  return new GatewayError(kind, message, detail);
}
