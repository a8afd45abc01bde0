// Do we speak with Mitz as the published samples do, and has each cause of a refusal its code?
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { consentExpectations } from '../../src/cli/conformance/consentCases.ts';
import { reasonTable } from '../../src/cli/conformance/consentReasons.ts';

const corpus = fileURLToPath(new URL('../../../shared/corpus/trust/', import.meta.url));
const there = existsSync(corpus);
if (!there) console.log('skipped: corpus not found');

describe.skipIf(!there)('published samples of consent', () => {
  it('are written and read as they must be', () => {
    const results = consentExpectations(corpus);
    expect(results.filter(({ holds }) => !holds)).toEqual([]);
    expect(results.length).toBeGreaterThan(25);
  });
});

it('each cause of a refusal has one code, and each code a cause', async () => {
  const { expectations } = await reasonTable();
  expect(expectations.filter(({ holds }) => !holds)).toEqual([]);
});
