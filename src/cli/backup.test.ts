// Is a copy of the database whole, made beside a gateway that goes on writing? And is nothing overwritten, or left half?
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { terminalTo } from '../../tests/world/terminal.ts';
import { type Foundation, openFoundation } from '../app/foundation.ts';
import { loadConfig } from '../config.ts';
import { writeGatewayFolder } from '../sandbox/gatewayFolder.ts';
import { runCommandLine } from './run.ts';

let folder: string;
let settingsFile: string;
let lines: string[];
let gateway: Foundation;
const at = (name: string): string => join(folder, name);
const settings = () => parse(readFileSync(settingsFile, 'utf8'));

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluis-backup-'));
  ({ settingsFile } = await writeGatewayFolder({ folder, port: 1, opsPort: 2, participants: [] }));
  const alarm = () => undefined;
  gateway = await openFoundation(loadConfig(settingsFile, {}), {
    clock: () => new Date(),
    role: 'gateway',
    alarm,
  });
});
afterEach(async () => {
  await gateway.close();
  rmSync(folder, { recursive: true });
});

function run(...words: string[]): Promise<number> {
  lines = [];
  return runCommandLine(['node', 'sluis', ...words], {}, terminalTo(lines));
}

/** The same gateway on the copy: its settings, with another file. */
function restored(copy: string): string {
  const file = at('restored.yaml');
  const { store, ...more } = settings();
  writeFileSync(file, stringify({ ...more, store: { ...store, file: copy } }));
  return file;
}

const keep = (text: string) =>
  gateway.store.write(async (unit) => {
    const id = await unit.seal(Buffer.from(text), 'test');
    unit.audit({ event: 'task.read', action: 'R', outcome: 'success', object: `Task/${id}` });
    return id;
  });

describe('sluis backup', () => {
  it('copies what was committed, with its records, while the gateway writes on', async () => {
    const before = await keep('x'.repeat(100_000));
    let writing = true;
    const writer = (async () => {
      while (writing) await keep('y'.repeat(10_000));
    })();
    const copy = at('copy.db');
    const command = [join(import.meta.dirname, '../cli.ts'), 'backup', copy, '--config', settingsFile];
    const { stdout } = await promisify(execFile)(process.execPath, command);
    writing = false;
    await writer;
    expect(stdout).toContain(copy);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    const config = restored(copy);
    expect([await run('audit', 'verify', '--config', config), lines.at(-1)]).toEqual([
      0,
      'The audit record is whole.',
    ]);
    expect(await run('audit', 'find', '--event', 'store.copied', '--config', config)).toBe(0);
    expect(lines.join('\n')).toContain('store.copied');
    await gateway.close();
    gateway = await openFoundation(loadConfig(config, {}), {
      clock: () => new Date(),
      role: 'gateway',
      alarm: () => undefined,
    });
    expect(Buffer.from(await gateway.store.open(before, 'test'))).toHaveLength(100_000);
  });

  it('takes along nothing that was removed', async () => {
    const id = await keep('x');
    const [row] = await gateway.store.read.selectFrom('payload').select('ciphertext').execute();
    const sealed = Buffer.from(row?.ciphertext ?? '');
    expect(await run('backup', at('with.db'), '--config', settingsFile)).toBe(0);
    await gateway.store.write(({ db }) => db.deleteFrom('payload').where('id', '=', id).execute());
    expect(await run('backup', at('without.db'), '--config', settingsFile)).toBe(0);
    const holds = (name: string) => readFileSync(at(name)).includes(sealed);
    expect([sealed.length > 16, holds('with.db'), holds('without.db')]).toEqual([true, true, false]);
  });

  it('overwrites nothing, and leaves no half copy where there is no room for one', async () => {
    writeFileSync(at('copy.db'), 'mine');
    expect(await run('backup', at('copy.db'), '--config', settingsFile)).toBe(1);
    expect([readFileSync(at('copy.db'), 'utf8'), lines.at(-1)]).toEqual([
      'mine',
      expect.stringContaining('is there already'),
    ]);
    expect(await run('backup', at('nowhere/copy.db'), '--config', settingsFile)).toBe(1);
    expect([existsSync(at('nowhere')), readdirSync(folder).filter((name) => name.endsWith('.part'))]).toEqual(
      [false, []],
    );
  });

  it('sends who has PostgreSQL to its own tools', async () => {
    const { store, ...more } = settings();
    const { file: _file, ...rest } = store;
    const other = { ...rest, kind: 'postgresql', url: 'postgresql://nobody@127.0.0.1:1/none' };
    writeFileSync(at('postgresql.yaml'), stringify({ ...more, store: other }));
    expect(await run('backup', at('copy.db'), '--config', at('postgresql.yaml'))).toBe(2);
    expect(lines.at(-1)).toContain('pg_dump');
  });
});
