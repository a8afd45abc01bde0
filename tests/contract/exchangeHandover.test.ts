// Does a handover go from its sender to its receiver, whole, once and to nobody else? On both databases.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lossBetween } from '../../src/fhir/loss.ts';
import type { FhirResource } from '../../src/model.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';
import { nursingHandoff } from '../world/nursingHandoff.ts';
import { storeKinds } from './storesUnderTest.ts';

type Row = { fullUrl: string; resource: FhirResource };
const rowsOf = (bundle: FhirResource | undefined) => (bundle?.entry ?? []) as Row[];

describe.each(storeKinds)('a handover on %s', (kind) => {
  let stage: Stage;
  beforeEach(async () => {
    stage = await openStage({ kind });
  });
  afterEach(() => stage.end());

  test('a complete handover is accepted with 202 and served whole, without loss', async () => {
    const source = nursingHandoff();
    const pushed = await stage.push(source);
    expect(pushed.status).toBe(202);
    const { taskId, compositionId } = await stage.served(pushed);
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
});
