// Whose is a record that names its patient by a whole address? Ours only where the holder itself shows that the address is its own.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FhirResource } from '../../src/model.ts';
import { patient } from '../world/wishes.ts';
import {
  directive,
  directives,
  type FederatedStage,
  openFederated,
  told,
  withMode,
} from './federatedStage.ts';
import { json } from './holderServer.ts';

let stage: FederatedStage;
beforeEach(async () => {
  stage = await openFederated();
  await stage.record(true);
});
afterEach(() => stage.end());

const inner = 'http://epd-1.inside.example:8080/fhir';
const of = (base: string, id = 'p1') => directive('c1', { patient: { reference: `${base}/Patient/${id}` } });

const givePatient = (entry: object, more: object = {}) => {
  stage.servers.gp.found.Patient = json({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: [{ resource: patient(), ...entry }],
    ...more,
  });
};
const giveConsent = (resource: FhirResource, more: object = {}, entry: object = {}) => {
  stage.servers.gp.found.Consent = json({
    resourceType: 'Bundle',
    type: 'searchset',
    entry: [{ resource, ...entry }],
    ...more,
  });
};
const found = async () => {
  const answer = await stage.ask('Consent', directives(await stage.patientId()));
  return { matches: withMode(answer, 'match').length, told: told(answer).join('\n') };
};
const self = (url: string) => ({ link: [{ relation: 'self', url }] });

it('one at another server is not proven to be of this patient, though the id is the same', async () => {
  for (const base of ['https://elsewhere.example/fhir', inner, `${stage.servers.gp.base}/other`]) {
    giveConsent(of(base));
    expect(await found()).toMatchObject({
      matches: 0,
      told: expect.stringContaining('Nothing shows that this is of this patient'),
    });
  }
  const card = await stage.wishes();
  expect(JSON.stringify(card.resource)).not.toContain('"provision"');
});

it('one at the endpoint is', async () => {
  giveConsent(of(stage.servers.gp.base));
  expect(await found()).toMatchObject({ matches: 1 });
});

it('one at the address under which the holder gave this very Patient is, and its neighbour is not', async () => {
  givePatient({ fullUrl: `${inner}/Patient/p1` });
  giveConsent(of(inner));
  expect(await found()).toMatchObject({ matches: 1 });
  giveConsent(of('https://epd-1.inside.example:8080/fhir/'.slice(0, -1)));
  expect(await found()).toMatchObject({ matches: 1 });
  giveConsent(of(inner, 'p2'));
  expect(await found()).toMatchObject({ matches: 0 });
});

it.each([
  ['its search', `${inner}/Consent?patient=Patient/p1`],
  ['its search by POST', `${inner}/Consent/_search?patient=p1`],
  ['its base', `${inner}?_getpages=7`],
])('one at the server that the answer says it is of is: by %s', async (_, url) => {
  giveConsent(of(inner), self(url));
  expect(await found()).toMatchObject({ matches: 1 });
});

it('the address of another record proves nothing of a Patient', async () => {
  giveConsent(of(inner), {}, { fullUrl: `${inner}/Consent/c1` });
  expect(await found()).toMatchObject({ matches: 0 });
});
