// What does the sender's own Task do? It may name receiver and department; any other Task is not passed on, and that is told.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FhirResource } from '../../src/model.ts';
import { home, otherHome } from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { nursingHandoff } from '../world/nursingHandoff.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.end());

const department =
  'http://nuts-foundation.github.io/nl-generic-functions-ig/StructureDefinition/task-stu3-healthcareservice';
const chore = (text: string) => ({
  resourceType: 'Task',
  status: 'requested',
  intent: 'order',
  description: text,
  owner: { identifier: otherHome.identifiers[0] },
});
const workflow = (owner = home) => ({
  resourceType: 'Task',
  status: 'in-progress',
  intent: 'order',
  code: { coding: [{ system: 'http://snomed.info/sct', code: '308292007' }] },
  extension: [{ url: department, valueReference: { display: 'Geriatrie' } }],
  owner: { identifier: owner.identifiers[0] },
});

async function pushed(...tasks: FhirResource[]) {
  const handoff = nursingHandoff({ case: randomUUID() });
  const rows = [...(handoff.entry as unknown[]), ...tasks.map((resource) => ({ resource }))];
  const response = await stage.push({ ...handoff, type: 'collection', entry: rows });
  const issues = (response.resource?.issue ?? []) as {
    details?: { coding?: { code?: string }[] };
    expression?: string[];
  }[];
  const told = issues.flatMap((one) =>
    one.details?.coding ? [`${one.details.coding[0]?.code} ${one.expression}`] : [],
  );
  return { told, task: (await stage.get(`Task/${(await stage.served(response)).taskId}`)).resource };
}

test('the workflow Task is known by its code, wherever it stands, and any other is remarked on', async () => {
  const { told, task } = await pushed(chore('Bel de huisarts'), workflow(), chore('Lucht de kamer'));
  expect(task?.extension).toMatchObject([{ url: department }]);
  expect(told).toEqual(['handover-outside Bundle.entry[20].resource,Bundle.entry[22].resource']);
});

test('a Task alone is the workflow Task, also without a code', async () => {
  const { code, ...bare } = workflow();
  const { told, task } = await pushed(bare);
  expect(task?.extension).toMatchObject([{ url: department }]);
  expect(told).toEqual([]);
});

test('one that is for another organisation than the content is remarked on; the content counts', async () => {
  const { told, task } = await pushed(workflow(otherHome));
  expect(task?.owner).toMatchObject({ identifier: home.identifiers[0] });
  expect(told).toEqual(['handover-receiver-owner Bundle.entry[20].resource.owner']);
});
