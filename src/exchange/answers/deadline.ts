// How long may everybody who is asked take together? One moment for all; who has not answered by then is left out.
import { setTimeout as wait } from 'node:timers/promises';

export type Deadline = {
  /** Aborted when it is too late to answer. */
  signal: AbortSignal;
  /** The outcome of `work`, or what `late` gives when it is not there in time; what comes afterwards is dropped. */
  within<T>(work: Promise<T>, late: () => T): Promise<T>;
  passed(): boolean;
  /** Everybody has answered. */
  end(): void;
};

/** Who gives at an abort what it has by then, may take so long to say it. */
const lastWordsMs = 50;

/** Starts the clock: real time, since somebody waits. When nobody waits any more (`gone`) it is over at once. */
export function startDeadline(ms: number, gone?: AbortSignal): Deadline {
  const tooLate = new AbortController();
  const leave = (): void => tooLate.abort();
  gone?.addEventListener('abort', leave, { once: true });
  if (gone?.aborted) leave();
  const timer = setTimeout(leave, ms);
  const lastWords = once(tooLate.signal).then(() => wait(lastWordsMs, undefined, { ref: false }));
  return {
    signal: tooLate.signal,
    passed: () => tooLate.signal.aborted,
    end: () => {
      gone?.removeEventListener('abort', leave);
      clearTimeout(timer);
    },
    within: (work, late) => Promise.race([work, lastWords.then(late)]),
  };
}

const once = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
