// With which code does a command end? 0 as asked, 1 failed or refused, 2 bad usage or input that cannot be read.
import { GatewayError } from '../errors.ts';

/** Ends a command with a message for the reader and an exit code. */
export class CommandFailure extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 1, cause?: unknown) {
    super(message, { cause });
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
  }
}

/** The work was done and its answer is no: audit broken, handover lost, not found. */
export const failed = (message: string, cause?: unknown): CommandFailure =>
  new CommandFailure(message, 1, cause);

/** The command cannot be carried out as written: wrong option, unreadable file. */
export const misused = (message: string, cause?: unknown): CommandFailure =>
  new CommandFailure(message, 2, cause);

/** What an operator is told of an error. Of a store that does not answer also why: a caller may not know that, but who mends it must. */
export function toldOf(error: unknown): string {
  if (!(error instanceof Error)) return 'The command failed.';
  if (!(error instanceof GatewayError) || error.reason !== 'store-unavailable') return error.message;
  const causes: string[] = [];
  for (let { cause } = error; cause instanceof Error && causes.length < 3; { cause } = cause)
    causes.push(cause.message || ('code' in cause ? String(cause.code) : cause.name));
  return [error.message, ...causes].join(': ');
}
