// What does the hospital do all the while? Cases with versions, repeats, races and cancellations, each answer written down.
import { setTimeout as wait } from 'node:timers/promises';
import type { FhirResource, Participant } from '../../src/model.ts';
import { clinicalResources, composition, nursingHandoff } from '../world/nursingHandoff.ts';
import type { Callers } from './callers.ts';
import { type History, now, type Operation, type Outcome } from './history.ts';
import type { Random } from './random.ts';

export type DriverOptions = {
  callers: Callers;
  history: History;
  random: Random;
  sender: Participant;
  receivers: readonly Participant[];
  /** Cases under way at once. */
  lanes: number;
  /** How many of the cases are refused for what they lack. */
  badPart: number;
  /** Longest pause between two acts of one lane. */
  paceMs: number;
};

export type Driver = {
  /** No new cases; those under way are left where they are. */
  stop(): Promise<void>;
  /** One new case, whose content comes so many times at once; then again until its outcome is known. */
  pushEqually(times: number): Promise<unknown>;
  /** Asks again for everything whose outcome is unknown; resolves when all is known. */
  resolve(): Promise<void>;
};

type Case = { name: string; receiver: Participant; contents: number; location?: string; bad: boolean };
type Left = { one: Case; kind: Operation['kind']; marker: string };

export function startDriver(options: DriverOptions): Driver {
  const left: Left[] = [];
  const run = { stopped: false, number: 0 };
  const lanes = Array.from({ length: options.lanes }, async () => {
    while (!run.stopped) await playCase(begin(options, run.number++), { options, run, left });
  });
  return {
    pushEqually(times) {
      const one = { ...begin(options, run.number++), bad: false };
      return equalPushes(one, { options, run, left }, times);
    },
    async stop() {
      run.stopped = true;
      await Promise.all(lanes);
    },
    async resolve() {
      const playing = { options, run: { stopped: false }, left: [] };
      for (const { one, kind, marker } of left.splice(0)) {
        await insist(playing, one, { kind, marker });
      }
    },
  };
}

function begin({ random, receivers, badPart }: DriverOptions, number: number): Case {
  return {
    name: `case-${number}`,
    receiver: random.pick(receivers),
    contents: 0,
    bad: random.chance(badPart),
  };
}

type Playing = { options: DriverOptions; run: { stopped: boolean }; left: Left[] };

const breath = ({ options }: Playing) => wait(options.random.between(0, options.paceMs));
const nextMarker = (one: Case): string => `${one.name}#${++one.contents}`;

async function playCase(one: Case, playing: Playing): Promise<void> {
  const { random } = playing.options;
  if (!(await settled(playing, one, { kind: 'push', marker: nextMarker(one) }))) return;
  const acts = one.bad ? 0 : Math.floor(random.between(0, 4));
  for (let act = 0; act < acts && !playing.run.stopped; act++) {
    await breath(playing);
    if (!(await playAct(one, playing))) return;
  }
  await breath(playing);
}

/** False when the case is left as it is. */
async function playAct(one: Case, playing: Playing): Promise<boolean> {
  const { random } = playing.options;
  const dice = random.next();
  if (dice < 0.3) return settled(playing, one, { kind: 'push', marker: nextMarker(one) });
  if (dice < 0.5) return settled(playing, one, { kind: 'push', marker: `${one.name}#${one.contents}` });
  if (dice < 0.65) return equalPushes(one, playing);
  if (dice < 0.8) return racingPushes(one, playing);
  if (dice < 0.9) return true;
  await settled(playing, one, { kind: 'cancel', marker: '' });
  return random.chance(0.2) ? settled(playing, one, { kind: 'push', marker: nextMarker(one) }) : false;
}

/** The same new content several times at once. */
async function equalPushes(one: Case, playing: Playing, times = 4): Promise<boolean> {
  const marker = nextMarker(one);
  const outcomes = await Promise.all(
    Array.from({ length: times }, () => perform(playing, one, { kind: 'push', marker })),
  );
  if (outcomes.every((outcome) => outcome === 'ok')) return true;
  return settled(playing, one, { kind: 'push', marker });
}

/** Different contents at once; then one that is the last whatever became of them. */
async function racingPushes(one: Case, playing: Playing): Promise<boolean> {
  const markers = [nextMarker(one), nextMarker(one)];
  await Promise.all(markers.map((marker) => perform(playing, one, { kind: 'push', marker })));
  return settled(playing, one, { kind: 'push', marker: nextMarker(one) });
}

type Act = { kind: Operation['kind']; marker: string };

/** Once; when its outcome is unknown either again until it is known, or left for after the run. */
async function settled(playing: Playing, one: Case, act: Act): Promise<boolean> {
  const outcome = await perform(playing, one, act);
  if (outcome !== 'unknown') return outcome === 'ok';
  if (!playing.run.stopped && playing.options.random.chance(0.6)) return insist(playing, one, act);
  playing.left.push({ one, ...act });
  return false;
}

async function insist(playing: Playing, one: Case, act: Act): Promise<boolean> {
  for (let tries = 0; ; tries++) {
    const outcome = await perform(playing, one, act);
    if (outcome !== 'unknown') return outcome === 'ok';
    if (playing.run.stopped || tries > 200) {
      playing.left.push({ one, ...act });
      return false;
    }
    await wait(100);
  }
}

async function perform(playing: Playing, one: Case, act: Act): Promise<Outcome> {
  const { callers, history } = playing.options;
  if (act.kind === 'cancel' && one.location === undefined) return 'refused';
  for (;;) {
    const invoked = now();
    const reached = await callers.ask(
      act.kind === 'cancel'
        ? { method: 'DELETE', path: one.location ?? '', headers: { accept: 'application/json' } }
        : { method: 'POST', path: '/stu3/$handover', resource: contentOf(one, act.marker, playing.options) },
    );
    if (!reached.invoked) {
      await wait(60);
      continue;
    }
    const outcome = outcomeOf(reached.called?.status);
    const location = pathOf(reached.called?.headers.get('location'));
    if (location !== undefined && outcome === 'ok') one.location = location;
    history.operations.push({
      ...act,
      case: one.name,
      receiver: one.receiver.id,
      gateway: reached.gateway,
      invoked,
      ended: now(),
      outcome,
      ...(reached.called ? { status: reached.called.status } : {}),
      ...(location === undefined ? {} : { location }),
    });
    return outcome;
  }
}

function outcomeOf(status: number | undefined): Outcome {
  if (status === undefined || status >= 500 || [401, 408, 429].includes(status)) return 'unknown';
  return status < 300 ? 'ok' : 'refused';
}

const pathOf = (location: string | null | undefined): string | undefined =>
  location ? new URL(location).pathname : undefined;

function contentOf(one: Case, marker: string, { sender }: DriverOptions): FhirResource {
  const options = { case: one.name, sender, receiver: one.receiver, diagnosis: marker };
  if (!one.bad) return nursingHandoff(options);
  const whole = nursingHandoff(options);
  const rows = [composition({ ...options, transferDate: null }), ...clinicalResources(options)];
  return {
    ...whole,
    entry: rows.map((resource) => ({
      fullUrl: `https://epd.hospital.example/fhir/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  };
}
