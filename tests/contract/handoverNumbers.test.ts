// Is an organisation itself whose number is written without the zeros it begins with, or with another system's name?
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { uraSystem } from '../../src/fhir/identifiers.ts';
import type { FhirResource, Participant } from '../../src/model.ts';
import { asking, castOfParticipants, endpoint, participant } from '../world/cast.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { bundle, clinicalResources, nursingHandoff } from '../world/nursingHandoff.ts';

const small = participant({
  id: 'small',
  name: 'Wijkverpleging Laag',
  ura: '00001234',
  endpoints: [endpoint('notification')],
});
const written: Participant = { ...small, identifiers: [{ system: uraSystem, value: '1234' }] };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ participants: [...castOfParticipants, small] });
});
afterAll(() => stage.end());

async function taskOf(response: Awaited<ReturnType<Stage['push']>>): Promise<FhirResource | undefined> {
  return (await stage.get(`Task/${(await stage.served(response)).taskId}`, asking(small))).resource;
}

test('a sender is not refused for its own number', async () => {
  const response = await stage.push(nursingHandoff({ case: randomUUID(), sender: written }), asking(small));
  expect(response.status).toBe(202);
  expect((await taskOf(response))?.requester).toMatchObject({
    agent: { reference: expect.stringMatching(/^Organization\//), identifier: { value: '00001234' } },
  });
});

test('the Task leads to the receiver in the content', async () => {
  const response = await stage.push(nursingHandoff({ case: randomUUID(), receiver: written }));
  expect((await taskOf(response))?.owner).toMatchObject({
    reference: expect.stringMatching(/^Organization\//),
  });
});

test('among loose resources the receiver is found, and not made once more', async () => {
  const response = await stage.push({
    resourceType: 'Parameters',
    parameter: [
      {
        name: 'content',
        resource: bundle('collection', clinicalResources({ receiver: written }), randomUUID()),
      },
      { name: 'receiver', valueIdentifier: { system: uraSystem, value: '00001234' } },
      { name: 'transferDate', valueDate: '2026-01-16' },
    ],
  });
  const { compositionId } = await stage.served(response);
  const { resource } = await stage.get(`Composition/${compositionId}/$document`, asking(small));
  const rows = (resource?.entry ?? []) as { resource: FhirResource }[];
  const found = rows.filter((row) => row.resource.name === small.name).map((row) => row.resource);
  // the one in the content says so much more than the directory knows
  expect(found).toMatchObject([{ meta: { profile: [expect.any(String)] } }]);
});
