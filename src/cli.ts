#!/usr/bin/env node
// What can be done from the command line? Commands are registered in cli/commands.ts; this file only runs them.
import { runCommandLine } from './cli/run.ts';

// Who reads the output may have seen enough (`… | head`): that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`The result could not be written: ${error.message}\n`);
  process.exit(1);
});
// Nor when nobody reads what is said beside it, or its disk is full: the result and its code stand.
process.stderr.on('error', () => undefined);

process.exitCode = await runCommandLine(process.argv, process.env);
