// Which tests exist, by level: one project per row of the table in CONTRIBUTING.
import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], timeout = 10_000) => ({
  test: { name, include, testTimeout: timeout, hookTimeout: timeout, environment: 'node' as const },
});

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    projects: [
      project('architecture', ['tests/architecture.test.ts'], 30_000),
      project('unit', ['src/**/*.test.ts']),
      project('contract', ['tests/contract/**/*.test.ts'], 20_000),
      project('conformance', ['tests/conformance/**/*.test.ts'], 120_000),
      project('e2e', ['tests/e2e/**/*.test.ts'], 60_000),
    ],
  },
});
