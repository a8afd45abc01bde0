// How does an organisation call whichever gateway lives? A caller per gateway, and what an absent answer means.
import { type Call, type Called, type Caller, createCaller } from '../../src/sandbox/caller.ts';
import type { SandboxKey } from '../../src/sandbox/keys.ts';
import type { Random } from './random.ts';

export type Address = { name: string; url: string };

export type Reached = { gateway: string; called: Called | undefined; invoked: boolean };

export type Callers = {
  /** Asks one gateway; `called` is absent without an answer, `invoked` false when the request surely never left. */
  ask(call: Call): Promise<Reached>;
};

export function createCallers(options: {
  gateways: readonly Address[];
  clientId: string;
  key: SandboxKey;
  random: Random;
  timeoutMs: number;
}): Callers {
  const { gateways, random, clientId, key, timeoutMs } = options;
  const audience = `${gateways[0]?.url}/oauth/token`;
  const callers = gateways.map(({ name, url }) => ({
    name,
    caller: createCaller({ gatewayUrl: url, clientId, key, scope: 'handover', audience, timeoutMs }),
  }));
  return {
    async ask(call) {
      const { name, caller } = random.pick(callers);
      if (!(await hasToken(caller))) return { gateway: name, called: undefined, invoked: false };
      try {
        return { gateway: name, called: await caller.call(call), invoked: true };
      } catch (error) {
        return { gateway: name, called: undefined, invoked: !isRefused(error) };
      }
    },
  };
}

const hasToken = (caller: Caller): Promise<boolean> =>
  caller.token().then(
    () => true,
    () => false,
  );

/** Nobody listened: nothing was sent. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && cause.code === 'ECONNREFUSED';
}
