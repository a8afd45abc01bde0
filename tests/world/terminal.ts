// What would a command show? A terminal that keeps what is written to it, without colours and progress.
import type { Terminal } from '../../src/cli/terminal.ts';

/** Results go to `lines`, notes to `notes`: one list for both keeps them in their order. */
export const terminalTo = (lines: string[], notes: string[] = lines): Terminal => ({
  line: (text = '') => void lines.push(text),
  note: (text) => void notes.push(text),
  progress: () => undefined,
  paint: (_, text) => text,
});
