// Does the crew card say of the published patient, and of the vendors' samples, what it must?
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expectations } from '../../src/cli/conformance/wishesCases.ts';

const corpus = fileURLToPath(new URL('../../../shared/corpus/', import.meta.url));
const there = existsSync(corpus);
if (!there) console.log('skipped: corpus not found');

describe.skipIf(!there)('the crew card of published records', () => {
  it('meets every expectation', () => {
    const results = expectations(corpus);
    expect(results.filter(({ holds }) => !holds)).toEqual([]);
    expect(results.length).toBeGreaterThan(80);
  });
});
