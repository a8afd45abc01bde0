// How is a conformance run told? One line per handover, findings below with their places, totals on the last line.
import type { Terminal } from '../terminal.ts';
import type { Finding } from './compare.ts';
import type { FolderContent } from './readFolder.ts';
import type { HandoverResult } from './runHandover.ts';

/** `ok  4.0-Test/…  31 resources  1,624 elements  loss 0  dangling 1  142 ms` */
export function resultLine(result: HandoverResult, width: number, { paint }: Terminal): string {
  const whole = isWhole(result);
  const cells = [
    paint(whole ? 'green' : 'red', whole ? 'ok  ' : 'FAIL'),
    result.name.padEnd(width),
    `${String(result.resources).padStart(4)} resources`,
    `${String(result.elements).padStart(6)} elements`,
    `loss ${result.failure === undefined ? result.loss.length : '?'}`,
    `dangling ${result.dangling.length}`,
    `${result.milliseconds} ms`,
  ];
  return cells.join('  ');
}

export const isWhole = (result: HandoverResult): boolean =>
  result.failure === undefined && result.loss.length === 0;

const mostFindings = 25;

/** What was found, by handover; dangling references are told, but are no fault of the way here. */
export function tellFindings(
  results: readonly HandoverResult[],
  content: FolderContent,
  terminal: Terminal,
): void {
  const { line } = terminal;
  for (const { file, reason } of content.unreadable) line(`\n${file}\n  cannot be read: ${reason}`);
  for (const result of results) {
    const findings = [...result.loss, ...result.dangling];
    if (findings.length === 0 && result.failure === undefined) continue;
    line(`\n${result.name}`);
    if (result.failure !== undefined) line(`  ${terminal.paint('red', result.failure)}`);
    for (const finding of findings.slice(0, mostFindings)) line(`  ${printed(finding)}`);
    if (findings.length > mostFindings) line(`  … and ${findings.length - mostFindings} more`);
  }
}

const printed = ({ file, path, text }: Finding): string => `${path} ${text} (${file})`;

/** The last line of the run. */
export function totalsLine(results: readonly HandoverResult[], content: FolderContent): string {
  const sum = (value: (result: HandoverResult) => number): number =>
    results.reduce((total, result) => total + value(result), 0);
  const whole = results.filter(isWhole).length;
  const unreadable = content.unreadable.length === 0 ? '' : `${content.unreadable.length} files unreadable, `;
  return (
    `${results.length} handovers: ${whole} whole, ${results.length - whole} not; ` +
    `${sum((one) => one.resources)} resources, ${sum((one) => one.elements)} elements compared, ${unreadable}` +
    `loss ${sum((one) => one.loss.length)}, dangling ${sum((one) => one.dangling.length)}, ` +
    `${sum((one) => one.milliseconds)} ms`
  );
}
