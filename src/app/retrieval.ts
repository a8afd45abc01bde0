// With what are data holders asked? Localisation, consent with Mitz where it is set up, the holders, and the maps of what they send.
import { fileURLToPath } from 'node:url';
import type { Config } from '../config.ts';
import { createDecideConsent } from '../consent/decide.ts';
import { createMitz, type Mitz } from '../consent/mitz/mitz.ts';
import { createMitzOutgoing, type MitzSettings } from '../consent/mitz/settings.ts';
import { categoryOfType } from '../consent/settings.ts';
import { GatewayError } from '../errors.ts';
import { adaMapName, type ExchangeDeps, mapNames } from '../exchange/index.ts';
import { createHolders } from '../holder/holders.ts';
import type { Log } from '../http/log.ts';
import { type LoadedMap, tryLoadMaps } from '../mapping/loadMaps.ts';
import type { Clock } from '../model.ts';
import type { Outgoing } from '../outgoing/outgoing.ts';
import { CannotAsk } from '../outgoing/soapMitz.ts';
import type { Tokens } from '../outgoing/tokens.ts';
import type { Directory } from '../routing/directory.ts';
import { createLocalise } from '../routing/localise.ts';
import { type AskMitzOpen, createAskMitzOpen } from '../routing/mitzOpen.ts';
import type { Store } from '../store/store.ts';
import { createAskingHolders } from './askingHolders.ts';
import type { Alarms } from './observe.ts';

const mapsFolder = fileURLToPath(new URL('../../mappings', import.meta.url));

/** Maps by name, each loaded when it is first asked for, or at once when it is named here. */
function createMaps(atOnce: readonly string[]): ExchangeDeps['mapNamed'] {
  const known = new Map<string, LoadedMap>();
  const mapNamed = (name: string): LoadedMap => {
    const map = known.get(name) ?? tryLoadMaps(mapsFolder, [name]).maps.get(name);
    if (map === undefined) throw new GatewayError('fault', 'A map is missing or has faults');
    known.set(name, map);
    return map;
  };
  for (const name of atOnce) mapNamed(name);
  return mapNamed;
}

type Around = {
  config: Config;
  store: Store;
  clock: Clock;
  log: Log;
  alarm: Alarms;
  outgoing: Outgoing;
  tokens: Tokens;
  directory: Directory;
};

export type Asking = {
  deps: Pick<
    ExchangeDeps,
    'localise' | 'decideConsent' | 'fetchFrom' | 'readElsewhere' | keyof Following | 'mapNamed' | 'noteFault'
  >;
  /** Absent where Mitz is not set up. */
  mitz?: Mitz;
  /** Ends what is under way. */
  close(): Promise<void>;
};

/** Everything that the retrieving exchanges ask of others. Throws when a file of Mitz's settings cannot be read. */
export function openAsking(around: Around): Asking {
  const { config, store, clock, log } = around;
  const noteFault: ExchangeDeps['noteFault'] = (error, requestId) =>
    log.error({ err: error, requestId }, 'fault');
  const national = config.mitz === undefined ? undefined : openMitz(config.mitz, around);
  const holders = createHolders({ ...around, settings: config.holder });
  const elsewhere = createAskingHolders({ ...around, participants: around.directory.all() });
  return {
    deps: {
      localise: createLocalise({
        ...around,
        settings: config.localisation,
        askMitzOpen: national?.askOpen,
        noteFault,
      }),
      decideConsent: createDecideConsent({
        store,
        clock,
        settings: config.consent,
        sources: national === undefined ? {} : { mitz: national.mitz.ask, notified: national.mitz.notified },
      }),
      fetchFrom: holders.fetchFrom,
      readElsewhere: elsewhere.readElsewhere,
      ...(national && isFollowed(config.mitz) ? following(national.mitz) : {}),
      mapNamed: createMaps([...Object.values(mapNames), ...(asksAda(around) ? [adaMapName] : [])]),
      noteFault,
    },
    ...(national === undefined ? {} : { mitz: national.mitz }),
    close: async () => {
      holders.close();
      await elsewhere.close();
      await national?.outgoing.close();
    },
  };
}

type Following = Required<Pick<ExchangeDeps, 'followConsent' | 'unfollowConsent'>>;

/** A holder that Mitz does not know by URA and type cannot be followed; its patients are entered all the same. */
function following({ subscriptions }: Mitz): Following {
  const unlessUnknown = (error: unknown): void => {
    if (!(error instanceof CannotAsk)) throw error;
  };
  return {
    followConsent: (unit, bsn, holder) => subscriptions.plan(unit, { bsn }, holder).catch(unlessUnknown),
    unfollowConsent: (unit, { patientBsn: bsn, ...entered }) =>
      subscriptions.planEnd(unit, { bsn, ...entered }).catch(unlessUnknown),
  };
}

const isFollowed = (settings: MitzSettings | undefined): boolean =>
  settings?.subscriptionsUrl !== undefined && settings.notify !== undefined;

const asksAda = ({ directory }: Around): boolean =>
  directory.all().some(({ dataEndpoints = [] }) => dataEndpoints.some(({ kind }) => kind === 'ada'));

type National = { mitz: Mitz; askOpen: AskMitzOpen | undefined; outgoing: Outgoing };

/** Mitz is called with a certificate of its own. */
function openMitz(settings: MitzSettings, { config, store, clock, alarm }: Around): National {
  const outgoing = createMitzOutgoing(settings, config.outgoing);
  const { openUrl, timeoutMs, gatewaySystem: issuer = config.gateway.baseUrl } = settings;
  return {
    outgoing,
    mitz: createMitz({
      settings,
      store,
      clock,
      outgoing,
      categoryOfType: (type) => categoryOfType(config.consent, type),
      alarm: (reasons) => {
        for (const reason of reasons) alarm(reason);
      },
    }),
    askOpen:
      openUrl === undefined
        ? undefined
        : createAskMitzOpen({ outgoing, clock, settings: { openUrl, timeoutMs, issuer } }),
  };
}
