import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type MapBench, openMapBench } from './mapBench.ts';

let root = '';
let bench: MapBench;
const write = (rule: string) =>
  writeFileSync(
    join(root, 'demo/demo.map'),
    `map "http://example.org/demo" = demo
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
group main(source src, target tgt : Patient) { ${rule} }`,
  );

const ask = (method: string, path: string, body: unknown = {}) => {
  const given = typeof body === 'string' ? body : JSON.stringify(body);
  const arrived = { method, path, body: Buffer.from(given), headers: {}, query: new URLSearchParams() };
  const { status, body: text } = bench.answer(arrived);
  return { status, answer: JSON.parse(String(text)) };
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sluis-bench-maps-'));
  mkdirSync(join(root, 'demo'));
  writeFileSync(
    join(root, 'demo/demo.json'),
    JSON.stringify({ title: 'Demo', source: { kind: 'json' }, target: 'r4' }),
  );
  write('src.a as a -> tgt.id = a;');
  bench = openMapBench(root);
});
afterEach(() => {
  bench.stop();
  rmSync(root, { recursive: true, force: true });
});

it('runs a map on what is posted, and refuses what it cannot read or does not know', () => {
  expect(ask('POST', '/maps/demo', { a: 'x1' })).toEqual({
    status: 200,
    answer: { resourceType: 'Patient', id: 'x1' },
  });
  expect(ask('POST', '/maps/demo', '{').status).toBe(422);
  expect(ask('POST', '/maps/nope').status).toBe(404);
  expect(ask('GET', '/maps').answer).toEqual([{ name: 'demo', title: 'Demo' }]);
});

it('serves an edited map within a second, and the one before a broken edit, saying why', async () => {
  write('src.b as b -> tgt.id = b;');
  const live = () => expect(ask('POST', '/maps/demo', { b: 'x2' }).answer.id).toBe('x2');
  await vi.waitFor(live, { timeout: 1_000 });
  write('src.b as b -> tgt.nope = b;');
  const told = () => expect(ask('GET', '/maps').answer[0].fault).toContain('no element nope');
  await vi.waitFor(told, { timeout: 1_000 });
  live();
});
