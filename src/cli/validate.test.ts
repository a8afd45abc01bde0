import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCommandLine } from './run.ts';

let folder = '';
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-validate-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...words: string[]): Promise<{ code: number; out: string }> {
  const written: string[] = [];
  const out = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    const code = await runCommandLine([process.execPath, 'sluis', 'validate', ...words], {});
    return { code, out: written.join('') };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

describe('sluis validate', () => {
  it('ends with 2 for what cannot be read, 1 for errors, 0 when all fits', async () => {
    const broken = file('broken.json', '{"resourceType": "Patient",');
    const wrong = file('wrong.json', '{"resourceType":"Patient","birthDate":"yesterday"}');
    const good = file('good.json', '{"resourceType":"Patient","active":true}');
    expect((await run(broken, wrong)).code).toBe(2);
    expect((await run(wrong, good)).code).toBe(1);
    expect((await run(good)).code).toBe(0);
    expect((await run(join(folder, 'nowhere.json'))).code).toBe(2);
  });
  it('writes one line per file', async () => {
    const good = file('one.json', '{"resourceType":"Patient","active":true}');
    const { out } = await run(good, good);
    expect(out.trim().split('\n')).toHaveLength(2);
  });
  it('writes one JSON object per file when asked', async () => {
    const wrong = file('wrong2.json', '{"resourceType":"Patient","birthDate":"yesterday"}');
    const told = JSON.parse((await run('--json', wrong)).out);
    expect(told).toMatchObject({
      file: wrong,
      errors: 1,
      issues: [{ severity: 'error', expression: ['Patient.birthDate'] }, {}],
    });
  });
  it('reads XML and finds out the version', async () => {
    const task =
      '<Task xmlns="http://hl7.org/fhir"><status value="requested"/><intent value="order"/><requester><agent><display value="x"/></agent></requester></Task>';
    expect((await run(file('task.xml', task))).code).toBe(0);
    expect((await run('--fhir', 'r4', file('task4.xml', task))).code).not.toBe(0);
  });
  it('refuses a version that it does not know', async () => {
    expect((await run('--fhir', 'r5', folder)).code).toBe(2);
  });
});
