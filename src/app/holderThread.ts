// What does the thread do that asks data holders? Calls them, reads, judges; nothing is kept but open connections and how each holder fares.
import { workerData } from 'node:worker_threads';
import type { Config } from '../config.ts';
import { type HolderQuestion, type HolderReading, readHolder } from '../exchange/answers/readHolder.ts';
import { printJson } from '../fhir/json.ts';
import { createHolders } from '../holder/holders.ts';
import type { Issue, OutgoingAuth } from '../model.ts';
import { createOutgoing } from '../outgoing/outgoing.ts';
import { outgoingOptions } from '../outgoing/settings.ts';
import type { Authorization, Tokens } from '../outgoing/tokens.ts';
import { createProfileChecks } from './profileChecks.ts';
import { openSide } from './threadSide.ts';

export type HolderThreadSettings = Pick<
  Config,
  'outgoing' | 'holder' | 'handover' | 'wishes' | 'medication' | 'validation'
>;

export type HolderAsked = Omit<HolderQuestion, 'signal'> & { now: Date };

/** Numbers must stay as they stood, so resources travel as JSON; what was found about their structure, by their place. */
export type ReadThere = Omit<HolderReading, 'resources' | 'shapes'> & {
  /** Absent when there are none. */
  resources?: Uint8Array;
  shapes?: readonly (readonly [place: number, issues: readonly Issue[]])[];
};

export type TokenAsked = { auth: OutgoingAuth; fresh?: { refused: string | undefined } };

const settings = workerData as HolderThreadSettings;
const outgoing = createOutgoing(outgoingOptions(settings.outgoing));
const checkProfiles = createProfileChecks(settings);

/** The clock of the gateway is its own; this thread follows it, question by question. */
let aheadMs = 0;
const clock = () => new Date(Date.now() + aheadMs);

const main = openSide<HolderAsked, ReadThere, TokenAsked, Authorization>();

/** Keys and tokens stay with the main thread. */
const tokens: Tokens = {
  get: async (auth, fresh) =>
    auth.kind === 'none'
      ? { header: undefined }
      : main.call({ auth, ...(fresh === undefined ? {} : { fresh }) }),
};

const holders = createHolders({ outgoing, tokens, clock, settings: settings.holder });

function told({ resources, shapes, ...reading }: HolderReading): ReadThere {
  const found = resources.flatMap((resource, place) => {
    const issues = shapes?.get(resource);
    return issues === undefined ? [] : [[place, issues] as const];
  });
  return {
    ...reading,
    ...(resources.length > 0 && { resources: Buffer.from(printJson(resources)) }),
    ...(shapes && { shapes: found }),
  };
}

main.serve(
  async ({ now, ...question }, signal) => {
    aheadMs = now.getTime() - Date.now();
    return told(await readHolder({ ...question, signal }, { ...holders, checkProfiles }));
  },
  () => {
    holders.close();
    void outgoing.close();
  },
);
