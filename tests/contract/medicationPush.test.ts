// Does what a sender gives reach its one receiver, once, and nobody else? Real holders and consent, both stores.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findAudit } from '../../src/audit/find.ts';
import { purgeSettled } from '../../src/delivery/purge.ts';
import { expirePushes, forgetPushes, purgePushes } from '../../src/exchange/index.ts';
import { entriesOf } from '../../src/fhir/bundles.ts';
import type { FhirResource, FhirResponse } from '../../src/model.ts';
import { patient } from './holderServer.ts';
import { bsn, type MedicationStage, openMedicationStage, strangersBsn } from './medicationStage.ts';
import * as world from './medicationWorld.ts';
import { storeKinds } from './storesUnderTest.ts';

type Row = Record<string, unknown> & { name: string };
const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';
const uraSystem = 'http://fhir.nl/fhir/NamingSystem/ura';
const parameters = (...rows: Row[]): FhirResource => ({ resourceType: 'Parameters', parameter: rows });
const receiver = (ura = '90001002'): Row => ({
  name: 'receiver',
  valueIdentifier: { system: uraSystem, value: ura },
});
const caseNamed = (value: string): Row => ({
  name: 'case',
  valueIdentifier: { system: 'https://nurses.example/cases', value },
});
const about = (value = bsn): Row => ({ name: 'patient', valueIdentifier: { system: bsnSystem, value } });

const own = (text = '1 x per dag 1 tablet', of = bsn): FhirResource => ({
  resourceType: 'Bundle',
  type: 'transaction',
  identifier: { system: 'https://nurses.example/bundles', value: 'b-1' },
  entry: [
    patient('p1', of),
    { ...world.product({ id: 'ma-own', prk: '1', name: 'Metformine' }) },
    world.agreement({
      id: 'ma-own',
      treatment: 'mbh-own',
      prk: '1',
      name: 'Metformine',
      registered: '2024-01-01T10:00:00+01:00',
      start: '2024-01-01',
      text,
    }),
  ].map((resource) => ({
    fullUrl: `https://nurses.example/${resource.resourceType}/${resource.id}`,
    resource,
    request: { method: 'POST', url: resource.resourceType },
  })),
});
const content = (resource: FhirResource = own()): Row => ({ name: 'content', resource });
const day = 24 * 60 * 60 * 1000;
const sweptBy =
  (sweep: typeof purgePushes | typeof forgetPushes) =>
  ({ store, clock, settings }: MedicationStage['deps']): Promise<number> =>
    sweep(store, clock(), settings.medication);

describe.each(storeKinds)('a push of medication on %s', (kind) => {
  let stage: MedicationStage;
  beforeEach(async () => {
    stage = await openMedicationStage(kind);
  });
  afterEach(() => stage.end());

  const push = (...rows: Row[]): Promise<FhirResponse> => stage.post('$push-medication', parameters(...rows));
  const refused = async (...rows: Row[]): Promise<string> => {
    const failed = await push(...rows).then(
      () => undefined,
      (error: { kind: string; issues: unknown }) => error,
    );
    return failed ? `${failed.kind} ${JSON.stringify(failed.issues)}` : 'accepted';
  };
  const taskPath = (response: FhirResponse): string =>
    (response.headers?.Location ?? '').split('/').slice(-2).join('/');
  const bundlePath = async (response: FhirResponse, who: world.Name = 'home'): Promise<string> => {
    const { resource } = await stage.get(taskPath(response), who);
    return String((resource?.focus as { reference?: string } | undefined)?.reference);
  };
  const outbox = () => stage.deps.store.read.selectFrom('outbox').selectAll().orderBy('seq').execute();
  const aboutPatient = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { entry } of findAudit(stage.deps.store, { patientBsn: bsn }))
      if (entry.exchange === 'medication')
        found.push(`${entry.event} ${entry.outcome} ${entry.participantId}`);
    return found;
  };
  const payloads = () => stage.deps.store.read.selectFrom('payload').selectAll().execute();

  test('stores own building blocks, announces them, and gives them to the receiver', async () => {
    const response = await push(receiver(), content());
    expect(response.status).toBe(202);
    expect(stage.wakes).toBe(1);
    expect(await outbox()).toMatchObject([
      { exchange: 'medication', kind: 'announce', participant_id: 'home', state: 'waiting' },
    ]);
    const { resource } = await stage.get(await bundlePath(response));
    expect(resource).toMatchObject({ resourceType: 'Bundle', type: 'transaction' });
    expect(entriesOf(resource as FhirResource)).toHaveLength(3);
  });

  test('tells nobody else: not a third party, and not even the sender gets the content', async () => {
    const response = await push(receiver(), content());
    const path = await bundlePath(response);
    for (const who of ['hospital', 'nurses'] as const)
      await expect(stage.get(path, who)).rejects.toMatchObject({ kind: 'notFound' });
    await expect(stage.get(taskPath(response), 'hospital')).rejects.toMatchObject({ kind: 'notFound' });
    const message = (await outbox()).map((row) => row.message).join();
    expect(message).not.toContain(bsn);
    expect(message).not.toContain('Metformine');
  });

  test('shows the sender how far it is', async () => {
    const response = await push(receiver(), content());
    const steps = async () => {
      const { resource } = await stage.get(taskPath(response), 'nurses');
      const output = (resource?.output ?? []) as { type: { coding: { code: string }[] } }[];
      return output.map(({ type }) => type.coding[0]?.code);
    };
    expect(await steps()).toEqual(['version', 'notification', 'reads']);
    await stage.get(await bundlePath(response));
    expect(await steps()).toEqual(['version', 'notification', 'task-read', 'content-read', 'reads']);
  });

  test('is one push however often it is sent, and a new version when its content changes', async () => {
    const first = await push(receiver(), content());
    const [again, ...more] = await Promise.all([1, 2, 3].map(() => push(receiver(), content())));
    expect([again, ...more].map((one) => [one?.status, one?.headers?.Location])).toEqual(
      Array(3).fill([200, first.headers?.Location]),
    );
    expect(await outbox()).toHaveLength(1);
    const next = await push(receiver(), content(own('2 x per dag 1 tablet')));
    expect([next.status, next.headers?.Location]).toEqual([202, first.headers?.Location]);
    const { resource } = await stage.get(await bundlePath(next));
    expect(JSON.stringify(resource)).toContain('2 x per dag');
    const states = (await outbox()).map(({ state, version }) => [state, version]);
    expect(states).toEqual([
      ['superseded', 1],
      ['waiting', 2],
    ]);
    expect(await stage.deps.store.read.selectFrom('push').selectAll().execute()).toHaveLength(1);
  });

  test('makes one case of equal pushes at the same time', async () => {
    const all = await Promise.all([1, 2, 3, 4, 5].map(() => push(receiver(), content())));
    expect(all.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 202]);
    expect(await outbox()).toHaveLength(1);
  });

  test('does not go to another receiver under the same case', async () => {
    await push(receiver(), content(), caseNamed('c-1'));
    const other = push(receiver('90001003'), content(), caseNamed('c-1'));
    await expect(other).rejects.toMatchObject({ kind: 'conflict', reason: 'receiver-changed' });
    expect(await outbox()).toHaveLength(1);
  });

  test('is about one patient: another under the same case does not take the place of the first', async () => {
    const first = await push(receiver(), content(), caseNamed('c-2'));
    const other = push(receiver(), content(own('1 x per dag 1 tablet', strangersBsn)), caseNamed('c-2'));
    await expect(other).rejects.toMatchObject({ kind: 'conflict', reason: 'patient-changed' });
    expect(JSON.stringify((await stage.get(await bundlePath(first))).resource)).toContain(bsn);
  });

  test('gives the new version to a receiver whose read a correction overtakes, and raises no alarm', async () => {
    const response = await push(receiver(), content(), caseNamed('c-3'));
    const path = await bundlePath(response);
    const { store } = stage.deps;
    const { open } = store;
    vi.spyOn(store, 'open').mockImplementationOnce(async (...asked) => {
      await push(receiver(), content(own('2 x per dag 1 tablet')), caseNamed('c-3'));
      return open(...asked);
    });
    const read = await stage.get(path);
    expect(JSON.stringify(read.resource)).toContain('2 x per dag');
    expect(stage.ground.alarms).toEqual([]);
  });

  test.each([
    ['expired', expirePushes, 31],
    ['emptied', sweptBy(purgePushes), 61],
    ['forgotten', sweptBy(forgetPushes), 400],
  ] as const)('is not %s when it is pushed again before its turn comes', async (_, sweep, days) => {
    const path = await bundlePath(await push(receiver(), content()));
    stage.later(days * day);
    const { store } = stage.deps;
    const write: typeof store.write = async (job) => {
      await push(receiver(), content());
      return store.write(job);
    };
    expect(await sweep({ ...stage.deps, store: { ...store, write } })).toBe(0);
    expect((await stage.get(path)).status).toBe(200);
  });

  test('is not read any more once it was taken back, also by a read that had begun', async () => {
    const response = await push(receiver(), content());
    const path = await bundlePath(response);
    const { store } = stage.deps;
    const { write } = store;
    vi.spyOn(store, 'write').mockImplementationOnce(async (job) => {
      await stage.post(`${taskPath(response)}/$cancel-push`, parameters(), 'nurses');
      return write(job);
    });
    await expect(stage.get(path)).rejects.toMatchObject({ kind: 'denied', reason: 'grant-ended' });
  });

  test('shows its sender that it was told for as long as it is shown at all', async () => {
    const response = await push(receiver(), content());
    const { store, clock } = stage.deps;
    const settled_at = clock().toISOString();
    await store.write(({ db }) => db.updateTable('outbox').set({ state: 'delivered', settled_at }).execute());
    stage.later(370 * day);
    expect(await purgeSettled(store, clock(), { keepDays: 365 })).toBe(0);
    const { resource } = await stage.get(taskPath(response), 'nurses');
    expect(JSON.stringify(resource)).toContain('"valueCode":"delivered"');
    stage.later(30 * day);
    await forgetPushes(store, clock(), stage.deps.settings.medication);
    expect(await purgeSettled(store, clock(), { keepDays: 365 })).toBe(1);
  });

  test('ends with its grant, by the clock and then for good', async () => {
    const response = await push(receiver(), content());
    const path = await bundlePath(response);
    await stage.get(path);
    stage.later(31 * day);
    await expect(stage.get(path)).rejects.toMatchObject({ reason: 'grant-ended' });
    expect(await expirePushes(stage.deps)).toBe(1);
    expect(await expirePushes(stage.deps)).toBe(0);
    const before = (await payloads()).length;
    expect(await purgePushes(stage.deps.store, stage.deps.clock(), { contentDays: 30 })).toBe(0);
    stage.later(31 * day);
    expect(await purgePushes(stage.deps.store, stage.deps.clock(), { contentDays: 30 })).toBe(1);
    expect((await payloads()).length).toBe(before - 1);
    await expect(stage.get(path)).rejects.toMatchObject({ reason: 'grant-ended' });
    const { resource } = await stage.get(taskPath(response), 'nurses');
    expect(resource).toMatchObject({ status: 'completed' });
    expect((await aboutPatient()).filter((line) => /pushExpired|pushRemoved/.test(line))).toEqual([
      'medication.pushExpired success undefined',
      'medication.pushRemoved success undefined',
    ]);
  });

  test('is taken back by its sender alone: content gone, receiver told, once', async () => {
    const response = await push(receiver(), content());
    const path = await bundlePath(response);
    const before = (await payloads()).length;
    const cancel = (who?: world.Name) =>
      stage.ask({ method: 'POST', path: [...taskPath(response).split('/'), '$cancel-push'] }, who);
    for (const who of ['home', 'hospital'] as const)
      await expect(cancel(who)).rejects.toMatchObject({ kind: 'notFound' });
    await stage.get(path);
    for (const _ of [1, 2])
      expect(await cancel()).toMatchObject({ status: 200, resource: { status: 'cancelled' } });
    await expect(stage.get(path)).rejects.toMatchObject({ reason: 'grant-ended' });
    expect((await payloads()).length).toBe(before - 1);
    const { resource } = await stage.get(taskPath(response));
    expect(resource).toMatchObject({ status: 'cancelled' });
    const told = (await outbox()).map(({ kind, state, message }) => [
      kind,
      state,
      JSON.parse(message).status,
    ]);
    expect(told).toEqual([
      ['announce', 'superseded', 'requested'],
      ['cancel', 'waiting', 'cancelled'],
    ]);
    const records = await stage.audit();
    expect(records.filter(({ event }) => event === 'medication.cancelPush')).toMatchObject([
      { outcome: 'refused' },
      { outcome: 'refused' },
    ]);
    expect(records.filter(({ event }) => event === 'medication.pushCancelled')).toMatchObject([
      { outcome: 'success', detail: { changed: true } },
      { outcome: 'success', detail: { changed: false } },
    ]);
    const anew = await push(receiver(), content());
    expect(anew.status).toBe(202);
    expect((await stage.get(await bundlePath(anew))).status).toBe(200);
  });

  test('is forgotten long after its last change, and no sooner', async () => {
    const response = await push(receiver(), content());
    const forget = () => forgetPushes(stage.deps.store, stage.deps.clock(), { recordDays: 365 });
    const before = (await payloads()).length;
    stage.later(394 * day);
    expect(await forget()).toBe(0);
    stage.later(2 * day);
    expect(await forget()).toBe(1);
    expect((await payloads()).length).toBe(before - 1);
    expect((await stage.audit()).at(-1)).toMatchObject({ event: 'medication.pushForgotten', action: 'D' });
    await expect(stage.get(taskPath(response), 'nurses')).rejects.toMatchObject({ kind: 'notFound' });
  });

  test('may be pushed again once its grant has ended', async () => {
    const first = await push(receiver(), content());
    stage.later(31 * day);
    const again = await push(receiver(), content());
    expect([again.status, again.headers?.Location]).toEqual([202, first.headers?.Location]);
    expect((await stage.get(await bundlePath(again))).status).toBe(200);
  });

  test('records who pushed and who read, without the patient in the clear', async () => {
    await stage.get(await bundlePath(await push(receiver(), content())));
    const records = await stage.audit();
    const events = records.map(({ event }) => event);
    expect(events).toEqual(
      expect.arrayContaining(['medication.pushed', 'medication.pushTaskRead', 'medication.pushRead']),
    );
    expect(JSON.stringify(records)).not.toContain(bsn);
    expect(JSON.stringify(await payloads())).not.toContain('Metformine');
  });

  test('is found in the record by its patient: each access, each refused one, and its end', async () => {
    const response = await push(receiver(), content());
    await push(receiver(), content());
    const path = await bundlePath(response);
    await stage.get(path);
    await stage.get(path, 'hospital').catch(() => undefined);
    await stage.post(`${taskPath(response)}/$cancel-push`, parameters(), 'nurses');
    expect(await aboutPatient()).toEqual([
      'medication.pushed success nurses',
      'medication.pushed success nurses',
      'medication.pushTaskRead success home',
      'medication.pushRead success home',
      'medication.readPushed refused hospital',
      'medication.pushCancelled success nurses',
    ]);
  });

  test('refuses what cannot be read as it was meant, and names the place', async () => {
    expect(await refused(content())).toContain('receiver-missing');
    expect(await refused(receiver('90009999'), content())).toContain('receiver-unknown');
    expect(await refused(receiver(), { name: 'content', resource: patient('p1', bsn) })).toContain(
      'part-unknown',
    );
    expect(await refused(receiver(), content(), content())).toContain('part-unknown');
    expect(await refused(receiver(), content(), about())).toContain('part-unknown');
    const two = own();
    (two.entry as object[]).push({ resource: patient('p2', strangersBsn) });
    expect(await refused(receiver(), content(two))).toContain('patient-one');
    const none = { ...own(), entry: [{ resource: patient('p1', bsn) }] };
    expect(await refused(receiver(), content(none))).toContain('medication-not-read');
    expect(await outbox()).toEqual([]);
  });

  test('gives an overview under a case of the sender, to who may see it', async () => {
    expect(await refused(receiver(), about())).toContain('case-missing');
    const response = await push(receiver(), about(), caseNamed('c-2'));
    expect(response.status).toBe(202);
    const asked = stage.servers.hospital.seen.length;
    expect((await push(receiver(), about(), caseNamed('c-2'))).status).toBe(200);
    const other = push(receiver('90001003'), about(), caseNamed('c-2'));
    await expect(other).rejects.toMatchObject({ kind: 'conflict', reason: 'receiver-changed' });
    expect(stage.servers.hospital.seen.length).toBe(asked);
    const pushed = (await aboutPatient()).filter((line) => line.startsWith('medication.pushed '));
    expect(pushed).toHaveLength(2);
    const { resource } = await stage.get(await bundlePath(response));
    const found = entriesOf(resource as FhirResource).map((one) => one.resource);
    expect(found[0]?.resourceType).toBe('Composition');
    expect(JSON.stringify(found)).toContain('ma-enalapril');
  });

  test('gives the List of before as a transaction, only where the region offers it', async () => {
    const list = [receiver(), about(), caseNamed('c-4'), { name: 'answer', valueCode: 'list' }];
    expect(await refused(...list)).toContain('answer-unknown');
    await stage.end();
    stage = await openMedicationStage(kind, { legacyList: true });
    const { resource } = await stage.get(await bundlePath(await push(...list)));
    expect(resource).toMatchObject({
      type: 'transaction',
      meta: { tag: [{ code: 'legacy-medication-overview' }] },
    });
    expect(resource).not.toHaveProperty('total');
    const entries = (resource?.entry ?? []) as { resource: FhirResource }[];
    expect(entries.length).toBeGreaterThan(3);
    for (const one of entries)
      expect(one).toMatchObject({ request: { method: 'POST', url: one.resource.resourceType } });
  });

  test('leaves out of a pushed overview what its receiver may not see', async () => {
    await stage.choose('hospital', false);
    await stage.choose('hospital', true, 'nurses');
    const response = await push(receiver(), about(), caseNamed('c-3'));
    expect(stage.servers.hospital.seen.length).toBeGreaterThan(0);
    const { resource } = await stage.get(await bundlePath(response));
    const found = entriesOf(resource as FhirResource).map((one) => one.resource);
    expect(found.filter(({ resourceType }) => resourceType === 'MedicationRequest')).toEqual([]);
    expect(JSON.stringify(found)).toContain('receiver-not-permitted');
  });
});
