// What is kept no longer than it must, or told without being asked? Each by itself, at the pace of the settings.
import type { Config } from '../config.ts';
import { purgeSettled } from '../delivery/purge.ts';
import {
  type ExchangeDeps,
  expireGrants,
  expirePushes,
  forgetHandovers,
  forgetLinks,
  forgetPushes,
  forgetSearches,
  purgeContent,
  purgePushes,
} from '../exchange/index.ts';
import type { Log } from '../http/log.ts';
import type { Identity } from '../identity/identity.ts';
import { consentSweeps } from './consentSweeps.ts';
import type { Asking } from './retrieval.ts';
import { type Sweep, type Sweeps, startSweeps } from './sweeps.ts';

type Around = { config: Config; identity: Identity; log: Log; asking: Asking };

/** Starts all sweeps. */
export function startRetention({ config, identity, log, asking }: Around, deps: ExchangeDeps): Sweeps {
  const { store, clock } = deps;
  const everyMs = config.gateway.sweepSeconds * 1_000;
  const works: Readonly<Record<string, Sweep['work']>> = {
    grants: () => expireGrants(deps),
    pushes: () => expirePushes(deps),
    pushed: () => purgePushes(store, clock(), config.medication),
    pushRecords: () => forgetPushes(store, clock(), config.medication),
    content: () => purgeContent(store, clock(), config.handover),
    records: () => forgetHandovers(store, clock(), config.handover),
    notifications: () => purgeSettled(store, clock(), config.delivery),
    assertions: () => identity.forgetOldAssertions(),
    links: () => forgetLinks(store, clock()),
    searches: () => forgetSearches(store, clock()),
  };
  const own = Object.entries(works).map(([name, work]) => ({ name, everyMs, work }));
  return startSweeps([...own, ...consentSweeps(deps, asking.mitz, everyMs)], log);
}
