// Is another system asked at all now? A circuit breaker per system; while it is open one question at a time probes.
import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhenResult,
} from 'cockatiel';

/** What one question showed of the other system; `unknown` when whoever asked went away first. */
export type Health = 'well' | 'unwell' | 'unknown';

export type Breakers = {
  /** Runs one question; undefined, and nothing is asked, while the system is left alone. */
  run<T>(key: string, ask: () => Promise<{ value: T; health: Health }>): Promise<T | undefined>;
};

/** Codes of lost connections, silence, 429 and 5xx. Whatever else a system says wrongly, it did answer. */
const codes =
  /(?:^|-)(?:status-(?:429|5\d\d)|timeout|connection-refused|unreachable|dns|tls|reset|protocol|unusable)$/;
export const speaksOfIllness = (reason: string): boolean => codes.test(reason);

const isFault = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'health' in result && result.health !== 'well';

/** Thrown through the breaker, so that it counts neither way. */
const nothingLearnt = new Error('nothing was learnt of the other system');

/** `failures` in a row open it; after `openMs` one question probes. */
export function createBreakers({ failures, openMs }: { failures: number; openMs: number }): Breakers {
  const policyOf = () => ({
    policy: circuitBreaker(handleWhenResult(isFault), {
      breaker: new ConsecutiveBreaker(failures),
      halfOpenAfter: openMs,
    }),
  });
  const known = new Map<string, ReturnType<typeof policyOf>>();

  return {
    async run<T>(key: string, ask: () => Promise<{ value: T; health: Health }>) {
      const { policy } = known.get(key) ?? known.set(key, policyOf()).get(key) ?? policyOf();
      // whoever comes while another probes would wait for it
      if (policy.state === CircuitState.HalfOpen) return undefined;
      const learns = policy.state === CircuitState.Closed;
      let outcome: { value: T; health: Health } | undefined;
      try {
        await policy.execute(async () => {
          outcome = await ask();
          if (learns && outcome.health === 'unknown') throw nothingLearnt;
          return outcome;
        });
      } catch (error) {
        if (error !== nothingLearnt && !(error instanceof BrokenCircuitError)) throw error;
      }
      return outcome?.value;
    },
  };
}
