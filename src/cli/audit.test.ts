// Does `sluis audit find` refuse a question that it would misread, and say so when it finds nothing?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { terminalTo } from '../../tests/world/terminal.ts';
import { openFoundation } from '../app/foundation.ts';
import { loadConfig } from '../config.ts';
import { freePort, writeGatewayFolder } from '../sandbox/gatewayFolder.ts';
import { runCommandLine } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluis-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));
let file: string;
let lines: string[] = [];

beforeAll(async () => {
  const participants = [{ id: 'one', name: 'One', clients: [], endpoints: [] }];
  const [port, opsPort] = [await freePort(), await freePort()];
  file = (await writeGatewayFolder({ folder, port, opsPort, participants })).settingsFile;
});
beforeEach(() => {
  lines = [];
});

const run = (...words: string[]): Promise<number> => {
  const terminal = terminalTo(lines);
  return runCommandLine(['node', 'sluis', ...words, '--config', file], {}, terminal);
};
const find = (...words: string[]) => run('audit', 'find', ...words);

describe('a time', () => {
  it.each(['11-12-2026', '01-02-2026', '2026-02-31', '2026/01/02', 'tomorrow'])(
    'is refused that is not as FHIR writes it: %s',
    async (text) => {
      const replay = ['consent', 'simulate', '--replay', '--policy', file, '--to', text];
      for (const words of [['audit', 'find', '--from', text], ['audit', 'export', '--to', text], replay]) {
        expect([words, await run(...words)]).toEqual([words, 2]);
        expect(lines.at(-1)).toContain('year-month-day');
      }
    },
  );

  it('is a Dutch day, or a moment; the end comes after the start', async () => {
    expect(await find('--from', '2026-01-31', '--to', '2026-01-31T00:00:00+01:00')).toBe(2);
    expect(lines.at(-1)).toContain('--from must be before --to');
    expect(await find('--from', '2026-01-31', '--to', '2026-01-31T00:00:01+01:00')).toBe(0);
  });
});

describe('nothing found', () => {
  it('is said, with what may have been a slip', async () => {
    expect(await find('--event', 'access.blokked')).toBe(0);
    expect(lines.join()).toMatch(/^No records.*as "access.blokked"; what was: .*audit\.searched/);
    lines = [];
    expect(await find('--participant', 'nope')).toBe(0);
    expect(lines).toEqual(['No records. There is no participant "nope" in the settings.']);
  });

  it('is not said of a participant whom the outbox does not know', async () => {
    expect(await run('outbox', 'list', '--participant', 'nope')).toBe(1);
    expect(lines.join()).toContain('no participant "nope"');
    expect(await run('outbox', 'list', '--participant', 'one')).toBe(0);
  });
});

it('a settings file that says nothing of consent is a policy: the one of all defaults', async () => {
  expect(await run('consent', 'simulate', '--replay', '--policy', file)).toBe(0);
  const slice = join(folder, 'slice.yaml');
  writeFileSync(slice, 'nosuch: 1\n');
  expect(await run('consent', 'simulate', '--replay', '--policy', slice)).toBe(2);
});

it('a file with two BSNs is refused: one of them would not be looked for', async () => {
  const bsns = join(folder, 'bsns.txt');
  writeFileSync(bsns, '999911120\n999900018\n');
  expect(await find('--bsn-file', bsns)).toBe(2);
  expect(lines.join()).toContain('more than one line');
});

it('a search is recorded with what was searched for, and with no number in the clear', async () => {
  const bsn = join(folder, 'bsn.txt');
  writeFileSync(bsn, '999911120\n');
  await find(
    '--object',
    'Patient/999911120',
    '--event',
    'task.read',
    '--from',
    '2026-01-31',
    '--bsn-file',
    bsn,
  );
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  expect(await run('audit', 'export', '--event', 'audit.searched', '--bsn-file', bsn)).toBe(0);
  const csv = printed.mock.calls.map(([part]) => String(part)).join('');
  printed.mockRestore();
  expect(csv).toContain(
    '""event"":""task.read"",""from"":""2026-01-30T23:00:00.000Z"",""object"":""Patient/[number]""',
  );
  expect(csv).not.toContain('999911120');
});

describe('an export as AuditEvents', () => {
  it('names the organisation that acted', async () => {
    const clock = () => new Date();
    const { store, close } = await openFoundation(loadConfig(file, {}), {
      clock,
      role: 'command',
      alarm: () => undefined,
    });
    await store.write(async (unit) => {
      unit.audit({ event: 'task.read', action: 'R', outcome: 'success', participantId: 'one' });
    });
    await close();
    const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    expect(await run('audit', 'export', '--fhir', '--event', 'task.read')).toBe(0);
    const parts = printed.mock.calls.map(([part]) => String(part));
    printed.mockRestore();
    expect(parts.join('')).toContain('"display":"One"');
  });
});
