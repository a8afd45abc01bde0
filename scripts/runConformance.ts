// Does what others published come out right? Runs every conformance suite over the corpus beside the repository.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Count, countIn, type Suite, suites } from '../src/cli/conformance/suites.ts';
import { runCommandLine } from '../src/cli/run.ts';
import { createTerminal } from '../src/cli/terminal.ts';

const corpus = fileURLToPath(new URL('../../shared/corpus/', import.meta.url));

const nothing: Count = { passed: 0, failed: 0 };

/** Runs one suite. One that ends badly without saying what failed counts as one failure. */
async function runSuite({ name, folder }: Suite): Promise<Count> {
  const place = join(corpus, folder);
  if (!existsSync(place)) {
    process.stdout.write(`${name}: skipped: corpus not found\n`);
    return nothing;
  }
  const terminal = createTerminal();
  let count: Count | undefined;
  const line = (written = ''): void => {
    // only the last line of all suites together may look like the last line of a run
    const text = /^\d+ passed, \d+ failed$/.test(written) ? `${name}: ${written}` : written;
    count = text === 'skipped: corpus not found' ? nothing : (countIn(name, text) ?? count);
    terminal.line(text);
  };
  process.stdout.write(`\n== ${name}\n`);
  const words = [process.execPath, 'sluis', 'conformance', name, place];
  const code = await runCommandLine(words, process.env, { ...terminal, line });
  const { passed, failed } = count ?? { passed: 0, failed: 1 };
  return { passed, failed: code === 0 ? failed : Math.max(failed, 1) };
}

const total: Count = { passed: 0, failed: 0 };
for (const suite of suites) {
  const { passed, failed } = await runSuite(suite);
  total.passed += passed;
  total.failed += failed;
}
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
if (total.failed > 0) process.exitCode = 1;
