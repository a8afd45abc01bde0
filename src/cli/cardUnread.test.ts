// Does `sluis card` tell of all that lies there and was not read?
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { terminalTo } from '../../tests/world/terminal.ts';
import { codes, patient, r4Directive } from '../../tests/world/wishes.ts';
import type { Card } from '../exchange/wishes/cardShape.ts';
import { runCommandLine } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluis-unread-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const noCpr = r4Directive(codes.cpr, 'deny', '2025-01-01');
const json = (value: unknown): string => JSON.stringify(value);

/** A folder `place/gp` of these files. */
function gpWith(place: string, files: Readonly<Record<string, string>>): string {
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, place, 'gp', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  return join(folder, place, 'gp');
}

async function run(...places: string[]): Promise<{ code: number; card: Card | undefined; notes: string }> {
  const lines: string[] = [];
  const notes: string[] = [];
  const terminal = terminalTo(lines, notes);
  const words = ['node', 'sluis', 'card', '--at', '2025-12-01', '--json', ...places];
  const code = await runCommandLine(words, {}, terminal);
  const card = lines.length === 0 ? undefined : (JSON.parse(lines.join('\n')) as Card);
  return { code, card, notes: notes.join('\n') };
}

const cprOf = (card: Card | undefined) => card?.lines.find(({ key }) => key === 'cpr')?.decision;

describe('a file in a folder', () => {
  it.each(['dnr.txt', 'dnr', 'dnr.FHIR'])('is read by its content, also as %s', async (name) => {
    const { code, card } = await run(
      gpWith(`named-${name}`, { 'p.json': json(patient()), [name]: json(noCpr) }),
    );
    expect([code, cprOf(card)]).toEqual([0, 'do_not']);
  });

  it.each([
    ['dnr.ndjson', `${json(patient())}\n${json(noCpr)}\n`],
    ['dnr.pdf', '%PDF-1.7 do not resuscitate'],
    ['dnr.txt', 'do not resuscitate'],
    ['empty.json', ''],
    ['dnr.json', json({ ...noCpr, resourceType: 'consent' })],
    [
      'bundle.json',
      json({ resourceType: 'Bundle', entry: [{ resource: { ...noCpr, resourceType: 'consent' } }] }),
    ],
    [
      'nested.json',
      json({
        resourceType: 'Bundle',
        entry: [
          {
            resource: {
              resourceType: 'Parameters',
              parameter: [
                {
                  name: 'return',
                  part: [
                    {
                      name: 'deep',
                      resource: {
                        resourceType: 'Bundle',
                        entry: [{ resource: { ...noCpr, resourceType: 'consent' } }],
                      },
                    },
                  ],
                },
              ],
            },
          },
        ],
      }),
    ],
    ['list.json', json([patient(), { ...noCpr, resourceType: undefined }])],
  ])('that is not read makes its holder partial: %s', async (name, content) => {
    const { code, card, notes } = await run(
      gpWith(`unread-${name}`, { 'p.json': json(patient()), [name]: content }),
    );
    expect([code, card?.incomplete]).toEqual([2, true]);
    expect(card?.holders).toMatchObject([{ name: 'gp', state: 'partial' }]);
    expect(notes).toContain(name);
  });

  it.each(['.DS_Store', 'README.md'])(
    'is left alone when it tells of the folder or of the system: %s',
    async (name) => {
      const { code, card } = await run(gpWith(`own-${name}`, { 'p.json': json(patient()), [name]: 'x' }));
      expect([code, card?.incomplete]).toEqual([0, false]);
    },
  );
});

describe('a place in which nothing can be read', () => {
  it('is refused when it is an empty folder', async () => {
    mkdirSync(join(folder, 'empty'));
    const { code, card, notes } = await run(join(folder, 'empty'));
    expect([code, card]).toEqual([2, undefined]);
    expect(notes).toContain('There are no files in');
  });

  it('is refused when it is a file of a type that FHIR has not', async () => {
    const { code, card, notes } = await run(
      join(gpWith('type', { 'a.json': '{"resourceType":"consent"}' }), 'a.json'),
    );
    expect([code, card]).toEqual([2, undefined]);
    expect(notes).toContain('there is no FHIR resource type "consent"');
  });

  it('says of an empty file that it is empty', async () => {
    const { notes } = await run(join(gpWith('void', { 'a.json': '\ufeff' }), 'a.json'));
    expect(notes).toContain('The file is empty');
  });
});
