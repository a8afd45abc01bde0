// Where are pushes read? On threads beside the one that answers, so that a large body of one caller holds up nobody else.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Config } from '../config.ts';
import { GatewayError } from '../errors.ts';
import { type ExchangeDeps, type PreparedPush, preparePush } from '../exchange/index.ts';
import type { Directory } from '../routing/directory.ts';
import type { Store } from '../store/store.ts';
import type { ThreadAnswer, ThreadQuestion, ThreadSettings } from './preparingThread.ts';

type Prepare = ExchangeDeps['preparePush'];
type Waiting = { resolve(prepared: PreparedPush): void; reject(error: unknown): void };

export type Preparing = { prepare: Prepare; close(): Promise<void> };

type Parts = {
  config: Pick<Config, 'participants' | 'handover' | 'validation'> & {
    gateway: Pick<Config['gateway'], 'readingThreads'>;
    store: Pick<Config['store'], 'keyFile'>;
  };
  store: Store;
  directory: Directory;
  checkProfiles: ExchangeDeps['checkProfiles'];
};

/** Many short-lived trees: a small young generation keeps memory low at little cost. In MB. */
const resourceLimits = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 512 };

/** How long a thread may finish what it reads before it is stopped where it stands. */
const graceMs = 5_000;

const lost = () => new GatewayError('unavailable', 'The push could not be read; try again');

/** Lets the thread end by itself: stopping one inside WebAssembly (as when it loads TypeScript) can crash the process. */
async function endThread(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit');
  const timer = setTimeout(() => void worker.terminate(), graceMs);
  worker.postMessage('end');
  await ended;
  clearTimeout(timer);
}

/** One thread. When it ends by itself, what waited for it is refused and a new one is started at the next question. */
function createThread(settings: ThreadSettings, directory: Directory) {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let last = 0;

  function settle(answer: ThreadAnswer): void {
    const one = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('prepared' in answer) {
      const participant = directory.byId(answer.receiver.participantId);
      const endpoint = participant?.endpoints.find(({ id }) => id === answer.receiver.endpointId);
      if (participant && endpoint) one?.resolve({ ...answer.prepared, receiver: { participant, endpoint } });
      else one?.reject(lost());
    } else if ('refusal' in answer) {
      const { kind, message, ...detail } = answer.refusal;
      one?.reject(new GatewayError(kind, message, detail));
    } else one?.reject(new Error(answer.fault));
  }

  function refuseWaiting(): void {
    for (const one of waiting.values()) one.reject(lost());
    waiting.clear();
  }

  function start(): Worker {
    const file = new URL('./preparingThread.ts', import.meta.url);
    const started = new Worker(file, { workerData: settings, resourceLimits });
    started.on('message', settle);
    started.on('error', () => undefined);
    started.once('exit', () => {
      if (worker !== started) return;
      worker = undefined;
      refuseWaiting();
    });
    started.unref();
    return started;
  }

  return {
    load: () => waiting.size,
    ask: (question: Omit<ThreadQuestion, 'id'>): Promise<PreparedPush> =>
      new Promise((resolve, reject) => {
        worker ??= start();
        last += 1;
        waiting.set(last, { resolve, reject });
        worker.postMessage({ ...question, id: last });
      }),
    close: async () => {
      const ending = worker;
      worker = undefined;
      refuseWaiting();
      if (ending) await endThread(ending);
    },
  };
}

/** Reads pushes on `gateway.readingThreads` threads; 0: on the thread that answers. */
export function createPreparing({ config, store, directory, checkProfiles }: Parts): Preparing {
  const { maxResources } = config.handover;
  const here: Prepare = async (question) =>
    preparePush(question, { directory, hashes: store, maxResources, checkProfiles });
  const settings: ThreadSettings = {
    participants: config.participants,
    handover: config.handover,
    validation: config.validation,
    keyFile: config.store.keyFile,
  };
  const threads = Array.from({ length: config.gateway.readingThreads }, () =>
    createThread(settings, directory),
  );
  return {
    prepare: async (question) => {
      const { content, sender, ...rest } = question;
      const [thread] = [...threads].sort((a, b) => a.load() - b.load());
      if (!thread || !('bytes' in content)) return here(question);
      return thread.ask({ ...rest, content, senderId: sender.id });
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
