// May one more attempt go to this endpoint now? Concurrency, Retry-After, circuit breaker.
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
} from 'cockatiel';
import type { Lane } from './outbox.ts';
import type { DeliverySettings } from './settings.ts';

/** What the breaker must know of an attempt; undefined when nothing was attempted. */
type Attempted = { endpointFault: boolean; retryAfterMs?: number } | undefined;

export type Gates = {
  /** How many more attempts may go to the lane's endpoint now. */
  slots(lane: Lane): number;
  /** Takes a slot, from claim to settlement. */
  enter(lane: Lane): () => void;
  /** Runs an attempt; undefined when the endpoint's breaker is open. */
  run<T extends Attempted>(lane: Lane, attempt: () => Promise<T>): Promise<T | undefined>;
};

type Limits = Pick<DeliverySettings, 'perEndpoint' | 'breakerFailures' | 'breakerOpenMs'>;

const isFault = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'endpointFault' in result && result.endpointFault === true;

function createGate(limits: Limits) {
  const breaker = circuitBreaker(handleWhenResult(isFault), {
    breaker: new ConsecutiveBreaker(limits.breakerFailures),
    halfOpenAfter: limits.breakerOpenMs,
  });
  const gate = { breaker, openedAt: 0, closedUntil: 0, active: 0 };
  breaker.onBreak(() => {
    gate.openedAt = Date.now();
  });
  return gate;
}

type Gate = ReturnType<typeof createGate>;

/** While the breaker is not closed, one probe at a time, and the first when its time has come. */
function probes(gate: Gate, limits: Limits): number {
  const ripe = Date.now() - gate.openedAt >= limits.breakerOpenMs;
  return ripe && gate.active === 0 ? 1 : 0;
}

export function createGates(limits: Limits): Gates {
  const gates = new Map<string, Gate>();
  const gateOf = ({ participantId, endpointId }: Lane): Gate => {
    const key = `${participantId}/${endpointId}`;
    const gate = gates.get(key) ?? createGate(limits);
    gates.set(key, gate);
    return gate;
  };

  return {
    slots(lane) {
      const gate = gateOf(lane);
      if (Date.now() < gate.closedUntil) return 0;
      const closed = gate.breaker.state === CircuitState.Closed;
      return Math.max(0, closed ? limits.perEndpoint - gate.active : probes(gate, limits));
    },
    enter(lane) {
      const gate = gateOf(lane);
      gate.active += 1;
      return () => {
        gate.active -= 1;
      };
    },
    async run(lane, attempt) {
      const gate = gateOf(lane);
      try {
        const result = await gate.breaker.execute(attempt);
        if (result?.retryAfterMs !== undefined) gate.closedUntil = Date.now() + result.retryAfterMs;
        return result;
      } catch (error) {
        if (error instanceof BrokenCircuitError) return undefined;
        throw error;
      }
    },
  };
}
