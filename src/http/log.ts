// How are log lines written? One JSON object per line, without bodies, addresses or tokens, and scrubbed of BSNs.
import { type DestinationStream, type Logger, pino } from 'pino';
import { standardOutput } from './logOutput.ts';
import { scrub } from './scrub.ts';

export type Log = Logger;

type LoggedError = { type: string; code?: string; message?: string; at?: string[]; cause?: LoggedError };

/** Messages of parsers quote what they parsed; those stay out. */
const quotesInput = (error: Error) => error instanceof SyntaxError || error.name === 'ZodError';

/** An error as it may be logged: its kind, its place in the code, and its message unless that quotes content. */
function errorForLog(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const at = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 6)
    .map((line) => line.trim());
  return {
    type: error.name,
    ...(code ? { code } : {}),
    ...(quotesInput(error) ? {} : { message: error.message.slice(0, 500) }),
    at,
    ...(error.cause !== undefined && depth < 3 ? { cause: errorForLog(error.cause, depth + 1) } : {}),
  };
}

/** Makes the gateway's log. `stream` is standard output unless a test looks on. */
export function createLog(level: string, stream?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: (error: unknown) => errorForLog(error) },
    redact: {
      paths: ['authorization', 'token', 'body', 'url', '*.authorization', '*.token', '*.body', '*.url'],
      remove: true,
    },
    hooks: { streamWrite: scrub },
  };
  return pino(options, stream ?? standardOutput());
}
