// Does the comparison see what is lost? Each kind of damage is done once, and must be found.
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { isResource } from '../../fhir/bundles.ts';
import { parseJson } from '../../fhir/json.ts';
import type { FhirResource } from '../../model.ts';
import { closureOf } from './closure.ts';
import { compare } from './compare.ts';
import { type FoundHandover, findHandovers } from './handovers.ts';
import { readFolders } from './readFolder.ts';

const sample = fileURLToPath(new URL('../../sandbox/fixtures/handover.json', import.meta.url));
let handover: FoundHandover;

beforeAll(async () => {
  const [first] = findHandovers((await readFolders([sample])).resources);
  if (first === undefined) throw new Error('no sample');
  handover = first;
});

const keyOf = (resource: FhirResource): string => `${resource.resourceType}/${resource.id}`;
const fetched = (): Map<string, FhirResource> =>
  new Map(
    handover.closure.members.map(({ resource }) => [keyOf(resource), copyOf(JSON.stringify(resource))]),
  );

/** Decimals stay as they were written. */
function copyOf(text: string): FhirResource {
  const value = parseJson(Buffer.from(text));
  if (!isResource(value)) throw new Error('no resource');
  return value;
}

const findings = (resources: Map<string, FhirResource>): string[] =>
  compare(handover.closure, handover.resolve, {
    root: keyOf(handover.composition.resource),
    resources,
    refused: [],
  }).findings.map(({ path, text }) => `${path} ${text}`);

/** Findings after one value is replaced; `undefined` takes it out. */
const damaged = (key: string, path: readonly (string | number)[], value: unknown): string[] => {
  const resources = fetched();
  let here: unknown = resources.get(key);
  for (const step of path.slice(0, -1)) here = Object(here)[step];
  if (typeof here !== 'object' || here === null) throw new Error(`${key} has no ${path.join('.')}`);
  Reflect.set(here, path.at(-1) ?? '', value);
  return findings(resources.set(key, copyOf(JSON.stringify(resources.get(key)))));
};

describe('the comparison', () => {
  it('sees an element that is missing, changed, or moved in its list', () => {
    const taken = damaged('Condition/cond-hip', ['onsetDateTime'], undefined);
    expect(taken.join()).toContain('Condition.onsetDateTime lost');
    const changed = damaged('Condition/cond-hip', ['note', 0, 'text'], 'anders');
    expect(changed.join()).toContain('Condition.note[0].text lost');
    const moved = damaged('Patient/pat.104-77', ['name', 0, 'given'], ['T.', 'Tine']);
    expect(moved.join()).toContain('Patient.name[0].given[0] lost');
    expect(damaged('Patient/pat.104-77', ['_birthDate'], undefined).join()).toContain('Patient._birthDate');
  });

  it('sees a decimal that lost its last zero', () => {
    const found = damaged('Observation/obs-weight', ['valueQuantity', 'value'], 61.5);
    expect(found.join()).toContain('Observation.valueQuantity.value lost');
    expect(findings(fetched())).toEqual([]);
  });

  it('sees a reference that leads to another resource, and one that is gone', () => {
    const path = ['reasonReference', 0, 'reference'];
    const swapped = damaged('Procedure/proc-1', path, 'Condition/cond-dm');
    expect(swapped.join()).toMatch(/served under two ids|shares its id/);
    const gone = damaged('Procedure/proc-1', ['reasonReference'], undefined);
    expect(gone.join()).toContain('the reference is not there');
  });

  it('sees an attachment that leads to another Binary', () => {
    const path = ['content', 0, 'attachment', 'url'];
    expect(damaged('DocumentReference/doc-1', path, 'Binary/other').join()).toContain('was not fetched');
  });

  it('sees a contained resource that is no longer the one meant', () => {
    const found = damaged('DeviceUseStatement/dus-1', ['device', 'reference'], '#other');
    expect(found.join()).toContain('leads to another contained resource');
  });

  it('sees a resource that was not served', () => {
    const resources = fetched();
    resources.delete('Goal/goal-1');
    expect(findings(resources).join()).toContain('Goal was not fetched');
  });

  it('lets ids and the text of references be others', () => {
    const resources = new Map<string, FhirResource>();
    for (const { resource } of handover.closure.members) {
      const text = JSON.stringify(resource).replaceAll(
        /"(reference|url)":"([A-Z][A-Za-z]+)\/([^"]+)"/g,
        '"$1":"$2/new-$3"',
      );
      const renamed = { ...copyOf(text), id: `new-${resource.id}` };
      resources.set(keyOf(renamed), renamed);
    }
    const root = `Composition/new-${handover.composition.resource.id}`;
    const { findings: found } = compare(handover.closure, handover.resolve, { root, resources, refused: [] });
    expect(found).toEqual([]);
  });
});

describe('the closure', () => {
  it('reports a reference that leads nowhere, and goes on', async () => {
    const { resources } = await readFolders([sample]);
    const without = resources.filter((one) => one.resource.id !== 'goal-1');
    const [found] = findHandovers(without);
    expect(found?.closure.dangling.map(({ target }) => target)).toEqual(['Goal/goal-1']);
    expect(found?.closure.members).toHaveLength(handover.closure.members.length - 1);
    expect(closureOf(handover.composition, handover.resolve).dangling).toEqual([]);
  });
});
