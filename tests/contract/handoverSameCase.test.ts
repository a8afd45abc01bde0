// When is what is sent once more the same? Not for another receiver, another department or another patient. On both databases.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FhirResource } from '../../src/model.ts';
import { home, otherHome, testBsns } from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { nursingHandoff, resourceIn } from '../world/nursingHandoff.ts';
import { storeKinds } from './storesUnderTest.ts';

const [homeNumber] = home.identifiers;
const [otherNumber] = otherHome.identifiers;

/** A handoff that says in Parameters to whom it goes. */
const addressed = (content: FhirResource, valueIdentifier: unknown): FhirResource => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'content', resource: content },
    { name: 'receiver', valueIdentifier },
  ],
});

const department =
  'http://nuts-foundation.github.io/nl-generic-functions-ig/StructureDefinition/task-stu3-healthcareservice';

/** A handoff with the sender's own Task, for a department of the receiver. */
function forDepartment(name: string, value: string): FhirResource {
  const handoff = nursingHandoff({ case: name });
  const extension = [{ url: department, valueReference: { identifier: { system: 'urn:x', value } } }];
  const task = { resourceType: 'Task', status: 'in-progress', intent: 'order', extension };
  return { ...handoff, type: 'collection', entry: [...(handoff.entry as unknown[]), { resource: task }] };
}

describe.each(storeKinds)('the same case on %s', (kind) => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ kind });
  });
  afterAll(() => stage.end());

  test('with the same content for another receiver is refused: nobody may think that the other has it', async () => {
    const content = nursingHandoff({ case: randomUUID() });
    expect((await stage.push(addressed(content, otherNumber))).status).toBe(202);
    const moved = { kind: 'conflict', reason: 'receiver-changed' };
    await expect(stage.push(content)).rejects.toMatchObject(moved);
    await expect(stage.push(addressed(content, homeNumber))).rejects.toMatchObject(moved);
    expect((await stage.push(addressed(content, otherNumber))).status).toBe(200);
  });

  test('is the same with spaces around its name', async () => {
    const name = randomUUID();
    const named = (valueString: string) => ({
      resourceType: 'Parameters',
      parameter: [
        { name: 'content', resource: nursingHandoff({ case: null }) },
        { name: 'case', valueString },
      ],
    });
    expect((await stage.push(named(name))).status).toBe(202);
    expect((await stage.push(named(` ${name} `))).status).toBe(200);
  });

  test('for another department is a new version, whose Task names that department', async () => {
    const name = randomUUID();
    const first = await stage.push(forDepartment(name, 'geriatrie'));
    expect((await stage.push(forDepartment(name, 'geriatrie'))).status).toBe(200);
    const told = (await stage.outbox()).length;
    const second = await stage.push(forDepartment(name, 'revalidatie'));
    expect([second.status, second.headers?.Location]).toEqual([202, first.headers?.Location]);
    expect((await stage.outbox()).length).toBe(told + 1);
    const { resource } = await stage.get(`Task/${(await stage.served(second)).taskId}`);
    expect(resource?.extension).toMatchObject([{ valueReference: { identifier: { value: 'revalidatie' } } }]);
  });

  test('about another patient is refused, and the first one is still there to be fetched', async () => {
    const name = randomUUID();
    const { compositionId } = await stage.served(await stage.push(nursingHandoff({ case: name })));
    await expect(stage.push(nursingHandoff({ case: name, bsn: testBsns.no }))).rejects.toMatchObject({
      kind: 'conflict',
      reason: 'patient-changed',
    });
    const { resource } = await stage.get(`Composition/${compositionId}/$document`);
    expect(JSON.stringify(resource)).toContain(testBsns.yes);
  });

  test('about a patient whose number has become known is a new version', async () => {
    const name = randomUUID();
    const known = nursingHandoff({ case: name });
    const unknown = structuredClone(known);
    delete resourceIn(unknown, 'Patient/pat-1').identifier;
    for (const body of [unknown, known, unknown]) expect((await stage.push(body)).status).toBe(202);
    // once known it stays known, also when a version leaves it out
    const other = nursingHandoff({ case: name, bsn: testBsns.no });
    await expect(stage.push(other)).rejects.toMatchObject({ reason: 'patient-changed' });
  });
});
