#!/usr/bin/env node
// What can be done from the command line? Commands are registered in cli/commands.ts; this file only runs them.
import { runCommandLine } from './cli/run.ts';

// Who reads the output may have seen enough (`… | head`): that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});
// Nor when nobody reads what is said beside it: the result and its code stand.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCommandLine(process.argv, process.env);
