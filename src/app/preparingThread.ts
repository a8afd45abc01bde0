// What does the thread do that reads pushes? One question in, one prepared push or one refusal out; it keeps nothing.
import { workerData } from 'node:worker_threads';
import type { Config } from '../config.ts';
import type { ProfileChecks } from '../exchange/exchange.ts';
import { type PrepareDeps, preparePush } from '../exchange/handover/prepare.ts';
import type { FhirContent } from '../model.ts';
import { createDirectory } from '../routing/directory.ts';
import { openKeyRing } from '../store/keyRing.ts';
import { openSide } from './threadSide.ts';

export type PreparingSettings = Pick<Config, 'participants' | 'handover' | 'validation'> & {
  keyFile: string;
};

export type PushAsked = {
  content: FhirContent;
  senderId: string;
  now: Date;
  profileChecks: ProfileChecks;
};

export type PreparedThere = {
  prepared: Omit<ReturnType<typeof preparePush>, 'receiver'>;
  receiver: { participantId: string; endpointId: string };
};

/** The definitions take time and memory: they are loaded only where something is checked against them. */
async function profileChecksOf(settings: PreparingSettings): Promise<PrepareDeps['checkProfiles']> {
  if (settings.handover.profileChecks === 'off') return () => [];
  const { createProfileChecks } = await import('./profileChecks.ts');
  return createProfileChecks(settings);
}

async function depsOf(settings: PreparingSettings): Promise<PrepareDeps> {
  const { participants, handover, keyFile } = settings;
  return {
    directory: createDirectory(participants),
    hashes: openKeyRing(keyFile),
    maxResources: handover.maxResources,
    checkProfiles: await profileChecksOf(settings),
  };
}

const deps = await depsOf(workerData as PreparingSettings);
openSide<PushAsked, PreparedThere>().serve(({ senderId, ...rest }) => {
  const sender = deps.directory.byId(senderId);
  if (!sender) throw new Error('The sender is not in the settings of this thread');
  const { receiver, ...prepared } = preparePush({ ...rest, sender }, deps);
  return { prepared, receiver: { participantId: receiver.participant.id, endpointId: receiver.endpoint.id } };
});
