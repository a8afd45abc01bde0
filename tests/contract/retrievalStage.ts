// On what stage are retrievals tried? Real holders over HTTP, real consent records, localisation, maps and store; short ways to ask.
import { join } from 'node:path';
import { createDecideConsent } from '../../src/consent/decide.ts';
import { registerConsent } from '../../src/consent/ownRecords.ts';
import type { Party } from '../../src/consent/precedence.ts';
import { consentSettings } from '../../src/consent/settings.ts';
import {
  answer,
  type ExchangeDeps,
  handoverSettings,
  medicationSettings,
  wishesSettings,
} from '../../src/exchange/index.ts';
import { uraSystem } from '../../src/fhir/identifiers.ts';
import { createHolders } from '../../src/holder/holders.ts';
import { holderSettings } from '../../src/holder/settings.ts';
import { tryLoadMaps } from '../../src/mapping/loadMaps.ts';
import type { DataEndpoint, FhirRequest, FhirResource, Participant, Requester } from '../../src/model.ts';
import { createOutgoing } from '../../src/outgoing/outgoing.ts';
import { createTokens } from '../../src/outgoing/tokens.ts';
import { createDirectory } from '../../src/routing/directory.ts';
import { localisationSettings } from '../../src/routing/localisationSettings.ts';
import { createLocalise } from '../../src/routing/localise.ts';
import { nobodyHandsOver } from '../world/exchangeStage.ts';
import { bsn, patient } from '../world/wishes.ts';
import { endpointAt, type HolderServer, startHolder } from './holderServer.ts';
import { prepareGround, type StoreKind } from './storesUnderTest.ts';

const endpoint = (more: Partial<DataEndpoint>) => endpointAt('', { id: 'wishes', ...more });

type Sketch = { id: string; name: string; ura: string; facilityType?: string };
const participant = ({ id, name, ura, facilityType }: Sketch, at: readonly DataEndpoint[]): Participant => ({
  id,
  name,
  identifiers: [{ system: uraSystem, value: ura }],
  active: true,
  ...(facilityType === undefined ? {} : { facilityType }),
  clients: [],
  endpoints: [],
  dataEndpoints: at,
});

export const gp: Sketch = { id: 'gp', name: 'Huisarts Aan de Kade', ura: '90000404', facilityType: 'Z3' };
export const home: Sketch = {
  id: 'home',
  name: 'Verpleeghuis Het Veer',
  ura: '90000202',
  facilityType: 'R5',
};
export const crew: Sketch = {
  id: 'rav',
  name: 'Ambulance Lek en Linge',
  ura: '90000701',
  facilityType: 'AMB',
};

export const asking = (more: Partial<Requester> = {}): Requester => ({
  participant: participant(crew, []),
  clientId: 'rav-system',
  scopes: ['wishes'],
  tokenId: 'token-1',
  practitioner: {
    identifier: { system: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers', value: '900000711' },
    role: '30.000',
  },
  purposeOfUse: 'TREAT',
  ...more,
});

export type Parameter = { name: string; [value: `value${string}`]: unknown };
export const question = (ofBsn: string = bsn, ...more: readonly Parameter[]): FhirResource => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'patient', valueIdentifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: ofBsn } },
    ...more,
  ],
});

/** Compiled once for all tests of a file. */
const { maps } = tryLoadMaps(join(import.meta.dirname, '../../mappings'), ['stu3-to-r4', 'pzp-form-to-r4']);

export type RetrievalStage = Awaited<ReturnType<typeof openRetrieval>>;

type Opening = {
  kind?: StoreKind;
  wishes?: Partial<ReturnType<typeof wishesSettings.parse>>;
  consent?: Record<string, unknown>;
  /** How the second holder wants to be asked. */
  homeEndpoint?: Partial<DataEndpoint>;
  gpEndpoint?: Partial<DataEndpoint>;
  gpType?: string | undefined;
};

/** Two holders that know the patient by BSN; nobody has permitted anything yet. */
export async function openRetrieval({ kind = 'sqlite', ...opening }: Opening = {}) {
  const ground = await prepareGround(kind);
  const store = await ground.open();
  const servers = {
    gp: await startHolder({ Patient: [patient()] }),
    home: await startHolder({ Patient: [patient()] }),
  };
  const place = (server: HolderServer, more: Partial<DataEndpoint> = {}) => [
    endpoint({ address: server.base, ...more }),
  ];
  const gpSketch = 'gpType' in opening ? { id: gp.id, name: gp.name, ura: gp.ura } : gp;
  const directory = createDirectory([
    participant(gpSketch, place(servers.gp, opening.gpEndpoint)),
    participant(home, place(servers.home, opening.homeEndpoint)),
    participant(crew, []),
  ]);
  const clock = () => new Date();
  const outgoing = createOutgoing({
    allowPrivate: ['127.0.0.0/8'],
    timeoutMs: 5_000,
    maxBytes: 1_000_000,
    connectionsPerHost: 8,
  });
  const tokens = createTokens({ outgoing, clock, signAssertion: async () => '', timeoutMs: 500 });
  const holders = createHolders({ outgoing, tokens, clock, store, settings: holderSettings.parse({}) });
  const consent = consentSettings.parse({ policy: { sources: ['own'], ...opening.consent } });
  const faults: unknown[] = [];
  const noteFault = (error: unknown) => void faults.push(error);
  const deps: ExchangeDeps = {
    store,
    clock,
    baseUrl: 'https://gateway.example',
    directory,
    wakeDelivery: () => undefined,
    checkProfiles: () => [],
    preparePush: nobodyHandsOver,
    localise: createLocalise({
      settings: localisationSettings.parse({}),
      directory,
      store,
      clock,
      outgoing,
      tokens,
      askMitzOpen: undefined,
      noteFault,
    }),
    decideConsent: createDecideConsent({ store, clock, settings: consent, sources: {} }),
    fetchFrom: holders.fetchFrom,
    mapNamed: (name) => {
      const map = maps.get(name);
      if (map === undefined) throw new Error(`no map ${name}`);
      return map;
    },
    noteFault,
    settings: {
      handover: handoverSettings.parse({}),
      wishes: wishesSettings.parse({ deadlineMs: 1_500, quietMs: 0, ...opening.wishes }),
      medication: medicationSettings.parse({}),
      consent,
    },
  };

  return {
    deps,
    store,
    servers,
    faults,
    /** What the patient has recorded about a holder, or about all of them. */
    async record(permits: boolean, holder?: Sketch, more: { categories?: string[]; of?: string } = {}) {
      const party: Party =
        holder === undefined ? { kind: 'any' } : { kind: 'individual', uras: [holder.ura] };
      await registerConsent(
        store,
        {
          patientBsn: more.of ?? bsn,
          consent: {
            permits,
            status: 'active',
            holder: party,
            requester: { kind: 'any' },
            categories: more.categories ?? [],
            purposes: [],
          },
          resource: { resourceType: 'Consent' },
        },
        { requester: asking(), requestId: 'registration', now: clock() },
      );
    },
    wishes: (body: FhirResource = question(), who = asking(), more: Partial<FhirRequest> = {}) =>
      answer(
        {
          version: 'r4',
          method: 'POST',
          path: ['$wishes'],
          query: new Map(),
          language: 'en',
          requestId: 'request-1',
          resource: body,
          ...more,
        },
        who,
        deps,
      ),
    async audit(): Promise<Record<string, unknown>[]> {
      const rows = await store.read.selectFrom('audit').select('body').orderBy('seq').execute();
      return rows.map((row) => JSON.parse(row.body)).filter(({ requestId }) => requestId === 'request-1');
    },
    async end() {
      holders.close();
      for (const server of Object.values(servers)) await server.end();
      await outgoing.close();
      await ground.end();
    },
  };
}
