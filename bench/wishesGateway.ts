// How does a gateway of the benchmark stand? A process of its own with SQLite, holders in its settings, and consents on its own record.
import { join } from 'node:path';
import { bsnSystem } from '../src/fhir/identifiers.ts';
import { createAsker } from '../src/sandbox/ambulance.ts';
import { createCaller } from '../src/sandbox/caller.ts';
import { freePort, type ParticipantSetting, writeGatewayFolder } from '../src/sandbox/gatewayFolder.ts';
import { nodeFlags } from '../src/sandbox/gatewayRun.ts';
import { createKey } from '../src/sandbox/keys.ts';
import { type Child, launch, untilReady } from './children.ts';
import { bsns, nameOf } from './wishesWorld.ts';

export type GatewayOrder = {
  folder: string;
  /** Base addresses. */
  holders: readonly string[];
  permitCacheSeconds: number;
  /** Flags of Node, such as for a profile. */
  flags?: readonly string[];
  settings?: Readonly<Record<string, unknown>>;
};

export type BenchGateway = {
  child: Child;
  baseUrl: string;
  token: string;
  /** The gateway's own id of each patient, for this asker. */
  patientIds(): Promise<string[]>;
};

const ambulance = { id: 'rav', name: 'Ambulancedienst', ura: '90000701', facilityType: 'AMB' };
const facility = { id: 'facility', name: 'Toestemmingen', ura: '90000702', facilityType: 'Z3' };

const holderOf = (address: string, at: number): ParticipantSetting => ({
  id: `holder${at}`,
  name: nameOf(at),
  ura: `9000080${at}`,
  facilityType: 'Z3',
  clients: [],
  endpoints: [],
  dataEndpoints: [{ id: 'fhir', exchanges: ['wishes'], kind: 'fhir', address, fhirVersion: 'r4' }],
});

const generous = { points: 10_000_000, seconds: 10 };

/** Resolves when it is ready, every patient has a consent on record, and the asker has a token. */
export async function startGateway(order: GatewayOrder): Promise<BenchGateway> {
  const [crewKey, facilityKey] = [await createKey('crew'), await createKey('facility')];
  const [port, opsPort] = [await freePort(), await freePort()];
  const client = (clientId: string, scope: string, { jwks }: typeof crewKey) => ({
    clients: [{ clientId, scopes: [scope], jwks }],
    endpoints: [],
  });
  const made = await writeGatewayFolder({
    folder: order.folder,
    port,
    opsPort,
    participants: [
      { ...ambulance, ...client('crew', 'wishes', crewKey) },
      { ...facility, ...client('facility', 'consent', facilityKey) },
      ...order.holders.map(holderOf),
    ],
    settings: {
      http: {
        data: { host: '127.0.0.1', port },
        ops: { host: '127.0.0.1', port: opsPort },
        rates: { push: generous, read: generous },
        logLevel: 'warn',
      },
      consent: { policy: { sources: ['own'], permitCacheSeconds: order.permitCacheSeconds } },
      ...order.settings,
    },
  });
  const child = launch([
    ...nodeFlags,
    ...(order.flags ?? []),
    join(import.meta.dirname, '../src/cli.ts'),
    'start',
    '--config',
    made.settingsFile,
  ]);
  child.stdout?.resume();
  await untilReady(made.opsUrl);
  await allowAll(
    createCaller({ gatewayUrl: made.baseUrl, clientId: 'facility', key: facilityKey, scope: 'consent' }),
  );
  const { caller } = createAsker({
    ...ambulance,
    gatewayUrl: made.baseUrl,
    clientId: 'crew',
    key: crewKey,
    scopes: ['wishes'],
    practitioner: { id: '900000711', role: '30.000', name: 'S. de Graaf' },
  });
  const patientIds = () =>
    Promise.all(bsns.map((bsn) => patientId(made.baseUrl, { bsn, token: caller.token })));
  return { child, baseUrl: made.baseUrl, token: await caller.token(), patientIds };
}

async function allowAll(caller: ReturnType<typeof createCaller>): Promise<void> {
  for (const bsn of bsns) {
    const resource = {
      resourceType: 'Consent',
      identifier: [{ system: 'urn:bench', value: `consent-${bsns.indexOf(bsn)}` }],
      status: 'active',
      scope: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }],
      },
      category: [{ coding: [{ system: 'http://loinc.org', code: '59284-0' }] }],
      patient: { identifier: { system: bsnSystem, value: bsn } },
      provision: { type: 'permit' },
    };
    const called = await caller.call({ method: 'POST', path: '/r4/$register-consent', resource });
    if (called.status !== 201)
      throw new Error(`A consent was not registered: ${JSON.stringify(called.resource)}`);
  }
}

type ToFind = { bsn: string; token: () => Promise<string> };

async function patientId(baseUrl: string, { bsn, token }: ToFind): Promise<string> {
  const response = await fetch(`${baseUrl}/r4/Patient/_search`, {
    method: 'POST',
    headers: {
      accept: 'application/fhir+json',
      authorization: `Bearer ${await token()}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams({ identifier: `${bsnSystem}|${bsn}` }),
  });
  const bundle = (await response.json()) as { entry?: { resource: { id: string } }[] };
  const id = bundle.entry?.[0]?.resource.id;
  if (id === undefined) throw new Error(`No id of a patient: ${response.status}`);
  return id;
}
