// Official examples, seeded faults and HL7's validator cases: what nobody here wrote.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { runExamples, runNegatives, type Tally } from '../../src/cli/conformance/validationCases.ts';
import { runHl7 } from '../../src/cli/conformance/validationHl7.ts';
import { createValidator, registryFor, type Validator } from '../../src/validation/index.ts';

const corpus = fileURLToPath(new URL('../../../shared/corpus', import.meta.url));
const present = existsSync(corpus);
if (!present) console.log('skipped: corpus not found');

const share = (tallies: Iterable<Tally>): number => {
  let passed = 0;
  let total = 0;
  for (const tally of tallies) {
    passed += tally.passed;
    total += tally.total;
  }
  return passed / total;
};

describe.skipIf(!present)('validation over the corpus', () => {
  let validator: Validator;
  beforeAll(() => {
    validator = createValidator({ registry: registryFor({ packages: [`${corpus}/packages`] }) });
  });
  it.each([
    ['examples/zib2020', 'r4'],
    ['examples/mp9-testfixtures', 'r4'],
    ['mp9-ada-to-fhir', 'r4'],
    ['wishes/r4-rc2', 'r4'],
    ['wishes/stu3-rc2', 'stu3'],
  ] as const)('finds no false error in %s', (folder, version) => {
    const results = runExamples(validator, { folder: `${corpus}/${folder}`, version });
    expect(results.length).toBeGreaterThan(20);
    const wrong = results.filter((one) => one.errors.length > 0 && one.known === undefined);
    expect(wrong.map((one) => `${one.file}: ${one.errors[0]?.rule}`)).toEqual([]);
  });
  it('finds seeded faults', () => {
    const tallies = runNegatives(validator, `${corpus}/negative`);
    expect(share(tallies.values())).toBeGreaterThanOrEqual(0.98);
  });
  it('agrees with HL7 on its own cases, on no fewer than it did', () => {
    const tallies = runHl7(`${corpus}/hl7-validator`, registryFor({ packages: [] }));
    const core = 'general references bundle profile extensions invariants fmt xhtml'.split(' ');
    expect(
      share([...tallies].filter(([name]) => name !== 'tx').map(([, one]) => one)),
    ).toBeGreaterThanOrEqual(0.94);
    expect(
      share([...tallies].filter(([name]) => core.includes(name)).map(([, one]) => one)),
    ).toBeGreaterThanOrEqual(0.96);
  });
});
