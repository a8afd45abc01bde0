// How many tests passed and failed in all? Sums the closing lines of the runs whose logs are given.
// Usage: node scripts/sumResults.ts FAILED_STEPS LOG…  (exit 1 when anything failed or nothing ran)
import { readFileSync } from 'node:fs';

type Sum = { passed: number; failed: number };

/** Closing lines: vitest's `Tests  1 failed | 12 passed (13)`, the demo's `12 steps as expected, 1 not`, and `12 passed, 1 failed`. */
const closings: Record<keyof Sum, RegExp[]> = {
  passed: [
    /^\s*Tests .*?(\d+) passed/gm,
    /^(\d+) passed, \d+ failed$/gm,
    /^(\d+) steps as expected, \d+ not$/gm,
  ],
  failed: [
    /^\s*Tests .*?(\d+) failed/gm,
    /^\d+ passed, (\d+) failed$/gm,
    /^\d+ steps as expected, (\d+) not$/gm,
  ],
};

function sumOf(log: string): Sum {
  const count = (patterns: RegExp[]) =>
    patterns
      .flatMap((pattern) => [...log.matchAll(pattern)])
      .reduce((total, match) => total + Number(match[1] ?? 0), 0);
  return { passed: count(closings.passed), failed: count(closings.failed) };
}

const [failedSteps = '0', ...logs] = process.argv.slice(2);
const sums = logs.map((path) => sumOf(readFileSync(path, 'utf8')));
const passed = sums.reduce((total, sum) => total + sum.passed, 0);
const seen = sums.reduce((total, sum) => total + sum.failed, 0);
// A step can fail without a failing test (types, lint): it must not be reported as zero failures.
const failed = Math.max(seen, Number(failedSteps));
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
