// Does every published handover come through whole, over HTTP, both ways?
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findHandovers } from '../../src/cli/conformance/handovers.ts';
import { readFolders } from '../../src/cli/conformance/readFolder.ts';
import { runCommandLine } from '../../src/cli/run.ts';
import type { Terminal } from '../../src/cli/terminal.ts';
import { terminalTo } from '../world/terminal.ts';

const corpus = fileURLToPath(new URL('../../../shared/corpus/handover/', import.meta.url));
const there = existsSync(corpus);
if (!there) console.log('skipped: corpus not found');

export function listening(): { terminal: Terminal; lines: string[] } {
  const lines: string[] = [];
  return { lines, terminal: terminalTo(lines) };
}

describe.skipIf(!there)('the published handovers', () => {
  it('are all pushed, announced, fetched both ways and completed, with nothing lost', async () => {
    const { terminal, lines } = listening();
    const words = ['node', 'sluis', 'conformance', 'handover', corpus];
    const code = await runCommandLine(words, process.env, terminal);
    const handovers = findHandovers((await readFolders([corpus])).resources);
    expect(lines.filter((line) => line.startsWith('FAIL'))).toEqual([]);
    expect(lines.filter((line) => line.startsWith('ok '))).toHaveLength(handovers.length);
    expect(lines.at(-2)).toMatch(
      new RegExp(`^\\n?${handovers.length} handovers: ${handovers.length} whole, 0 not; .* loss 0,`),
    );
    expect(lines.at(-1)).toBe(`handover: ${handovers.length} passed, 0 failed`);
    expect(code).toBe(0);
  });
});
