// Where does a command write, and with how much colour? Results on stdout, progress on stderr, colours on a terminal only.
import { styleText } from 'node:util';

export type Terminal = {
  /** One line of result. */
  line(text?: string): void;
  /** One line of warning or explanation, beside the result. */
  note(text: string): void;
  /** Replaces the progress line; nothing when progress is not shown. */
  progress(text: string): void;
  paint(style: 'green' | 'red' | 'yellow' | 'dim' | 'bold' | 'cyan', text: string): string;
};

/** Writes to the process's own streams. Progress shows on a terminal, or when asked for. */
export function createTerminal(options: { progress?: boolean } = {}): Terminal {
  const showProgress = options.progress ?? process.stderr.isTTY === true;
  const rewrite = process.stderr.isTTY === true;
  let open = false;
  const clear = (): void => {
    if (open) process.stderr.write('\r\u001b[2K');
    open = false;
  };
  return {
    line: (text = '') => {
      clear();
      process.stdout.write(`${text}\n`);
    },
    note: (text) => {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (!showProgress) return;
      clear();
      process.stderr.write(rewrite ? text : `${text}\n`);
      open = rewrite;
    },
    paint: (style, text) => (process.stdout.isTTY === true ? styleText(style, text) : text),
  };
}

/** Lines up rows of cells; the last cell of a row is never padded. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  );
}
