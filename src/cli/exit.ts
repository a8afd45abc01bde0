// With which code does a command end? 0 as asked, 1 failed or refused, 2 bad usage or input that cannot be read.

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
