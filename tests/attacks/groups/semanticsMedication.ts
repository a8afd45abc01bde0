// F23 and F25: can a question, or one holder, make the medication overview tell of another moment, or hide and revive medicines?
import { type Case, must, mustAll, type Try } from '../attack.ts';
import { hearing, mustHold, silent } from '../hearing.ts';
import { askOverview, operate, parameters } from '../questions.ts';
import { mustBe, plain } from '../raw.ts';
import { patientParameter } from '../region.ts';
import { agreements, search, servedId } from '../searches.ts';
import type { Seen, Stage } from '../stage.ts';
import { rewriting, twisted } from '../twister.ts';

async function moments(stage: Stage): Promise<string> {
  const refused = { status: [400, 422] };
  const ask = (name: string, ...more: object[]): Try =>
    plain(name, () => askOverview(stage, 'yes', { more }), refused);
  const at = (value: string) => ({ name: 'at', valueDateTime: value });
  const tries = [
    ask('1900', at('1800-01-01')),
    ask('year 0', at('0000')),
    ask('9999', at('9999-12-31')),
    ask('text', { name: 'at', valueString: 'gisteren' }),
    ask('a day that does not exist', at('2026-02-30')),
    ask('no value', { name: 'at' }),
    ask('two values', { name: 'at', valueDate: '2026-01-01', valueDateTime: '2026-01-02' }),
    ask('twice', at('2026-01-01'), at('2026-01-02')),
    ask('a number', { name: 'at', valueInteger: 2026 }),
    ask('since after at', at('2025-01-01'), { name: 'since', valueDate: '2026-01-01' }),
    ask('since in the future', { name: 'since', valueDate: '2099-01-01' }),
    ask(
      'since twice',
      { name: 'since', valueDate: '2024-01-01' },
      { name: 'since', valueDate: '2025-01-01' },
    ),
    ask('months below nothing', { name: 'endedMonths', valueInteger: -1 }),
    ask('months without end', { name: 'endedMonths', valueInteger: 2_147_483_647 }),
    ask('months in words', { name: 'useMonths', valueString: 'twee' }),
    ask('half a month', { name: 'useMonths', valueDecimal: 1.5 }),
    ask('a period', { name: 'period', valuePeriod: { start: '2020' } }),
  ];
  const { result, heard } = await hearing(stage, () => mustAll(stage, tries));
  silent(heard);
  must(heard.all.length === 0, 'Mitz was asked');
  stage.recorded.push(...result.filter(({ status }) => status === 422));
  const more = [at('2026-10-01'), { name: 'since', valueDate: '2026-09-01' }];
  mustBe(await askOverview(stage, 'yes', { more }), { status: 200 }, 'twin');
  return `${result.length} refused, nobody asked; twin 200`;
}

type Line = {
  treatment?: string;
  medicine?: string;
  dosage?: string;
  blocks?: { record: string; holders?: string[] }[];
};
type Overview = {
  current: Line[];
  ended: Line[];
  history: object[];
  findings: { rule?: string; code?: string }[];
};
const overviewIn = (seen: Seen): Overview => JSON.parse(seen.text) as Overview;

const rulesIn = ({ findings }: Overview): string => findings.map(({ rule, code }) => rule ?? code).join(' ');

/** E sends D's own record with other content. */
const spoofed = (change: (text: string) => string) =>
  rewriting(/MedicationRequest/, (text) =>
    change(text.replaceAll('ma-e-yes', 'ma-d-yes').replaceAll('mbh-e-yes', 'mbh-d-yes')),
  );

const reported = (text: string): string =>
  text.replace('"intent":"order"', '"intent":"order","reportedBoolean":true');
const later = (text: string): string =>
  text.replace('"meta":{', '"meta":{"lastUpdated":"2026-11-01T00:00:00Z",');

async function copies(stage: Stage): Promise<string> {
  const { wire } = stage.region.holders.e;
  const ways: [string, (text: string) => string][] = [
    ['as a copy', reported],
    ['as a copy with a later date', (text) => later(reported(text))],
  ];
  for (const [name, change] of ways) {
    const overview = overviewIn(await twisted(wire, spoofed(change), () => askOverview(stage, 'yes')));
    const lines = overview.current.filter(({ treatment }) => treatment?.includes('mbh-d-yes'));
    must(lines.length === 1, `${name}: ${lines.length} lines of one treatment`);
    must(
      lines[0]?.dosage === 'VermeldingDyes',
      `${name}: the copy stands over the original: ${lines[0]?.dosage}`,
    );
    must(/differs/.test(rulesIn(overview)), `${name}: the difference is no finding: ${rulesIn(overview)}`);
  }
  const both = overviewIn(
    await twisted(
      wire,
      spoofed((text) => text),
      () => askOverview(stage, 'yes'),
    ),
  );
  must(/differs/.test(rulesIn(both)), `two originals: the difference is no finding: ${rulesIn(both)}`);
  const lines = both.current.filter(({ treatment }) => treatment?.includes('mbh-d-yes'));
  must(lines.length === 1, `two originals: ${lines.length} lines`);
  mustHold(await askOverview(stage, 'yes'), ['Dyes', 'Eyes'], 'twin');
  return `${ways.length} copies under another's number: the original stands, the difference is a finding`;
}

/** A stop in D's answer, whatever D knows of `$latest-stops`. */
const stopUrl = 'http://nictiz.nl/fhir/StructureDefinition/ext-StopType';
const stopping = rewriting(/MedicationRequest/, (text) => {
  const bundle = JSON.parse(text) as { entry?: { resource: Record<string, unknown> }[] };
  const own = bundle.entry?.find(({ resource }) => resource.resourceType === 'MedicationRequest');
  if (!own) return text;
  const type = { coding: [{ system: 'http://snomed.info/sct', code: '410546004' }] };
  const now = new Date(Date.now() - 86_400_000).toISOString();
  const changed = JSON.parse(
    JSON.stringify(own.resource)
      .replace(/("url":"[^"]*ext-RegistrationDateTime","valueDateTime":")[^"]*/, `$1${now}`)
      .replace(/("valuePeriod":\{"start":"[^"]*")/, `$1,"end":"${now}"`)
      .replaceAll('ma-d-yes', 'ma-d-yes-stop'),
  );
  const stop = {
    ...changed,
    modifierExtension: [{ url: stopUrl, valueCodeableConcept: type }],
    priorPrescription: {
      type: 'MedicationRequest',
      identifier: { system: 'urn:oid:2.999.300.2', value: 'ma-d-yes' },
    },
  };
  return JSON.stringify({
    ...bundle,
    entry: [
      ...(bundle.entry ?? []),
      { ...own, fullUrl: 'urn:uuid:11111111-2222-4333-8444-555555555555', resource: stop },
    ],
  });
});

async function stops(stage: Stage): Promise<string> {
  const { wire } = stage.region.holders.d;
  const before = overviewIn(await askOverview(stage, 'yes'));
  const isD = ({ treatment }: Line): boolean => treatment?.includes('mbh-d-yes') ?? false;
  must(before.current.some(isD), 'twin: current before the stop');
  const { result, heard } = await hearing(stage, () =>
    twisted(wire, stopping, () => askOverview(stage, 'yes')),
  );
  const after = overviewIn(result);
  must(!after.current.some(isD), 'a stopped medicine is current');
  must(after.ended.some(isD), 'the stop is not told');
  const asked = heard.holders.d.map(({ path, body }) => `${path} ${body}`).join('\n');
  must(!/latest-stop|period-of-use/.test(asked), 'the holder is asked for what few know');
  const operation = { path: '/r4/$latest-stops', body: parameters(patientParameter('yes')) };
  const latest = await twisted(wire, stopping, () => operate(stage, operation));
  must(latest.status === 200 && latest.text.includes('ma-d-yes-stop'), `$latest-stops: ${latest.status}`);
  const pairs = [...agreements(await servedId(stage, 'yes')), ['is-latest-stop', 'true']] as const;
  const found = await twisted(wire, stopping, () =>
    search(stage, { type: 'MedicationRequest', pairs, method: 'POST' }),
  );
  must(found.status === 200 && found.text.includes('ma-d-yes-stop'), `is-latest-stop: ${found.status}`);
  return 'the stop ends its line, in overview, search and $latest-stops, though no holder knows the operation';
}

export const semanticsMedication: readonly Case[] = [
  { id: 'F23', title: 'moments and months that cannot be', run: moments },
  { id: 'F23c', title: 'a holder sends another’s record with other content', run: copies },
  { id: 'F25', title: 'stops from a holder without $latest-stops', run: stops },
];
