// How does a map say what went wrong? At load: every fault with its line; in a run: map, line, rule, source path and value.
import { type ErrorKind, GatewayError } from '../errors.ts';
import type { Issue } from '../model.ts';
import type { MapFault, Place } from './language/syntax.ts';

/** What went wrong while a map ran, with the value for the log; a `GatewayError`'s cause. */
export class RunFault extends Error {
  readonly kind: ErrorKind;
  readonly value: unknown;
  readonly reason: string;
  place: Place | undefined;
  rule: string | undefined;
  sourcePath: string | undefined;

  constructor(message: string, detail: { kind?: ErrorKind; value?: unknown; reason?: string } = {}) {
    super(message);
    this.name = 'RunFault';
    this.kind = detail.kind ?? 'unprocessable';
    this.value = detail.value;
    this.reason = detail.reason ?? 'map-input';
  }
}

export const placeText = (place: Place): string => `${place.map}:${place.line}:${place.column}`;

/** A run's fault for the caller: place, rule and source path, never the value. */
export const toGatewayError = (fault: RunFault): GatewayError => {
  const place = fault.place ? `${placeText(fault.place)}: ` : '';
  const rule = fault.rule ? `rule "${fault.rule}": ` : '';
  const at = fault.sourcePath ? ` (at ${fault.sourcePath})` : '';
  const message = `${place}${rule}${fault.message}${at}`;
  const issue: Issue = {
    severity: 'error',
    code: fault.kind === 'fault' ? 'exception' : 'processing',
    text: { nl: message, en: message },
    ...(fault.sourcePath ? { expression: [fault.sourcePath] } : {}),
    rule: fault.reason,
  };
  return new GatewayError(fault.kind, message, { cause: fault, issues: [issue], reason: fault.reason });
};

const issueOf = (fault: MapFault): Issue => {
  const text = `${placeText(fault)}: ${fault.rule ? `rule "${fault.rule}": ` : ''}${fault.text}`;
  return { severity: 'error', code: 'invalid', text: { nl: text, en: text }, rule: 'map-compile' };
};

/** The one error that refuses a map at load: all its faults, in the order of the text. */
export const compileError = (name: string, faults: readonly MapFault[]): GatewayError => {
  const sorted = [...faults].sort(
    (a, b) => a.map.localeCompare(b.map) || a.line - b.line || a.column - b.column,
  );
  const issues = sorted.map(issueOf);
  const lines = issues.map((issue) => issue.text.en).join('\n');
  return new GatewayError('invalid', `The map ${name} has ${faults.length} fault(s):\n${lines}`, {
    issues,
    reason: 'map-compile',
  });
};
