// Does a handover go from its sender to its receiver, whole, once and to nobody else? On both databases.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import {
  answer,
  cancelHandover,
  expireGrants,
  forgetHandovers,
  handoverStatus,
  printStatusPage,
  purgeContent,
} from '../../src/exchange/index.ts';
import { lossBetween } from '../../src/fhir/loss.ts';
import type { FhirRequest, FhirResource, FhirResponse, Participant } from '../../src/model.ts';
import { asking, home, hospital, otherHome, stranger, testBsns } from '../world/cast.ts';
import { openStage, type Stage, stageUrl } from '../world/exchangeStage.ts';
import { nursingHandoff, resourceIn } from '../world/nursingHandoff.ts';
import { hasPostgresql, storeKinds } from './storesUnderTest.ts';

type Row = { fullUrl: string; resource: FhirResource };
const rowsOf = (bundle: FhirResource | undefined) => (bundle?.entry ?? []) as Row[];
const day = 24 * 60 * 60 * 1000;

async function refusal(
  work: Promise<unknown>,
): Promise<{ kind: string; reason: string | undefined; places: string[] }> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return {
      kind: error.kind,
      reason: error.reason,
      places: error.issues.flatMap((one) => one.expression ?? []),
    };
  }
  throw new Error('was allowed');
}

describe.each(storeKinds)('a handover on %s', (kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ kind });
  });
  afterAll(() => stage.end());

  async function pushed(more: Parameters<typeof nursingHandoff>[0] = {}) {
    const source = nursingHandoff({ case: randomUUID(), ...more });
    const answer = await stage.push(source);
    const { taskId, compositionId } = await stage.served(answer);
    const id = stage.handoverId(answer);
    return { source, answer, taskId, compositionId, id, outbox: () => outboxOf(id) };
  }
  const outboxOf = async (id: string) =>
    (await stage.outbox())
      .filter((row) => (row as { subject?: string }).subject === id)
      .map((row) => row.kind);
  const completed = (task: FhirResource | undefined): FhirResource => ({
    resourceType: 'Task',
    ...task,
    status: 'completed',
  });

  test('it is accepted with 202 and served whole, without loss', async () => {
    const { source, taskId, compositionId, answer } = await pushed();
    expect(answer.status).toBe(202);
    expect(answer.headers?.Location).toMatch(/^https:\/\/gateway\.example\/handover\/[0-9a-f-]{36}$/);
    const task = await stage.get(`Task/${taskId}`);
    expect(task.resource).toMatchObject({ resourceType: 'Task', status: 'in-progress', intent: 'order' });
    const document = await stage.get(`Composition/${compositionId}/$document`);
    const rows = rowsOf(document.resource);
    const sources = rowsOf(source)
      .map((row) => row.resource)
      .filter((one) => one.resourceType !== 'Binary');
    expect(rows).toHaveLength(sources.length);
    for (const one of sources) {
      const losses = rows
        .filter((row) => row.resource.resourceType === one.resourceType)
        .map((row) => lossBetween(one, row.resource).filter((loss) => !loss.path.endsWith('.url')).length);
      expect(Math.min(...losses), `${one.resourceType}/${one.id}`).toBe(0);
    }
  });

  test('every reference leads to what was served, and each of it can be read by itself, equal to the document', async () => {
    const { compositionId } = await pushed();
    const document = await stage.get(`Composition/${compositionId}/$document`);
    const rows = rowsOf(document.resource);
    const text = JSON.stringify(document.resource);
    expect(text).not.toContain('epd.hospital.example');
    const references = [...text.matchAll(/"(?:reference|url)":"([A-Z]\w+\/[^"]+)"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(references.length).toBeGreaterThan(30);
    for (const reference of new Set(references)) {
      const single = await stage.get(reference);
      const row = rows.find((one) => one.fullUrl === `${stageUrl}/stu3/${reference}`);
      if (!reference.startsWith('Binary/')) expect(single.resource).toEqual(row?.resource);
    }
    expect(rows[0]?.resource.resourceType).toBe('Composition');
    expect((await stage.get(`Composition/${compositionId}/$document`)).resource).toEqual(document.resource);
  });

  test('the Task says nothing about the patient', async () => {
    const { taskId } = await pushed();
    const { resource } = await stage.get(`Task/${taskId}`);
    const text = JSON.stringify(resource);
    for (const word of ['Proef', testBsns.yes, 'Zender', 'heupfractuur', 'display":"T'])
      expect(text).not.toContain(word);
    expect(resource?.for).toEqual({ reference: expect.stringMatching(/^Patient\/[0-9a-f-]{36}$/) });
    expect(resource).not.toHaveProperty('text');
    expect(resource).not.toHaveProperty('description');
  });

  test('decimals keep their digits and labels their place', async () => {
    const source = nursingHandoff({ case: randomUUID() });
    resourceIn(source, 'Observation/obs-weight').valueQuantity = { value: JSON.rawJSON('64.50'), unit: 'kg' };
    resourceIn(source, 'Condition/cond-1').meta = {
      security: [{ system: 'http://hl7.org/fhir/v3/Confidentiality', code: 'R' }],
    };
    const answer = await stage.push(source);
    const { compositionId } = await stage.served(answer);
    const document = await stage.get(`Composition/${compositionId}/$document`);
    expect(JSON.stringify(document.resource)).toContain('"value":64.50');
    expect(document.resource?.meta).toMatchObject({ security: [{ code: 'R' }] });
  });

  describe('pushing again', () => {
    test('the same case and content is the same handover and is announced once', async () => {
      const { source, answer, outbox } = await pushed();
      const again = await stage.push(source);
      expect([again.status, again.headers?.Location]).toEqual([200, answer.headers?.Location]);
      expect(await outbox()).toEqual(['announce']);
    });

    test('fifty at once are one handover: one 202, the rest 200 with the same Location', async () => {
      const source = nursingHandoff({ case: randomUUID() });
      const answers = await Promise.all(Array.from({ length: 50 }, () => stage.push(source)));
      expect(answers.filter((one) => one.status === 202)).toHaveLength(1);
      expect(answers.filter((one) => one.status === 200)).toHaveLength(49);
      expect(new Set(answers.map((one) => one.headers?.Location)).size).toBe(1);
      expect(await outboxOf(stage.handoverId(answers[0] as FhirResponse))).toEqual(['announce']);
    });

    test('other content is a new version of the same Task, with the same ids, and is announced', async () => {
      const { source, answer, taskId, compositionId, outbox } = await pushed();
      const changed = structuredClone(source);
      resourceIn(changed, 'Condition/cond-1').code = { text: 'heupfractuur rechts' };
      const again = await stage.push(changed);
      expect([again.status, again.headers?.Location]).toEqual([202, answer.headers?.Location]);
      expect(await stage.served(again)).toEqual({ taskId, compositionId });
      const task = await stage.get(`Task/${taskId}`);
      expect(task.headers?.ETag).toBe('W/"2"');
      expect(JSON.stringify((await stage.get(`Composition/${compositionId}/$document`)).resource)).toContain(
        'rechts',
      );
      expect(await outbox()).toEqual(['announce', 'announce']);
    });

    test('other order of entries, other server versions and times of saving are no other content', async () => {
      const { source } = await pushed();
      const shuffled = structuredClone(source);
      shuffled.entry = [rowsOf(shuffled)[0], ...rowsOf(shuffled).slice(1).reverse()];
      resourceIn(shuffled, 'Condition/cond-1').meta = {
        profile: ['http://nictiz.nl/fhir/StructureDefinition/zib-Problem'],
        versionId: '7',
        lastUpdated: '2026-01-15T11:00:00Z',
      };
      expect((await stage.push(shuffled)).status).toBe(200);
    });

    test('nor are they those of a Binary', async () => {
      const source = nursingHandoff({ case: randomUUID() });
      const saved = (versionId: string) => {
        const again = structuredClone(source);
        resourceIn(again, 'Binary/bin-1').meta = {
          versionId,
          lastUpdated: `2026-01-15T1${versionId}:00:00Z`,
        };
        return stage.push(again);
      };
      expect([(await saved('1')).status, (await saved('2')).status]).toEqual([202, 200]);
    });

    test('nor is a resource that was saved for the first time', async () => {
      const { source } = await pushed();
      const again = structuredClone(source);
      for (const key of ['Composition/comp-1', 'Organization/org-3']) {
        const resource = resourceIn(again, key);
        resource.meta = { ...(resource.meta ?? {}), versionId: '1', lastUpdated: '2026-01-15T11:00:00Z' };
      }
      expect((await stage.push(again)).status).toBe(200);
    });

    test('without a case identifier the same content is the same handover, with a remark', async () => {
      const source = nursingHandoff({ case: null, diagnosis: randomUUID() });
      const first = await stage.push(source);
      expect(JSON.stringify(first.resource)).toContain('handover-case-missing');
      expect((await stage.push(source)).headers?.Location).toBe(first.headers?.Location);
      expect(
        (await stage.push(nursingHandoff({ case: null, diagnosis: randomUUID() }))).headers?.Location,
      ).not.toBe(first.headers?.Location);
    });

    test('the same case for another receiver is refused; nothing reaches the other', async () => {
      const { source } = await pushed();
      const moved = nursingHandoff({
        case: (source.identifier as { value: string }).value,
        receiver: otherHome,
      });
      expect(await refusal(stage.push(moved))).toMatchObject({
        kind: 'conflict',
        reason: 'receiver-changed',
      });
    });

    test('on a completed handover other content opens it again', async () => {
      const { source, taskId, compositionId } = await pushed();
      const { resource } = await stage.get(`Task/${taskId}`);
      await stage.put(`Task/${taskId}`, completed(resource));
      expect((await stage.push(source)).status).toBe(200);
      expect(await refusal(stage.get(`Composition/${compositionId}`))).toMatchObject({
        reason: 'grant-ended',
      });
      const changed = structuredClone(source);
      resourceIn(changed, 'Condition/cond-1').code = { text: 'heropend' };
      expect((await stage.push(changed)).status).toBe(202);
      expect((await stage.get(`Task/${taskId}`)).resource?.status).toBe('in-progress');
      expect((await stage.get(`Composition/${compositionId}`)).status).toBe(200);
    });
  });

  describe('who may read', () => {
    test.each<[string, Participant]>([
      ['another nursing home', otherHome],
      ['a stranger', stranger],
    ])('%s finds nothing, as if it did not exist', async (_, who) => {
      const { taskId, compositionId, answer } = await pushed();
      const document = await stage.get(`Composition/${compositionId}/$document`);
      const paths = [
        `Task/${taskId}`,
        `Composition/${compositionId}/$document`,
        ...rowsOf(document.resource).map((row) => `${row.resource.resourceType}/${row.resource.id}`),
      ];
      const unknown = await refusal(stage.get(`Task/${randomUUID()}`, asking(who)));
      for (const path of paths) expect(await refusal(stage.get(path, asking(who))), path).toEqual(unknown);
      expect(
        await refusal(handoverStatus({ id: stage.handoverId(answer), requester: asking(who) }, stage.deps)),
      ).toEqual(unknown);
      expect(
        await refusal(cancelHandover({ id: stage.handoverId(answer), requester: asking(who) }, stage.deps)),
      ).toEqual(unknown);
    });

    test('the sender reads its Task and truth table, and nothing of the content', async () => {
      const { taskId, compositionId } = await pushed();
      expect((await stage.get(`Task/${taskId}`, asking(hospital))).status).toBe(200);
      expect(await refusal(stage.get(`Composition/${compositionId}`, asking(hospital)))).toMatchObject({
        kind: 'notFound',
      });
    });

    test('a token for another exchange is refused', async () => {
      const { taskId } = await pushed();
      const asked = stage.get(`Task/${taskId}`, asking(home, ['wishes']));
      expect(await refusal(asked)).toMatchObject({ kind: 'denied', reason: 'scope-missing' });
    });

    test('an id of the content under another type, and made-up ids, are not there', async () => {
      const { compositionId } = await pushed();
      for (const path of [
        `Condition/${compositionId}`,
        `Binary/${compositionId}`,
        `Condition/${randomUUID()}`,
      ]) {
        expect((await refusal(stage.get(path))).kind).toBe('notFound');
      }
    });

    test('an unchanged resource costs no body: If-None-Match gives 304, recorded all the same', async () => {
      const { taskId } = await pushed();
      const before = (await stage.audit()).length;
      const answer = await stage.get(`Task/${taskId}`, asking(home), { ifNoneMatch: 'W/"9", "1"' });
      expect([answer.status, answer.resource]).toEqual([304, undefined]);
      expect(await stage.audit()).toHaveLength(before + 1);
    });

    test('each read and each refusal is recorded before it is answered', async () => {
      const { compositionId } = await pushed();
      const before = (await stage.audit()).length;
      await stage.get(`Composition/${compositionId}/$document`);
      await refusal(stage.get(`Composition/${compositionId}`, asking(stranger)));
      const records = (await stage.audit()).slice(before);
      expect(records).toMatchObject([
        {
          event: 'handover.contentRead',
          outcome: 'success',
          participantId: 'home',
          object: `Composition/${compositionId}/$document`,
        },
        { event: 'handover.readResource', outcome: 'refused', reason: 'notFound', participantId: 'stranger' },
      ]);
      expect(JSON.stringify(records)).not.toContain(testBsns.yes);
    });
  });

  describe('completing', () => {
    test('ends the grant at once, leaves the Task readable, echoes and calls back', async () => {
      const { taskId, compositionId, outbox, id } = await pushed();
      const { resource } = await stage.get(`Task/${taskId}`);
      const answer = await stage.put(`Task/${taskId}`, completed(resource), { ifMatch: 'W/"1"' });
      expect([answer.status, answer.resource?.status, answer.headers?.ETag]).toEqual([
        200,
        'completed',
        'W/"2"',
      ]);
      expect(await refusal(stage.get(`Composition/${compositionId}`))).toEqual({
        kind: 'denied',
        reason: 'grant-ended',
        places: [],
      });
      expect((await stage.get(`Task/${taskId}`)).resource?.status).toBe('completed');
      expect(await outbox()).toEqual(['announce', 'echo', 'callback']);
      const status = await handoverStatus({ id, requester: asking(hospital) }, stage.deps);
      expect(status.steps.at(-1)).toMatchObject({ step: 'completed', at: expect.stringMatching(/^2026-/) });
    });

    test('a second time, and after the format or the order of inputs has changed, it is 200 without a second echo', async () => {
      const { taskId, outbox } = await pushed();
      const { resource } = await stage.get(`Task/${taskId}`);
      const absolute = JSON.parse(
        JSON.stringify(completed(resource)).replaceAll('"Composition/', `"${stageUrl}/stu3/Composition/`),
      );
      for (let turn = 0; turn < 3; turn++)
        expect((await stage.put(`Task/${taskId}`, absolute)).status).toBe(200);
      expect((await outbox()).filter((one) => one === 'echo')).toHaveLength(1);
    });

    test('fifty at once are one change', async () => {
      const { taskId, outbox } = await pushed();
      const { resource } = await stage.get(`Task/${taskId}`);
      const results = await Promise.allSettled(
        Array.from({ length: 50 }, () =>
          stage.put(`Task/${taskId}`, completed(resource), { ifMatch: 'W/"1"' }),
        ),
      );
      expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
      for (const one of results)
        if (one.status === 'rejected') expect(one.reason.kind).toBe('preconditionFailed');
      expect(await outbox()).toEqual(['announce', 'echo', 'callback']);
    });

    test.each<[string, (task: FhirResource) => void, string]>([
      [
        'owner',
        (task) => void Object.assign(task, { owner: { identifier: otherHome.identifiers[0] } }),
        'Task.owner.identifier.value',
      ],
      ['for', (task) => void Object.assign(task, { for: { reference: 'Patient/1' } }), 'Task.for.reference'],
      [
        'a further input',
        (task) => void (task.input as unknown[]).push({ type: { text: 'x' }, valueString: 'y' }),
        'Task.input[1]',
      ],
      ['no input', (task) => void delete task.input, 'Task.input'],
      [
        'an extension',
        (task) => void Object.assign(task, { extension: [{ url: 'https://x.example', valueString: 'y' }] }),
        'Task.extension',
      ],
      ['a description', (task) => void Object.assign(task, { description: 'x' }), 'Task.description'],
      [
        'a narrative',
        (task) => void Object.assign(task, { text: { status: 'generated', div: '<div/>' } }),
        'Task.text',
      ],
    ])('with a change of %s it is refused, naming the element', async (_, change, place) => {
      const { taskId } = await pushed();
      const { resource } = await stage.get(`Task/${taskId}`);
      const body = completed(structuredClone(resource));
      change(body);
      const answer = await refusal(stage.put(`Task/${taskId}`, body));
      expect(answer.kind).toBe('unprocessable');
      expect(answer.places).toContain(place);
      expect((await stage.get(`Task/${taskId}`)).resource?.status).toBe('in-progress');
    });

    test.each(['cancelled', 'ready', 'rejected', 'requested', 'nonsense', undefined])(
      'to %s it is refused',
      async (status) => {
        const { taskId } = await pushed();
        const { resource } = await stage.get(`Task/${taskId}`);
        const answer = await refusal(
          stage.put(`Task/${taskId}`, { resourceType: 'Task', ...resource, status }),
        );
        expect(answer).toMatchObject({ kind: 'unprocessable', places: ['Task.status'] });
      },
    );

    test('back from completed is refused', async () => {
      const { taskId } = await pushed();
      const { resource } = await stage.get(`Task/${taskId}`);
      await stage.put(`Task/${taskId}`, completed(resource));
      const back = stage.put(`Task/${taskId}`, { resourceType: 'Task', ...resource });
      expect(await refusal(back)).toMatchObject({ kind: 'unprocessable', reason: 'transition-not-allowed' });
    });

    test.each([
      ['W/"9"', 'preconditionFailed'],
      ['"9"', 'preconditionFailed'],
      ['1', 'invalid'],
      ['W/1', 'invalid'],
      ['', 'invalid'],
      [`"${'1'.repeat(5000)}"`, 'invalid'],
    ])('with If-Match %s it is refused', async (ifMatch, kind) => {
      const { taskId } = await pushed();
      const { resource } = await stage.get(`Task/${taskId}`);
      expect((await refusal(stage.put(`Task/${taskId}`, completed(resource), { ifMatch }))).kind).toBe(kind);
    });

    test.each(['*', '"1"', 'W/"1"', '"7", W/"1"'])('with If-Match %s it is done', async (ifMatch) => {
      const { taskId } = await pushed();
      const { resource } = await stage.get(`Task/${taskId}`);
      expect((await stage.put(`Task/${taskId}`, completed(resource), { ifMatch })).status).toBe(200);
    });

    test('with another id, another type or none it is not understood', async () => {
      const { taskId } = await pushed();
      const { resource } = await stage.get(`Task/${taskId}`);
      const bodies = [
        { ...completed(resource), id: randomUUID() },
        { resourceType: 'Patient', id: taskId },
        { resourceType: 'Task', status: 'completed' },
      ];
      for (const body of bodies)
        expect((await refusal(stage.put(`Task/${taskId}`, body))).kind).toBe('invalid');
    });

    test('only the receiver does it', async () => {
      const { taskId } = await pushed();
      const { resource } = await stage.get(`Task/${taskId}`);
      const by = (who: Participant) =>
        refusal(stage.put(`Task/${taskId}`, completed(resource), { who: asking(who) }));
      expect(await by(hospital)).toMatchObject({ kind: 'denied', reason: 'not-receiver' });
      expect(await by(otherHome)).toMatchObject({ kind: 'notFound' });
    });
  });

  describe('cancelling', () => {
    test('ends the grant, tells the receiver with the identifier of the announcement, and is final', async () => {
      const { source, taskId, compositionId, id, outbox } = await pushed();
      expect((await cancelHandover({ id, requester: asking(hospital) }, stage.deps)).state).toBe('cancelled');
      expect((await cancelHandover({ id, requester: asking(hospital) }, stage.deps)).state).toBe('cancelled');
      expect(await outbox()).toEqual(['announce', 'cancel', 'callback']);
      const [announce, cancel] = (await stage.outbox()).filter(
        (row) => (row as { subject?: string }).subject === id,
      );
      expect(cancel?.message).toMatchObject({
        status: 'cancelled',
        notificationIdentifier: announce?.message.notificationIdentifier,
      });
      expect(await refusal(stage.get(`Composition/${compositionId}`))).toMatchObject({
        reason: 'grant-ended',
      });
      const task = await stage.get(`Task/${taskId}`);
      expect(task.resource?.status).toBe('cancelled');
      expect(await refusal(stage.put(`Task/${taskId}`, completed(task.resource)))).toMatchObject({
        kind: 'conflict',
      });
      expect(await refusal(stage.push(source))).toMatchObject({
        kind: 'conflict',
        reason: 'handover-cancelled',
      });
    });

    test('after completion it is refused', async () => {
      const { taskId, id } = await pushed();
      const { resource } = await stage.get(`Task/${taskId}`);
      await stage.put(`Task/${taskId}`, completed(resource));
      expect(await refusal(cancelHandover({ id, requester: asking(hospital) }, stage.deps))).toMatchObject({
        kind: 'conflict',
        reason: 'handover-completed',
      });
    });
  });

  describe('the truth table', () => {
    test('says when each step was, and not yet where it was not', async () => {
      const { taskId, compositionId, id, source } = await pushed();
      const steps = async () =>
        Object.fromEntries(
          (await handoverStatus({ id, requester: asking(hospital) }, stage.deps)).steps.map((one) => [
            one.step,
            one.at,
          ]),
        );
      const time = expect.stringMatching(/^2026-01-15T/);
      expect(await steps()).toEqual({
        accepted: time,
        stored: time,
        notified: 'not yet',
        taskRead: 'not yet',
        documentFetched: 'not yet',
        completed: 'not yet',
      });
      await stage.get(`Task/${taskId}`, asking(hospital));
      expect((await steps()).taskRead).toBe('not yet');
      await stage.get(`Task/${taskId}`);
      const { resource } = await stage.get(`Composition/${compositionId}/$document`);
      expect(await steps()).toMatchObject({ taskRead: time, documentFetched: 'not yet' });
      const [attachment] = JSON.stringify(resource).match(/Binary\/[0-9a-f-]+/) ?? [];
      await stage.get(String(attachment));
      expect(await steps()).toMatchObject({ taskRead: time, documentFetched: time });
      const status = await handoverStatus({ id, requester: asking(hospital) }, stage.deps);
      expect(status.case).toEqual(source.identifier);
      expect(JSON.stringify({ ...status, case: '' })).not.toMatch(/Proef|heupfractuur|999911612/);
    });

    test.each<[string, Partial<FhirRequest>]>([
      ['HEAD', { headersOnly: true }],
      ['a 304', { ifNoneMatch: '*' }],
    ])('%s brings nothing over and is no step', async (_, more) => {
      const { taskId, compositionId, id } = await pushed();
      const before = (await stage.audit()).length;
      for (const path of [
        `Task/${taskId}`,
        `Composition/${compositionId}`,
        `Composition/${compositionId}/$document`,
      ])
        await stage.get(path, asking(home), more);
      const { history } = await handoverStatus({ id, requester: asking(hospital) }, stage.deps);
      expect(history.map((one) => one.step)).toEqual(['accepted']);
      expect((await stage.audit()).slice(before, before + 3)).toMatchObject([
        { event: 'handover.taskRead' },
        { event: 'handover.contentRead' },
        { event: 'handover.contentRead' },
      ]);
    });

    test('what is read twice happened when it happened first', async () => {
      const { taskId, id } = await pushed();
      for (let turn = 0; turn < 3; turn++) await stage.get(`Task/${taskId}`);
      const { history } = await handoverStatus({ id, requester: asking(hospital) }, stage.deps);
      expect(history.map((one) => one.step)).toEqual(['accepted', 'taskRead']);
    });

    test('reading one by one counts as fetched only when all has been read', async () => {
      const { compositionId, id } = await pushed();
      const fetched = async () =>
        (await handoverStatus({ id, requester: asking(hospital) }, stage.deps)).steps.find(
          (one) => one.step === 'documentFetched',
        );
      const { resource } = await stage.get(`Composition/${compositionId}`);
      expect(await fetched()).toMatchObject({ at: 'not yet', detail: '1 of 20 resources' });
      const queue = [resource];
      const seen = new Set<string>();
      for (const one of queue) {
        for (const [, reference = ''] of JSON.stringify(one).matchAll(
          /"(?:reference|url)":"([A-Z]\w+\/[^"]+)"/g,
        )) {
          if (seen.has(reference)) continue;
          seen.add(reference);
          queue.push((await stage.get(reference)).resource);
        }
      }
      expect(await fetched()).toMatchObject({
        at: expect.stringMatching(/^2026/),
        detail: '20 of 20 resources',
      });
    });

    test('an attempt whose outcome nobody knows makes it unknown, a delivered one gives it a time', async () => {
      const { id } = await pushed();
      const notified = async () =>
        (await handoverStatus({ id, requester: asking(hospital) }, stage.deps)).steps.find(
          (one) => one.step === 'notified',
        )?.at;
      const [row] = await stage.deps.store.read
        .selectFrom('outbox')
        .selectAll()
        .where('subject', '=', id)
        .execute();
      const attempt = (number: number, result: string | null) => ({
        id: randomUUID(),
        outbox_id: row?.id ?? '',
        number,
        started_at: '2026-01-15T10:01:00.000Z',
        ended_at: result ? '2026-01-15T10:01:01.000Z' : null,
        result,
        http_status: null,
        reason: null,
      });
      const add = (number: number, result: string | null) =>
        stage.deps.store.write(async (unit) => {
          await unit.db.insertInto('attempt').values(attempt(number, result)).execute();
        });
      await add(1, 'retry');
      expect(await notified()).toBe('not yet');
      await add(2, null);
      expect(await notified()).toBe('unknown');
      await add(3, 'delivered');
      expect(await notified()).toBe('2026-01-15T10:01:01.000Z');
    });

    test('a look and a cancellation are recorded with the id of their request', async () => {
      const { id } = await pushed();
      await handoverStatus({ id, requester: asking(hospital), requestId: 'req-look' }, stage.deps);
      await cancelHandover({ id, requester: asking(hospital), requestId: 'req-cancel' }, stage.deps);
      const records = (await stage.audit()).map((one) => [one.event, one.requestId]);
      expect(records).toContainEqual(['handover.statusRead', 'req-look']);
      expect(records).toContainEqual(['handover.cancelled', 'req-cancel']);
    });

    test('the page escapes everything, and has no script, link or picture, and one style of its own', async () => {
      const { id } = await pushed({ case: '<script>alert(1)</script>' });
      const status = await handoverStatus({ id, requester: asking(hospital) }, stage.deps);
      for (const language of ['nl', 'en'] as const) {
        const page = printStatusPage(status, language);
        expect(page).toContain('&lt;script&gt;');
        expect(page).not.toMatch(/<script|\sstyle=|\son\w+=|<a |<img|url\(/i);
        expect(page.match(/<style>/g)).toHaveLength(1);
        expect(page).toContain(`<html lang="${language}">`);
      }
    });
  });

  describe('the end of the grant', () => {
    test('comes by the clock, before any sweep; the Task stays, and may still be completed', async () => {
      stage.at('2026-03-01T10:00:00.000Z');
      const { taskId, compositionId, id } = await pushed();
      stage.later(30 * day - 1000);
      expect((await stage.get(`Composition/${compositionId}`)).status).toBe(200);
      stage.later(1000);
      expect(await refusal(stage.get(`Composition/${compositionId}`))).toMatchObject({
        reason: 'grant-ended',
      });
      expect((await handoverStatus({ id, requester: asking(hospital) }, stage.deps)).state).toBe('expired');
      expect(await expireGrants(stage.deps)).toBeGreaterThan(0);
      expect(await expireGrants(stage.deps)).toBe(0);
      const task = await stage.get(`Task/${taskId}`);
      expect(task.resource?.status).toBe('in-progress');
      expect((await stage.put(`Task/${taskId}`, completed(task.resource))).status).toBe(200);
      expect(await refusal(stage.get(`Composition/${compositionId}`))).toMatchObject({
        reason: 'grant-ended',
      });
    });

    test('is followed by the removal of the content, and after a year of the Task', async () => {
      stage.at('2026-06-01T10:00:00.000Z');
      const { taskId, compositionId, id } = await pushed();
      const { store } = stage.deps;
      const payloads = async () =>
        Number(
          (
            await store.read
              .selectFrom('payload')
              .select(({ fn }) => fn.countAll().as('n'))
              .executeTakeFirstOrThrow()
          ).n,
        );
      stage.later(30 * day);
      await purgeContent(store, stage.deps.clock());
      const before = await payloads();
      stage.later(30 * day);
      expect(await purgeContent(store, stage.deps.clock())).toBe(1);
      expect(await purgeContent(store, stage.deps.clock())).toBe(0);
      expect(await payloads()).toBe(before - 2);
      expect(await refusal(stage.get(`Composition/${compositionId}`))).toMatchObject({
        reason: 'grant-ended',
      });
      expect((await stage.get(`Task/${taskId}`)).status).toBe(200);
      expect(
        (await handoverStatus({ id, requester: asking(hospital) }, stage.deps)).history.map(
          (one) => one.step,
        ),
      ).toContain('contentRemoved');
      stage.later(366 * day);
      expect(await forgetHandovers(store, stage.deps.clock())).toBeGreaterThan(0);
      expect(await refusal(stage.get(`Task/${taskId}`))).toMatchObject({ kind: 'notFound' });
      expect(await payloads()).toBe(0);
    });
  });
});

test.runIf(hasPostgresql)('twenty-five pushes at each of two gateways at once are one handover', async () => {
  const stage = await openStage({ kind: 'postgresql' });
  try {
    const second = {
      ...stage.deps,
      store: await stage.ground.open({ gateway: 'gateway-2', clock: stage.deps.clock }),
    };
    const source = nursingHandoff({ case: randomUUID() });
    const request = {
      version: 'stu3' as const,
      method: 'POST',
      path: ['$handover'],
      query: new Map<string, string>(),
      language: 'en' as const,
      requestId: 'r',
      resource: source,
    };
    for (let round = 0; round < 5; round++) {
      const body = { ...source, identifier: { system: 'urn:x', value: `round-${round}` } };
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, index) =>
          answer({ ...request, resource: body }, asking(hospital), index % 2 ? second : stage.deps),
        ),
      );
      expect(answers.filter((one) => one.status === 202)).toHaveLength(1);
      expect(new Set(answers.map((one) => one.headers?.Location)).size).toBe(1);
    }
    expect((await stage.outbox()).map((row) => row.kind)).toEqual(
      Array.from({ length: 5 }, () => 'announce'),
    );
  } finally {
    await stage.end();
  }
});
