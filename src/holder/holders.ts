// How are data holders asked? Permit first, then breaker, then the way that the endpoint's kind wants.
import { GatewayError } from '../errors.ts';
import type { Clock, Permit } from '../model.ts';
import { createBreakers } from '../outgoing/breakers.ts';
import type { Outgoing } from '../outgoing/outgoing.ts';
import type { Tokens } from '../outgoing/tokens.ts';
import type { Store } from '../store/store.ts';
import { askDocuments } from './askDocuments.ts';
import { askFhir, type Question } from './askFhir.ts';
import { createGathering } from './gathering.ts';
import { healthOf } from './health.ts';
import type { FetchFrom, HolderReply } from './holder.ts';
import { fetchRegistered } from './registered.ts';
import type { HolderSettings } from './settings.ts';

export type Holders = {
  fetchFrom: FetchFrom;
  /** Ends what is under way; such questions are answered as timeouts. */
  close(): void;
};

export type HolderDeps = {
  outgoing: Outgoing;
  tokens: Tokens;
  clock: Clock;
  /** Absent where no records are kept: participants that register here cannot be asked there. */
  store?: Store;
  settings: HolderSettings;
};

const ways = { fhir: askFhir, ada: askDocuments, mp612: askDocuments } as const;

/** What a permit is not good for, it does not open: not even one question leaves. */
function refuseUnfit(permit: Permit, holderId: string, now: Date): void {
  if (permit.holderId !== holderId) {
    throw new GatewayError('fault', 'The permit is of another holder', { reason: 'permit-other-holder' });
  }
  if (!(permit.expires > now)) {
    throw new GatewayError('fault', 'The permit has expired', { reason: 'permit-expired' });
  }
}

async function put(question: Omit<Question, 'gathering'>, deps: HolderDeps): Promise<HolderReply> {
  const gathering = createGathering(deps.settings, deps.clock);
  const { kind } = question.endpoint;
  if (kind !== 'registered') await ways[kind]({ ...question, gathering });
  return gathering.reply({ aborted: question.signal.aborted });
}

/** One for the life of a gateway: its breakers remember. */
export function createHolders(deps: HolderDeps): Holders {
  const { clock, store, settings } = deps;
  const breakers = createBreakers({ failures: settings.breakerFailures, openMs: settings.breakerOpenMs });
  const running = new Set<AbortController>();

  /** Ends with the question, or when the gateway does. */
  async function endable<T>(signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const own = new AbortController();
    const end = () => own.abort();
    if (signal.aborted) end();
    signal.addEventListener('abort', end, { once: true });
    running.add(own);
    try {
      return await work(own.signal);
    } finally {
      running.delete(own);
      signal.removeEventListener('abort', end);
    }
  }

  return {
    async fetchFrom(endpoint, permit, ask) {
      const { holderId } = ask;
      refuseUnfit(permit, holderId, clock());
      if (endpoint.kind === 'registered') {
        if (!store) throw new GatewayError('fault', 'No records are kept here');
        return fetchRegistered({ endpoint, permit, ask, holderId }, { store, clock });
      }
      const { queries, requestId } = ask;
      const question = { ...deps, endpoint, queries, requestId, patientBsn: permit.patientBsn };
      const reply = await breakers.run(`${holderId}/${endpoint.id}`, async () => {
        const began = performance.now();
        const value = await endable(ask.signal, (signal) => put({ ...question, signal }, deps));
        return { value, health: healthOf(value, performance.now() - began, settings.silentMs) };
      });
      const retrieved = clock().toISOString();
      return reply ?? { state: 'failed', reason: 'breaker-open', resources: [], retrieved };
    },
    close: () => {
      for (const one of running) one.abort();
    },
  };
}
