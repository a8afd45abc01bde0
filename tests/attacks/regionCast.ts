// Who plays in the groups of consent? Data holders, an ambulance, a consent facility, Mitz, and homes without a server: settings of each.
import type { DataEndpoint } from '../../src/model.ts';
import type { ParticipantSetting } from '../../src/sandbox/gatewayFolder.ts';
import type { Dialect } from '../../src/sandbox/holder.ts';
import { clientOf, gpD, type Known, keyOf, publicJwk, sketch } from './cast.ts';

export const pharmacyE = sketch('ph-e', 'Apotheek Echo', '90000505');
export const homeF = sketch('nh-f', 'Verpleeghuis Foxtrot', '90000507');
export const hangG = sketch('hang-g', 'Stille Golf', '90000508');
export const ambulance = sketch('amb-h', 'Ambulance Hotel', '90000509');
export const outOfHours = sketch('post-i', 'Huisartsenpost India', '90000510');
/** They register what they know at the gateway. */
export const smallJ = sketch('small-j', 'Woonzorg Juliett', '90000511');
export const smallK = sketch('small-k', 'Woonzorg Kilo', '90000512');
export const registrar = sketch('registrar', 'Toestemmingen Regio', '90000514');
export const national = sketch('mitz', 'Mitz', '90000522');
/** No facility type: consent cannot be asked for it. */
export const untyped = sketch('untyped', 'Zonder Soort Sierra', '90000523');

export const facilityTypes: Readonly<Record<string, string>> = {
  'gp-d': 'Z3',
  'ph-e': 'J8',
  'nh-f': 'R5',
  'hang-g': 'G5',
  'amb-h': 'AMB',
  'post-i': 'N6',
  'small-j': 'R5',
  'small-k': 'R5',
  'evil-m': 'V4',
};

export const scopesOf: Readonly<Record<string, string[]>> = {
  'gp-d': ['handover', 'wishes', 'medication', 'localisation', 'break-glass'],
  'ph-e': ['wishes', 'medication', 'localisation', 'break-glass'],
  'nh-f': ['localisation'],
  'hang-g': ['localisation'],
  'amb-h': ['wishes', 'medication', 'break-glass'],
  'post-i': ['wishes', 'medication', 'break-glass'],
  'small-j': ['wishes', 'medication'],
  'small-k': ['wishes', 'medication'],
  registrar: ['consent'],
  mitz: ['consent'],
  untyped: ['wishes', 'medication'],
};

type Use = 'wishes' | 'medication';
export type HolderSketch = { who: Known; dialect: Dialect; exchanges: readonly Use[] };

const r4: Dialect = { fhirVersion: 'r4', search: 'post', patientParameter: 'reference' };
const stu3: Dialect = { ...r4, fhirVersion: 'stu3', search: 'get' };
const both = ['wishes', 'medication'] as const;

export const holderSketches = {
  d: { who: gpD, dialect: r4, exchanges: both },
  e: { who: pharmacyE, dialect: r4, exchanges: both },
  f: { who: homeF, dialect: stu3, exchanges: ['wishes'] },
  g: { who: hangG, dialect: r4, exchanges: ['wishes'] },
} as const satisfies Record<string, HolderSketch>;

export type HolderName = keyof typeof holderSketches;

/** The client id under which the gateway is known at every holder. */
export const gatewayClientId = 'sluis-gateway';

/** Where a holder is asked, behind `address`. */
export const dataEndpointOf = (
  { dialect, exchanges }: HolderSketch,
  { address, tokenEndpoint }: { address: string; tokenEndpoint: string },
): Partial<DataEndpoint>[] => [
  {
    id: 'fhir',
    exchanges,
    kind: 'fhir',
    address,
    fhirVersion: dialect.fhirVersion,
    method: 'resources',
    search: dialect.search,
    patientParameter: dialect.patientParameter,
    auth: { kind: 'private_key_jwt', tokenEndpoint, clientId: gatewayClientId },
  },
];

export const registeredEndpoint: Partial<DataEndpoint> = {
  id: 'registered',
  exchanges: both,
  kind: 'registered',
};

const members: readonly Known[] = [
  ...Object.values(holderSketches).map(({ who }) => who),
  ...[ambulance, outOfHours, smallJ, smallK, registrar, national, untyped],
];

/** Everybody of the region as participants; holders also hear of what is told to them, at `receiver`. */
export const regionMembers = (
  dataEndpoints: ReadonlyMap<string, object[]>,
  receiver: string,
): ParticipantSetting[] =>
  members.map((who) => {
    const type = facilityTypes[who.id];
    const registers = who === smallJ || who === smallK;
    return {
      id: who.id,
      name: who.name,
      identifiers: who.identifiers,
      ...(type === undefined ? {} : { facilityType: type }),
      clients: [
        { clientId: clientOf(who), scopes: scopesOf[who.id] ?? [], jwks: { keys: [publicJwk(keyOf(who))] } },
      ],
      endpoints: who === gpD ? [{ id: 'notification', address: `${receiver}/n/${who.id}`, shape: 'A' }] : [],
      dataEndpoints: (registers ? [registeredEndpoint] : (dataEndpoints.get(who.id) ?? [])) as NonNullable<
        ParticipantSetting['dataEndpoints']
      >,
    };
  });
