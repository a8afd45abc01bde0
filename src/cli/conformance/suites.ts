// Which conformance suites are there, and how is each one's result told so that a run of them all can add them up?

export type Suite = {
  /** Name of its command: `sluis conformance NAME`. */
  name: string;
  /** What it reads, below the corpus. */
  folder: string;
};

/** `npm run conformance` runs these; a new suite adds its line here. */
export const suites: readonly Suite[] = [
  { name: 'handover', folder: 'handover' },
  { name: 'mapping', folder: '.' },
  { name: 'validation', folder: '.' },
  { name: 'consent', folder: 'trust' },
  { name: 'wishes', folder: '.' },
  { name: 'medication', folder: '.' },
];

export type Count = { passed: number; failed: number };

/** Last line of every suite: `validation: 12 passed, 0 failed`, then what else is to be said of it. */
export const countLine = (name: string, { passed, failed }: Count, rest = ''): string =>
  `${name}: ${passed} passed, ${failed} failed${rest === '' ? '' : `; ${rest}`}`;

/** The count in a suite's last line; undefined for every other line. */
export function countIn(name: string, line: string): Count | undefined {
  const found = /^(\w+): (\d+) passed, (\d+) failed(?:;|$)/.exec(line.trim());
  return found?.[1] === name ? { passed: Number(found[2]), failed: Number(found[3]) } : undefined;
}
