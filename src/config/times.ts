// Do the times of different parts fit together? An exchange must be able to answer before its asker is told that it did not.
import type { SettingFault } from './faults.ts';
import type { Config } from './settings.ts';

/** One holder that stays silent until the deadline would cost the whole answer. */
export function timeFaults({ http, wishes, medication }: Config): SettingFault[] {
  const longest = Math.max(wishes.deadlineMs, medication.deadlineMs);
  if (http.times.answerMs > longest) return [];
  return [
    {
      path: 'http.times.answerMs',
      message: `must be more than wishes.deadlineMs and medication.deadlineMs, which is ${longest} at most`,
    },
  ];
}
