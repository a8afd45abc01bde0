// Quiet: where the region conceals refusals, can anybody tell a patient who said no from one whom nobody knows?
import { type Case, must } from '../attack.ts';
import { patients } from '../content.ts';
import { hearing, mustHold, silent, stateOf } from '../hearing.ts';
import { type Asking, askAs, askCard, askOverview, askWishes } from '../questions.ts';
import { outOfHours } from '../regionCast.ts';
import type { PatientName } from '../regionRecords.ts';
import { agreements, directives, search, servedId } from '../searches.ts';
import type { Seen, Stage } from '../stage.ts';
import { strictRegion } from '../strictRegion.ts';

const coc: Asking = { vouch: { purpose: ['COC'] } };
type Way = readonly [name: string, ask: (stage: Stage, patient: PatientName) => Promise<Seen>];

const ways: readonly Way[] = [
  ['card', (stage, patient) => askCard(stage, patient)],
  ['all wishes', (stage, patient) => askWishes(stage, patient)],
  ['overview', (stage, patient) => askOverview(stage, patient, coc)],
  [
    'directives',
    async (stage, patient) =>
      search(stage, { type: 'Consent', pairs: directives(await servedId(stage, patient)) }),
  ],
  [
    'agreements',
    async (stage, patient) =>
      search(
        stage,
        { type: 'MedicationRequest', pairs: agreements(await servedId(stage, patient, coc)), method: 'POST' },
        coc,
      ),
  ],
  [
    'the patient',
    async (stage, patient) => askAs(stage, { path: `/r4/Patient/${await servedId(stage, patient)}` }),
  ],
];

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const instant = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})/g;
const unlike = new Set(['date', 'x-request-id', 'content-length', 'connection', 'keep-alive', 'etag']);

const levelled = (text: string, patient: PatientName): string =>
  text.replaceAll(patients[patient].bsn, 'BSN').replaceAll(uuid, 'UUID').replaceAll(instant, 'AT');

/** What packed JSON says, with ids, times and the BSN taken out. */
const unpacked = (text: string, patient: PatientName): string =>
  text.replaceAll(/"data":"([A-Za-z0-9+/=]+)"/g, (_, data: string) =>
    levelled(Buffer.from(data, 'base64').toString('utf8'), patient),
  );

const levelOf = (seen: Seen, patient: PatientName): string =>
  JSON.stringify([
    seen.status,
    Object.entries(seen.headers)
      .filter(([name]) => !unlike.has(name))
      .map(([name, value]) => [name, levelled(value, patient)]),
    levelled(unpacked(seen.text, patient), patient),
  ]);

async function sameWords(stage: Stage): Promise<string> {
  const strict = await strictRegion(stage);
  for (const [name, ask] of ways) {
    const { result: no, heard } = await hearing(strict, () => ask(strict, 'no'));
    silent(heard);
    const nil = await ask(strict, 'nil');
    must(no.status === 200, `${name}: ${no.status} ${no.text.slice(0, 200)}`);
    const [one, other] = [levelOf(no, 'no'), levelOf(nil, 'nil')];
    if (one === other) continue;
    const at = [...one].findIndex((letter, index) => letter !== other[index]);
    must(
      false,
      `${name} tells them apart: …${one.slice(at - 40, at + 80)}… and …${other.slice(at - 40, at + 80)}…`,
    );
  }
  for (const [name, ask] of ways.slice(0, 2)) {
    const seen = await ask(strict, 'mix');
    mustHold(seen, ['Dmix', 'Fmix'], `${name}: what may leave`);
    must(
      !seen.text.includes('Echo') && !seen.text.includes('90000505'),
      `${name}: the concealed holder is named`,
    );
    if (name === 'card')
      must(
        stateOf(seen, 'e') === undefined && seen.text.includes('"incomplete":false'),
        'the card counts it',
      );
  }
  mustHold(await askCard(strict, 'yes'), ['Dyes', 'Eyes', 'Fyes'], 'twin');
  return `${ways.length} ways: P-no as P-nil, letter by letter; a concealed holder is not named; twin whole`;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

type Times = Record<'no' | 'nil' | 'yes', number>;

/** Medians, interleaved, so that what else the machine does falls on all. */
async function timesOf(stage: Stage, [name, ask]: Way): Promise<Times> {
  const times = { no: [] as number[], nil: [] as number[], yes: [] as number[] };
  for (let round = 0; round < 5; round += 1) {
    for (const patient of round % 2 === 0
      ? (['no', 'nil', 'yes'] as const)
      : (['nil', 'no', 'yes'] as const)) {
      const began = performance.now();
      const seen = await ask(stage, patient);
      must(seen.status === 200, `${name}: ${seen.status}`);
      times[patient].push(performance.now() - began);
    }
  }
  return { no: median(times.no), nil: median(times.nil), yes: median(times.yes) };
}

const tellsApart = ({ no, nil }: Times): boolean => Math.abs(no - nil) > 25 + 0.1 * nil;

/** The best of three counts: others use this machine too, and what would tell would tell each time. */
async function sameTime(stage: Stage): Promise<string> {
  const strict = await strictRegion(stage);
  const told: string[] = [];
  for (const way of ways.filter(([one]) => ['card', 'overview', 'directives'].includes(one))) {
    let times = await timesOf(strict, way);
    for (let again = 0; again < 2 && tellsApart(times); again += 1) times = await timesOf(strict, way);
    const [no, nil, yes] = [times.no, times.nil, times.yes].map(Math.round);
    must(!tellsApart(times), `${way[0]}: ${no} ms against ${nil} ms`);
    must(times.no >= 250, `${way[0]}: an empty answer left after ${no} ms`);
    told.push(`${way[0]} ${no} and ${nil} ms (${yes} for P-yes)`);
  }
  return told.join('; ');
}

/** Refusals that do not depend on the patient are the same for all; a known id tells nothing of the patient either. */
async function sameIds(stage: Stage): Promise<string> {
  const asking: Asking = { as: outOfHours, vouch: { role: '01.015' } };
  const strict = await strictRegion(stage);
  const shapes = new Set<string>();
  for (const patient of ['yes', 'no', 'mix', 'nil'] as const) {
    const id = await servedId(strict, patient, asking);
    must(id === (await servedId(strict, patient, asking)), 'the id of a patient changes');
    shapes.add(id.replaceAll(/[0-9a-f]/g, 'x'));
    const lacking = await askCard(strict, patient, { vouch: { role: undefined } });
    shapes.add(levelOf(lacking, patient).replaceAll(/"content-length".*?\]/g, ''));
  }
  must(shapes.size === 2, `${shapes.size} shapes instead of 2`);
  return 'an id and a refusal look the same for four patients';
}

export const consentQuiet: readonly Case[] = [
  { id: 'C01q', title: 'a concealed refusal, word by word', run: sameWords },
  { id: 'C01t', title: 'a concealed refusal, by the clock', run: sameTime },
  { id: 'C01i', title: 'ids and faults of four patients', run: sameIds },
];
