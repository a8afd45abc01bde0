// On what stage is consent decided in the tests? A real store, a real Mitz on loopback, and two ways to say yes or no.
import type { ConsentQuestion, DecideConsent } from '../../src/consent/consent.ts';
import { createDecideConsent } from '../../src/consent/decide.ts';
import { createClosedQuestion } from '../../src/consent/mitz/closedQuestion.ts';
import { registerConsent } from '../../src/consent/ownRecords.ts';
import { consentSettings } from '../../src/consent/settings.ts';
import type { Participant, Requester } from '../../src/model.ts';
import { createOutgoing } from '../../src/outgoing/outgoing.ts';
import { type SandboxMitz, startMitz } from '../../src/sandbox/mitz.ts';
import type { Store } from '../../src/store/store.ts';
import { type Ground, prepareGround, type StoreKind } from './storesUnderTest.ts';

export const bsn = '999911120';
export const otherBsn = '999990019';
const uraSystem = 'http://fhir.nl/fhir/NamingSystem/ura';

const organisation = (id: string, ura: string, facilityType: string): Participant => ({
  id,
  name: id,
  identifiers: [{ system: uraSystem, value: ura }],
  active: true,
  facilityType,
  clients: [],
  endpoints: [],
});
export const gp = organisation('gp', '90000001', 'Z3');
export const pharmacy = organisation('pharmacy', '90000003', 'J8');
export const ambulance = organisation('ambulance', '90000002', 'AMB');
export const hospital = organisation('hospital', '90000004', 'V4');

export const requesterOf = (participant: Participant): Requester => ({
  participant,
  clientId: `${participant.id}-system`,
  scopes: ['wishes', 'break-glass'],
  tokenId: 'token-1',
});
export const uzi = (value: string, role = '01.071') => ({
  identifier: { system: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers', value },
  role,
});

export const question = (more: Partial<ConsentQuestion> = {}): ConsentQuestion => ({
  exchange: 'wishes',
  patientBsn: bsn,
  holder: gp,
  requester: requesterOf(ambulance),
  practitioner: uzi('000095254'),
  purposeOfUse: 'TREAT',
  categories: ['GGC002'],
  requestId: 'request-1',
  signal: new AbortController().signal,
  ...more,
});

export type SourceKind = 'own' | 'mitz';

export type ConsentStage = {
  ground: Ground;
  store: Store;
  mitz: SandboxMitz;
  /** Says yes or no for one category at one holder, in the way of the source. */
  choose(choice: { permit: boolean; category: string; holder?: Participant; bsn?: string }): Promise<void>;
  /** Makes the source unable to answer. */
  breakSource(): Promise<void>;
  /** A gateway on the same database; `offsetMs` moves its clock. */
  gateway(more?: { settings?: object; offsetMs?: number; name?: string }): Promise<Gateway>;
  later(ms: number): void;
  end(): Promise<void>;
};

export type Gateway = { decide: DecideConsent; store: Store; clock: () => Date };

export async function openConsentStage(kind: StoreKind, source: SourceKind): Promise<ConsentStage> {
  const ground = await prepareGround(kind);
  let now = Date.parse('2026-03-02T10:00:00.000Z');
  const store = await ground.open({ clock: () => new Date(now), gateway: 'gateway-1' });
  const mitz = await startMitz();
  const outgoing = createOutgoing({
    allowPrivate: ['127.0.0.0/8'],
    timeoutMs: 1_000,
    maxBytes: 1_048_576,
    connectionsPerHost: 4,
  });
  const ask = createClosedQuestion({
    outgoing,
    settings: { closedUrl: mitz.closedUrl, timeoutMs: 1_000, breakerFailures: 100, breakerOpenMs: 1_000 },
  });
  return {
    ground,
    store,
    mitz,
    async choose({ permit, category, holder = gp, bsn: patientBsn = bsn }) {
      const value = holder.identifiers[0]?.value ?? '';
      if (source === 'mitz') return mitz.setChoice({ bsn: patientBsn, holderUra: value, permit, category });
      const consent = {
        permits: permit,
        status: 'active',
        holder: { kind: 'individual' as const, uras: [value] },
        requester: { kind: 'any' as const },
        categories: [category],
        purposes: [],
      };
      const identifier = `x|${patientBsn}-${value}-${category}`;
      const by = { requester: requesterOf(hospital), requestId: 'r', now: new Date(now) };
      const registration = { patientBsn, consent, identifier, resource: { resourceType: 'Consent' } };
      await registerConsent(store, registration, by);
    },
    async breakSource() {
      if (source === 'mitz') return mitz.setFault({ kind: 'fail' });
      const broken = new Uint8Array(40);
      await store.write((unit) => unit.db.updateTable('payload').set({ ciphertext: broken }).execute());
    },
    async gateway({ settings = {}, offsetMs = 0, name } = {}) {
      const clock = () => new Date(now + offsetMs);
      const own = name === undefined ? store : await ground.open({ clock, gateway: name });
      const decide = createDecideConsent({
        store: own,
        clock,
        settings: consentSettings.parse({ policy: { sources: [source] }, ...settings }),
        sources: { mitz: ask },
      });
      return { decide, store: own, clock };
    },
    later: (ms) => {
      now += ms;
    },
    async end() {
      await outgoing.close();
      await mitz.close();
      await ground.end();
    },
  };
}
