// Where are data holders asked and their answers read? On a thread of its own, so that a large or slow answer holds up nobody else.
import type { Config } from '../config.ts';
import { GatewayError } from '../errors.ts';
import type { HolderQuestion, HolderReading } from '../exchange/answers/readHolder.ts';
import type { ExchangeDeps } from '../exchange/index.ts';
import { anySize, parseJson } from '../fhir/json.ts';
import type { Clock, FhirResource, Participant } from '../model.ts';
import type { Authorization, Tokens } from '../outgoing/tokens.ts';
import type { HolderAsked, HolderThreadSettings, ReadThere, TokenAsked } from './holderThread.ts';
import { createThread, type Thread } from './thread.ts';

export type AskingHolders = {
  readElsewhere: NonNullable<ExchangeDeps['readElsewhere']>;
  close(): Promise<void>;
};

type Parts = {
  config: HolderThreadSettings & { gateway: Pick<Config['gateway'], 'askingThreads'> };
  participants: readonly Pick<Participant, 'dataEndpoints'>[];
  tokens: Tokens;
  clock: Clock;
};

type HolderThread = Thread<HolderAsked, ReadThere>;

/** Many answers at once, each in its own tree: in a large young generation nearly all of them end before they are copied. In MB. */
const resourceLimits = { maxYoungGenerationSizeMb: 192, maxOldGenerationSizeMb: 1_024 };

const lost = () => new GatewayError('unavailable', 'The thread that asks data holders has ended');

function readingOf({ resources: printed, shapes, ...reading }: ReadThere): HolderReading {
  const resources =
    printed === undefined
      ? []
      : (parseJson(printed, { ...anySize, depth: Number.POSITIVE_INFINITY }) as FhirResource[]);
  const found = shapes?.flatMap(([place, issues]) => {
    const resource = resources[place];
    return resource === undefined ? [] : [[resource, issues] as const];
  });
  return { ...reading, resources, ...(found && { shapes: new Map(found) }) };
}

/** One endpoint is always asked by the same thread, whose breaker remembers how it fares. */
function threadFor({ holderId, endpoint }: HolderQuestion, threads: readonly HolderThread[]) {
  let sum = 0;
  for (const letter of `${holderId}/${endpoint.id}`) sum = (sum * 31 + letter.charCodeAt(0)) % 65_521;
  return threads[sum % threads.length];
}

/** Asks on `gateway.askingThreads` threads, started at once where there is a holder to ask; until one is up, it is done here. */
export function createAskingHolders({ config, participants, tokens, clock }: Parts): AskingHolders {
  const { outgoing, holder, handover, wishes, medication, validation } = config;
  const workerData: HolderThreadSettings = { outgoing, holder, handover, wishes, medication, validation };
  const file = new URL('./holderThread.ts', import.meta.url);
  const answerCall = ({ auth, fresh }: TokenAsked): Promise<Authorization> => tokens.get(auth, fresh);
  const hasHolders = participants.some(({ dataEndpoints = [] }) =>
    dataEndpoints.some(({ kind, status }) => kind !== 'registered' && status !== 'off'),
  );
  const threads = Array.from(
    { length: hasHolders ? config.gateway.askingThreads : 0 },
    (): HolderThread => createThread({ file, workerData, resourceLimits, lost, answerCall }),
  );
  for (const thread of threads) thread.start();
  return {
    readElsewhere: (question) => {
      const thread = threadFor(question, threads);
      if (question.endpoint.kind === 'registered' || !thread) return undefined;
      if (!thread.isReady()) return void thread.start();
      const { signal, ...asked } = question;
      return thread.ask({ ...asked, now: clock() }, signal).then(readingOf);
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
