// How does a crew in a hallway learn what a patient wishes? One card of all holders; with a refusal, an outage, an emergency.
import { setTimeout as wait } from 'node:timers/promises';
import type { Card } from '../../exchange/wishes/cardShape.ts';
import { printCard } from '../../exchange/wishes/printCard.ts';
import { gp, homeCare, mentalCare } from '../../sandbox/regionCast.ts';
import { askCard, crew, lineOf, said, stateOf } from './crewCard.ts';
import type { RegionStory } from './medicationStory.ts';
import { tellEntered, tellVerified } from './steps.ts';
import { tellEmergency, tellPage, tellRegistration } from './wishesSteps.ts';

export async function tellWishes(story: RegionStory): Promise<void> {
  await tellEntered(story.timeline, story.cast);
  await tellCard(story);
  await tellSilence(story);
  await tellOutage(story);
  await tellNo(story);
  await tellEmergency(story);
  await tellRegistration(story);
  await tellPage(story);
  await tellVerified(story.timeline, story.cast);
}

async function tellCard({ cast, timeline }: RegionStory): Promise<void> {
  const { ambulance, holders } = cast.region;
  let card: Card | undefined;
  const ask = {
    who: crew,
    what: 'asks the card: resuscitate or not?',
    expected: 'cpr do_not (Verpleeghuis De Rietgors), antibiotics conditional (Ziekenhuis Maasoever)',
  };
  await timeline.step(ask, async () => {
    ({ card } = await askCard(ambulance));
    return said(card, 'cpr', 'antibiotics');
  });
  if (card === undefined) return;
  const shown = card;
  timeline.show(
    printCard(shown, 'nl')
      .map(({ text }) => text)
      .join('\n'),
  );
  const steps: readonly (readonly [what: string, expected: string, act: () => string])[] = [
    [
      'the permit of 2020 at the GP is flagged, not followed',
      'weak conflict, do of 2020-10-01',
      () => {
        const line = lineOf(shown, 'cpr');
        const other = line?.history?.find(({ contradicts }) => contradicts);
        return `${line?.conflict} conflict, ${other?.decision} of ${other?.date}`;
      },
    ],
    ['the representative can be called', '06-00000127', () => String(shown.representatives[0]?.phone)],
    ['the holder that the patient refused is named', 'refused', () => stateOf(shown, mentalCare)],
    ['and was not asked', '0 requests', () => `${holders.get(mentalCare.id)?.log.length} requests`],
  ];
  for (const [what, expected, act] of steps)
    await timeline.step({ who: '', what, expected }, async () => act());
}

async function tellSilence({ cast, timeline }: RegionStory): Promise<void> {
  const silent = cast.region.holders.get(homeCare.id);
  silent?.faults.set({ kind: 'hang' });
  const ask = {
    who: crew,
    what: `asks again; ${homeCare.name} hangs`,
    expected: 'timeout, incomplete, in time',
  };
  await timeline.step(ask, async () => {
    const began = performance.now();
    const { card } = await askCard(cast.region.ambulance);
    const inTime = performance.now() - began < 3_500 ? 'in time' : 'too late';
    return `${stateOf(card, homeCare)}, ${card.incomplete ? 'incomplete' : 'complete'}, ${inTime}`;
  });
  silent?.faults.set({ kind: 'none' });
}

async function tellOutage({ cast, timeline }: RegionStory): Promise<void> {
  const { region } = cast;
  const colleague = region.ambulance.as({
    practitioner: { id: '900000799', role: '30.000', name: 'L. Prins' },
  });
  region.consent.outage(true);
  const ask = {
    who: crew,
    what: 'a colleague asks while Mitz is out',
    expected: 'failed, not refused; nothing shown',
  };
  await timeline.step(ask, async () => {
    const { card } = await askCard(colleague);
    const shown = card.lines.some(({ decision }) => decision !== 'no_record') ? 'something' : 'nothing';
    const isRefused = card.holders.some(({ state }) => state === 'refused');
    return `${stateOf(card, gp)}, ${isRefused ? 'refused' : 'not refused'}; ${shown} shown`;
  });
  region.consent.outage(false);
  // A failing Mitz is left alone for a quarter of a second (mitz.breakerOpenMs).
  await wait(300);
}

async function tellNo({ cast, timeline }: RegionStory): Promise<void> {
  const { region } = cast;
  const again = {
    who: crew,
    what: 'asks again: permits are remembered, a refusal is not',
    expected: 'answered, 1 asked at Mitz',
  };
  await timeline.step(again, async () => {
    const questions = () => region.consent.mitz.requests.filter(({ of }) => of === 'closed').length;
    const before = questions();
    const { card } = await askCard(region.ambulance);
    return `${stateOf(card, gp)}, ${questions() - before} asked at Mitz`;
  });
  const no = { who: 'patient → Mitz', what: `no longer allows ${gp.name}`, expected: 'told to the gateway' };
  await timeline.step(no, () => region.consent.change(gp.id, false));
  const after = { who: crew, what: 'asks at once: the remembered permit is gone', expected: 'refused' };
  await timeline.step(after, async () => stateOf((await askCard(region.ambulance)).card, gp));
}
