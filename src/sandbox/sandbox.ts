// Who takes part in the sandbox? A hospital and a nursing home, as participants of a gateway and as running servers.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isResource } from '../fhir/bundles.ts';
import { parseJson } from '../fhir/json.ts';
import type { FhirResource, Identifier } from '../model.ts';
import { type Ecd, startEcd } from './ecd.ts';
import { type Epd, startEpd } from './epd.ts';
import type { ParticipantSetting } from './gatewayFolder.ts';
import { keepKey } from './keys.ts';
import type { LogLine } from './listen.ts';
import type { ReceivedNotification } from './notificationsIn.ts';

export const hospital = { id: 'maasoever', name: 'Ziekenhuis Maasoever', ura: '90000101', agb: '06990101' };
export const nursingHome = {
  id: 'rietgors',
  name: 'Verpleeghuis De Rietgors',
  ura: '90000202',
  agb: '47990202',
};
/** Has a client and nothing else: what it asks for is never its own. */
export const bystander = { id: 'havenzicht', name: 'Zorgcentrum Havenzicht', ura: '90000303' };

/** The gateway's client id at the nursing home's own token endpoint. */
export const gatewayClientId = 'sluis-gateway';

export type Sandbox = {
  epd: Epd;
  ecd: Ecd;
  participants: ParticipantSetting[];
  close(): Promise<void>;
};

export type Party = { name: string; identifiers: readonly Identifier[] };

export type SandboxOptions = {
  /** Where the organisations' keys are kept. */
  folder: string;
  gatewayUrl: string;
  epdPort?: number;
  ecdPort?: number;
  /** Plays the hospital or the nursing home under another name and other identifiers. */
  parties?: { hospital?: Party; nursingHome?: Party };
  /** Notification shape of the nursing home; A when absent. */
  shape?: string;
  onRequest?: (who: 'epd' | 'ecd', line: LogLine) => void;
  onNotification?: (notification: ReceivedNotification) => void;
};

/** Starts both organisations' servers. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { gatewayUrl, onRequest } = options;
  const [epdKey, ecdKey, bystanderKey] = await Promise.all(
    [hospital, nursingHome, bystander].map((who) => keepKey(keyFileOf(options.folder, who.id), who.id)),
  );
  if (!epdKey || !ecdKey || !bystanderKey) throw new Error('The sandbox has no keys.');
  const epd = await startEpd({
    gatewayUrl,
    clientId: clientIdOf(hospital),
    key: epdKey,
    ...(options.epdPort === undefined ? {} : { port: options.epdPort }),
    ...(onRequest ? { onRequest: (line) => onRequest('epd', line) } : {}),
  });
  const ecd = await startEcd({
    gatewayUrl,
    clientId: clientIdOf(nursingHome),
    key: ecdKey,
    gatewayClientId,
    ...(options.ecdPort === undefined ? {} : { port: options.ecdPort }),
    ...(onRequest ? { onRequest: (line) => onRequest('ecd', line) } : {}),
    ...(options.onNotification ? { onNotification: options.onNotification } : {}),
  });
  return {
    epd,
    ecd,
    participants: [
      played(hospitalSetting(epd, epdKey.jwks), options.parties?.hospital),
      played(nursingHomeSetting(ecd, options.shape ?? 'A'), options.parties?.nursingHome),
      { ...bystander, clients: [clientSetting(bystander, { jwks: bystanderKey.jwks })], endpoints: [] },
    ],
    close: async () => {
      await Promise.all([epd.close(), ecd.close()]);
    },
  };
}

export const keyFileOf = (folder: string, id: string): string => join(folder, 'keys', `${id}.jwk.json`);
export const clientIdOf = (who: { id: string }): string => `${who.id}-system`;

function played(setting: ParticipantSetting, party: Party | undefined): ParticipantSetting {
  if (party === undefined) return setting;
  const { ura: _ura, agb: _agb, ...rest } = setting;
  return { ...rest, ...party };
}

type ClientSetting = ParticipantSetting['clients'][number];
const clientSetting = (
  who: { id: string },
  keys: Pick<ClientSetting, 'jwks' | 'jwksUrl'>,
): ClientSetting => ({
  clientId: clientIdOf(who),
  scopes: ['handover'],
  ...keys,
});

/** The hospital's keys stand in the settings; the nursing home's are read at its address: both ways are tried. */
const hospitalSetting = (epd: Epd, jwks: { keys: object[] }): ParticipantSetting => ({
  ...hospital,
  clients: [clientSetting(hospital, { jwks })],
  endpoints: [{ id: 'callback', kind: 'callback', address: epd.callbackAddress }],
});

const nursingHomeSetting = (ecd: Ecd, shape: string): ParticipantSetting => ({
  ...nursingHome,
  clients: [clientSetting(nursingHome, { jwksUrl: ecd.jwksUrl })],
  endpoints: [
    {
      id: 'notification',
      address: ecd.notificationAddress(shape),
      shape,
      auth: { kind: 'private_key_jwt', tokenEndpoint: ecd.tokenEndpoint, clientId: gatewayClientId },
    },
  ],
});

/** Our own sample: a complete handover of an invented person, from the hospital to the nursing home. */
export async function sampleHandover(): Promise<FhirResource> {
  const bytes = await readFile(new URL('./fixtures/handover.json', import.meta.url));
  const value = parseJson(bytes);
  if (!isResource(value)) throw new Error('The sample handover is not a resource.');
  return value;
}
