#!/usr/bin/env node
// What can be done from the command line? Commands are registered in cli/commands.ts; this file only runs them.
import { runCommandLine } from './cli/run.ts';

process.exitCode = await runCommandLine(process.argv, process.env);
