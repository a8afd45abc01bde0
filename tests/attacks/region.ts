// Which region stands around the gateways? Data holders with real servers and their own logs, a Mitz, and what each patient has chosen.
import { bsnSystem } from '../../src/fhir/identifiers.ts';
import { type Holder, startHolder } from '../../src/sandbox/holder.ts';
import { type SandboxMitz, startMitz } from '../../src/sandbox/mitz.ts';
import { clientOf, type Known } from './cast.ts';
import { patients } from './content.ts';
import { dataEndpointOf, gatewayClientId, type HolderName, holderSketches, national } from './regionCast.ts';
import { knownPatients, type PatientName, regionRecords } from './regionRecords.ts';
import { startTwister, type Twister } from './twister.ts';

export type RegionHolder = { who: Known; holder: Holder; wire: Twister };

export type Region = {
  holders: Readonly<Record<HolderName, RegionHolder>>;
  mitz: SandboxMitz;
  /** What goes between the gateways and Mitz. */
  mitzWire: Twister;
  /** Data endpoints by participant id. */
  dataEndpoints: ReadonlyMap<string, object[]>;
  settings: Readonly<Record<string, unknown>>;
  /** Mitz's own choice, for every kind of data and asker unless told otherwise; nobody is told. */
  choose(name: PatientName, at: HolderName, permit: boolean, category?: string): void;
  /** With which token Mitz notifies. */
  notifyToken: () => Promise<string>;
  close(): Promise<void>;
};

export const holderNames = Object.keys(holderSketches) as HolderName[];

/** No at nobody; mix: yes at D, no at E; everybody else: yes everywhere. */
const firstChoice = (name: PatientName, at: HolderName): boolean =>
  name === 'no' ? false : name === 'mix' ? at !== 'e' : true;

async function startHolders(gatewayUrl: string): Promise<Region['holders']> {
  const records = await regionRecords();
  const start = async (name: HolderName): Promise<[HolderName, RegionHolder]> => {
    const { who, dialect } = holderSketches[name];
    const holder = await startHolder({ gatewayUrl, gatewayClientId, dialect, records: records[name] });
    return [name, { who, holder, wire: await startTwister(holder.baseUrl) }];
  };
  return Object.fromEntries(await Promise.all(holderNames.map(start))) as Region['holders'];
}

const endpointsOf = ({ who, holder, wire }: RegionHolder): [string, object[]] => {
  const sketch = Object.values(holderSketches).find((one) => one.who === who);
  const { tokenEndpoint } = holder;
  return [who.id, sketch ? dataEndpointOf(sketch, { address: `${wire.url}/fhir`, tokenEndpoint }) : []];
};

export const mitzSettings = (region: Pick<Region, 'mitz' | 'mitzWire'>, gatewayUrl: string) => ({
  closedUrl: region.mitz.closedUrl.replace(region.mitz.url, region.mitzWire.url),
  openUrl: region.mitz.openUrl.replace(region.mitz.url, region.mitzWire.url),
  subscriptionsUrl: region.mitz.subscriptionsUrl.replace(region.mitz.url, region.mitzWire.url),
  timeoutMs: 700,
  breakerFailures: 1_000,
  breakerOpenMs: 250,
  gatewaySystem: 'urn:oid:2.16.840.1.113883.2.4.3.239',
  sourceSystem: 'urn:oid:2.16.840.1.113883.2.4.3.239.1.2.1',
  notify: {
    address: `${gatewayUrl}/mitz/notify`,
    proof: { kind: 'token', clientIds: [clientOf(national)] },
  },
});

/** Break-glass is on; wishes remember a permit, medication asks each time. */
export const consentSettings = {
  region: 'attacks',
  exchanges: { medication: { permitCacheSeconds: 0, sources: ['mitz'] } },
  breakGlass: { enabled: true, facilityTypes: ['AMB'], roles: ['01.071'] },
};

const settingsOf = (region: Pick<Region, 'mitz' | 'mitzWire'>, gatewayUrl: string) => ({
  mitz: mitzSettings(region, gatewayUrl),
  consent: consentSettings,
  localisation: {
    breakerFailures: 1_000,
    exchanges: [
      { exchange: 'wishes', order: ['mitz', 'regional'] },
      { exchange: 'medication', order: ['regional'] },
    ],
  },
  holder: { breakerFailures: 1_000 },
  wishes: { deadlineMs: 2_000, quietMs: 300 },
  medication: { deadlineMs: 2_000, quietMs: 300 },
});

/** Starts everybody but the gateways; resolves when all listen. */
export async function startRegion(gatewayUrl: string): Promise<Region> {
  const holders = await startHolders(gatewayUrl);
  const region: Pick<Region, 'notifyToken'> = {
    notifyToken: () => Promise.reject(new Error('Mitz has no token yet')),
  };
  const mitz = await startMitz({
    notifyHeaders: async () => ({ authorization: `Bearer ${await region.notifyToken()}` }),
  });
  const mitzWire = await startTwister(mitz.url);
  const choose: Region['choose'] = (...[name, at, permit, category]) =>
    mitz.setChoice({
      bsn: patients[name].bsn,
      holderUra: uraOf(holders[at].who),
      permit,
      ...(category === undefined ? {} : { category }),
    });
  // of HANG-G nobody has chosen anything: who wants it asked chooses it
  for (const name of knownPatients)
    for (const at of ['d', 'e', 'f'] as const) choose(name, at, firstChoice(name, at));
  return Object.assign(region, {
    holders,
    mitz,
    mitzWire,
    choose,
    dataEndpoints: new Map(Object.values(holders).map(endpointsOf)),
    settings: settingsOf({ mitz, mitzWire }, gatewayUrl),
    close: async () => {
      const all = Object.values(holders);
      await Promise.all(all.flatMap(({ holder, wire }) => [holder.close(), wire.close()]));
      await Promise.all([mitz.close(), mitzWire.close()]);
    },
  });
}

/** Everything that the gateways call in this region. */
export const regionUrls = ({ holders, mitzWire }: Pick<Region, 'holders' | 'mitzWire'>): string[] => [
  mitzWire.url,
  ...Object.values(holders).flatMap(({ holder, wire }) => [wire.url, holder.tokenEndpoint]),
];

export const uraOf = (who: Known): string =>
  who.identifiers.find(({ system }) => system.endsWith('/ura'))?.value ?? '';

export const patientParameter = (name: PatientName): object => ({
  name: 'patient',
  valueIdentifier: { system: bsnSystem, value: patients[name].bsn },
});
