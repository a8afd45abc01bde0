// Why did a source of localisation not answer? A stable code, told with the answer and never an exception further on.

export class SourceFault extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`Localisation failed: ${reason}`);
    this.name = 'SourceFault';
    this.reason = reason;
  }
}

/** The code of whatever was thrown; undefined for what nobody foresaw. */
export function reasonOf(error: unknown): string | undefined {
  const reason = error instanceof Error && 'reason' in error ? error.reason : undefined;
  return typeof reason === 'string' ? reason : undefined;
}
