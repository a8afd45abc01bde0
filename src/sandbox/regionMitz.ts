// Which consent do the sandbox's patients give? Its Mitz, with the choices of the stories, and the settings to reach it.
import { writeSubscription } from '../consent/mitz/subscriptionResource.ts';
import { createCaller } from './caller.ts';
import { patientBsn } from './fixtures.ts';
import type { ParticipantSetting } from './gatewayFolder.ts';
import { keepKey } from './keys.ts';
import { type MitzFault, mitzFaultKinds, type SandboxMitz, startMitz } from './mitz.ts';
import { holderSketches, mentalCare, smallHome } from './regionCast.ts';
import { clientIdOf, keyFileOf } from './sandbox.ts';

export type RegionMitz = {
  mitz: SandboxMitz;
  /** Mitz as it stands in the settings, for it needs a token to notify. */
  participant: ParticipantSetting;
  /** The slices `mitz`, `consent` and `localisation`. */
  settings: Readonly<Record<string, unknown>>;
  /** The patient changes its mind about a holder, and Mitz tells whoever subscribed; what came of that. */
  change(holderId: string, permit: boolean): Promise<string>;
  /** Takes up again what the gateway subscribed to before Mitz was started anew. */
  remember(): Promise<void>;
  /** Every answer fails, or none does. */
  outage(out: boolean): void;
  /** Takes what the control route was given; throws an Error that says what is wrong. */
  steer(value: unknown): void;
  fault(): MitzFault | { kind: 'none' };
};

const categories = { wishes: 'GGC002', medication: 'GGC013' } as const;

/** What there is to choose about: each holder, and each kind of record that it has. */
const choices = [
  ...holderSketches.flatMap(({ id, ura, holds }) =>
    holds.map(({ exchange }) => ({ id, ura, category: categories[exchange] })),
  ),
  ...Object.values(categories).map((category) => ({ id: smallHome.id, ura: smallHome.ura, category })),
];

const notHere = (id: string): never => {
  throw new Error(`There is no holder ${id} here.`);
};

const national = { id: 'mitz', name: 'Mitz' };

/** Starts Mitz with the choices of the stories: yes for every holder, but no for one. */
export async function startRegionMitz(where: { folder: string; gatewayUrl: string }): Promise<RegionMitz> {
  const { folder, gatewayUrl } = where;
  const key = await keepKey(keyFileOf(folder, national.id), national.id);
  const clientId = clientIdOf(national);
  const caller = createCaller({ gatewayUrl, clientId, key, scope: 'consent' });
  const notifyHeaders = async () => ({ authorization: `Bearer ${await caller.token()}` });
  const mitz = await startMitz({ notifyHeaders });
  for (const { id, ura, category } of choices)
    mitz.setChoice({ bsn: patientBsn, holderUra: ura, permit: id !== mentalCare.id, category });
  let fault: MitzFault | { kind: 'none' } = { kind: 'none' };
  const turn = (next: typeof fault): void => {
    fault = next;
    mitz.setFault(next.kind === 'none' ? undefined : next);
  };
  return {
    mitz,
    participant: {
      ...national,
      clients: [{ clientId, scopes: ['consent'], jwks: key.jwks }],
      endpoints: [],
    },
    settings: settingsFor(mitz, { gatewayUrl, clientId }),
    change: async (holderId, permit) => {
      const theirs = choices.filter(({ id }) => id === holderId);
      const { ura } = theirs[0] ?? notHere(holderId);
      for (const { category } of theirs)
        mitz.setChoice({ bsn: patientBsn, holderUra: ura, permit, category });
      const statuses = await mitz.notify(patientBsn, ura);
      if (statuses.length === 0) return 'told to nobody';
      return statuses.every((status) => status < 300) ? 'told to the gateway' : statuses.join(', ');
    },
    remember: async () => {
      const { gatewaySystem, notify } = mitzSettingsFor(mitz, { gatewayUrl, clientId });
      for (const { ura: holderUra, facilityType: holderType } of holderSketches) {
        const subscription = writeSubscription(
          { bsn: patientBsn, holderUra, holderType },
          { gatewaySystem, notify: { ...notify, payload: 'application/fhir+json' } },
        );
        await fetch(`${mitz.subscriptionsUrl}/Subscription`, {
          method: 'POST',
          headers: { 'content-type': 'application/fhir+json' },
          body: JSON.stringify(subscription),
        });
      }
    },
    outage: (out) => turn({ kind: out ? 'fail' : 'none' }),
    steer: (value) => turn(readFault(value)),
    fault: () => fault,
  };
}

type Known = { gatewayUrl: string; clientId: string };

const mitzSettingsFor = (mitz: SandboxMitz, { gatewayUrl, clientId }: Known) => ({
  closedUrl: mitz.closedUrl,
  openUrl: mitz.openUrl,
  subscriptionsUrl: mitz.subscriptionsUrl,
  breakerOpenMs: 250,
  gatewaySystem: 'urn:oid:2.16.840.1.113883.2.4.3.239',
  sourceSystem: 'urn:oid:2.16.840.1.113883.2.4.3.239.1.2.1',
  notify: {
    address: `${gatewayUrl}/mitz/notify`,
    proof: { kind: 'token' as const, clientIds: [clientId] },
  },
});

const settingsFor = (mitz: SandboxMitz, known: Known) => ({
  mitz: mitzSettingsFor(mitz, known),
  consent: {
    region: 'Lingewaard',
    breakGlass: { enabled: true, facilityTypes: ['AMB', 'N6'], roles: ['30.000', '01.015'] },
  },
  localisation: {
    exchanges: ['wishes', 'medication'].map((exchange) => ({ exchange, order: ['mitz', 'regional'] })),
  },
});

function readFault(value: unknown): MitzFault | { kind: 'none' } {
  const given = typeof value === 'object' && value !== null && 'kind' in value ? value : { kind: '' };
  if (given.kind === 'none') return { kind: 'none' };
  const kind = mitzFaultKinds.find((known) => known === given.kind);
  if (kind === undefined)
    throw new Error(`Unknown fault "${String(given.kind)}"; one of none, ${mitzFaultKinds.join(', ')}.`);
  const times = 'times' in given ? { times: Number(given.times) } : {};
  const delay = 'delayMs' in given ? { delayMs: Number(given.delayMs) } : {};
  return { kind, ...times, ...delay };
}
