// How is an operator told what is wrong with the settings? Every fault at once, with its path and what to do.
import type { z } from 'zod';
import { meaningOf } from './schemaTree.ts';

export type SettingFault = { path: string; message: string };

/** All faults of one settings file, in one message. */
export class ConfigFault extends Error {
  readonly faults: readonly SettingFault[];

  constructor(file: string, faults: readonly SettingFault[]) {
    const lines = faults.map(({ path, message }) => `  ${path === '' ? '(file)' : path}: ${message}`);
    const count = faults.length === 1 ? 'one fault' : `${faults.length} faults`;
    super(`${file} has ${count}:\n${lines.join('\n')}\nEvery setting is described in docs/configuration.md.`);
    this.name = 'ConfigFault';
    this.faults = faults;
  }
}

type Path = readonly PropertyKey[];

/** What a schema found, in an operator's words; values are not repeated, since some are secrets. */
export function faultsOf(issues: readonly z.core.$ZodIssue[]): SettingFault[] {
  return issues.flatMap((issue) => faultOf(issue));
}

function faultOf(issue: z.core.$ZodIssue): SettingFault[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: printPath([...issue.path, key]),
      message: 'no such setting; remove it or check its spelling',
    }));
  }
  const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  const meaning = meaningOf(issue.path);
  const text = missing ? 'is missing; it has no default' : issue.message;
  return [{ path: printPath(issue.path), message: meaning === undefined ? text : `${text} (${meaning})` }];
}

/** `participants[2].clients[0].jwks` */
export function printPath(path: Path): string {
  return path.reduce<string>((printed, step) => {
    if (typeof step === 'number') return `${printed}[${step}]`;
    return printed === '' ? String(step) : `${printed}.${String(step)}`;
  }, '');
}
