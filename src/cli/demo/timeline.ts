// How is a story told while it happens? One line per step: when, who to whom, what, what came of it, and was that right.
import type { Terminal } from '../terminal.ts';

export type Timeline = {
  /** Runs a step; what it gives must be what was expected. A step that throws is not as expected. */
  step(step: { who: string; what: string; expected: string }, act: () => Promise<string>): Promise<void>;
  /** Begins a story under its title. */
  title(text: string): void;
  /** Shows what somebody sees, between the steps. */
  show(text: string): void;
  /** Prints the closing line; true when all was as expected. */
  close(): boolean;
};

/** Times are seconds since the beginning. */
export function createTimeline({ line, paint }: Terminal): Timeline {
  const began = performance.now();
  const counts = { good: 0, bad: 0 };
  return {
    step: async ({ who, what, expected }, act) => {
      const at = ((performance.now() - began) / 1000).toFixed(3).padStart(7);
      const got = await act().catch((error: unknown) => (error instanceof Error ? error.message : 'failed'));
      const good = got === expected;
      counts[good ? 'good' : 'bad'] += 1;
      const verdict = good ? paint('green', 'ok') : paint('red', `NOT AS EXPECTED: ${expected}`);
      line(`${paint('dim', `${at} s`)}  ${who.padEnd(24)}  ${what.padEnd(46)}  ${got}  ${verdict}`);
    },
    title: (text) => {
      line();
      line(paint('bold', text));
      line();
    },
    show: (text) => {
      line();
      for (const each of text.trimEnd().split('\n')) line(`    ${each}`);
      line();
    },
    close: () => {
      line();
      const { good, bad } = counts;
      line(paint(bad === 0 ? 'green' : 'red', `${good} steps as expected, ${bad} not`));
      return bad === 0;
    },
  };
}
