// What does consent do without being asked? It ends grants, tells holders of break-glass, subscribes, and forgets old paths.
import { endGrants } from '../consent/breakGlassGrants.ts';
import type { Mitz } from '../consent/mitz/mitz.ts';
import { forgetTraces } from '../consent/trace.ts';
import { announceBreakGlass, type ExchangeDeps } from '../exchange/index.ts';
import type { Sweep } from './sweeps.ts';

/** A holder hears within seconds, and so does Mitz; the rest has the time of the other sweeps. */
const soonMs = 2_000;

export function consentSweeps(
  deps: ExchangeDeps,
  mitz: Pick<Mitz, 'subscriptions'> | undefined,
  everyMs: number,
): readonly Sweep[] {
  const { store, clock } = deps;
  const { traceDays } = deps.settings.consent;
  return [
    {
      name: 'breakGlassNotices',
      everyMs: Math.min(everyMs, soonMs),
      work: () => announceBreakGlass(deps),
    },
    {
      name: 'mitzSubscriptions',
      everyMs: Math.min(everyMs, soonMs),
      work: async () => mitz?.subscriptions.sendDue() ?? 0,
    },
    { name: 'breakGlassGrants', everyMs, work: () => endGrants(store, clock()) },
    { name: 'consentTraces', everyMs, work: () => forgetTraces(store, clock(), traceDays) },
  ];
}
