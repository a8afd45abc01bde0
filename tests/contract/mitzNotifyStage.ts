// Where do the tests of notifications play? A listener that Mitz may notify, and a sandbox Mitz that knows the way.
import type { AddressInfo } from 'node:net';
import type { Copy } from '../../src/consent/mitz/copy.ts';
import { loadCopy } from '../../src/consent/mitz/copy.ts';
import { createMitz, type Mitz } from '../../src/consent/mitz/mitz.ts';
import type { NotifySettings } from '../../src/consent/mitz/notifySettings.ts';
import { organisationTypes } from '../../src/consent/organisationTypes.ts';
import { createDataListener } from '../../src/http/dataListener.ts';
import { startMitz } from '../../src/sandbox/mitz.ts';
import { createChoices } from '../../src/sandbox/mitzChoices.ts';
import { type MitzSubscription, notification } from '../../src/sandbox/mitzNotices.ts';
import { startHttp, tinyExchange } from './httpStage.ts';
import { bsn, client, practiceUra, settingsFor } from './mitzStage.ts';
import { prepareGround, type StoreKind } from './storesUnderTest.ts';

export const byToken: NotifySettings['proof'] = { kind: 'token', clientIds: ['epd-a-system'] };

/** What the patient chose for the practice, told as Mitz tells it. */
export function notice({
  of = bsn,
  ura = practiceUra,
  permit = true,
  at = '2026-03-02T10:00:00.1234567Z',
} = {}) {
  const choices = createChoices();
  choices.set({ bsn: of, holderUra: ura, category: 'GGC002', consulting: 'RPZAC104', permit });
  const about: MitzSubscription = {
    id: 'x',
    bsn: of,
    holderUra: ura,
    holderType: 'Z3',
    endpoint: '',
    payload: 'application/fhir+json',
  };
  return notification(about, choices, at);
}

export type NotifyStage = Awaited<ReturnType<typeof startNotifyStage>>;

export async function startNotifyStage(kind: StoreKind, proof: NotifySettings['proof'] = byToken) {
  const ground = await prepareGround(kind);
  const store = await ground.open();
  const stage = await startHttp(store);
  const token = await stage.token();
  const alarms: string[] = [];
  const time = { offsetMs: 0 };
  const clock = () => new Date(Date.now() + time.offsetMs);
  const made: { mitz?: Mitz } = {};
  const data = createDataListener({
    ...stage.listenerDeps,
    exchange: tinyExchange([], { current: () => ({ status: 200 }) }),
    mitz: {
      proof,
      clock,
      receive: async (resource, bringer) => made.mitz?.receive(resource, bringer),
      alarm: (reason) => alarms.push(reason),
    },
  });
  await new Promise<void>((resolve) => data.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(data.address() as AddressInfo).port}/mitz/notify`;
  const sandbox = await startMitz({ notifyHeaders: async () => ({ authorization: `Bearer ${token}` }) });
  const outgoing = client();
  const settings = settingsFor(sandbox, {
    gatewaySystem: 'urn:oid:2.16.840.1.113883.2.4.3.239',
    sourceSystem: 'urn:oid:2.16.840.1.113883.2.4.3.239.1.2.1',
    notify: { address, payload: 'application/fhir+xml', proof },
  });
  const mitz = createMitz({
    settings,
    store,
    clock,
    outgoing,
    categoryOfType: (type) => organisationTypes[type],
    alarm: (reasons) => alarms.push(...reasons),
  });
  made.mitz = mitz;
  const bearer = { authorization: `Bearer ${token}` };
  const tell = async (body: unknown, headers: Record<string, string> = bearer) => {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/fhir+json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    return { status: answer.status, text: await answer.text() };
  };
  const copyOf = (patient = bsn): Promise<Copy | undefined> =>
    loadCopy(store, { patientHash: store.hash('bsn', patient), holderUra: practiceUra });
  const end = async () => {
    data.closeAllConnections();
    await new Promise((resolve) => data.close(resolve));
    await sandbox.close();
    await outgoing.close();
    await stage.end();
    await ground.end();
  };
  return { ground, store, stage, token, bearer, sandbox, mitz, alarms, time, address, tell, copyOf, end };
}
