// Which faults of structure leave a resource readable? Those of systems that write another version, or leave something out.
import type { Issue } from '../../model.ts';

export const unknownElement = 'shape-unknown-element';

const bearable: ReadonlySet<string> = new Set([unknownElement, 'shape-minimum']);

/** It is told, and keeps nothing back. */
export const isBearable = ({ rule = '' }: Issue): boolean => bearable.has(rule);
