// Are all conformance suites run and counted, each once?
import { Command } from 'commander';
import { expect, it } from 'vitest';
import { commands } from '../commands.ts';
import { createTerminal } from '../terminal.ts';
import { countIn, countLine, suites } from './suites.ts';

it('every conformance command is one of the suites that are run together', () => {
  const program = new Command();
  for (const add of commands) add(program, { terminal: createTerminal(), environment: {} });
  const group = program.commands.find((one) => one.name() === 'conformance');
  const names = (group?.commands ?? []).map((one) => one.name());
  expect(suites.map((one) => one.name).sort()).toEqual(names.sort());
});

it('a count is read from the line of its own suite alone', () => {
  const line = countLine('validation', { passed: 12, failed: 3 }, '4 known');
  expect(countIn('validation', line)).toEqual({ passed: 12, failed: 3 });
  expect(countIn('handover', line)).toBeUndefined();
  expect(countIn('validation', 'seeded faults found: 12 of 15')).toBeUndefined();
});

it('the line of a suite is not the closing line of a run, so that nothing is counted twice', () => {
  expect(countLine('validation', { passed: 12, failed: 0 })).not.toMatch(/^\d+ passed, \d+ failed$/m);
});
