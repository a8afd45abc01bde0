// How does a thread serve the questions that are put to it? The other side of thread.ts.
import { parentPort } from 'node:worker_threads';
import { type FromThread, faultOf, type ToThread } from './threadMessages.ts';

export type Side<Question, Answer, Call, Reply> = {
  /** Asks the main thread for something. */
  call(what: Call): Promise<Reply>;
  /** Answers questions until the main thread says that it is enough; `end` then ends what the work keeps open. */
  serve(work: (question: Question, signal: AbortSignal) => Answer | Promise<Answer>, end?: () => void): void;
};

/** Throws on the main thread. */
export function openSide<Question, Answer, Call = never, Reply = never>(): Side<
  Question,
  Answer,
  Call,
  Reply
> {
  const port = parentPort;
  if (!port) throw new Error('This file is for a thread');
  const under = new Map<number, AbortController>();
  const calls = new Map<number, (reply: Reply) => void>();
  let last = 0;
  const say = (message: FromThread<Answer, Call>): void => port.postMessage(message);

  return {
    call: (what) =>
      new Promise((resolve) => {
        last += 1;
        calls.set(last, resolve);
        say({ call: last, what });
      }),
    serve(work, end) {
      const answer = async (ask: number, question: Question): Promise<void> => {
        const gone = new AbortController();
        under.set(ask, gone);
        try {
          say({ answerTo: ask, answer: await work(question, gone.signal) });
        } catch (error) {
          say({ answerTo: ask, fault: faultOf(error) });
        } finally {
          under.delete(ask);
        }
      };
      port.on('message', (message: ToThread<Question, Reply>) => {
        if (message === 'end') {
          for (const gone of under.values()) gone.abort();
          end?.();
          port.close();
        } else if ('ask' in message) void answer(message.ask, message.question);
        else if ('abort' in message) under.get(message.abort)?.abort();
        else {
          calls.get(message.replyTo)?.(message.reply);
          calls.delete(message.replyTo);
        }
      });
      say('ready');
    },
  };
}
