// Who else takes part in the sandbox? The data holders of a region and those who ask them, as running systems and as settings.
import { type Asker, createAsker } from './ambulance.ts';
import type { Caller } from './caller.ts';
import { type Steered, steeredBy } from './control.ts';
import { fixtureRecords, fixtureText, patientBsn } from './fixtures.ts';
import type { DataEndpointSetting, ParticipantSetting } from './gatewayFolder.ts';
import { type Holder, startHolder } from './holder.ts';
import { keepKey } from './keys.ts';
import type { LogLine } from './listen.ts';
import {
  type AskerSketch,
  ambulanceService,
  type HolderSketch,
  holderSketches,
  outOfHours,
  smallHome,
} from './regionCast.ts';
import { enterPatient, holderCaller, holderScopes, indexClientOf } from './regionIndex.ts';
import { type RegionMitz, startRegionMitz } from './regionMitz.ts';
import { clientIdOf, gatewayClientId, keyFileOf } from './sandbox.ts';

export type Region = {
  /** By participant id. */
  holders: ReadonlyMap<string, Holder>;
  /** All its servers by name, for the control route. */
  servers: ReadonlyMap<string, Steered & { baseUrl: string; title: string }>;
  /** What the patient allows. */
  consent: RegionMitz;
  /** Each holder tells the regional index of whom it has records; how many entries were taken. */
  enterPatient(): Promise<number>;
  /** Calls the gateway as a holder's own system. */
  asHolder(who: { id: string }): Promise<Caller>;
  ambulance: Asker;
  /** A GP on duty at the out-of-hours post. */
  outOfHours: Asker;
  /** A home without a server of its own. */
  smallHome: Asker;
  participants: ParticipantSetting[];
  /** Sections of the gateway's settings that this region needs. */
  settings: Readonly<Record<string, unknown>>;
  close(): Promise<void>;
};

export type RegionOptions = {
  /** Where the organisations' keys are kept. */
  folder: string;
  gatewayUrl: string;
  onRequest?: (who: string, line: LogLine) => void;
};

const askers: readonly AskerSketch[] = [ambulanceService, outOfHours, smallHome];

/** Somebody who asks, with the key that is kept in this folder. */
export async function askerOf(
  who: AskerSketch,
  { folder, gatewayUrl }: Pick<RegionOptions, 'folder' | 'gatewayUrl'>,
): Promise<Asker> {
  const key = await keepKey(keyFileOf(folder, who.id), who.id);
  return createAsker({ ...who, gatewayUrl, clientId: clientIdOf(who), key });
}

/** Starts the data holders' servers; resolves when all listen. */
export async function startRegion(options: RegionOptions): Promise<Region> {
  const started = await Promise.all(holderSketches.map((sketch) => start(sketch, options)));
  const consent = await startRegionMitz(options);
  return {
    holders: new Map(started.map(({ sketch, holder }) => [sketch.id, holder])),
    servers: serversOf(started, consent),
    consent,
    asHolder: (who) => holderCaller(who, options),
    enterPatient: async () => {
      const { taken, fresh } = await enterPatient(options);
      if (fresh === 0) await consent.remember();
      return taken;
    },
    ambulance: await askerOf(ambulanceService, options),
    outOfHours: await askerOf(outOfHours, options),
    smallHome: await askerOf(smallHome, options),
    participants: [
      ...(await Promise.all(started.map((one) => holderSetting(one, options.folder)))),
      ...(await Promise.all(askers.map((who) => askerSetting(who, options.folder)))),
      consent.participant,
    ],
    settings: consent.settings,
    close: async () => {
      await Promise.all([...started.map(({ holder }) => holder.close()), consent.mitz.close()]);
    },
  };
}

function serversOf(started: readonly Started[], consent: RegionMitz): Region['servers'] {
  const { mitz, fault, steer, change } = consent;
  const national: Steered = {
    shows: { log: () => mitz.requests, faults: fault },
    takes: {
      faults: (value) => {
        steer(value);
        return fault();
      },
      choices: async (value) => {
        const { holder, permit } = Object(value);
        return { told: await change(String(holder), permit === true) };
      },
    },
  };
  return new Map([
    ...started.map(
      ({ sketch: { id, name }, holder }) =>
        [id, { ...steeredBy(holder), baseUrl: holder.baseUrl, title: name }] as const,
    ),
    ['mitz', { ...national, baseUrl: mitz.url, title: 'Mitz' }],
  ]);
}

type Started = { sketch: HolderSketch; holder: Holder };

async function start(sketch: HolderSketch, options: RegionOptions): Promise<Started> {
  const { gatewayUrl, onRequest } = options;
  const holder = await startHolder({
    gatewayUrl,
    gatewayClientId,
    dialect: sketch.dialect,
    records: await fixtureRecords(sketch.fixtures),
    documents: sketch.document ? [{ bsn: patientBsn, xml: await fixtureText(sketch.document) }] : [],
    ...(onRequest ? { onRequest: (line) => onRequest(sketch.id, line) } : {}),
  });
  return { sketch, holder };
}

async function holderSetting({ sketch, holder }: Started, folder: string): Promise<ParticipantSetting> {
  const { id, name, ura, facilityType, holds } = sketch;
  const { fhirVersion, search, patientParameter } = sketch.dialect;
  const dataEndpoints = holds.map(
    ({ exchange, kind, method }): DataEndpointSetting => ({
      id: exchange,
      exchanges: [exchange],
      kind,
      address: kind === 'fhir' ? holder.fhirBase : holder.documentAddress,
      ...(kind === 'fhir' ? { fhirVersion, method, search, patientParameter } : {}),
      auth: { kind: 'private_key_jwt', tokenEndpoint: holder.tokenEndpoint, clientId: gatewayClientId },
    }),
  );
  const { jwks } = await keepKey(keyFileOf(folder, indexClientOf(sketch)), id);
  const client = { clientId: indexClientOf(sketch), scopes: holderScopes, jwks };
  return { id, name, ura, facilityType, clients: [client], endpoints: [], dataEndpoints };
}

async function askerSetting(who: AskerSketch, folder: string): Promise<ParticipantSetting> {
  const { id, name, ura, facilityType, scopes } = who;
  const { jwks } = await keepKey(keyFileOf(folder, id), id);
  const registered = ['wishes', 'medication'].map(
    (exchange): DataEndpointSetting => ({ id: exchange, exchanges: [exchange], kind: 'registered' }),
  );
  return {
    id,
    name,
    ura,
    facilityType,
    clients: [{ clientId: clientIdOf(who), scopes, jwks }],
    endpoints: [],
    ...(who === smallHome ? { dataEndpoints: registered } : {}),
  };
}

/** One list of participants: an organisation that plays in both becomes one. */
export function joined(
  first: readonly ParticipantSetting[],
  second: readonly ParticipantSetting[],
): ParticipantSetting[] {
  const others = new Map(second.map((one) => [one.id, one]));
  const both = first.map((one): ParticipantSetting => {
    const other = others.get(one.id);
    others.delete(one.id);
    if (other === undefined) return one;
    return {
      ...other,
      ...one,
      clients: [...one.clients, ...other.clients],
      endpoints: [...one.endpoints, ...other.endpoints],
    };
  });
  return [...both, ...others.values()];
}
