// Where are pushes read? On threads beside the one that answers, so that a large body of one caller holds up nobody else.
import type { Config } from '../config.ts';
import { GatewayError } from '../errors.ts';
import { type ExchangeDeps, type PreparedPush, preparePush } from '../exchange/index.ts';
import type { Directory } from '../routing/directory.ts';
import type { Store } from '../store/store.ts';
import type { PreparedThere, PreparingSettings, PushAsked } from './preparingThread.ts';
import { createThread, type Thread } from './thread.ts';

type Prepare = ExchangeDeps['preparePush'];

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
const resourceLimits = { maxYoungGenerationSizeMb: 12, maxOldGenerationSizeMb: 512 };

const lost = () => new GatewayError('unavailable', 'The push could not be read; try again');

/** The receiver as this thread knows it. */
function received({ prepared, receiver }: PreparedThere, directory: Directory): PreparedPush {
  const participant = directory.byId(receiver.participantId);
  const endpoint = participant?.endpoints.find(({ id }) => id === receiver.endpointId);
  if (!participant || !endpoint) throw lost();
  return { ...prepared, receiver: { participant, endpoint } };
}

/** Reads pushes on `gateway.readingThreads` threads; 0: on the thread that answers. */
export function createPreparing({ config, store, directory, checkProfiles }: Parts): Preparing {
  const { maxResources } = config.handover;
  const here: Prepare = async (question) =>
    preparePush(question, { directory, hashes: store, maxResources, checkProfiles });
  const workerData: PreparingSettings = {
    participants: config.participants,
    handover: config.handover,
    validation: config.validation,
    keyFile: config.store.keyFile,
  };
  const file = new URL('./preparingThread.ts', import.meta.url);
  const threads = Array.from(
    { length: config.gateway.readingThreads },
    (): Thread<PushAsked, PreparedThere> => createThread({ file, workerData, resourceLimits, lost }),
  );
  return {
    prepare: async (question) => {
      const { content, sender, ...rest } = question;
      const [thread] = [...threads].sort((a, b) => a.load() - b.load());
      if (!thread || !('bytes' in content)) return here(question);
      return received(await thread.ask({ ...rest, content, senderId: sender.id }), directory);
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}
