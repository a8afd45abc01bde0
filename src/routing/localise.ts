// Who has records of this patient? The sources of the settings, side by side or in turn, and where each holder is asked.
import type { Clock, Participant } from '../model.ts';
import { type Breakers, createBreakers, type Health, speaksOfIllness } from '../outgoing/breakers.ts';
import type { Store } from '../store/store.ts';
import type { Directory } from './directory.ts';
import { type Named, type NameHolders, type Place, placesOf, type Unreachable } from './holderPlaces.ts';
import type { Localisation, Localise, Located, LocateQuestion, LocationSource } from './localisation.ts';
import { type LocalisationSettings, type SourcesOfExchange, sourcesFor } from './localisationSettings.ts';
import type { AskMitzOpen } from './mitzOpen.ts';
import type { NationalDeps } from './nationalCall.ts';
import { askNvi } from './nvi.ts';
import { registeredHolders } from './regionalIndex.ts';
import { reasonOf, SourceFault } from './sourceFault.ts';

export type LocaliseDeps = NationalDeps & {
  settings: LocalisationSettings;
  directory: Directory;
  store: Store;
  clock: Clock;
  /** Undefined where Mitz is not configured. */
  askMitzOpen: AskMitzOpen | undefined;
  /** For a fault of our own: it is told as a source that failed, and goes to the log. */
  noteFault(error: unknown, requestId: string): void;
};

type Asking = { question: LocateQuestion; deps: LocaliseDeps; timeoutMs: number; breakers: Breakers };
type Answer = { source: LocationSource; named: readonly Named[]; told: Localisation['sources'][number] };

/** Each names whom it knows as it learns of them; who was named before it failed still counts. */
const ask: Record<LocationSource, (asking: Asking, name: NameHolders) => Promise<void>> = {
  async list({ question, deps }, name) {
    const answers = (one: Participant) =>
      one.dataEndpoints?.some(
        ({ exchanges, status }) => status !== 'off' && exchanges.includes(question.exchange),
      );
    const all = deps.directory.all().filter((one) => one.active && answers(one));
    name(all.map(({ id }) => ({ participantId: id })));
  },
  async regional({ question, deps }, name) {
    const ids = await registeredHolders(question, deps.store);
    name(ids.map((participantId) => ({ participantId })));
  },
  async nvi({ question, deps, timeoutMs }, name) {
    const settings = deps.settings.nvi;
    if (settings === undefined) throw new SourceFault('not-configured');
    await askNvi({ settings, question, timeoutMs, signal: question.signal, name }, deps);
  },
  async mitz({ question, deps }, name) {
    if (deps.askMitzOpen === undefined) throw new SourceFault('not-configured');
    const { holders } = await deps.askMitzOpen(question);
    const wanted = new Set(question.categories);
    const fits = (categories: readonly string[]) =>
      wanted.size === 0 || categories.length === 0 || categories.some((one) => wanted.has(one));
    name(holders.filter(({ categories }) => fits(categories)).map(({ ura }) => ({ ura })));
  },
};

const silence = new Set(['deadline', 'timeout', 'aborted', 'connect-timeout']);
/** A source that was silent for so long is ill, also when the caller ended the waiting. */
const silentMs = 1_000;

/** One source within its time; whatever goes wrong is told, never thrown. */
async function askSource(source: LocationSource, asking: Asking): Promise<Answer> {
  const { question, deps, timeoutMs } = asking;
  const signal = AbortSignal.any([question.signal, AbortSignal.timeout(timeoutMs)]);
  const { promise: ended, reject } = Promise.withResolvers<never>();
  const end = () => reject(new SourceFault('deadline'));
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  const named: Named[] = [];
  try {
    const asked = ask[source]({ ...asking, question: { ...question, signal } }, (more) =>
      named.push(...more),
    );
    asked.catch(() => undefined);
    await Promise.race([asked, ended]);
    return { source, named, told: { source, state: 'answered' } };
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === undefined) deps.noteFault(error, question.requestId);
    const state = silence.has(reason ?? '') ? 'timeout' : 'failed';
    return { source, named: [...named], told: { source, state, reason: reason ?? 'fault' } };
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** In memory: there is nothing to wait for. */
async function askList(asking: Asking): Promise<Answer> {
  const named: Named[] = [];
  await ask.list(asking, (all) => named.push(...all));
  return { source: 'list', named, told: { source: 'list', state: 'answered' } };
}

function healthOf({ told }: Answer, tookMs: number, { question }: Asking): Health {
  if (told.state === 'timeout' && question.signal.aborted && tookMs < silentMs) return 'unknown';
  if (told.state === 'timeout') return 'unwell';
  return speaksOfIllness(told.reason ?? '') ? 'unwell' : 'well';
}

/** A source elsewhere that fails again and again costs everybody its time: it is left alone for a while. */
async function askGuarded(source: LocationSource, asking: Asking): Promise<Answer> {
  if (source === 'list') return askList(asking);
  if (source === 'regional') return askSource(source, asking);
  const answer = await asking.breakers.run(source, async () => {
    const began = performance.now();
    const value = await askSource(source, asking);
    return { value, health: healthOf(value, performance.now() - began, asking) };
  });
  return answer ?? { source, named: [], told: { source, state: 'failed', reason: 'breaker-open' } };
}

async function askSources({ order, policy }: SourcesOfExchange, asking: Asking): Promise<Answer[]> {
  if (policy === 'union') return Promise.all(order.map((source) => askGuarded(source, asking)));
  const answers: Answer[] = [];
  for (const source of order) {
    const answer = await askGuarded(source, asking);
    answers.push(answer);
    if (answer.named.length > 0 && answer.told.state === 'answered') break;
  }
  return answers;
}

type Found = Located & { foundBy: LocationSource[] };

const byId = (a: Found, b: Found): number => {
  if (a.participant.id !== b.participant.id) return a.participant.id < b.participant.id ? -1 : 1;
  return a.endpoint.id < b.endpoint.id ? -1 : 1;
};

/** Every holder once, with all sources that know it; `left` is the participant that is not asked. */
function gather(
  answers: readonly Answer[],
  { question, deps }: Asking,
  left: string | undefined,
): Pick<Localisation, 'holders' | 'unreachable'> {
  const at = { exchange: question.exchange, moment: deps.clock() };
  const located = new Map<string, Found>();
  const unreachable = new Map<string, Localisation['unreachable'][number]>();
  const note = (place: Place | Unreachable, source: LocationSource) => {
    if ('reason' in place) {
      const { participantId, ...known } = place;
      const told = known.ura === undefined && participantId ? { participantId, ...known } : known;
      unreachable.set(JSON.stringify(told), told);
      return;
    }
    const key = `${place.participant.id}/${place.endpoint.id}`;
    const known = located.get(key) ?? { ...place, foundBy: [] };
    if (!known.foundBy.includes(source)) known.foundBy.push(source);
    located.set(key, known);
  };
  for (const { source, named } of answers) {
    const places = named.flatMap((one) => placesOf(one, at, deps.directory));
    for (const place of places) if (left === undefined || participantOf(place) !== left) note(place, source);
  }
  return { holders: [...located.values()].sort(byId), unreachable: [...unreachable.values()] };
}

const participantOf = (place: Place | Unreachable): string | undefined =>
  'reason' in place ? place.participantId : place.participant.id;

/** One for the life of a gateway. */
export function createLocalise(deps: LocaliseDeps): Localise {
  const { breakerFailures: failures, breakerOpenMs: openMs } = deps.settings;
  const breakers = createBreakers({ failures, openMs });
  return async (question) => {
    const sources = sourcesFor(deps.settings, question.exchange);
    const asking = { question, deps, breakers, timeoutMs: sources.timeoutMs };
    const answers = await askSources(sources, asking);
    const left = sources.askRequester ? undefined : question.requester.participant.id;
    const found = gather(answers, asking, left);
    return { ...found, sources: answers.map(({ told }) => told) };
  };
}
