// What comes after the card? An emergency that is told and reviewed, a home that registers, a page that opens once.
import type { FhirResource } from '../../model.ts';
import { outcomeText } from '../../sandbox/fetchHandover.ts';
import { fixtureResource, patientBsn } from '../../sandbox/fixtures.ts';
import { ambulanceService, gp, mentalCare, smallHome } from '../../sandbox/regionCast.ts';
import { nursingHome } from '../../sandbox/sandbox.ts';
import { askCard, crew, said, stateOf } from './crewCard.ts';
import type { RegionStory } from './medicationStory.ts';
import { sluis, until } from './steps.ts';

export async function tellEmergency({ cast, timeline }: RegionStory): Promise<void> {
  const { region, sandbox } = cast;
  const emergency = region.ambulance.as({ purposeOfUse: 'ETREAT' });
  const without = { who: crew, what: 'asks in an emergency, without break-glass', expected: '403' };
  await timeline.step(without, async () => String((await emergency.operation('wishes', patientBsn)).status));
  const heard = sandbox.ecd.notifications.length;
  const open = { who: crew, what: 'breaks the glass, with a written reason', expected: '200 stage 1' };
  await timeline.step(open, async () => {
    const reason = {
      name: 'reason',
      valueString: 'Found unconscious at home; nobody who knows her is here.',
    };
    const called = await emergency.operation('break-glass', patientBsn, [reason]);
    const stage = parameterOf(called.resource, 'stage')?.valueInteger;
    return stage === undefined
      ? `${called.status}${outcomeText(called.resource)}`
      : `${called.status} stage ${stage}`;
  });
  const what = 'asks the card: an objection that is kept here stays one';
  const ask = { who: crew, what, expected: 'refused, answered' };
  await timeline.step(ask, async () => {
    const { card } = await askCard(emergency);
    return `${stateOf(card, gp)}, ${stateOf(card, mentalCare)}`;
  });
  const notice = { who: 'gateway → ECD', what: 'tells that its records were opened', expected: 'told' };
  await timeline.step(notice, async () => {
    await until(() => sandbox.ecd.notifications.length > heard);
    return 'told';
  });
  const read = { who: 'ECD → gateway', what: 'reads by whom', expected: ambulanceService.name };
  await timeline.step(read, async () => {
    const caller = await region.asHolder(nursingHome);
    const taskId = sandbox.ecd.notifications.at(-1)?.taskId;
    const task = await caller.call({ path: `/r4/Task/${taskId}` });
    return String(Object(task.resource?.requester).display ?? `${task.status}${outcomeText(task.resource)}`);
  });
  const review = { who: 'privacy officer', what: 'sluis consent review --reveal', expected: '1 to review' };
  await timeline.step(review, async () => {
    const { code, text } = await sluis(cast, 'consent', 'review', '--reveal');
    const grants = text.match(/Found unconscious/g)?.length ?? 0;
    return code === 0 ? `${grants} to review` : `exit ${code}: ${text}`;
  });
}

function parameterOf(parameters: FhirResource | undefined, name: string) {
  const list: unknown[] = Array.isArray(parameters?.parameter) ? parameters.parameter : [];
  return list.map(Object).find((one) => one.name === name);
}

export async function tellRegistration({ cast, timeline }: RegionStory): Promise<void> {
  const { region } = cast;
  const register = { who: 'home → gateway', what: `${smallHome.name} registers wishes`, expected: '201' };
  await timeline.step(register, async () => {
    const called = await region.smallHome.caller.call({
      method: 'POST',
      path: '/r4/$register-wishes',
      resource: await fixtureResource('registered-form.json'),
    });
    return `${called.status}${outcomeText(called.resource)}`;
  });
  const ask = {
    who: crew,
    what: 'asks the card: what was said today counts',
    expected: 'hospital do_not (Woonzorg De Terp), antibiotics do_not (Woonzorg De Terp)',
  };
  await timeline.step(ask, async () =>
    said((await askCard(region.ambulance)).card, 'hospital', 'antibiotics'),
  );
}

export async function tellPage({ cast, timeline }: RegionStory): Promise<void> {
  let link = '';
  const ask = { who: crew, what: 'asks a page for the phone', expected: 'a link' };
  await timeline.step(ask, async () => {
    ({ link } = await askCard(cast.region.ambulance, { name: 'link', valueBoolean: true }));
    return link === '' ? 'no link' : 'a link';
  });
  const look = { who: 'phone → gateway', what: 'opens it', expected: '200 text/html' };
  await timeline.step(look, async () => {
    const page = await fetch(link);
    return `${page.status} ${page.headers.get('content-type')?.split(';')[0]}`;
  });
  const again = { who: 'someone else → gateway', what: 'opens the same link', expected: '404' };
  await timeline.step(again, async () => String((await fetch(link)).status));
}
