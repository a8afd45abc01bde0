// Does `sluis mitz` subscribe, list and end, without a BSN where others can see it?
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import { writeGatewayFolder } from '../../src/sandbox/gatewayFolder.ts';
import { type SandboxMitz, startMitz } from '../../src/sandbox/mitz.ts';
import { terminalTo } from '../world/terminal.ts';
import { bsn, practiceUra } from './mitzStage.ts';

let place: string;
let settingsFile: string;
let mitz: SandboxMitz;
const bsnFile = () => join(place, 'bsn.txt');

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'sluis-command-'));
  writeFileSync(bsnFile(), `${bsn}\n`);
  writeFileSync(join(place, 'wrong.txt'), '123456789');
  mitz = await startMitz();
  const holder = { id: 'practice', name: 'Huisartsen De Brug', ura: practiceUra, facilityType: 'Z3' };
  const nameless = { id: 'nameless', name: 'Zonder soort', ura: '90000599' };
  const written = await writeGatewayFolder({
    folder: join(place, 'gateway'),
    port: 1,
    opsPort: 2,
    participants: [holder, nameless].map((one) => ({ ...one, clients: [], endpoints: [] })),
    settings: {
      outgoing: { allowPrivate: ['127.0.0.0/8'] },
      mitz: {
        closedUrl: mitz.closedUrl,
        subscriptionsUrl: mitz.subscriptionsUrl,
        notify: {
          address: 'https://sluis.example/mitz/notify',
          proof: { kind: 'token', clientIds: ['mitz'] },
        },
      },
    },
  });
  settingsFile = written.settingsFile;
});
afterAll(async () => {
  await mitz.close();
  rmSync(place, { recursive: true, force: true });
});

async function sluis(...words: string[]) {
  const lines: string[] = [];
  const terminal = terminalTo(lines);
  const code = await runCommandLine(
    ['node', 'sluis', 'mitz', ...words, '--config', settingsFile],
    {},
    terminal,
  );
  return { code, text: lines.join('\n') };
}

it('subscribes, lists without patients, and ends', async () => {
  const made = await sluis('subscribe', 'practice', '--bsn-file', bsnFile(), '--birth-date', '1940-05-01');
  expect(made).toEqual({ code: 0, text: 'Subscribed.' });
  expect([...mitz.subscriptions.values()][0]).toMatchObject({
    bsn,
    birthDate: '1940-05-01',
    holderUra: practiceUra,
  });
  const listed = await sluis('list');
  expect(listed.text).toMatch(/practice +90000501 +active/);
  expect(listed.text).not.toContain(bsn);
  expect(await sluis('unsubscribe', 'practice', '--bsn-file', bsnFile())).toEqual({
    code: 0,
    text: 'Ended.',
  });
  expect(mitz.subscriptions.size).toBe(0);
  expect((await sluis('list')).text).toBe('');
});

it('tells Mitz a birth date that becomes known later', async () => {
  const dates = () => [...mitz.subscriptions.values()].map(({ birthDate }) => birthDate);
  await sluis('subscribe', 'practice', '--bsn-file', bsnFile());
  expect(dates()).toEqual([undefined]);
  const told = await sluis('subscribe', 'practice', '--bsn-file', bsnFile(), '--birth-date', '2015-05-01');
  expect([told, dates()]).toEqual([{ code: 0, text: 'Subscribed.' }, ['2015-05-01']]);
  await sluis('subscribe', 'practice', '--bsn-file', bsnFile());
  expect(dates()).toEqual(['2015-05-01']);
  await sluis('unsubscribe', 'practice', '--bsn-file', bsnFile());
});

it('says what is wrong, and never the BSN', async () => {
  const cases: [string[], number, RegExp][] = [
    [['subscribe', 'practice', '--bsn-file', join(place, 'wrong.txt')], 2, /no BSN/],
    [['subscribe', 'practice', '--bsn-file', join(place, 'none.txt')], 2, /cannot be read/],
    [['subscribe', 'practice', '--bsn-file', bsnFile(), '--birth-date', '1940'], 2, /no date/],
    [['subscribe', 'nobody', '--bsn-file', bsnFile()], 1, /no participant "nobody"/],
    [['subscribe', 'nameless', '--bsn-file', bsnFile()], 1, /input-holder-type/],
    [['subscribe', 'practice'], 2, /^/],
  ];
  for (const [words, code, text] of cases) {
    const found = await sluis(...words);
    expect([words.join(' '), found.code]).toEqual([words.join(' '), code]);
    expect(found.text).toMatch(text);
    expect(found.text).not.toMatch(/999911120|123456789/);
  }
});

it('tells when Mitz does not take it', async () => {
  mitz.setFault({ kind: 'fail' });
  const found = await sluis('subscribe', 'practice', '--bsn-file', bsnFile());
  expect([found.code, found.text]).toEqual([1, expect.stringContaining('asked again by itself')]);
  expect((await sluis('list')).text).toMatch(/practice .* wanted .* status-500/);
});
