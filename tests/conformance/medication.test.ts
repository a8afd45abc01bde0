// Does consolidation do what official pairs, consolidation patients and search scripts say?
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkDispenses } from '../../src/cli/conformance/medicationDispenses.ts';
import {
  type Check,
  checkForms,
  checkPairs,
  checkPatients,
} from '../../src/cli/conformance/medicationPatients.ts';
import { checkQueries } from '../../src/cli/conformance/medicationQueries.ts';
import { checkUnhappy } from '../../src/cli/conformance/medicationUnhappy.ts';

const corpus = fileURLToPath(new URL('../../../shared/corpus', import.meta.url));
const present = existsSync(corpus);
if (!present) console.log('skipped: corpus not found');

const faults = (checks: readonly Check[]) => checks.filter((one) => one.faults.length > 0);

const dispenses = present ? checkDispenses(corpus) : [];
if (present && dispenses.length === 0) console.log('skipped: no 6.12 pairs in the corpus');

describe.skipIf(!present)('medication over the corpus', () => {
  it('gives the lines of the official outputs, and no others', () => {
    const checks = checkPairs(corpus);
    expect(checks.length).toBeGreaterThan(0);
    expect(faults(checks)).toEqual([]);
  });
  it('gives each consolidation patient the lines that the rules ask for', () => {
    const checks = checkPatients(corpus);
    expect(checks.length).toBeGreaterThan(10);
    expect(faults(checks)).toEqual([]);
  });
  it('gives the same overview from ADA and from FHIR, and loses no building block', () => {
    const checks = checkForms(corpus);
    expect(checks.length).toBeGreaterThan(100);
    expect(faults(checks)).toEqual([]);
  });
  it.skipIf(dispenses.length === 0)('reads 6.12 dispenses as their official translation has them', () => {
    expect(faults(dispenses)).toEqual([]);
  });
  it('takes no official broken input as it is', () => {
    const checks = checkUnhappy(corpus);
    expect(checks.length).toBeGreaterThan(0);
    expect(faults(checks)).toEqual([]);
  });
  it('finds as many building blocks and products as the search scripts count', () => {
    const { checks } = checkQueries(corpus);
    expect(checks.length).toBeGreaterThan(10);
    expect(faults(checks)).toEqual([]);
  });
});
