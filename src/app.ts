// How do the parts make a gateway? Wired here once, started in order, stopped in the opposite one.
import type { Server } from 'node:http';
import { exchangePort } from './app/exchangePort.ts';
import { type Foundation, openFoundation } from './app/foundation.ts';
import { type Alarms, createAlarms, observeDelivery } from './app/observe.ts';
import { createPreparing, type Preparing } from './app/preparing.ts';
import { createProfileChecks } from './app/profileChecks.ts';
import { startRetention } from './app/retention.ts';
import { type Asking, openAsking } from './app/retrieval.ts';
import { stopAll } from './app/stopping.ts';
import type { Config } from './config.ts';
import { type Delivery, startDelivery } from './delivery/startDelivery.ts';
import { type ExchangeDeps, exchanges, tellNotificationEnd } from './exchange/index.ts';
import { createDataListener } from './http/dataListener.ts';
import { createLifecycle } from './http/lifecycle.ts';
import type { Log } from './http/log.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import type { MitzPort } from './http/mitzRoutes.ts';
import { createOpsListener } from './http/opsListener.ts';
import { createIdentity, type Identity } from './identity/identity.ts';
import { createSigningKeys } from './identity/signingKeys.ts';
import type { Clock } from './model.ts';
import { createOutgoing, type Outgoing } from './outgoing/outgoing.ts';
import { outgoingOptions } from './outgoing/settings.ts';
import { createTokens, type Tokens } from './outgoing/tokens.ts';
import { createDirectory, type Directory } from './routing/directory.ts';

export type Gateway = {
  /** Public address, as callers know it. */
  baseUrl: string;
  /** Where it listens for participants and for operators. */
  dataUrl: string;
  opsUrl: string;
  /** Lets requests and deliveries under way end, within `gateway.stopMs`. */
  stop(): Promise<void>;
  /** Ends at once. */
  force(): void;
};

type Around = { log: Log; clock: Clock };
type Parts = Around & {
  config: Config;
  metrics: Metrics;
  alarm: Alarms;
  foundation: Foundation;
  outgoing: Outgoing;
  directory: Directory;
  identity: Identity;
  /** For the calls of delivery and of holder alike. */
  tokens: Tokens;
  checkProfiles: ExchangeDeps['checkProfiles'];
  /** How data holders are found, permitted and asked. */
  asking: Asking;
};

/** Starts a gateway; resolves when it listens. Throws when keys, database or addresses are not right. */
export async function startGateway(config: Config, around: Around): Promise<Gateway> {
  const metrics = createMetrics({ processMetrics: true });
  const alarm = createAlarms(metrics, around.log);
  const checkProfiles = createProfileChecks(config);
  const foundation = await openFoundation(config, { clock: around.clock, role: 'gateway', alarm });
  const outgoing = createOutgoing(outgoingOptions(config.outgoing));
  const directory = createDirectory(config.participants);
  const known = { config, directory, foundation, outgoing, alarm, clock: around.clock };
  const identity = await openIdentity(known).catch(async (error: unknown) => {
    await outgoing.close();
    await foundation.close();
    throw error;
  });
  const tokens = createTokens({ ...known, ...config.outgoing, signAssertion: identity.signAssertion });
  const asking = openAsking({ ...around, ...known, store: foundation.store, tokens });
  return run({ ...around, ...known, metrics, identity, tokens, asking, checkProfiles });
}

async function openIdentity(
  parts: Pick<Parts, 'config' | 'directory' | 'foundation' | 'outgoing' | 'clock' | 'alarm'>,
): Promise<Identity> {
  const { config, directory, foundation, outgoing, clock, alarm } = parts;
  return createIdentity({
    settings: config.identity,
    baseUrl: config.gateway.baseUrl,
    store: foundation.store,
    clock,
    clients: directory,
    keys: await createSigningKeys(config.identity.keyFile, clock, alarm),
    fetchKeySet: outgoing.request,
    scopes: exchanges.map((exchange) => exchange.name),
  });
}

async function run(parts: Parts): Promise<Gateway> {
  const { config, metrics, log, foundation, identity } = parts;
  const delivery = deliveryOf(parts);
  const preparing = createPreparing({ ...parts, store: foundation.store });
  const deps = exchangeDeps(parts, delivery, preparing);
  const sweeps = startRetention(parts, deps);
  const lifecycle = createLifecycle();
  const data = createDataListener({
    settings: config.http,
    identity,
    exchange: exchangePort(deps),
    store: foundation.store,
    log,
    metrics,
    lifecycle,
    ...mitzPort(parts),
  });
  const ops = createOpsListener({
    checks: { store: foundation.store.ping, delivery: delivery.check },
    lifecycle,
    metrics,
    log,
  });
  const stop = (withinMs: number): Promise<void> =>
    stopAll({ ...parts, lifecycle, delivery, preparing, sweeps, data, ops }, withinMs);
  try {
    const [dataUrl, opsUrl] = [await listen(data, config.http.data), await listen(ops, config.http.ops)];
    return {
      baseUrl: config.gateway.baseUrl,
      dataUrl,
      opsUrl,
      stop: () => stop(config.gateway.stopMs),
      force: () => lifecycle.force([data, ops]),
    };
  } catch (error) {
    await stop(0);
    throw error;
  }
}

/** Where Mitz may notify of changed consent, once it is said how it proves itself. */
function mitzPort({ config, asking, clock, alarm }: Parts): { mitz?: MitzPort } {
  const proof = config.mitz?.notify?.proof;
  if (proof === undefined || asking.mitz === undefined) return {};
  return { mitz: { proof, receive: asking.mitz.receive, clock, alarm } };
}

function deliveryOf({
  config,
  foundation,
  outgoing,
  clock,
  directory,
  tokens,
  log,
  metrics,
}: Parts): Delivery {
  const { store } = foundation;
  const telling = { store, clock, directory, baseUrl: config.gateway.baseUrl };
  return startDelivery({
    store,
    outgoing,
    clock,
    endpointOf: (participantId, endpointId) =>
      directory.byId(participantId)?.endpoints.find((one) => one.id === endpointId),
    wayTo: directory.wayTo,
    tokens,
    settings: config.delivery,
    log: {
      info: (facts, text) => log.info(facts, text),
      warn: (facts, text) => log.warn(facts, text),
      error: (facts, text) => log.error(facts, text),
    },
    owner: config.audit.gatewayId,
    observe: observeDelivery(metrics, { store, clock }),
    atEnd: (unit, row) => tellNotificationEnd(unit, row, telling),
  });
}

const exchangeDeps = (parts: Parts, delivery: Delivery, preparing: Preparing): ExchangeDeps => ({
  preparePush: preparing.prepare,
  checkProfiles: parts.checkProfiles,
  store: parts.foundation.store,
  clock: parts.clock,
  baseUrl: parts.config.gateway.baseUrl,
  directory: parts.directory,
  wakeDelivery: delivery.wake,
  ...parts.asking.deps,
  settings: {
    handover: parts.config.handover,
    wishes: parts.config.wishes,
    medication: parts.config.medication,
    consent: parts.config.consent,
  },
});

/** Connections that wait while the gateway is busy: the usual 511 makes callers of a burst try again after seconds. */
const mostUnaccepted = 4_096;

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host, backlog: mostUnaccepted }, () => {
      server.off('error', reject);
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${taken}`);
    });
  });
}
