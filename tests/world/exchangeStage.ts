// On what stage do the exchange tests play? A real store, a directory, a clock that the test moves, and short ways to ask.
import { consentSettings } from '../../src/consent/settings.ts';
import {
  answer,
  type ExchangeDeps,
  handoverSettings,
  medicationSettings,
  preparePush,
  wishesSettings,
} from '../../src/exchange/index.ts';
import type { FhirRequest, FhirResource, FhirResponse, Participant, Requester } from '../../src/model.ts';
import { createDirectory } from '../../src/routing/directory.ts';
import type { Unit } from '../../src/store/store.ts';
import { type Ground, prepareGround, type StoreKind } from '../contract/storesUnderTest.ts';
import { asking, castOfParticipants, home, hospital } from './cast.ts';

export const stageUrl = 'https://gateway.example';

export type Stage = {
  deps: ExchangeDeps;
  ground: Ground;
  /** Moves the clock. */
  at(moment: string): void;
  later(ms: number): void;
  wakes: number;
  push(body: FhirResource, who?: Requester): Promise<FhirResponse>;
  get(path: string, who?: Requester, more?: Partial<FhirRequest>): Promise<FhirResponse>;
  put(
    path: string,
    body: FhirResource,
    more?: Partial<FhirRequest> & { who?: Requester },
  ): Promise<FhirResponse>;
  handoverId(response: FhirResponse): string;
  /** Task and Composition ids of the one handover. */
  served(response: FhirResponse): Promise<{ taskId: string; compositionId: string }>;
  outbox(): Promise<
    { kind: string; version: number; message: Record<string, unknown>; participant_id: string }[]
  >;
  /** The audit records so far, oldest first. */
  audit(): Promise<Record<string, unknown>[]>;
  end(): Promise<void>;
};

type Opening = {
  kind?: StoreKind;
  participants?: readonly Participant[];
  checkProfiles?: ExchangeDeps['checkProfiles'];
  profileChecks?: 'off' | 'warn';
};

const unexpected = (): never => {
  throw new Error('a handover asks no data holder');
};

export const nobodyHandsOver = (): never => {
  throw new Error('a retrieval reads no push');
};

/** What only retrievals need. */
export const nobodyIsAsked = {
  localise: unexpected,
  decideConsent: unexpected,
  fetchFrom: unexpected,
  mapNamed: unexpected,
  noteFault: unexpected,
} satisfies Partial<ExchangeDeps>;

type Question = { who: Requester; more: Partial<FhirRequest>; deps: ExchangeDeps };

/** What the exchange answers to one request of STU3. */
export const askStage = ([method, path]: [string, string], { who, more, deps }: Question) =>
  answer(
    {
      version: 'stu3',
      method,
      path: path.split('/'),
      query: new Map(),
      language: 'nl',
      requestId: 'request-1',
      ...more,
    },
    who,
    deps,
  );

export async function openStage({
  kind = 'sqlite',
  participants = castOfParticipants,
  checkProfiles = () => [],
  profileChecks = 'warn',
}: Opening = {}): Promise<Stage> {
  const ground = await prepareGround(kind);
  let now = new Date('2026-01-15T10:00:00.000Z');
  const store = await ground.open({ clock: () => now });
  const stage = { wakes: 0 };
  const directory = createDirectory(participants);
  const deps: ExchangeDeps = {
    store,
    clock: () => now,
    baseUrl: stageUrl,
    directory,
    wakeDelivery: () => {
      stage.wakes++;
    },
    checkProfiles,
    preparePush: async (question) =>
      preparePush(question, { hashes: store, directory, maxResources: 5_000, checkProfiles }),
    ...nobodyIsAsked,
    settings: {
      handover: handoverSettings.parse({ profileChecks }),
      wishes: wishesSettings.parse({}),
      medication: medicationSettings.parse({}),
      consent: consentSettings.parse({}),
    },
  };
  const ask = (at: [string, string], who: Requester, more: Partial<FhirRequest>) =>
    askStage(at, { who, more, deps });
  const handoverId = (response: FhirResponse) => response.headers?.Location?.split('/').at(-1) ?? '';
  return Object.assign(stage, {
    deps,
    ground,
    at: (moment: string) => {
      now = new Date(moment);
    },
    later: (ms: number) => {
      now = new Date(now.getTime() + ms);
    },
    push: (body: FhirResource, who = asking(hospital)) => ask(['POST', '$handover'], who, { resource: body }),
    get: (path: string, who = asking(home), more: Partial<FhirRequest> = {}) => ask(['GET', path], who, more),
    put: (path: string, body: FhirResource, { who = asking(home), ...more } = {}) =>
      ask(['PUT', path], who, { resource: body, ...more }),
    handoverId,
    served: async (response: FhirResponse) => {
      const row = await store.read
        .selectFrom('handover')
        .selectAll()
        .where('id', '=', handoverId(response))
        .executeTakeFirstOrThrow();
      return { taskId: row.task_id, compositionId: row.composition_id };
    },
    outbox: async () => {
      const rows = await store.read.selectFrom('outbox').selectAll().orderBy('seq').execute();
      return rows.map((row) => ({ ...row, message: JSON.parse(row.message) }));
    },
    audit: async () => {
      const rows = await store.read.selectFrom('audit').select('body').orderBy('seq').execute();
      return rows.map((row) => JSON.parse(row.body));
    },
    end: () => ground.end(),
  });
}

/** For tests that look at the write itself. */
export type { Unit };
