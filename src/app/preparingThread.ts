// What does the thread do that reads pushes? One question in, one prepared push or one refusal out; it keeps nothing.
import { parentPort, workerData } from 'node:worker_threads';
import type { Config } from '../config.ts';
import { GatewayError } from '../errors.ts';
import type { ProfileChecks } from '../exchange/exchange.ts';
import { type PrepareDeps, preparePush } from '../exchange/handover/prepare.ts';
import type { FhirContent } from '../model.ts';
import { createDirectory } from '../routing/directory.ts';
import { openKeyRing } from '../store/keyRing.ts';

export type ThreadSettings = Pick<Config, 'participants' | 'handover' | 'validation'> & { keyFile: string };

export type ThreadQuestion = {
  id: number;
  content: FhirContent;
  senderId: string;
  now: Date;
  profileChecks: ProfileChecks;
};

export type ThreadAnswer = { id: number } & (
  | {
      prepared: Omit<ReturnType<typeof preparePush>, 'receiver'>;
      receiver: { participantId: string; endpointId: string };
    }
  | { refusal: Pick<GatewayError, 'kind' | 'message' | 'issues'> & { reason?: string } }
  | { fault: string }
);

/** The definitions take time and memory: they are loaded only where something is checked against them. */
async function profileChecksOf(settings: ThreadSettings): Promise<PrepareDeps['checkProfiles']> {
  if (settings.handover.profileChecks === 'off') return () => [];
  const { createProfileChecks } = await import('./profileChecks.ts');
  return createProfileChecks(settings);
}

async function depsOf(settings: ThreadSettings): Promise<PrepareDeps> {
  const { participants, handover, keyFile } = settings;
  return {
    directory: createDirectory(participants),
    hashes: openKeyRing(keyFile),
    maxResources: handover.maxResources,
    checkProfiles: await profileChecksOf(settings),
  };
}

function answerTo(question: ThreadQuestion, deps: PrepareDeps): ThreadAnswer {
  const { id, senderId, ...rest } = question;
  try {
    const sender = deps.directory.byId(senderId);
    if (!sender) throw new Error('The sender is not in the settings of this thread');
    const { receiver, ...prepared } = preparePush({ ...rest, sender }, deps);
    return {
      id,
      prepared,
      receiver: { participantId: receiver.participant.id, endpointId: receiver.endpoint.id },
    };
  } catch (error) {
    if (!(error instanceof GatewayError)) return { id, fault: String(error) };
    const { kind, message, issues, reason } = error;
    return { id, refusal: { kind, message, issues, ...(reason === undefined ? {} : { reason }) } };
  }
}

const deps = await depsOf(workerData as ThreadSettings);
parentPort?.on('message', (question: ThreadQuestion | 'end') => {
  if (question === 'end') parentPort?.close();
  else parentPort?.postMessage(answerTo(question, deps));
});
