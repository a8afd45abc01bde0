// Do commands end with the right code, and say what to do next?
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { terminalTo } from '../../tests/world/terminal.ts';
import { openFoundation } from '../app/foundation.ts';
import { loadConfig } from '../config.ts';
import { freePort, writeGatewayFolder } from '../sandbox/gatewayFolder.ts';
import { runCommandLine } from './run.ts';

let folder: string;
let file: string;
let lines: string[];
const printed = vi.spyOn(process.stderr, 'write');

beforeEach(async () => {
  lines = [];
  printed.mockReset().mockReturnValue(true);
  folder = mkdtempSync(join(tmpdir(), 'sluis-cli-'));
  const participants = [{ id: 'one', name: 'One', clients: [], endpoints: [] }];
  const [port, opsPort] = [await freePort(), await freePort()];
  file = (await writeGatewayFolder({ folder, port, opsPort, participants })).settingsFile;
});
afterEach(() => rmSync(folder, { recursive: true }));

const run = (...words: string[]): Promise<number> => {
  const terminal = terminalTo(lines);
  return runCommandLine(['node', 'sluis', ...words], {}, terminal);
};
const open = () =>
  openFoundation(loadConfig(file, {}), { clock: () => new Date(), role: 'command', alarm: () => undefined });
const said = (): string => [...lines, ...printed.mock.calls.map(([text]) => String(text))].join('\n');

describe('the command line', () => {
  it('tells an operator why the store does not answer, and no secret', async () => {
    const DATABASE_URL = 'postgresql://sluis:geheim@127.0.0.1:1/x';
    const words = ['node', 'sluis', 'migrate', '--config', file];
    expect(await runCommandLine(words, { DATABASE_URL }, terminalTo(lines))).toBe(1);
    expect(said()).toMatch(/The store is not available: .*ECONNREFUSED/);
    expect(said()).not.toContain('geheim');
  });

  it('names the stories to who mistypes one', async () => {
    expect([await run('demo', 'wishs'), said()]).toEqual([
      2,
      'There is no story "wishs"; there are handover, wishes and medication.',
    ]);
  });

  it('ends with 2 on bad usage, and suggests what may be meant', async () => {
    expect(await run('ouxbox')).toBe(2);
    expect(said()).toContain('Did you mean outbox?');
    expect(await run('outbox', 'list', '--particpant', 'one')).toBe(2);
    expect(said()).toContain('Did you mean --participant?');
    expect(await run('outbox', 'replay', '--config', file)).toBe(2);
    expect(await run('audit', 'verify')).toBe(2);
    expect(said()).toContain('--config');
    expect(await run('conformance', 'handover', join(folder, 'nowhere'))).toBe(2);
    expect(await run('demo', 'handover', '--from', join(folder, 'nowhere'))).toBe(2);
  });

  it('ends with 1 when settings have faults, and with 0 when they are good', async () => {
    expect(await run('config', 'check', file)).toBe(0);
    expect(said()).toContain('is good');
    const settings = parse(readFileSync(file, 'utf8'));
    writeFileSync(file, stringify({ ...settings, store: undefined, more: 1 }));
    expect(await run('config', 'check', file)).toBe(1);
    expect(said()).toContain('has 2 faults');
  });

  it('says so when a list is empty', async () => {
    expect(await run('packages', 'list', '--folder', folder)).toBe(0);
    expect(said()).toContain(`No packages were installed in ${folder}`);
    const settings = parse(readFileSync(file, 'utf8'));
    writeFileSync(file, stringify({ ...settings, participants: [] }));
    expect(await run('participant', 'list', '--config', file)).toBe(0);
    expect(said()).toContain('The settings have no participants');
  });

  it('ends with 1 when a folder holds no handover, and tells what it could not read', async () => {
    writeFileSync(join(folder, 'x.xml'), '<Patient xmlns="http://hl7.org/fhir"><nothing/></Patient>');
    expect(await run('conformance', 'handover', folder)).toBe(1);
    expect(said()).toContain('No nursing handoff');
    expect(said()).toContain('x.xml');
  });

  it('makes keys once, for their owner only, and never prints one', async () => {
    const keys = join(folder, 'new');
    expect(await run('keys', 'init', keys)).toBe(0);
    for (const name of ['content.json', 'signing.json', 'audit.json']) {
      expect(statSync(join(keys, name)).mode & 0o777).toBe(0o600);
    }
    const { d } = JSON.parse(readFileSync(join(keys, 'signing.json'), 'utf8')).keys[0];
    expect(said()).not.toContain(d);
    expect(await run('keys', 'init', keys)).toBe(1);
  });

  it('rotates keys: the fresh one is current, the earlier one stays', async () => {
    expect(await run('keys', 'rotate', 'content', '--config', file)).toBe(0);
    expect(await run('keys', 'rotate', 'signing', '--config', file)).toBe(0);
    expect(await run('keys', 'rotate', 'other', '--config', file)).toBe(2);
    lines = [];
    expect(await run('keys', 'list', '--config', file)).toBe(0);
    expect(lines.filter((line) => /^(content|signing) +current/.test(line))).toHaveLength(2);
    expect(lines.filter((line) => /^(content|signing) +earlier/.test(line))).toHaveLength(2);
  });

  it('seals stored content again with the key that is current, and says so in the record', async () => {
    const first = await open();
    const id = await first.store.write((unit) => unit.seal(Buffer.from('inhoud'), 'here'));
    await first.close();
    await run('keys', 'rotate', 'content', '--config', file);
    const current = lines.at(-1);
    expect(await run('keys', 'reseal', '--config', file)).toBe(0);
    expect(lines.at(-1)).toBe(`1 sealed again with ${current}.`);
    const { store, close } = await open();
    const row = await store.read.selectFrom('payload').select('key_id').executeTakeFirst();
    expect([row?.key_id, Buffer.from(await store.open(id, 'here')).toString()]).toEqual([current, 'inhoud']);
    await store.write(({ db }) => db.updateTable('payload').set({ key_id: 'gone' }).execute());
    await close();
    expect(await run('keys', 'reseal', '--config', file)).toBe(1);
    expect(lines.at(-1)).toContain(id);
    lines = [];
    await run('audit', 'find', '--event', 'keys.resealed', '--config', file);
    expect(lines.map((line) => line.split('  ')[3])).toEqual(['success', 'failed']);
  });

  it('stops and blocks a participant that is registered, and no other', async () => {
    expect(await run('participant', 'stop', 'two', '--config', file)).toBe(1);
    expect(said()).toContain('no participant "two"');
    expect(await run('participant', 'stop', 'one', '--config', file)).toBe(0);
    expect(await run('participant', 'block', 'one', '--config', file)).toBe(0);
    lines = [];
    expect(await run('participant', 'list', '--config', file)).toBe(0);
    expect(lines.join()).toMatch(/one +active +sending stopped .* +blocked /);
    expect(await run('participant', 'resume', 'one', '--config', file)).toBe(0);
    expect(await run('participant', 'unblock', 'one', '--config', file)).toBe(0);
    lines = [];
    await run('participant', 'list', '--config', file);
    expect(lines.join()).toMatch(/one +active +sending +accepted/);
  });

  it('records what operators do, and finds the record whole', async () => {
    await run('participant', 'block', 'one', '--config', file);
    lines = [];
    expect(await run('audit', 'find', '--event', 'access.blocked', '--config', file)).toBe(0);
    expect(lines).toHaveLength(1);
    expect(await run('audit', 'find', '--event', 'audit.searched', '--config', file)).toBe(0);
    expect(lines).toHaveLength(3);
    expect(await run('audit', 'verify', '--config', file)).toBe(0);
    expect(lines.at(-1)).toBe('The audit record is whole.');
    expect(await run('audit', 'find', '--from', 'tomorrow', '--config', file)).toBe(2);
  });

  it('records whose handover an operator looked at', async () => {
    const { store, close } = await open();
    const id = '5f1c0000-0000-4000-8000-000000000000';
    const at = new Date().toISOString();
    await store.write(async (unit) => {
      const task = Buffer.from(JSON.stringify({ patientBsn: '999911612' }));
      await unit.db
        .insertInto('handover')
        .values({
          ...{ id, task_id: 't', composition_id: 'c', sender_id: 'one', receiver_id: 'two', case_hash: 'h' },
          ...{ patient_hash: null, state: 'in-progress', version: 1, task_version: 1 },
          ...{ created_at: at, updated_at: at, grant_ends_at: at },
          task_payload_id: await unit.seal(task, `handover/${id}/task`),
        })
        .execute();
    });
    await close();
    expect(await run('handover', 'status', id, '--config', file)).toBe(0);
    expect(lines.join()).not.toContain('999911612');
    await run('audit', 'find', '--event', 'handover.inspected', '--reveal', '--config', file);
    expect(lines.at(-1)).toMatch(/Handover\/5f1c0000\S+ {2}999911612$/);
  });

  it('tells that there is no such handover, and nothing to send again', async () => {
    for (const id of ['none', 'Handover/none'])
      expect(await run('handover', 'status', id, '--config', file)).toBe(1);
    expect(lines).toEqual(['There is no handover "none".', 'There is no handover "none".']);
    expect(await run('outbox', 'list', '--config', file)).toBe(0);
    expect(await run('outbox', 'replay', '--all', '--config', file)).toBe(1);
    expect(await run('migrate', '--config', file)).toBe(0);
  });
});
