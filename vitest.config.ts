// Which tests exist, by level: one project per row of the table in CONTRIBUTING.
import { defineConfig } from 'vitest/config';

/** Contract tests that wait for kills, full disks, leases and retries: too slow for every check, never left out of `npm test`. */
const slow = ['delivery', 'deliveryKill', 'storeFaults', 'audit', 'store'].map(
  (name) => `tests/contract/${name}.test.ts`,
);

type Level = { include: string[]; exclude?: string[]; seconds?: number };

const project = (name: string, { include, exclude = [], seconds = 10 }: Level) => ({
  test: { name, include, exclude, testTimeout: seconds * 1_000, hookTimeout: seconds * 1_000 },
});

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    projects: [
      project('architecture', { include: ['tests/architecture.test.ts'], seconds: 30 }),
      project('unit', { include: ['src/**/*.test.ts'], seconds: 30 }),
      project('contract', { include: ['tests/contract/**/*.test.ts'], exclude: slow, seconds: 30 }),
      project('faults', { include: slow, seconds: 60 }),
      project('conformance', { include: ['tests/conformance/**/*.test.ts'], seconds: 240 }),
      project('e2e', { include: ['tests/e2e/**/*.test.ts'], seconds: 60 }),
    ],
  },
});
