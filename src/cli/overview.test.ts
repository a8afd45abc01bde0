// Does `sluis overview` refuse what it cannot read, and print what its schema says?
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { terminalTo } from '../../tests/world/terminal.ts';
import { runCommandLine } from './run.ts';

let folder: string;
let lines: string[];
let notes: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-overview-'));
  [lines, notes] = [[], []];
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...words: string[]): Promise<number> => {
  const terminal = terminalTo(lines, notes);
  return runCommandLine(['node', 'sluis', 'overview', ...words], {}, terminal);
};

const agreement = (bsn: string, period: string) =>
  `<adaxml><data><beschikbaarstellen_medicatiegegevens>
  <patient><identificatienummer value="${bsn}" root="2.16.840.1.113883.2.4.6.3"/></patient>
  <medicamenteuze_behandeling><identificatie value="T" root="2.999.1"/><medicatieafspraak>
  <identificatie value="MA1" root="2.999.2"/><registratie_datum_tijd value="2023-12-01T10:00:00+01:00"/>
  <gebruiksperiode>${period}</gebruiksperiode>
  <afgesproken_geneesmiddel><product><product_code code="1" codeSystem="2.16.840.1.113883.2.4.4.10" displayName="Pil"/></product></afgesproken_geneesmiddel>
  <gebruiksinstructie><omschrijving value="1 x per dag 1 stuk"/></gebruiksinstructie>
  </medicatieafspraak></medicamenteuze_behandeling></beschikbaarstellen_medicatiegegevens></data></adaxml>`;
const open = '<start_datum_tijd value="2023-12-01T00:00:00+01:00"/>';

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('sluis overview', () => {
  it('ends with 2 on a file that cannot be read, and still shows what the others hold', async () => {
    const good = file('good.xml', agreement('999900018', open));
    const bad = file('bad.xml', '<adaxml><data>');
    expect(await run('--at', '2024-01-01', '--json', good, bad)).toBe(2);
    const overview = JSON.parse(lines.join('\n'));
    expect(overview.current).toHaveLength(1);
    expect(overview.holders.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'answered',
      'unavailable',
    ]);
    expect(notes.join()).toContain('bad.xml');
  });

  it('never takes an error of a holder, or a first page, for an answer that is whole', async () => {
    const issue = [{ severity: 'error', code: 'exception' }];
    const outcome = { resourceType: 'OperationOutcome', issue };
    const page = { resourceType: 'Bundle', type: 'searchset', link: [{ relation: 'next', url: 'x' }] };
    for (const answer of [outcome, { ...page, entry: [{ resource: outcome }] }, page]) {
      lines.length = 0;
      expect(await run('--at', '2024-01-01', '--json', file('answer.json', JSON.stringify(answer)))).toBe(2);
      expect(JSON.parse(lines.join('\n')).holders).toMatchObject([{ outcome: 'unavailable' }]);
    }
  });

  it('ends with 2 on a moment that is no date, and on files of two patients, without naming them', async () => {
    const one = file('one.xml', agreement('999900018', open));
    expect(await run('--at', 'soon', one)).toBe(2);
    expect(await run('--at', '2024-01-01', '--since', '2024-01-02', one)).toBe(2);
    expect(notes.join()).toContain('--since lies after --at');
    expect(await run(one, file('two.xml', agreement('999911612', open)))).toBe(2);
    expect(notes.join()).toContain('2 patients');
    expect(notes.join()).not.toMatch(/\d{9}/);
  });

  it('ends with 2 on files of two patients whom their own system numbers', async () => {
    const bundle = (value: string, system: string) => {
      const patient = { resourceType: 'Patient', identifier: [{ system, value }] };
      const entry = [{ resource: patient }];
      return file(`${value}.json`, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
    };
    const one = bundle('17', 'http://hospital.example/patients');
    expect(await run(one, bundle('18', 'http://hospital.example/patients'))).toBe(2);
    expect(notes.join()).toContain('2 patients');
    const bsn = file('one.xml', agreement('999900018', open));
    expect(await run(one, bsn, bundle('18', 'http://pharmacy.example/patients'))).toBe(0);
  });

  it('prints JSON as its schema says, with changes when asked since when', async () => {
    const schema = JSON.parse(
      readFileSync(new URL('../../docs/medication-overview.schema.json', import.meta.url), 'utf8'),
    );
    const place = file('one.xml', agreement('999900018', open));
    expect(await run('--at', '2024-01-01', '--since', '2023-11-01', '--json', place)).toBe(0);
    const overview = JSON.parse(lines.join('\n'));
    const validate = new Ajv2020({ strict: true, strictRequired: false }).compile(schema);
    expect(validate(overview), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...overview, findings: [{}] })).toBe(false);
    expect(overview).toMatchObject({
      at: '2024-01-01T12:00:00+01:00',
      current: [{ treatment: 'urn:oid:2.999.1|T', records: ['urn:oid:2.999.2|MA1'], medicine: 'Pil' }],
      changes: [{ kind: 'new', rank: 1 }],
    });
  });

  it('prints tables, findings and holders in both languages', async () => {
    const place = file('one.xml', agreement('999900018', open));
    expect(await run('--at', '2024-01-01', place)).toBe(0);
    expect(await run('--at', '2024-01-01', '--language', 'nl', place)).toBe(0);
    const said = lines.join('\n');
    expect(said).toMatch(/Current \(1\)\n.*Medicine.*\n {2}Pil +1 x per dag 1 stuk/);
    expect(said).toContain('Huidig (1)');
    expect(said).toContain('Data holders');
  });

  it('tells what is not used, and the Dutch day of a time in another zone', async () => {
    const use = agreement('999900018', '<start_datum_tijd value="2023-11-30T23:00:00Z"/>')
      .replaceAll('medicatieafspraak>', 'medicatiegebruik>')
      .replace('registratie_datum_tijd', 'medicatiegebruik_datum_tijd')
      .replace('<gebruiksperiode>', '<gebruik_indicator value="false"/><gebruiksperiode>')
      .replaceAll('afgesproken_geneesmiddel>', 'gebruiksproduct>');
    expect(await run('--at', '2024-01-01', file('use.xml', use))).toBe(0);
    expect(lines.join('\n')).toMatch(/Pil +1 x per dag 1 stuk +does not use it +2023-12-01/);
  });
});
