// Does every command that reads files pass over a byte order mark, and say of an empty file that it is empty?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { terminalTo } from '../../tests/world/terminal.ts';
import { patient } from '../../tests/world/wishes.ts';
import { runCommandLine } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluis-content-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...words: string[]): Promise<{ code: number; told: string }> {
  const lines: string[] = [];
  const terminal = terminalTo(lines);
  return { code: await runCommandLine(['node', 'sluis', ...words], {}, terminal), told: lines.join('\n') };
}

const marked = join(folder, 'marked.json');
writeFileSync(marked, `\ufeff${JSON.stringify(patient())}`);
const empty = join(folder, 'empty.json');
writeFileSync(empty, '');

describe.each([
  ['card'],
  ['overview'],
  ['validate'],
  ['map', 'run', 'r4-to-stu3'],
  ['map', 'roundtrip', '--from', 'r4'],
])('sluis %s %s', (...words) => {
  it('reads what begins with a byte order mark', async () => {
    expect((await run(...words, marked)).told).not.toMatch(/byte order mark|unreadable/);
  });

  it('says that an empty file is empty', async () => {
    const { code, told } = await run(...words, empty);
    expect([code > 0, told]).toEqual([true, expect.stringContaining('The file is empty')]);
  });
});
