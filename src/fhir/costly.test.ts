// Does content that costs little to send cost little to read?
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../errors.ts';
import type { FhirResource } from '../model.ts';
import { anySize, parseJson } from './json.ts';
import { checkShape } from './shape.ts';
import { mostFindings } from './shapeWalk.ts';

const listOf = (value: string, count: number): Buffer =>
  Buffer.from(`{"resourceType":"Basic","x":[${`${value},`.repeat(count - 1)}${value}]}`);

const lengthOf = (tree: unknown): number =>
  typeof tree === 'object' && tree !== null && 'x' in tree && Array.isArray(tree.x) ? tree.x.length : 0;

function refusal(bytes: Buffer): GatewayError {
  try {
    parseJson(bytes);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('JSON', () => {
  it.each([
    { what: 'a million values', value: '{}', count: 1_000_001, rule: 'json-values' },
    { what: 'a million numbers', value: '1', count: 1_000_001, rule: 'json-values' },
    { what: '100,000 powers of ten', value: '1e5', count: 100_001, rule: 'json-exact-numbers' },
    { what: '100,000 fractions', value: '1.0', count: 100_001, rule: 'json-exact-numbers' },
  ])('of more than $what is refused as too costly, with its place', ({ value, count, rule }) => {
    const error = refusal(listOf(value, count));
    expect(error.kind).toBe('tooLarge');
    expect(error.issues).toMatchObject([{ code: 'too-costly', rule }]);
    expect(error.message).toMatch(/line 1, column \d+$/);
  });

  it('just below that many is read', () => {
    expect(lengthOf(parseJson(listOf('1', 999_000)))).toBe(999_000);
    expect(lengthOf(parseJson(listOf('1.0', 100_000)))).toBe(100_000);
  });

  it('that nobody sent is read whatever it counts', () => {
    expect(lengthOf(parseJson(listOf('1', 1_000_001), anySize))).toBe(1_000_001);
  });

  it('is not counted by commas and brackets inside texts', () => {
    expect(parseJson(Buffer.from(JSON.stringify([',[{'.repeat(1_000_000)])))).toHaveLength(1);
  });
});

describe('a look at the structure', () => {
  const definition = (parameter: readonly object[]): FhirResource => ({
    resourceType: 'OperationDefinition',
    parameter,
  });

  it('ends at so many errors, and says so', () => {
    const issues = checkShape(definition(Array.from({ length: 500_000 }, () => ({}))), 'r4');
    expect(issues).toHaveLength(mostFindings + 1);
    expect(issues.at(-1)).toMatchObject({
      severity: 'error',
      code: 'too-costly',
      rule: 'shape-too-many',
      expression: ['OperationDefinition'],
    });
  });

  it('goes on past as many warnings: an error may follow', () => {
    const contained = Array.from({ length: 3_000 }, () => ({
      resourceType: 'Basic',
      id: 'x'.repeat(65),
      code: { text: 'x' },
    }));
    const issues = checkShape({ resourceType: 'Basic', code: { text: 'x' }, contained, zzz: 1 }, 'r4');
    expect(issues.filter(({ severity }) => severity === 'warning')).toHaveLength(mostFindings);
    expect(issues.at(-1)).toMatchObject({ severity: 'error', rule: 'shape-unknown-element' });
  });
});
