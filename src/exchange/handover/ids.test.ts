// Are served ids unpredictable, stable, and do they lead back?
import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { handoverIdOf, idsOfCase } from './ids.ts';

const store = (key: string) => ({
  hash: (kind: string, value: string) =>
    createHmac('sha256', key).update(`${kind}|${value}`).digest('base64url'),
});
const uuid4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('an id leads back to its handover at every gateway with the same key, and nowhere with another key', () => {
  const { handoverId, idFor } = idsOfCase(store('a'), 'case-1');
  for (const name of ['Task', 'Patient/1', 'Condition#3']) {
    expect(handoverIdOf(store('a'), idFor(name))).toBe(handoverId);
    expect(handoverIdOf(store('b'), idFor(name))).not.toBe(handoverId);
  }
  expect(idsOfCase(store('a'), 'case-1').idFor('Task')).toBe(idFor('Task'));
});

test.each(['', 'x', 'Task', '11111111-2222-1333-8444-555555555555', '11111111-2222-4333-c444-555555555555'])(
  'what has not the shape of an id leads nowhere: %j',
  (id) => {
    expect(handoverIdOf(store('a'), id)).toBeUndefined();
  },
);

test('20,000 ids of 10,000 cases are different, have the shape of UUIDv4 and every free bit is fair', () => {
  const ids = Array.from({ length: 10_000 }, (_, index) => {
    const { handoverId, idFor } = idsOfCase(store('a'), `case-${index}`);
    return [handoverId, idFor('Task')];
  }).flat();
  expect(new Set(ids).size).toBe(ids.length);
  const ones = new Array<number>(128).fill(0);
  for (const id of ids) {
    expect(id).toMatch(uuid4);
    const bits = BigInt(`0x${id.replaceAll('-', '')}`);
    for (let bit = 0; bit < 128; bit++) if ((bits >> BigInt(bit)) & 1n) ones[bit] = (ones[bit] ?? 0) + 1;
  }
  const fair = ones.filter((count) => Math.abs(count / ids.length - 0.5) < 0.02);
  expect(fair).toHaveLength(122);
});

test('ids of one case share no beginning and no end', () => {
  const { handoverId, idFor } = idsOfCase(store('a'), 'case-1');
  const ids = [handoverId, ...Array.from({ length: 200 }, (_, index) => idFor(`Observation/${index}`))];
  expect(new Set(ids.map((id) => id.slice(0, 8))).size).toBe(ids.length);
  expect(new Set(ids.map((id) => id.slice(-8))).size).toBe(ids.length);
});
