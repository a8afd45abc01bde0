// How does a handover go from EPD to nursing home? The whole story over real HTTP, each step with what must come of it.
import { randomUUID } from 'node:crypto';
import type { FhirResource } from '../../model.ts';
import type { Called } from '../../sandbox/caller.ts';
import { compositionIdOf } from '../../sandbox/ecd.ts';
import { type Fetched, fetchDocument, fetchPlainly, outcomeText } from '../../sandbox/fetchHandover.ts';
import { compare } from '../conformance/compare.ts';
import type { FoundHandover } from '../conformance/handovers.ts';
import type { Cast } from './cast.ts';
import { sluis, tellVerified, until } from './steps.ts';
import type { Timeline } from './timeline.ts';

export type Story = { cast: Cast; timeline: Timeline; handover: FoundHandover; push: FhirResource };

/** What a step learns for those after it. */
type Known = { location: string; taskId: string; compositionId: string; document?: Fetched; plain?: Fetched };

const epd = 'EPD → gateway';
const ecd = 'ECD → gateway';

export async function tellHandover(story: Story): Promise<void> {
  const known: Known = { location: '', taskId: '', compositionId: '' };
  await tellPush(story, known);
  await tellNotification(story, known);
  await tellFetch(story, known);
  await tellOutsider(story, known);
  await tellCompletion(story, known);
  await tellRefusal(story);
  await tellEnd(story, known);
}

async function tellPush({ cast, timeline, push }: Story, known: Known): Promise<void> {
  const { sandbox } = cast;
  sandbox.ecd.faults.set({ kind: 'fail', status: 503, path: '/notification', times: 1 });
  await timeline.step(
    { who: epd, what: 'asks a token (private_key_jwt, ES384)', expected: 'token' },
    async () => {
      await sandbox.epd.caller.token();
      return 'token';
    },
  );
  await timeline.step(
    { who: epd, what: 'pushes the handover (JSON)', expected: '202 Location' },
    async () => {
      const pushed = await sandbox.epd.push(push, 'json');
      known.location = pushed.headers.get('location') ?? '';
      return `${pushed.status}${known.location ? ' Location' : outcomeText(pushed.resource)}`;
    },
  );
  const again = { who: epd, what: 'pushes the same again (XML)', expected: '200 same Location' };
  await timeline.step(again, async () => {
    const pushed = await sandbox.epd.push(push, 'xml');
    const same = pushed.headers.get('location') === known.location;
    return `${pushed.status} ${same ? 'same' : 'another'} Location`;
  });
}

async function tellNotification({ cast, timeline }: Story, known: Known): Promise<void> {
  const { ecd: home } = cast.sandbox;
  const step = { who: 'gateway → ECD', what: 'notifies; the first attempt fails', expected: '503, then 202' };
  await timeline.step(step, async () => {
    await until(() => home.notifications.length > 0);
    known.taskId = home.notifications[0]?.taskId ?? '';
    const statuses = home.log
      .filter((line) => line.path.startsWith('/notification'))
      .map((line) => line.status);
    return statuses.join(', then ');
  });
}

async function tellFetch({ cast, timeline, handover }: Story, known: Known): Promise<void> {
  const { ecd: home } = cast.sandbox;
  const task = { who: ecd, what: 'reads the Task', expected: '200 in-progress' };
  await timeline.step(task, async () => {
    const read = await home.readTask(known.taskId);
    known.compositionId = compositionIdOf(read.resource) ?? '';
    return `${read.status} ${String(read.resource?.status)}`;
  });
  const whole = `${handover.closure.members.length} resources, loss 0`;
  await timeline.step({ who: ecd, what: 'fetches the document (XML)', expected: whole }, async () => {
    known.document = await fetchDocument(home.caller, known.compositionId, 'xml');
    return told(handover, known.document);
  });
  await timeline.step(
    { who: ecd, what: 'reads each resource by itself (JSON)', expected: whole },
    async () => {
      known.plain = await fetchPlainly(home.caller, known.compositionId, 'json');
      return told(handover, known.plain);
    },
  );
  const binary = [...(known.document?.resources.keys() ?? [])].find((key) => key.startsWith('Binary/'));
  if (binary === undefined) return;
  const type = String(known.document?.resources.get(binary)?.contentType ?? '');
  await timeline.step(
    { who: ecd, what: 'reads the attachment as a file', expected: `200 ${type}` },
    async () => {
      const read = await home.caller.call({ path: `/stu3/${binary}`, headers: { accept: type } });
      return `${read.status} ${read.headers.get('content-type')?.split(';')[0]}`;
    },
  );
}

function told(handover: FoundHandover, fetched: Fetched): string {
  const { findings } = compare(handover.closure, handover.resolve, fetched);
  const first = findings[0] === undefined ? '' : ` (${findings[0].path} ${findings[0].text})`;
  return `${fetched.resources.size} resources, loss ${findings.length}${first}`;
}

async function tellOutsider({ cast, timeline }: Story, known: Known): Promise<void> {
  const paths = {
    'the Task': `Task/${known.taskId}`,
    'the document': `Composition/${known.compositionId}/$document`,
  };
  for (const [what, path] of Object.entries(paths)) {
    const step = { who: 'someone else → gateway', what: `asks ${what} with its own token`, expected: '404' };
    await timeline.step(step, async () =>
      String((await cast.outsider.call({ path: `/stu3/${path}` })).status),
    );
  }
}

async function tellCompletion({ cast, timeline }: Story, known: Known): Promise<void> {
  const { ecd: home, epd: hospital } = cast.sandbox;
  await timeline.step({ who: ecd, what: 'completes the Task', expected: '200 completed' }, async () => {
    const put = await home.complete(known.taskId);
    return `${put.status} ${String(put.resource?.status ?? outcomeText(put.resource))}`;
  });
  const ended = { who: ecd, what: 'asks the document once more', expected: '403' };
  await timeline.step(ended, async () => String((await home.readDocument(known.compositionId)).status));
  await timeline.step({ who: ecd, what: 'reads the Task once more', expected: '200 completed' }, async () => {
    const read: Called = await home.readTask(known.taskId);
    return `${read.status} ${String(read.resource?.status)}`;
  });
  const echo = { who: 'gateway → ECD', what: 'notifies of the change (echo)', expected: 'the same Task' };
  await timeline.step(echo, async () => {
    await until(() => home.notifications.length > 1);
    return home.notifications[1]?.taskId === known.taskId ? 'the same Task' : 'another Task';
  });
  await timeline.step({ who: 'gateway → EPD', what: 'calls back', expected: 'completed' }, async () => {
    const state = (): unknown => hospital.callbacks.map((body) => Object(body).state).at(-1);
    await until(() => state() === 'completed');
    return String(state());
  });
}

/** The same content under a case of its own. */
const asAnotherCase = (push: FhirResource): FhirResource => ({
  resourceType: 'Parameters',
  parameter: [
    { name: 'case', valueString: randomUUID() },
    ...(push.resourceType === 'Parameters' && Array.isArray(push.parameter)
      ? push.parameter.filter((part: { name?: string }) => part.name !== 'case')
      : [{ name: 'content', resource: push }]),
  ],
});

async function tellRefusal({ cast, timeline, push }: Story): Promise<void> {
  const { ecd: home, epd: hospital } = cast.sandbox;
  const refused = { who: epd, what: 'pushes another; the ECD refuses its notification', expected: '202' };
  await timeline.step(refused, async () => {
    home.faults.set({ kind: 'reject', path: '/notification', times: 1 });
    return String((await hospital.push(asAnotherCase(push))).status);
  });
  const calledBack = async (reason: string): Promise<string> => {
    const last = () => Object(hospital.callbacks.at(-1));
    await until(() => last().reason === reason);
    return `${last().state} ${last().reason}`;
  };
  const failed = { who: 'gateway → EPD', what: 'calls back', expected: 'in-progress notification-failed' };
  await timeline.step(failed, () => calledBack('notification-failed'));
  const replayed = { who: 'operator', what: 'sluis outbox replay --all', expected: '1 will be sent again.' };
  await timeline.step(replayed, async () => (await sluis(cast, 'outbox', 'replay', '--all')).text);
  const told = { who: 'gateway → EPD', what: 'calls back', expected: 'in-progress notification-delivered' };
  await timeline.step(told, () => calledBack('notification-delivered'));
}

async function tellEnd({ cast, timeline }: Story, known: Known): Promise<void> {
  const { epd: hospital } = cast.sandbox;
  await timeline.step({ who: epd, what: 'asks how far it is', expected: 'completed' }, async () =>
    String((await hospital.status(known.location)).state.state),
  );
  for (const name of ['accepted', 'stored', 'notified', 'taskRead', 'documentFetched', 'completed']) {
    await timeline.step({ who: '', what: `  ${name}`, expected: 'known' }, async () => {
      const { state } = await hospital.status(known.location);
      const steps: unknown[] = Array.isArray(state.steps) ? state.steps : [];
      const step = Object(steps.find((one) => Object(one).step === name));
      return Number.isNaN(Date.parse(String(step.at))) ? String(step.at) : 'known';
    });
  }
  await tellVerified(timeline, cast);
  await timeline.step({ who: 'operator', what: 'stops the gateway', expected: 'exit 0' }, async () => {
    return `exit ${await cast.gateway.stop()}`;
  });
}
