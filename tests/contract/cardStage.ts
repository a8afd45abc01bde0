// Which card comes of these files? Files of our own written to a folder per holder, read by the command itself, checked by the schema.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import type { Card, CardLine } from '../../src/exchange/wishes/cardShape.ts';
import type { FhirResource } from '../../src/model.ts';
import { terminalTo } from '../world/terminal.ts';

/** Per holder what it gave: files as text, or resources that become JSON. */
export type Holders = Readonly<Record<string, readonly (string | FhirResource)[]>>;
export type Outcome = { code: number; lines: string[]; notes: string[] };

/** Runs the command line and gathers what it prints. */
export async function runSluis(...words: string[]): Promise<Outcome> {
  const lines: string[] = [];
  const notes: string[] = [];
  const terminal = terminalTo(lines, notes);
  const code = await runCommandLine(['node', 'sluis', ...words], {}, terminal);
  return { code, lines, notes };
}

/** Does the work in a folder that is gone afterwards; each holder has a folder in it. */
export async function withFiles<T>(holders: Holders, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'sluis-unseen-'));
  try {
    for (const [holder, files] of Object.entries(holders)) {
      mkdirSync(join(folder, holder));
      files.forEach((file, index) => {
        const isXml = typeof file === 'string' && file.trimStart().startsWith('<');
        const text = typeof file === 'string' ? file : JSON.stringify(file);
        writeFileSync(join(folder, holder, `${index}.${isXml ? 'xml' : 'json'}`), text);
      });
    }
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const schemaOf = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../docs/${name}.schema.json`, import.meta.url), 'utf8')) as object;

/** Expects a value to fit one of the published schemas. */
export function expectFits(name: 'crew-card' | 'medication-overview', value: unknown): void {
  fitters[name] ??= new Ajv2020({ allErrors: true }).compile(schemaOf(name));
  const fits = fitters[name];
  expect(fits(value), JSON.stringify(fits.errors)).toBe(true);
}
const fitters: Record<string, ReturnType<Ajv2020['compile']>> = {};

/** The card of these holders at the end of a day; every card fits its schema and its size. */
export async function cardOf(holders: Holders, at = '2026-01-15', ...more: string[]): Promise<Card> {
  return withFiles(holders, async (folder) => {
    const { code, lines, notes } = await runSluis('card', '--at', at, '--json', ...more, folder);
    expect([code, notes]).toEqual([0, []]);
    const card = JSON.parse(lines.join('\n')) as Card;
    expectFits('crew-card', card);
    expect(Buffer.byteLength(lines.join('\n'))).toBeLessThanOrEqual(5000);
    return card;
  });
}

function told(line: CardLine): string[] {
  if (line.decision === 'no_record' && line.history === undefined) return [];
  const { key, decision, conflict, date, holder } = line;
  return [[key, decision, conflict, date ?? '-', holder ?? '-', ...(line.notes ?? [])].join(' ')];
}

/** `cpr do_not strong 2025-07-29 gp`, with notes after it, for each line about which anything is on record. */
export const toldLines = ({ lines }: Card): string[] => lines.flatMap(told);

/** What a line says word for word. */
export const textOn = (card: Card, key: string): string | null | undefined =>
  card.lines.find((line) => line.key === key)?.verbatim;

export const findingsOn = ({ findings }: Card): string[] => findings.map(({ code }) => code).sort();
