// Does the gateway take what the map makes of a handover in JSON? Each example of the map's own, pushed at the exchange.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJson } from '../../src/fhir/json.ts';
import { eachReference } from '../../src/fhir/references.ts';
import { checkShape } from '../../src/fhir/shape.ts';
import { tryLoadMaps } from '../../src/mapping/loadMaps.ts';
import { runMap } from '../../src/mapping/runMap.ts';
import type { FhirResource } from '../../src/model.ts';
import { openStage, type Stage } from '../world/exchangeStage.ts';

const folder = resolve(import.meta.dirname, '../../mappings/handover-json-to-stu3');
const map = tryLoadMaps(resolve(folder, '..')).maps.get('handover-json-to-stu3');
const source = (name: string) => readFileSync(join(folder, `tests/${name}.source.json`));

const handoff = (name: string, seed = 's'): FhirResource => {
  if (!map) throw new Error('no such map');
  const { target } = runMap(map, map.read(source(name)), { at: new Date('2026-01-15T12:00:00Z'), seed });
  const read: unknown = parseJson(Buffer.from(JSON.stringify(target)));
  return read as FhirResource;
};

type Entry = { fullUrl: string; resource: FhirResource };
const entriesOf = (bundle: FhirResource): Entry[] => bundle.entry as Entry[];

type Outcome = { issue?: { severity: string; details?: { text?: string }; diagnostics?: string }[] };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.end());

describe.each(['minimal', 'with-pdf', 'full'])('the example %s', (name) => {
  it('is taken by the gateway, without errors and with nothing left outside', async () => {
    const response = await stage.push(handoff(name));
    expect(response.status).toBe(202);
    const { issue = [] } = response.resource as Outcome;
    expect(issue.filter(({ severity }) => severity !== 'information')).toEqual([]);
  });

  it('has the shape of STU3', () => {
    const errors = checkShape(handoff(name), 'stu3').filter(({ severity }) => severity !== 'information');
    expect(errors).toEqual([]);
  });

  it('starts with its Composition, and leads only to what it holds', () => {
    const entries = entriesOf(handoff(name));
    expect(entries[0]?.resource.resourceType).toBe('Composition');
    const known = new Set(entries.map(({ fullUrl }) => fullUrl));
    expect(known.size).toBe(entries.length);
    for (const { resource } of entries)
      eachReference(resource, ({ reference }, path) => {
        if (reference !== undefined)
          expect(known, `${resource.resourceType}.${path}`).toContain(
            `https://sluis.dev/handover/${String(reference)}`,
          );
      });
  });

  it('is the same content under another seed: a second push is no new version', async () => {
    expect(handoff(name, 'other')).toEqual(handoff(name));
    const again = await stage.push(handoff(name, 'other'));
    expect(again.status).toBe(200);
  });
});

describe('the minimal example', () => {
  it('is refused when a part of the minimum goes missing, so the gate does look', async () => {
    const bundle = handoff('minimal');
    const without = entriesOf(bundle).filter(({ resource }) => resource.resourceType !== 'Coverage');
    await expect(stage.push({ ...bundle, entry: without })).rejects.toMatchObject({ kind: 'unprocessable' });
  });
});
