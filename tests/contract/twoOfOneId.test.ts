// Does nothing vanish when a holder gives several resources under one id, or none, and does nobody else come along inside one?
import { Buffer } from 'node:buffer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entriesOf } from '../../src/fhir/bundles.ts';
import type { FhirResource, FhirResponse } from '../../src/model.ts';
import { otherBsn, patient, r4Form } from '../world/wishes.ts';
import { directive, directives, type FederatedStage, openFederated, withMode } from './federatedStage.ts';
import { json, parametersOf, searchset } from './holderServer.ts';
import { storeKinds } from './storesUnderTest.ts';

let stage: FederatedStage;
afterEach(() => stage.end());

const typesOf = (found: readonly FhirResource[]) =>
  found.map(({ provision }) => (provision as { type?: string }).type).sort();
const consentsIn = ({ resource }: FhirResponse): FhirResource[] =>
  resource === undefined
    ? []
    : entriesOf(resource)
        .map((entry) => entry.resource)
        .filter(({ resourceType }) => resourceType === 'Consent');
const idsIn = (found: readonly FhirResource[]) => new Set(found.map(({ id }) => id));

const withoutId = ({ id: _, resourceType, ...rest }: FhirResource): FhirResource => ({
  resourceType,
  ...rest,
});

const says = (id: string, type: 'permit' | 'deny', lastUpdated?: string): FhirResource => {
  const made = directive(id, { dateTime: '2025-01-01', ...(lastUpdated && { meta: { lastUpdated } }) });
  return { ...made, provision: { ...(made.provision as object), type } };
};

describe.each(storeKinds)('of resources under one id, on %s', (kind) => {
  beforeEach(async () => {
    stage = await openFederated({ kind });
    await stage.record(true);
  });
  const search = async () => stage.ask('Consent', directives(await stage.patientId()));

  it('the newest version is found, on whatever page it stands', async () => {
    const [old, fresh] = [
      says('c1', 'permit', '2025-01-01T12:00:00Z'),
      says('c1', 'deny', '2025-06-01T12:00:00Z'),
    ];
    stage.servers.gp.found.Consent = (seen, response) => {
      const first = !parametersOf(seen).has('page');
      const link = [{ relation: 'next', url: 'Consent?page=2' }];
      json(searchset([first ? old : fresh], first ? { link } : {}))(seen, response);
    };
    const found = await search();
    expect(typesOf(withMode(found, 'match'))).toEqual(['deny']);
    expect(found.resource).toMatchObject({ total: 1 });
  });

  it('all are found, and told as not whole, where nothing says which is the newest', async () => {
    stage.servers.gp.found.Consent = [says('c1', 'permit'), says('c1', 'deny')];
    const found = await search();
    const matches = withMode(found, 'match');
    expect(typesOf(matches)).toEqual(['deny', 'permit']);
    expect(idsIn(matches).size).toBe(2);
    expect(withMode(found, 'outcome')).not.toEqual([]);
    const bundle = await stage.wishes();
    expect(typesOf(consentsIn(bundle))).toEqual(['deny', 'permit']);
    expect(idsIn(consentsIn(bundle))).toEqual(idsIn(matches));
  });

  it('those without an id are found each, and so is what two forms say', async () => {
    stage.servers.gp.found.Consent = [withoutId(says('x', 'permit')), withoutId(says('x', 'deny'))];
    expect(typesOf(withMode(await search(), 'match'))).toEqual(['deny', 'permit']);
    const bundle = await stage.wishes();
    expect(typesOf(consentsIn(bundle))).toEqual(['deny', 'permit']);
    expect(idsIn(consentsIn(bundle)).size).toBe(2);
  });

  it('a Patient of somebody else inside one does not come along, though nothing points there', async () => {
    const inside = patient(otherBsn, 'other');
    stage.servers.gp.found.Consent = [
      says('c1', 'deny'),
      { ...says('c2', 'permit'), contained: [inside] },
      { ...says('c3', 'permit'), contained: [withoutId(inside)] },
    ];
    const found = await search();
    expect(typesOf(withMode(found, 'match'))).toEqual(['deny']);
    const bundle = await stage.wishes();
    const text = JSON.stringify([found.resource, bundle.resource]);
    expect(text + Buffer.from(text, 'base64').toString()).not.toContain(otherBsn);
  });
});

describe('two forms without an id', () => {
  it('are two, and so is what they say', async () => {
    stage = await openFederated({ gpEndpoint: { method: 'form' } });
    await stage.record(true);
    stage.servers.gp.found.QuestionnaireResponse = ['2024-01-01', '2025-01-01'].map((date) =>
      withoutId(r4Form({ 1386: { decision: '2' } }, date, { subject: { reference: 'Patient/p1' } })),
    );
    const bundle = await stage.wishes();
    expect(idsIn(consentsIn(bundle)).size).toBe(2);
  });
});

it('what a form says of the patient gives way to what the holder itself has, wherever it stands', async () => {
  stage = await openFederated({ gpEndpoint: { method: 'form' } });
  await stage.record(true);
  const subject = { reference: 'Patient/p1' };
  const form = r4Form({ 1386: { decision: '2' } }, '2025-01-01', { subject });
  const capable = { linkId: '1406', answer: [{ valueBoolean: true }] };
  const items = form.item as object[];
  stage.servers.gp.found.QuestionnaireResponse = [{ ...form, item: [...items, capable] }];
  const bundle = await stage.wishes();
  const resources = entriesOf(bundle.resource ?? { resourceType: '' }).map(({ resource }) => resource);
  const people = resources.filter(({ resourceType }) => resourceType === 'Patient');
  const ids = people.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(people.filter(({ extension }) => extension !== undefined)).toEqual([]);
});
