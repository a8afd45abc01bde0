// What does a notification in the name of Mitz look like? A right one, and ways to change it; and a gateway that goes by its copies.
import type { FhirResource } from '../../src/model.ts';
import { createChoices } from '../../src/sandbox/mitzChoices.ts';
import { mitzTime, notification } from '../../src/sandbox/mitzNotices.ts';
import { must } from './attack.ts';
import type { Known } from './cast.ts';
import { patients } from './content.ts';
import { fhirJson } from './handovers.ts';
import { mustHold } from './hearing.ts';
import { askCard, enterPatients } from './questions.ts';
import { uraOf } from './region.ts';
import { type HolderName, holderSketches, national } from './regionCast.ts';
import type { PatientName } from './regionRecords.ts';
import type { Seen, Stage } from './stage.ts';

export type Notice = { of?: PatientName; at?: HolderName; permit?: boolean; when?: string };

/** What Mitz would write of P-told at GP-D. */
export function noticeOf({ of = 'told', at = 'd', permit = true, when }: Notice = {}): FhirResource {
  const choices = createChoices();
  const bsn = patients[of].bsn;
  const holderUra = uraOf(holderSketches[at].who);
  choices.set({ bsn, holderUra, permit, category: 'GGC002', consulting: 'RPZAC104' });
  const about = {
    id: 'x',
    bsn,
    holderUra,
    holderType: 'Z3',
    endpoint: '',
    payload: 'application/fhir+json' as const,
  };
  return notification(about, choices, when ?? mitzTime(new Date()));
}

type Tree = { [name: string]: unknown };

/** Its Consent changed; the rest as it was. */
export function withConsent(bundle: FhirResource, change: (consent: Tree) => Tree): FhirResource {
  const entry = (bundle.entry as { resource: Tree }[]).map((one) =>
    one.resource.resourceType === 'Consent' ? { ...one, resource: change(one.resource) } : one,
  );
  return { ...bundle, entry };
}

export const provisionOf = (consent: Tree): Tree => consent.provision as Tree;

export type Telling = { as?: Known | undefined; headers?: Record<string, string>; method?: string };

/** Brought by Mitz itself, unless told otherwise; `as: undefined` brings no token. */
export const bring = (stage: Stage, notice: unknown, telling: Telling = {}): Promise<Seen> => {
  const { as, headers = {}, method = 'POST' } = { as: national, ...telling };
  return stage.ask({
    method,
    path: '/mitz/notify',
    ...(as ? { as } : {}),
    headers: { ...fhirJson, ...headers },
    body: typeof notice === 'string' ? notice : JSON.stringify(notice),
  });
};

const started = new WeakMap<Stage, Promise<Stage>>();

async function start(stage: Stage): Promise<Stage> {
  const consent = { exchanges: { wishes: { sources: ['notified'], permitCacheSeconds: 0 } } };
  const { there } = await stage.another({ consent }, { sameKeys: true });
  await enterPatients(there, ['told']);
  return there;
}

/** A gateway beside the others that goes by notified copies alone, for one patient. */
export function copyingRegion(stage: Stage): Promise<Stage> {
  const there = started.get(stage) ?? start(stage);
  started.set(stage, there);
  return there;
}

let seconds = 0;
/** Each later than the one before, and none in the future. */
export function nextMoment(): string {
  seconds += 1;
  return mitzTime(new Date(Date.now() - 86_400_000 + seconds * 1_000));
}

export async function mustBring(stage: Stage, notice: unknown, what: string): Promise<void> {
  const seen = await bring(stage, notice);
  must(seen.status === 204, `${what}: ${seen.status} ${seen.text.slice(0, 300)}`);
}

/** What the copies now say: a yes at D, or nothing. */
export const mustSay = async (stage: Stage, permit: boolean, what: string): Promise<void> =>
  mustHold(await askCard(stage, 'told'), permit ? ['Dtold'] : [], what);
