// Is a holder of whom the gateway knows too little to ask consent for named, where the patient refused everybody and refusals are concealed?
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answer } from '../../src/exchange/index.ts';
import { entriesOf } from '../../src/fhir/bundles.ts';
import type { FhirResponse, Participant } from '../../src/model.ts';
import { createDirectory } from '../../src/routing/directory.ts';
import type { Localisation } from '../../src/routing/localisation.ts';
import { asking, gp, openRetrieval, question, type RetrievalStage } from './retrievalStage.ts';

let stage: RetrievalStage;
afterEach(() => stage.end());

const knownTo = (unreachable: Localisation['unreachable'], participants?: readonly Participant[]) =>
  answer(
    {
      version: 'r4',
      method: 'POST',
      path: ['$wishes'],
      query: new Map(),
      language: 'en',
      requestId: 'request-1',
      resource: question(),
    },
    asking(),
    {
      ...stage.deps,
      ...(participants && { directory: createDirectory(participants) }),
      localise: async () => ({ holders: [], unreachable, sources: [] }),
    },
  );
const named = ({ resource }: FhirResponse, name: string): boolean => JSON.stringify(resource).includes(name);
const nameless: Participant = {
  id: 'nameless',
  name: 'Praktijk Zonder Nummer',
  identifiers: [],
  active: true,
  facilityType: 'Z3',
  clients: [],
  endpoints: [],
};

const unknown: readonly (readonly [string, Localisation['unreachable'][number]])[] = [
  ['without a URA', { participantId: 'nameless', name: nameless.name, reason: 'endpoint-suspended' }],
  ['that has gone from the settings', { participantId: 'gone', name: 'gone-gp', reason: 'not-registered' }],
  ['that an index knows by URA alone', { ura: '12345678', name: 'URA 12345678', reason: 'not-registered' }],
];

describe.each(unknown)('a holder %s', (_, one) => {
  it('is not named where the patient refused everybody and that is concealed', async () => {
    stage = await openRetrieval({ consent: { concealRefusal: true } });
    expect(named(await knownTo([one], [nameless]), one.name)).toBe(true);
    await stage.record(true, gp);
    expect(named(await knownTo([one], [nameless]), one.name)).toBe(true);
    await stage.record(false);
    const refused = await knownTo([one], [nameless]);
    expect(named(refused, one.name)).toBe(false);
    const nothing = await knownTo([], [nameless]);
    expect(entriesOf(refused.resource!).length).toBe(entriesOf(nothing.resource!).length);
  });

  it('is named where nothing is concealed', async () => {
    stage = await openRetrieval();
    await stage.record(false);
    expect(named(await knownTo([one], [nameless]), one.name)).toBe(true);
  });
});

describe('a holder without an organisation type', () => {
  beforeEach(async () => {
    const consent = { concealRefusal: true };
    stage = await openRetrieval({ consent, gpType: undefined });
  });

  it('is not named where the patient refused it and that is concealed', async () => {
    await stage.record(true);
    expect(named(await stage.wishes(), gp.name)).toBe(true);
    await stage.record(false, gp);
    expect(named(await stage.wishes(), gp.name)).toBe(false);
    expect(stage.servers.gp.seen).toEqual([]);
  });
});
