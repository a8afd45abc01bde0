// Does `sluis card` read what lies there, name the right holder, and end with the right code?
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { terminalTo } from '../../tests/world/terminal.ts';
import {
  changed,
  codes,
  patient,
  r4Directive,
  r4Form,
  r4Statement,
  stu3Directive,
} from '../../tests/world/wishes.ts';
import type { Card } from '../exchange/wishes/cardShape.ts';
import { printXml } from '../fhir/xml.ts';
import { runCommandLine } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluis-card-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: unknown): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

async function run(...words: string[]): Promise<{ code: number; lines: string[]; notes: string[] }> {
  const lines: string[] = [];
  const notes: string[] = [];
  const terminal = terminalTo(lines, notes);
  const code = await runCommandLine(['node', 'sluis', 'card', ...words], {}, terminal);
  return { code, lines, notes };
}

const cardFrom = (lines: readonly string[]): Card => JSON.parse(lines.join('\n')) as Card;
const lineOf = (card: Card, key: string) => card.lines.find((line) => line.key === key);
const at = ['--at', '2025-12-01'];

beforeAll(() => {
  write('gp/patient.json', patient());
  write('gp/cpr.xml', printXml(r4Directive(codes.cpr, 'deny', '2025-01-01'), 'r4'));
  write('gp/deep/bundle.json', {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ resource: r4Directive(codes.icu, { other: 'hooguit een week' }, '2025-01-01') }],
  });
  write('ecd/cpr.xml', printXml(stu3Directive(codes.cpr, 'JA', { verified: '2024-01-01' }), 'stu3'));
  write('ecd/form.json', `\ufeff${JSON.stringify(r4Form({ 1393: { decision: '0' } }, '2024-01-01'))}`);
  write('ecd/package.json', { name: 'no FHIR' });
  write('none/patient.json', patient());
});

describe('input that cannot be read', () => {
  it('is told and ends with 2: broken JSON, broken XML, JSON that is no FHIR', async () => {
    for (const [name, content] of [
      ['a.json', '{'],
      ['b.xml', '<Consent'],
      ['c.json', '{}'],
    ] as const) {
      const { code, lines, notes } = await run(write(`bad/${name}`, content));
      expect([code, lines]).toEqual([2, []]);
      expect(notes[0]).toContain(name);
    }
    expect((await run(join(folder, 'nowhere'))).code).toBe(2);
    expect((await run()).code).toBe(2);
    expect((await run('--at', 'soon', join(folder, 'gp'))).code).toBe(2);
  });

  it('does not hide what can be read: the card comes, incomplete', async () => {
    const { code, lines } = await run('--json', join(folder, 'gp'), write('bad/d.json', '{'));
    expect(code).toBe(2);
    const card = cardFrom(lines);
    expect(lineOf(card, 'cpr')?.decision).toBe('do_not');
    expect(card.incomplete).toBe(true);
    expect(card.holders).toContainEqual({ name: 'bad', state: 'partial', records: 0 });
  });
});

describe('the card', () => {
  it('is made of JSON and XML, STU3 and R4, Bundles and forms; the folder is the holder', async () => {
    const { code, lines, notes } = await run(
      ...at,
      '--json',
      join(folder, 'gp'),
      join(folder, 'ecd'),
      join(folder, 'none'),
    );
    expect(code).toBe(0);
    const card = cardFrom(lines);
    expect(lineOf(card, 'cpr')).toMatchObject({ decision: 'do_not', conflict: 'weak', holder: 'gp' });
    expect(lineOf(card, 'icu')).toMatchObject({
      decision: 'conditional',
      verbatim: 'hooguit een week',
      holder: 'deep',
    });
    expect(lineOf(card, 'hospital')).toMatchObject({ decision: 'do', method: 'form', holder: 'ecd' });
    expect(card.holders.map(({ name, records }) => [name, records])).toEqual([
      ['deep', 1],
      ['ecd', 2],
      ['gp', 1],
      ['none', 0],
    ]);
    expect(notes).toEqual([expect.stringContaining('package.json')]);
  });

  it('tells folders of one name apart, so that nothing of one takes the place of the other’s', async () => {
    const version = (day: string) => ({ id: 'one', meta: { lastUpdated: `${day}T00:00:00Z` } });
    const no = changed(r4Directive(codes.cpr, 'deny', '2025-01-01'), version('2025-01-01'));
    const yes = changed(r4Directive(codes.cpr, 'permit', '2024-01-01'), version('2025-06-01'));
    const places = [write('north/care/gp/one.json', no), write('south/care/gp/one.json', yes)];
    const card = cardFrom((await run(...at, '--json', ...places)).lines);
    expect(lineOf(card, 'cpr')).toMatchObject({ decision: 'do_not', conflict: 'weak' });
    expect(card.holders.map(({ name }) => name)).toEqual(['north/care/gp', 'south/care/gp']);
  });

  it('takes holders by name, and those who were silent', async () => {
    const named = ['--holder', `Nursing home=${join(folder, 'ecd')}`, '--unanswered', 'Hospital'];
    const { lines } = await run(...at, '--json', ...named);
    const card = cardFrom(lines);
    expect(card.holders).toMatchObject([
      { name: 'Hospital', state: 'timeout' },
      { name: 'Nursing home', state: 'answered' },
    ]);
    expect(card.incomplete).toBe(true);
  });

  it('knows all of the day it is asked for, and nothing later', async () => {
    const later = write('day/cpr.json', r4Directive(codes.cpr, 'deny', '2025-03-04T20:00:00+01:00'));
    const decision = async (day: string) =>
      lineOf(cardFrom((await run('--at', day, '--json', later)).lines), 'cpr')?.decision;
    expect([await decision('2025-03-04'), await decision('2025-03-03')]).toEqual(['do_not', 'no_record']);
  });

  it('is of the patient that is named', async () => {
    const other = write('two/other.json', [
      patient('999900018', 'p2'),
      changed(r4Directive(codes.cpr, 'permit', '2025'), { patient: { reference: 'Patient/p2' } }),
    ]);
    const whose = write('two-patient.json', patient('999900018', 'x'));
    const { lines } = await run(...at, '--json', '--patient', whose, join(folder, 'gp'), other);
    expect(cardFrom(lines)).toMatchObject({ patient: { bsn: '999900018' } });
    expect(lineOf(cardFrom(lines), 'cpr')).toMatchObject({ decision: 'do', conflict: 'none' });
  });

  it('reads in a terminal with what is missing and what conflicts first, and signs beside words', async () => {
    const { lines } = await run(
      ...at,
      join(folder, 'gp'),
      join(folder, 'ecd'),
      join(folder, 'none'),
      '--unanswered',
      'C',
    );
    const text = lines.join('\n');
    expect(lines[1]).toBe('!! NOT COMPLETE: C did not answer in time');
    expect(text).toContain('No record at: none');
    const first = lines.findIndex((line) => line.includes('Resuscitation'));
    expect(lines[first]).toMatch(/^✗ DO NOT .*2025-01-01.*gp.*!! records differ/);
    expect(first).toBeLessThan(lines.findIndex((line) => line.includes('Intensive care')));
    expect(text).not.toMatch(/no limits/i);
    const dutch = (await run(...at, '--language', 'nl', join(folder, 'gp'))).lines.join('\n');
    expect(dutch).toContain('✗ NIET DOEN        Reanimatie');
    expect((await run('--language', 'fr', join(folder, 'gp'))).code).toBe(2);
  });
});

describe('the published schema', () => {
  const schema: unknown = JSON.parse(
    readFileSync(new URL('../../docs/crew-card.schema.json', import.meta.url), 'utf8'),
  );
  const fits = new Ajv2020({ allErrors: true }).compile(schema as object);

  it('fits the cards that are made, full and empty', async () => {
    const statement = write('st/nr.json', [r4Statement('NR', '2025-06-01'), r4Statement('EU', '2025-06-01')]);
    for (const places of [
      [join(folder, 'gp'), join(folder, 'ecd'), statement, '--unanswered', 'C'],
      [join(folder, 'none')],
    ]) {
      const { lines } = await run(...at, '--json', ...places);
      expect(fits(cardFrom(lines)), JSON.stringify(fits.errors)).toBe(true);
    }
  });

  it('refuses a card with another decision, without a line, or with elements it does not know', async () => {
    const card = cardFrom((await run(...at, '--json', join(folder, 'gp'))).lines);
    const [first, ...rest] = card.lines;
    expect(fits({ ...card, lines: [{ ...first, decision: 'maybe' }, ...rest] })).toBe(false);
    expect(fits({ ...card, lines: [] })).toBe(false);
    expect(fits({ ...card, extra: true })).toBe(false);
  });
});
