// Who plays in the attacks? The plan's cast as participants of the gateway, with keys, endpoints and numbers that exist nowhere.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { ParticipantSetting } from '../../src/sandbox/gatewayFolder.ts';
import { participant } from '../world/cast.ts';

export type Key = { privateKey: KeyObject; publicKey: KeyObject; kid: string; alg: string };

export function makeKey(alg: string, kid: string, bits = 2048): Key {
  const pair = alg.startsWith('ES')
    ? generateKeyPairSync('ec', { namedCurve: alg === 'ES384' ? 'P-384' : 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: bits });
  return { ...pair, kid, alg };
}

export const publicJwk = (key: Key): Record<string, unknown> => ({
  ...key.publicKey.export({ format: 'jwk' }),
  kid: key.kid,
  use: 'sig',
});

export const keys = {
  epd: makeKey('ES384', 'epd-es384'),
  epdRsa: makeKey('RS384', 'epd-rsa'),
  ecd: makeKey('ES256', 'ecd-es256'),
  other: makeKey('ES384', 'other-es384'),
  evil: makeKey('ES384', 'evil-es384'),
  weak: makeKey('RS384', 'weak-rsa', 1024),
  receivers: makeKey('ES384', 'receivers-es384'),
};

export const sketch = (id: string, name: string, ...[ura, agb]: [string, string?]) =>
  participant({ id, name, ura, ...(agb ? { agb } : {}) });

export const epd = sketch('epd-a', 'Ziekenhuis Alfa', '90000501', '06990501');
export const ecdB = sketch('ecd-b', 'Verpleeghuis Bravo', '90000502', '47990502');
export const ecdC = sketch('ecd-c', 'Verpleeghuis Charlie', '90000503', '47990503');
export const gpD = sketch('gp-d', 'Huisartsen Delta', '90000504', '01990504');
export const evil = sketch('evil-m', 'Kwaad Mike', '90000513');
export const flood = sketch('flood-f', 'Vloed Foxtrot', '90000506');
export const off = sketch('off-o', 'Gestopt Oscar', '90000515');
export const offEndpoint = sketch('off-e', 'Zonder Endpoint Echo', '90000516');
export const past = sketch('past-p', 'Verlopen Papa', '90000517');
/** Two organisations that one AGB code names. */
export const twins = [
  sketch('twin-1', 'Tweeling Een', '90000518', '47990599'),
  sketch('twin-2', 'Tweeling Twee', '90000519', '47990599'),
];
export const once = sketch('once-n', 'Eenmaal November', '90000520');
export const withToken = sketch('token-t', 'Met Token Tango', '90000521');
export const shaped = ['A', 'B', 'C', 'D', 'E'].map((shape, index) =>
  sketch(`shape-${shape.toLowerCase()}`, `Vorm ${shape}`, `9000053${index}`),
);
/** Receivers that a case may take for itself, one after the other. */
export const pool = Array.from({ length: 90 }, (_, index) =>
  sketch(`rcv-${index}`, `Ontvanger ${index}`, `900006${String(index).padStart(2, '0')}`),
);

/** Clients of EVIL-M, each with a key set that misbehaves in its own way. */
export const evilKeySets = ['good', 'slow', 'redirect', 'huge', 'many', 'private', 'page', 'double'] as const;
export const clientOf = (who: { id: string }): string => `${who.id}-system`;
export const evilClient = (kind: string): string => `evil-m-${kind}`;

type Client = ParticipantSetting['clients'][number];
type EndpointSetting = ParticipantSetting['endpoints'][number] & Record<string, unknown>;
type Sketch = ReturnType<typeof participant>;

const client = (who: { id: string }, key: Key, scopes = ['handover']): Client => ({
  clientId: clientOf(who),
  scopes,
  jwks: { keys: [publicJwk(key)] },
});

export function settingsOf(addresses: { receiver: string; evil: string }): ParticipantSetting[] {
  const at = (who: Sketch, more: Record<string, unknown> = {}): EndpointSetting => ({
    id: 'notification',
    address: `${addresses.receiver}/n/${who.id}`,
    shape: 'A',
    ...more,
  });
  const member = (
    who: Sketch,
    clients: Client[],
    ...[endpoints = [], more = {}]: [EndpointSetting[]?, object?]
  ): ParticipantSetting => ({
    id: who.id,
    name: who.name,
    identifiers: who.identifiers,
    clients,
    endpoints,
    ...more,
  });
  const auth = {
    kind: 'private_key_jwt',
    tokenEndpoint: `${addresses.receiver}/token/${withToken.id}`,
    clientId: 'sluis-gateway',
  };
  const epdClient = { ...client(epd, keys.epd), jwks: { keys: [keys.epd, keys.epdRsa].map(publicJwk) } };
  const weak = { clientId: 'weak-system', scopes: ['handover'], jwks: { keys: [publicJwk(keys.weak)] } };
  const issuer = { ...client({ id: 'issuer' }, keys.epd), audience: 'issuer' };
  return [
    member(epd, [epdClient, weak, issuer], [{ ...at(epd), id: 'callback', kind: 'callback' }]),
    member(ecdB, [client(ecdB, keys.ecd)], [at(ecdB)]),
    member(ecdC, [client(ecdC, keys.other)], [at(ecdC)]),
    member(
      evil,
      evilKeySets.map((kind) => ({
        clientId: evilClient(kind),
        scopes: ['medication'],
        jwksUrl: `${addresses.evil}/jwks/${kind}`,
      })),
      [{ ...at(evil), address: `${addresses.evil}/n` }],
      { facilityType: 'V4' },
    ),
    member(flood, [client(flood, keys.other)]),
    member(off, [client(off, keys.other)], [at(off)], { active: false }),
    member(offEndpoint, [], [at(offEndpoint, { status: 'off' })]),
    member(past, [], [at(past, { period: { start: '2020', end: '2021' } })]),
    ...twins.map((who) => member(who, [], [at(who)])),
    member(once, [client(once, keys.receivers)], [at(once, { repeatable: false })]),
    member(withToken, [client(withToken, keys.receivers)], [at(withToken, { auth })]),
    ...shaped.map((who) =>
      member(who, [client(who, keys.receivers)], [at(who, { shape: who.id.slice(-1).toUpperCase() })]),
    ),
    ...pool.map((who) => member(who, [client(who, keys.receivers)], [at(who)])),
  ];
}

export type Known = Sketch;
/** Which key a participant's own client signs with. */
export function keyOf(who: Known): Key {
  if (who === epd) return keys.epd;
  if (who === ecdB) return keys.ecd;
  if (who === evil) return keys.evil;
  return [ecdC, gpD, flood, off].includes(who) ? keys.other : keys.receivers;
}
