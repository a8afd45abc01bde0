// How is work put to a thread beside the one that answers? One question, one answer; a thread that ends is started anew.
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { errorOf, type FromThread, type ToThread } from './threadMessages.ts';

export type ThreadOptions<Call, Reply> = {
  file: URL;
  workerData: object;
  resourceLimits: ResourceLimits;
  /** What whoever waits is told when the thread ends. */
  lost(): Error;
  /** What the thread asks for while it works. Must not throw. */
  answerCall?(what: Call): Promise<Reply>;
};

export type Thread<Question, Answer> = {
  /** Starts the thread unless it runs. Throws what the work threw there: a GatewayError as such, anything else as its text. */
  ask(question: Question, signal?: AbortSignal): Promise<Answer>;
  /** Starts it ahead of the first question. */
  start(): void;
  /** It has loaded what it needs. */
  isReady(): boolean;
  /** Questions under way. */
  load(): number;
  close(): Promise<void>;
};

/** How long a thread may finish what it does before it is stopped where it stands. */
const graceMs = 5_000;

/** Lets the thread end by itself: stopping one inside WebAssembly (as when it loads TypeScript) can crash the process. */
async function endThread(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit');
  const timer = setTimeout(() => void worker.terminate(), graceMs);
  worker.postMessage('end');
  await ended;
  clearTimeout(timer);
}

type Waiting<Answer> = { resolve(answer: Answer): void; reject(error: unknown): void };

/** Who waits for which answer. */
function createQueue<Answer>() {
  const waiting = new Map<number, Waiting<Answer>>();
  let last = 0;
  const take = (ask: number): Waiting<Answer> | undefined => {
    const one = waiting.get(ask);
    waiting.delete(ask);
    return one;
  };
  return {
    size: () => waiting.size,
    take,
    /** `say` is given the number under which the answer is to come. */
    wait: (say: (ask: number) => void): Promise<Answer> =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        say(last);
      }),
    refuse: (error: () => Error): void => {
      for (const ask of [...waiting.keys()]) take(ask)?.reject(error());
    },
  };
}

/** Whatever the thread says goes to whom it is for. */
function listen<Answer, Call, Reply>(
  queue: ReturnType<typeof createQueue<Answer>>,
  options: ThreadOptions<Call, Reply>,
  at: { ready(): void; reply(call: number, reply: Reply): void },
): (message: FromThread<Answer, Call>) => void {
  return (message) => {
    if (message === 'ready') at.ready();
    else if ('call' in message)
      void options.answerCall?.(message.what).then((reply) => at.reply(message.call, reply));
    else if ('fault' in message) queue.take(message.answerTo)?.reject(errorOf(message.fault));
    else queue.take(message.answerTo)?.resolve(message.answer);
  };
}

/**
 * A thread's heap follows its own limits, not the flag that keeps the heap of the main thread small; and its young
 * generation has its whole size from the start, else it grows only after much has been copied in vain.
 */
function freeHeapsOfThreads(): void {
  setFlagsFromString('--max-semi-space-size=0');
  setFlagsFromString('--min-semi-space-size=64');
}

export function createThread<Question, Answer, Call = never, Reply = never>(
  options: ThreadOptions<Call, Reply>,
): Thread<Question, Answer> {
  freeHeapsOfThreads();
  const queue = createQueue<Answer>();
  let worker: Worker | undefined;
  let ready = false;
  const say = (message: ToThread<Question, Reply>): void => worker?.postMessage(message);

  function forget(): Worker | undefined {
    const ended = worker;
    worker = undefined;
    ready = false;
    queue.refuse(options.lost);
    return ended;
  }

  function start(): void {
    if (worker) return;
    const { file, workerData, resourceLimits } = options;
    const started = new Worker(file, { workerData, resourceLimits });
    worker = started;
    const becomeReady = (): void => {
      ready = worker === started;
    };
    const reply = (replyTo: number, said: Reply): void => say({ replyTo, reply: said });
    started.on('message', listen(queue, options, { ready: becomeReady, reply }));
    started.on('error', () => undefined);
    started.once('exit', () => worker === started && forget());
    started.unref();
  }

  return {
    start,
    isReady: () => ready,
    load: queue.size,
    ask: async (question, signal) => {
      start();
      let abort = (): void => undefined;
      const answer = queue.wait((ask) => {
        abort = () => say({ abort: ask });
        say({ ask, question });
      });
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
      return answer.finally(() => signal?.removeEventListener('abort', abort));
    },
    close: async () => {
      const ending = forget();
      if (ending) await endThread(ending);
    },
  };
}
