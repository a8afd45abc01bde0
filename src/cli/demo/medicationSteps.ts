// What comes after the overview? A home without a server registers what is used there, and the overview is given to one receiver.
import { resourcesOf } from '../../fhir/bundles.ts';
import { uraSystem } from '../../fhir/identifiers.ts';
import type { FhirResource } from '../../model.ts';
import { outcomeText } from '../../sandbox/fetchHandover.ts';
import { fixtureResource, patientBsn } from '../../sandbox/fixtures.ts';
import { gp, pharmacy, smallHome } from '../../sandbox/regionCast.ts';
import { nursingHome } from '../../sandbox/sandbox.ts';
import { askOverview, type RegionStory } from './medicationStory.ts';
import { until } from './steps.ts';

const onDuty = 'GP on duty → gateway';

/** A home without a server. */
export async function tellRegistered(story: RegionStory): Promise<void> {
  const { cast, timeline } = story;
  const register = {
    who: 'home → gateway',
    what: `${smallHome.name} registers what is used`,
    expected: '201',
  };
  await timeline.step(register, async () => {
    const resource = await fixtureResource('registered-medication.json');
    const call = { method: 'POST', path: '/r4/$register-medication', resource } as const;
    const called = await cast.region.smallHome.caller.call(call);
    return `${called.status}${outcomeText(called.resource)}`;
  });
  const ask = {
    who: onDuty,
    what: 'finds it on the overview, beside what the GP knows',
    expected: `COLECALCIFEROL (${smallHome.name}), PARACETAMOL (${gp.name})`,
  };
  await timeline.step(ask, async () => {
    const { useOnly, holders } = await askOverview(story);
    const nameOf = (id: string) => holders.find(({ holder }) => holder === id)?.name ?? id;
    return useOnly
      .map(({ medicine, blocks }) => {
        const told = blocks.flatMap((block) => block.holders.map(nameOf));
        return `${medicine.split(' ')[0]} (${told.join(', ')})`;
      })
      .join(', ');
  });
}

/** The nursing home is told that there is something, and fetches it; nobody else can. */
export async function tellPush({ cast, timeline }: RegionStory): Promise<void> {
  const { region, sandbox } = cast;
  const heard = sandbox.ecd.notifications.length;
  let taskUrl = '';
  const push = {
    who: onDuty,
    what: `gives the overview to ${nursingHome.name}`,
    expected: '202, told to the ECD',
  };
  await timeline.step(push, async () => {
    const called = await region.outOfHours.operation('push-medication', patientBsn, [
      { name: 'receiver', valueIdentifier: { system: uraSystem, value: nursingHome.ura } },
      { name: 'case', valueIdentifier: { system: 'urn:oid:2.999.400.1', value: 'overview-1' } },
    ]);
    taskUrl = called.headers.get('location') ?? '';
    if (called.status !== 202) return `${called.status}${outcomeText(called.resource)}`;
    await until(() => sandbox.ecd.notifications.length > heard);
    return '202, told to the ECD';
  });
  let bundle = '';
  const fetched = {
    who: 'ECD → gateway',
    what: 'reads the Task, then what it leads to',
    expected: '8 lines',
  };
  await timeline.step(fetched, async () => {
    const caller = await region.asHolder(nursingHome);
    const task = await caller.call({ path: taskUrl });
    bundle = `/r4/${Object(task.resource?.focus).reference}`;
    const content = await caller.call({ path: bundle });
    return content.status === 200
      ? `${linesIn(content.resource)} lines`
      : `${content.status}${outcomeText(content.resource)}`;
  });
  const other = { who: `${pharmacy.name} → gateway`, what: 'asks for the same', expected: '404' };
  await timeline.step(other, async () => {
    const caller = await region.asHolder(pharmacy);
    return String((await caller.call({ path: bundle })).status);
  });
  const state = { who: onDuty, what: 'sees how far it is', expected: 'delivered, read once' };
  await timeline.step(state, async () => {
    const { resource } = await region.outOfHours.caller.call({ path: taskUrl });
    return stateIn(resource);
  });
  await tellTakenBack({ cast, timeline }, { taskUrl, bundle });
}

type Pushed = { taskUrl: string; bundle: string };

async function tellTakenBack(
  { cast, timeline }: Pick<RegionStory, 'cast' | 'timeline'>,
  pushed: Pushed,
): Promise<void> {
  const { region, sandbox } = cast;
  const heard = sandbox.ecd.notifications.length;
  const cancel = { who: onDuty, what: 'takes it back', expected: 'cancelled, told to the ECD' };
  await timeline.step(cancel, async () => {
    const path = `${pushed.taskUrl}/$cancel-push`;
    const { resource } = await region.outOfHours.caller.call({ method: 'POST', path });
    await until(() => sandbox.ecd.notifications.length > heard);
    return `${resource?.status}, told to the ECD`;
  });
  const again = { who: 'ECD → gateway', what: 'asks for it once more', expected: '403' };
  await timeline.step(again, async () => {
    const caller = await region.asHolder(nursingHome);
    return String((await caller.call({ path: pushed.bundle })).status);
  });
}

/** How many lines its List has. */
function linesIn(bundle: FhirResource | undefined): number {
  const all = bundle === undefined ? [] : resourcesOf(bundle);
  const list = all.find(({ resourceType }) => resourceType === 'List');
  return Array.isArray(list?.entry) ? list.entry.length : 0;
}

function stateIn(task: FhirResource | undefined): string {
  const outputs: unknown[] = Array.isArray(task?.output) ? task.output : [];
  const said = new Map(
    outputs.map(Object).map(({ type, ...value }) => [type.coding[0].code, Object.values(value)[0]]),
  );
  return `${said.get('notification')}, read ${said.get('reads') === 1 ? 'once' : said.get('reads')}`;
}
