// How does one overview come of four systems? Hospital, GP and two pharmacies, one of them legacy; then one refuses and one is silent.
import type { Change } from '../../exchange/medication/diff.ts';
import type { Overview } from '../../exchange/medication/overview.ts';
import { jsonIn, type Parameter } from '../../sandbox/ambulance.ts';
import { patientBsn } from '../../sandbox/fixtures.ts';
import { legacyPharmacy, pharmacy } from '../../sandbox/regionCast.ts';
import { overviewLines } from '../overviewTables.ts';
import type { Terminal } from '../terminal.ts';
import type { RegionCast } from './cast.ts';
import { tellPush, tellRegistered } from './medicationSteps.ts';
import { tellEntered, tellVerified } from './steps.ts';
import type { Timeline } from './timeline.ts';

export type RegionStory = { cast: RegionCast; timeline: Timeline; terminal: Terminal };
type Told = Overview & { since?: string; changes?: readonly Change[] };

const gp = 'GP on duty → gateway';

export async function tellMedication(story: RegionStory): Promise<void> {
  await tellEntered(story.timeline, story.cast);
  await tellWhole(story);
  await tellGaps(story);
  await tellChanges(story);
  await tellRegistered(story);
  await tellPush(story);
  await tellVerified(story.timeline, story.cast);
}

/** The overview as JSON. Throws what the gateway said instead. */
export async function askOverview({ cast }: RegionStory, ...more: readonly Parameter[]): Promise<Told> {
  const answer = { name: 'answer', valueString: 'overview' };
  const called = await cast.region.outOfHours.operation('medication-overview', patientBsn, [answer, ...more]);
  return jsonIn(called) as Told;
}

const groups = ['current', 'future', 'ended', 'useOnly'] as const;
const countsOf = (told: Told): string =>
  groups.map((group) => `${told[group].length} ${group === 'useOnly' ? 'use only' : group}`).join(', ');

/** The lines of one medicine: `current: 1 maal per dag 1 tablet`. */
const linesOf = (told: Told, medicine: string): string =>
  groups
    .flatMap((group) =>
      told[group]
        .filter((line) => line.medicine.startsWith(medicine))
        .map(({ dosage }) => `${group}: ${dosage?.replace(', oraal', '')}`),
    )
    .join('; ');

async function tellWhole(story: RegionStory): Promise<void> {
  const { timeline, terminal } = story;
  let told: Told | undefined;
  const known = (): Told => {
    if (told === undefined) throw new Error('there is no overview');
    return told;
  };
  const whole = {
    who: gp,
    what: 'asks the medication overview',
    expected: '4 current, 1 future, 1 ended, 1 use only',
  };
  await timeline.step(whole, async () => {
    told = await askOverview(story);
    return countsOf(told);
  });
  if (told) timeline.show(overviewLines(told, 'nl', terminal).join('\n'));
  const steps: readonly (readonly [what: string, expected: string, act: () => string])[] = [
    [
      'a change of dose next week leaves today’s in force',
      'current: 1 maal per dag 1 tablet; future: 1 maal per dag 2 tabletten',
      () => linesOf(known(), 'FUROSEMIDE'),
    ],
    [
      'the stop that only the GP knows ends the hospital’s',
      'ended: 2 maal per dag 1 tablet',
      () => linesOf(known(), 'NAPROXEN'),
    ],
    [
      'a legacy dispense is linked by suggestion, not merged',
      'suggested, 2 lines',
      () => {
        const suggested = known().findings.some(({ rule }) => rule === 'same-treatment');
        const lines = known().current.filter(({ medicine }) => medicine.startsWith('ACENOCOUMAROL'));
        return `${suggested ? 'suggested' : 'not suggested'}, ${lines.length} lines`;
      },
    ],
    [
      'what is used without agreement is shown',
      'useOnly: zo nodig 3 maal per dag 1 tablet',
      () => linesOf(known(), 'PARACETAMOL'),
    ],
  ];
  for (const [what, expected, act] of steps)
    await timeline.step({ who: '', what, expected }, async () => act());
}

const outcomesOf = (told: Told): string =>
  told.holders
    .map(({ name, holder, outcome }) => `${(name ?? holder).split(' ').at(-1)} ${outcome}`)
    .sort()
    .join(', ');

async function tellGaps(story: RegionStory): Promise<void> {
  const { timeline, cast, terminal } = story;
  const { region } = cast;
  const refusing = region.holders.get(pharmacy.id);
  const silent = region.holders.get(legacyPharmacy.id);
  const refuse = {
    who: 'patient → Mitz',
    what: `no longer allows ${pharmacy.name}`,
    expected: 'told to the gateway',
  };
  await timeline.step(refuse, () => region.consent.change(pharmacy.id, false));
  silent?.faults.set({ kind: 'hang' });
  const before = refusing?.log.length;
  let told: Told | undefined;
  const gaps = {
    who: gp,
    what: `asks again; ${legacyPharmacy.name} is silent`,
    expected: 'Anker silent, Brug denied, Kade answered, Maasoever answered, Terp answered',
  };
  await timeline.step(gaps, async () => {
    told = await askOverview(story);
    return outcomesOf(told);
  });
  if (told) timeline.show(overviewLines(told, 'nl', terminal).slice(-6).join('\n'));
  await timeline.step(
    { who: '', what: 'the pharmacy that was refused is not asked', expected: 'not asked' },
    async () => (refusing?.log.length === before ? 'not asked' : 'asked'),
  );
  silent?.faults.set({ kind: 'none' });
  const allow = {
    who: 'patient → Mitz',
    what: `allows ${pharmacy.name} again`,
    expected: 'told to the gateway',
  };
  await timeline.step(allow, () => region.consent.change(pharmacy.id, true));
}

async function tellChanges(story: RegionStory): Promise<void> {
  const month = new Date(Date.now() - 30 * 24 * 3_600_000).toISOString().slice(0, 10);
  const step = {
    who: gp,
    what: 'asks what changed in a month, worst first',
    expected:
      'stopped NAPROXEN, stop-planned FUROSEMIDE, new OMEPRAZOL, new ACENOCOUMAROL, new PARACETAMOL, planned FUROSEMIDE',
  };
  await story.timeline.step(step, async () => {
    const told = await askOverview(story, { name: 'since', valueDate: month });
    return (told.changes ?? []).map(({ kind, medicine }) => `${kind} ${medicine.split(' ')[0]}`).join(', ');
  });
}
