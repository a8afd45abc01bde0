// Does the whole story hold with real processes, on SQLite, and is nobody's BSN printed on the way?
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findHandovers } from '../../src/cli/conformance/handovers.ts';
import { readFolders } from '../../src/cli/conformance/readFolder.ts';
import { tellHandover } from '../../src/cli/demo/handoverStory.ts';
import { createTimeline } from '../../src/cli/demo/timeline.ts';
import { sampleHandover } from '../../src/sandbox/sandbox.ts';
import { terminalTo } from '../world/terminal.ts';
import { isThere, type OwnDatabase, ownDatabase } from './postgresql.ts';
import { type Cast, formsOf, startCast, until } from './stage.ts';

const sample = fileURLToPath(new URL('../../src/sandbox/fixtures/handover.json', import.meta.url));
const bsn = '999990196';

/** Runs the story; what it printed. */
async function storyOf(cast: Cast): Promise<string> {
  const lines: string[] = [];
  const terminal = terminalTo(lines);
  const [handover] = findHandovers((await readFolders([sample])).resources);
  const timeline = createTimeline(terminal);
  await tellHandover({ cast, timeline, handover: handover!, push: await sampleHandover() });
  timeline.close();
  return lines.join('\n');
}

describe('a handover from EPD to nursing home', () => {
  let cast: Cast;
  beforeAll(async () => {
    cast = await startCast();
  });
  afterAll(() => cast.close());

  it('goes as it must, from push to completion', async () => {
    expect(await storyOf(cast)).toMatch(/\d+ steps as expected, 0 not$/);
  });

  it('was notified without a word about the patient', () => {
    const asked = JSON.stringify(cast.sandbox.ecd.log);
    expect(asked).toContain('/notification/a/');
    for (const form of [...formsOf(bsn), 'Windkracht', 'Stuw', 'fractuur']) expect(asked).not.toContain(form);
  });

  it('left no BSN in anything that the gateway printed, nor in its database', () => {
    const printed = cast.gateway.output();
    expect(printed).toContain('Sluis listens on');
    for (const form of formsOf(bsn)) expect(printed).not.toContain(form);
    const files = readdirSync(cast.folder.folder).filter((name) => name.startsWith('sluis.sqlite'));
    expect(files).not.toEqual([]);
    for (const name of files) {
      const bytes = readFileSync(join(cast.folder.folder, name));
      for (const form of [...formsOf(bsn), 'Windkracht', 'Haloperidol'])
        expect(bytes.includes(form)).toBe(false);
    }
  });

  it('finds a BSN in every form that the scan looks for', () => {
    const texts = [
      `x${bsn}x`,
      Buffer.from(`bsn=${bsn}&`).toString('base64'),
      Buffer.from(`b=${bsn}&`).toString('base64'),
      Buffer.from(`${bsn}&`).toString('base64'),
      '%39%39%39%39%39%30%31%39%36',
      '999 990 196',
    ];
    for (const text of texts) expect(formsOf(bsn).some((form) => text.includes(form))).toBe(true);
  });
});

describe.each(['A', 'B', 'C', 'D', 'E'])('notification in shape %s', (shape) => {
  it('reaches a nursing home that takes this shape, and speaks of the Task where the shape can', async () => {
    const cast = await startCast({ shape });
    try {
      const pushed = await cast.sandbox.epd.push(await sampleHandover());
      expect(pushed.status).toBe(202);
      const { ecd, epd } = cast.sandbox;
      await until(() => ecd.notifications.length > 0, 'the notification');
      const { state } = await epd.status(pushed.headers.get('location') ?? '');
      const taskId = String(state.task).split('/').at(-1);
      expect(ecd.notifications[0]).toMatchObject({ shape, taskId: shape === 'B' ? undefined : taskId });
      expect(JSON.stringify(ecd.log)).not.toContain(bsn);
    } finally {
      await cast.close();
    }
  });
});

const hasPostgresql = await isThere();

describe.skipIf(!hasPostgresql)('a handover on PostgreSQL', () => {
  let cast: Cast;
  let database: OwnDatabase;
  beforeAll(async () => {
    database = await ownDatabase();
    cast = await startCast({ settings: { store: database.store } });
  });
  afterAll(async () => {
    await cast?.close();
    await database?.drop();
  });

  it('goes as it must, from push to completion', async () => {
    expect(await storyOf(cast)).toMatch(/\d+ steps as expected, 0 not$/);
  });
});
