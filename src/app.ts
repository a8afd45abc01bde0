// How do the parts make a gateway? Wired here once, started in order, stopped in the opposite one.
import type { Server } from 'node:http';
import { exchangePort } from './app/exchangePort.ts';
import { type Foundation, openFoundation } from './app/foundation.ts';
import { createAlarms, observeDelivery } from './app/observe.ts';
import { createProfileChecks } from './app/profileChecks.ts';
import { stopAll } from './app/stopping.ts';
import { startSweeps } from './app/sweeps.ts';
import type { Config } from './config.ts';
import { purgeSettled } from './delivery/purge.ts';
import { type Delivery, startDelivery } from './delivery/startDelivery.ts';
import {
  type ExchangeDeps,
  exchanges,
  expireGrants,
  forgetHandovers,
  purgeContent,
} from './exchange/index.ts';
import { createDataListener } from './http/dataListener.ts';
import { createLifecycle } from './http/lifecycle.ts';
import type { Log } from './http/log.ts';
import { createMetrics, type Metrics } from './http/metrics.ts';
import { createOpsListener } from './http/opsListener.ts';
import { createIdentity, type Identity } from './identity/identity.ts';
import { createSigningKeys } from './identity/signingKeys.ts';
import type { Clock } from './model.ts';
import { createOutgoing, type Outgoing } from './outgoing/outgoing.ts';
import { outgoingOptions } from './outgoing/settings.ts';
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
  foundation: Foundation;
  outgoing: Outgoing;
  directory: Directory;
  identity: Identity;
  checkProfiles: ExchangeDeps['checkProfiles'];
};

/** Starts a gateway; resolves when it listens. Throws when keys, database or addresses are not right. */
export async function startGateway(config: Config, around: Around): Promise<Gateway> {
  const metrics = createMetrics({ processMetrics: true });
  const alarm = createAlarms(metrics, around.log);
  const checkProfiles = createProfileChecks(config);
  const foundation = await openFoundation(config, { clock: around.clock, role: 'gateway', alarm });
  const outgoing = createOutgoing(outgoingOptions(config.outgoing));
  const directory = createDirectory(config.participants);
  const known = { config, directory, foundation, outgoing, clock: around.clock };
  const identity = await openIdentity(known).catch(async (error: unknown) => {
    await outgoing.close();
    await foundation.close();
    throw error;
  });
  return run({ ...around, ...known, metrics, identity, checkProfiles });
}

async function openIdentity(
  parts: Omit<Parts, 'log' | 'metrics' | 'identity' | 'checkProfiles'>,
): Promise<Identity> {
  const { config, directory, foundation, outgoing, clock } = parts;
  return createIdentity({
    settings: config.identity,
    baseUrl: config.gateway.baseUrl,
    store: foundation.store,
    clock,
    clients: directory,
    keys: await createSigningKeys(config.identity.keyFile, clock),
    fetchKeySet: outgoing.request,
    scopes: exchanges.map((exchange) => exchange.name),
  });
}

async function run(parts: Parts): Promise<Gateway> {
  const { config, metrics, log, foundation, identity } = parts;
  const delivery = deliveryOf(parts);
  const deps = exchangeDeps(parts, delivery);
  const sweeps = sweepsOf(parts, deps);
  const lifecycle = createLifecycle();
  const data = createDataListener({
    settings: config.http,
    identity,
    exchange: exchangePort(deps),
    store: foundation.store,
    log,
    metrics,
    lifecycle,
  });
  const ops = createOpsListener({ checks: { store: foundation.store.ping }, lifecycle, metrics, log });
  const stop = (withinMs: number): Promise<void> =>
    stopAll({ ...parts, lifecycle, delivery, sweeps, data, ops }, withinMs);
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

function deliveryOf({
  config,
  foundation,
  outgoing,
  clock,
  directory,
  identity,
  log,
  metrics,
}: Parts): Delivery {
  const { store } = foundation;
  return startDelivery({
    store,
    outgoing,
    clock,
    endpointOf: (participantId, endpointId) =>
      directory.byId(participantId)?.endpoints.find((one) => one.id === endpointId),
    signAssertion: async (auth, now) => {
      if (auth.kind !== 'private_key_jwt') throw new Error('This endpoint wants no assertion');
      return identity.signAssertion(auth, now);
    },
    settings: config.delivery,
    log: {
      info: (facts, text) => log.info(facts, text),
      warn: (facts, text) => log.warn(facts, text),
      error: (facts, text) => log.error(facts, text),
    },
    owner: config.audit.gatewayId,
    observe: observeDelivery(metrics, { store, clock }),
  });
}

const exchangeDeps = (parts: Parts, delivery: Delivery): ExchangeDeps => ({
  checkProfiles: parts.checkProfiles,
  store: parts.foundation.store,
  clock: parts.clock,
  baseUrl: parts.config.gateway.baseUrl,
  directory: parts.directory,
  wakeDelivery: delivery.wake,
  settings: { handover: parts.config.handover },
});

function sweepsOf({ config, identity, log }: Parts, deps: ExchangeDeps): ReturnType<typeof startSweeps> {
  const everyMs = config.gateway.sweepSeconds * 1_000;
  const sweeps = [
    { name: 'grants', everyMs, work: () => expireGrants(deps.store, deps.clock()) },
    { name: 'content', everyMs, work: () => purgeContent(deps.store, deps.clock(), config.handover) },
    { name: 'records', everyMs, work: () => forgetHandovers(deps.store, deps.clock(), config.handover) },
    { name: 'notifications', everyMs, work: () => purgeSettled(deps.store, deps.clock(), config.delivery) },
    { name: 'assertions', everyMs, work: () => identity.forgetOldAssertions() },
  ];
  return startSweeps(sweeps, log);
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      const taken = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${taken}`);
    });
  });
}
