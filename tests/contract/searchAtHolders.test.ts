// Which endpoints does a search of wishes ask, and for what? By their kind and method, as the card asks them.
import { afterEach, expect, it } from 'vitest';
import { answer } from '../../src/exchange/index.ts';
import { registeredSetSystem } from '../../src/holder/registered.ts';
import { patient, r4Form } from '../world/wishes.ts';
import { directives, type FederatedStage, openFederated, told, withMode } from './federatedStage.ts';
import { asking, home } from './retrievalStage.ts';

let stage: FederatedStage;
afterEach(() => stage.end());

it('a form that was registered here answers a search with what it says', async () => {
  stage = await openFederated({ homeEndpoint: { kind: 'registered', address: '' } });
  await stage.record(true);
  const meta = { security: [{ code: 'R' }] };
  const filled = r4Form({ '1386': { decision: '2' } }, '2025-07-29', { meta });
  const participant = stage.deps.directory.byId(home.id) ?? asking().participant;
  const kept = await answer(
    {
      version: 'r4',
      method: 'POST',
      path: ['$register-wishes'],
      query: new Map(),
      language: 'en',
      requestId: 'registration',
      resource: {
        resourceType: 'Bundle',
        type: 'collection',
        entry: [{ resource: patient() }, { resource: filled }],
      },
    },
    asking({ participant }),
    stage.deps,
  );
  const id = await stage.patientId();
  const found = await stage.ask('Consent', directives(id));
  const [set] = (kept.resource?.parameter ?? []) as { valueString: string }[];
  // the one with which its asker hears whether the copy is still current
  const tag = [{ system: registeredSetSystem, code: set?.valueString, version: '1' }];
  expect(withMode(found, 'match')).toMatchObject([
    { patient: { reference: `Patient/${id}` }, provision: { type: 'deny' }, meta: { ...meta, tag } },
  ]);
  const forms = await stage.ask('QuestionnaireResponse', [
    ['patient', `Patient/${id}`],
    ['questionnaire', 'https://api.iknl.nl/docs/pzp/r4/Questionnaire/ACP-zib2020'],
  ]);
  expect(withMode(forms, 'match')).toHaveLength(1);
});

it.each(['ada', 'mp612'] as const)(
  '%s is asked nothing, least of all by BSN, and told as unfit',
  async (kind) => {
    stage = await openFederated({ homeEndpoint: { kind } });
    await stage.record(true);
    const found = await stage.ask('Consent', directives(await stage.patientId()));
    expect(stage.servers.home.seen).toEqual([]);
    expect(found.resource).not.toHaveProperty('total');
    expect(told(found)).toEqual(['Verpleeghuis Het Veer (URA 90000202) could not be asked']);
  },
);
