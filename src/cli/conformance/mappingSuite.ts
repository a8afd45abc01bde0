// What is one case of a mapping suite, and how is a section of them told?
import type { Terminal } from '../terminal.ts';

export type MappingCase = {
  name: string;
  /** Differences and faults that nothing explains. */
  problems: readonly string[];
  /** Reasons of the differences that are explained. */
  known: readonly string[];
};

export type Section = {
  title: string;
  /** What it reads, below the corpus. */
  folder: string;
  cases(folder: string): Iterable<MappingCase>;
};

/** How many cases are equal, differ for a reason, or fail. */
export type SectionCount = { passed: number; explained: number; failed: number };

const shown = 40;

const tellCase = (one: MappingCase, terminal: Terminal): void => {
  terminal.line(`  ${terminal.paint('red', 'FAIL')} ${one.name}`);
  for (const problem of one.problems.slice(0, shown)) terminal.line(`       ${problem}`);
  if (one.problems.length > shown) terminal.line(`       and ${one.problems.length - shown} more`);
};

/** Runs a section: what fails with each difference by path, reasons once, then its count. */
export const runSection = (section: Section, folder: string, terminal: Terminal): SectionCount => {
  const count = { passed: 0, explained: 0, failed: 0 };
  const reasons = new Map<string, string[]>();
  for (const one of section.cases(folder)) {
    terminal.progress(`${section.title}: ${one.name}`);
    if (one.problems.length > 0) {
      count.failed += 1;
      tellCase(one, terminal);
    } else if (one.known.length > 0) {
      count.explained += 1;
      for (const reason of new Set(one.known))
        reasons.set(reason, [...(reasons.get(reason) ?? []), one.name]);
    } else count.passed += 1;
  }
  for (const [reason, names] of reasons) {
    terminal.line(`  known: ${reason}`);
    for (const name of names) terminal.line(`       ${name}`);
  }
  const rest = count.explained > 0 ? `, ${count.explained} differ for a reason` : '';
  terminal.line(`${section.title}: ${count.passed} equal${rest}, ${count.failed} failed`);
  return count;
};
