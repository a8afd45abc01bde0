// Do the published examples come through whole? Runs every conformance command over the corpus beside the repository.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runCommandLine } from '../src/cli/run.ts';

const runs = [{ words: ['conformance', 'handover'], folder: '../../shared/corpus/handover/' }];

for (const { words, folder } of runs) {
  const place = fileURLToPath(new URL(folder, import.meta.url));
  if (!existsSync(place)) {
    process.stdout.write(`${words.join(' ')}: skipped: corpus not found\n`);
    continue;
  }
  const code = await runCommandLine([process.execPath, 'sluis', ...words, place], process.env);
  if (code !== 0) process.exitCode = code;
}
