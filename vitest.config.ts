// Which tests exist, by level: one project per row of the table in CONTRIBUTING.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Contract tests that start processes and threads, or wait for kills, full disks and leases: too slow for every check, never left out of `npm test`. */
const slowContracts = [
  'askingHolders',
  'audit',
  'breakGlassHttp',
  'brokenMedication',
  'costlyHolder',
  'delivery',
  'deliveryKill',
  'httpRaw',
  'medicationSearch',
  'mitzProof',
  'preparing',
  'store',
  'storeFaults',
].map((name) => `tests/contract/${name}.test.ts`);

/** Tests that try thousands of inputs. */
const generated = [
  'src/exchange/medication/properties.test.ts',
  'src/exchange/wishes/card.property.test.ts',
  'src/mapping/fhirpath/sameItems.test.ts',
  'src/mapping/fuzz.test.ts',
  'src/mapping/roundTrip.test.ts',
  'src/validation/oddValues.test.ts',
];

type Level = { include: string[]; exclude?: string[]; seconds?: number; isolate?: boolean };

/** Files that share a worker share its modules where `isolate` is off: reading them anew for each took half of the time. */
const project = (name: string, { include, exclude = [], seconds = 10, isolate = true }: Level) => ({
  test: { name, include, exclude, isolate, testTimeout: seconds * 1_000, hookTimeout: seconds * 1_000 },
});

// biome-ignore lint/style/noDefaultExport: vitest reads its configuration from the default export
export default defineConfig({
  test: {
    // most of a test's time is waiting: for disks, deadlines and processes
    maxWorkers: 2 * availableParallelism(),
    projects: [
      project('architecture', { include: ['tests/architecture.test.ts'], seconds: 30 }),
      project('unit', { include: ['src/**/*.test.ts'], exclude: generated, seconds: 30, isolate: false }),
      project('contract', {
        include: ['tests/contract/**/*.test.ts'],
        exclude: slowContracts,
        seconds: 30,
        isolate: false,
      }),
      project('faults', { include: [...slowContracts, ...generated], seconds: 60 }),
      project('conformance', { include: ['tests/conformance/**/*.test.ts'], seconds: 240 }),
      project('e2e', { include: ['tests/e2e/**/*.test.ts'], seconds: 60 }),
    ],
  },
});
