// On what stage is medication asked for in the tests? Real holders on loopback, real consent records, a real store of either kind.
import { createDecideConsent } from '../../src/consent/decide.ts';
import { registerConsent } from '../../src/consent/ownRecords.ts';
import { consentSettings } from '../../src/consent/settings.ts';
import {
  answer,
  type ExchangeDeps,
  handoverSettings,
  medicationSettings,
  wishesSettings,
} from '../../src/exchange/index.ts';
import { dispenseList } from '../../src/exchange/medication/fixtures612.ts';
import { createHolders } from '../../src/holder/holders.ts';
import { holderSettings } from '../../src/holder/settings.ts';
import type { DataEndpoint, FhirRequest, FhirResource, FhirResponse, Participant } from '../../src/model.ts';
import { createOutgoing } from '../../src/outgoing/outgoing.ts';
import { createTokens } from '../../src/outgoing/tokens.ts';
import { createDirectory } from '../../src/routing/directory.ts';
import { localisationSettings } from '../../src/routing/localisationSettings.ts';
import { createLocalise } from '../../src/routing/localise.ts';
import type { Store } from '../../src/store/store.ts';
import { dataEndpoint, endpoint, participant } from '../world/cast.ts';
import { nobodyHandsOver } from '../world/exchangeStage.ts';
import { hang, startReceiver } from './faultyReceiver.ts';
import { patient, startHolder } from './holderServer.ts';
import { loadedMaps } from './loadedMaps.ts';
import * as world from './medicationWorld.ts';
import { type Ground, prepareGround, type StoreKind } from './storesUnderTest.ts';

export const bsn = '999911120';
export const strangersBsn = '999998298';
export const stageNow = '2024-01-15T10:00:00.000Z';

const medicationAt = (kind: DataEndpoint['kind'], address: string): DataEndpoint =>
  dataEndpoint({ id: 'medication', exchanges: ['medication'], kind, address });

type Sketch = { id: string; name: string; ura: string; facilityType: string; holds?: DataEndpoint };

const organisation = ({ holds, facilityType, ...sketch }: Sketch): Participant => ({
  ...participant({ ...sketch, endpoints: [endpoint('notification')] }),
  facilityType,
  dataEndpoints: holds ? [holds] : [],
});

async function startHolders() {
  const [hospital, gp, ada, legacy, silent] = [
    await startHolder({ Patient: [patient('p1', bsn)], ...world.hospitalResources() }),
    await startHolder({ Patient: [patient('p1', bsn)], ...world.gpResources() }),
    await startReceiver(),
    await startReceiver(),
    await startReceiver(),
  ];
  const xml = (text: () => string) => (_: unknown, response: import('node:http').ServerResponse) =>
    void response.writeHead(200, { 'content-type': 'application/xml' }).end(text());
  const said = { ada: world.adaDocument(bsn), legacy: dispenseList(bsn, world.dispenses) };
  ada.standard = xml(() => said.ada);
  legacy.standard = xml(() => said.legacy);
  silent.standard = hang;
  return { hospital, gp, ada, legacy, silent, said };
}

type Servers = Awaited<ReturnType<typeof startHolders>>;

const castOf = (servers: Servers): Record<world.Name, Participant> => ({
  nurses: organisation({ id: 'nurses', name: 'Thuiszorg De Brug', ura: '90001001', facilityType: 'Z3' }),
  home: organisation({ id: 'home', name: 'Verpleeghuis Het Veer', ura: '90001002', facilityType: 'Z3' }),
  hospital: organisation({
    id: 'hospital',
    name: 'Ziekenhuis De Dijk',
    ura: '90001003',
    facilityType: 'V4',
    holds: medicationAt('fhir', servers.hospital.base),
  }),
  gp: organisation({
    id: 'gp',
    name: 'Huisarts Aan de Kade',
    ura: '90001004',
    facilityType: 'Z3',
    holds: medicationAt('fhir', servers.gp.base),
  }),
  pharmacy: organisation({
    id: 'pharmacy',
    name: 'Apotheek De Nieuwe',
    ura: '90001005',
    facilityType: 'J8',
    holds: medicationAt('ada', servers.ada.address),
  }),
  legacy: organisation({
    id: 'legacy',
    name: 'Apotheek Oud',
    ura: '90001006',
    facilityType: 'J8',
    holds: medicationAt('mp612', servers.legacy.address),
  }),
  silent: organisation({
    id: 'silent',
    name: 'Apotheek Stil',
    ura: '90001007',
    facilityType: 'J8',
    holds: medicationAt('ada', servers.silent.address),
  }),
});

export type MedicationStage = {
  deps: ExchangeDeps;
  ground: Ground;
  servers: Servers;
  cast: Record<world.Name, Participant>;
  wakes: number;
  /** What the tokens cover. */
  scopes: readonly string[];
  later(ms: number): void;
  /** Says yes or no at one holder, for one organisation or for anybody. */
  choose(holder: world.Name, permits: boolean, forWhom?: world.Name): Promise<void>;
  post(
    path: string,
    body: FhirResource,
    who?: world.Name,
    more?: Partial<FhirRequest>,
  ): Promise<FhirResponse>;
  get(path: string, who?: world.Name): Promise<FhirResponse>;
  ask(request: Pick<FhirRequest, 'method' | 'path'>, who?: world.Name): Promise<FhirResponse>;
  audit(): Promise<Record<string, unknown>[]>;
  end(): Promise<void>;
};

/** `settings` of the exchange, `policy` of consent. */
export async function openMedicationStage(
  kind: StoreKind,
  settings: object = {},
  policy: object = {},
): Promise<MedicationStage> {
  const servers = await startHolders();
  const cast = castOf(servers);
  const ground = await prepareGround(kind);
  let now = new Date(stageNow);
  const clock = () => now;
  const store = await ground.open({ clock });
  const outgoing = createOutgoing({
    allowPrivate: ['127.0.0.0/8'],
    timeoutMs: 1_500,
    maxBytes: 1_000_000,
    connectionsPerHost: 16,
  });
  const { deps, close } = depsOf({ store, clock, outgoing, cast, settings, policy });
  const stage = { wakes: 0, scopes: ['medication'] as readonly string[] };
  const wakeDelivery = () => {
    stage.wakes++;
  };
  const ask = askerOf({ ...deps, wakeDelivery }, cast, stage);
  const made = Object.assign(stage, {
    deps,
    ground,
    servers,
    cast,
    later: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    choose: chooser(store, cast, clock),
    post: (
      path: string,
      body: FhirResource,
      ...[who = 'nurses', more = {}]: [world.Name?, Partial<FhirRequest>?]
    ) => ask({ method: 'POST', path: path.split('/'), resource: body, ...more }, who),
    ask: (request: Pick<FhirRequest, 'method' | 'path'>, who: world.Name = 'nurses') => ask(request, who),
    get: (path: string, who: world.Name = 'home') => ask({ method: 'GET', path: path.split('/') }, who),
    audit: async () => {
      const rows = await store.read.selectFrom('audit').select('body').orderBy('position').execute();
      return rows.map((row) => JSON.parse(row.body));
    },
    end: async () => {
      close();
      for (const one of ['hospital', 'gp', 'ada', 'legacy', 'silent'] as const) await servers[one].end();
      await outgoing.close();
      await ground.end();
    },
  });
  for (const name of world.permitting) await made.choose(name, true);
  await made.choose('gp', false);
  return made;
}

type Parts = {
  store: Store;
  clock: () => Date;
  outgoing: ReturnType<typeof createOutgoing>;
  cast: Record<world.Name, Participant>;
  settings: object;
  policy: object;
};

function depsOf({ store, clock, outgoing, cast, settings, policy }: Parts): {
  deps: ExchangeDeps;
  close(): void;
} {
  const directory = createDirectory(Object.values(cast));
  const noteFault = (error: unknown): never => {
    throw error;
  };
  const signAssertion = async () => 'assertion';
  const tokens = createTokens({ outgoing, clock, signAssertion, timeoutMs: 500 });
  const holders = createHolders({
    outgoing,
    tokens,
    clock,
    store,
    settings: holderSettings.parse({ timeoutMs: 1_500 }),
  });
  const consent = consentSettings.parse({ policy: { sources: ['own'], permitCacheSeconds: 0, ...policy } });
  const common = { store, clock, outgoing, tokens, directory, noteFault };
  const deps: ExchangeDeps = {
    store,
    clock,
    baseUrl: 'https://gateway.example',
    directory,
    wakeDelivery: () => undefined,
    checkProfiles: () => [],
    preparePush: nobodyHandsOver,
    localise: createLocalise({
      ...common,
      settings: localisationSettings.parse({}),
      askMitzOpen: undefined,
    }),
    decideConsent: createDecideConsent({
      store,
      clock,
      settings: consent,
      sources: {},
    }),
    fetchFrom: holders.fetchFrom,
    mapNamed: loadedMaps,
    noteFault,
    settings: {
      handover: handoverSettings.parse({}),
      wishes: wishesSettings.parse({}),
      consent,
      medication: medicationSettings.parse({ deadlineMs: 700, ...settings }),
    },
  };
  return { deps, close: () => holders.close() };
}

const uzi = { system: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers', value: '000095254' };

function askerOf(
  deps: ExchangeDeps,
  cast: Record<world.Name, Participant>,
  stage: { scopes: readonly string[] },
) {
  return (request: Pick<FhirRequest, 'method' | 'path'> & Partial<FhirRequest>, who: world.Name) => {
    const requester = {
      participant: cast[who],
      clientId: `${who}-system`,
      scopes: stage.scopes,
      tokenId: `token-of-${who}`,
      practitioner: { identifier: uzi, role: '30.000' },
      purposeOfUse: 'TREAT',
    };
    const whole = { version: 'r4', query: new Map(), language: 'nl', requestId: 'request-1' } as const;
    return answer({ ...whole, ...request }, requester, deps);
  };
}

function chooser(store: Store, cast: Record<world.Name, Participant>, clock: () => Date) {
  const uraOf = (name: world.Name): string => cast[name].identifiers[0]?.value ?? '';
  return async (holder: world.Name, permits: boolean, forWhom?: world.Name): Promise<void> => {
    const requester = {
      participant: cast.nurses,
      clientId: 'nurses-system',
      scopes: ['consent'],
      tokenId: 'token',
    };
    const consent = {
      permits,
      status: 'active',
      holder: { kind: 'individual' as const, uras: [uraOf(holder)] },
      requester: forWhom ? { kind: 'individual' as const, uras: [uraOf(forWhom)] } : { kind: 'any' as const },
      categories: ['GGC013'],
      purposes: [],
    };
    const identifier = `x|${holder}-${forWhom ?? 'any'}`;
    const registration = { patientBsn: bsn, consent, identifier, resource: { resourceType: 'Consent' } };
    await registerConsent(store, registration, { requester, requestId: 'r', now: clock() });
  };
}
