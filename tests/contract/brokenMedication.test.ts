// Whatever one holder sends, do the others keep theirs? Mangled R4, ADA and 6.12 in every form of answer; never a fault of the gateway.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dispenseList } from '../../src/exchange/medication/fixtures612.ts';
import type { Overview } from '../../src/exchange/medication/overview.ts';
import { entriesOf } from '../../src/fhir/bundles.ts';
import { isNarrative } from '../../src/fhir/narrative.ts';
import type { FhirResource, FhirResponse } from '../../src/model.ts';
import type { Behaviour } from './faultyReceiver.ts';
import { bsnSystem, patient, searchset } from './holderServer.ts';
import { type Mangling, mangledJson, mangledXml, manglings } from './mangled.ts';
import { bsn, type MedicationStage, openMedicationStage } from './medicationStage.ts';
import * as world from './medicationWorld.ts';
import { storeKinds } from './storesUnderTest.ts';

const [storeKind = 'sqlite'] = storeKinds;
/** `FC_RUNS=20` tries twenty times as many. */
const often = Number(process.env.FC_RUNS ?? 1);
const said =
  (text: string, type: string): Behaviour =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': type }).end(text);

/** What each holder sends when it is well. */
const whole = {
  hospital: JSON.stringify(searchset(world.hospitalResources().MedicationRequest)),
  pharmacy: world.adaDocument(bsn),
  older: world.olderAdaDocument(bsn),
  legacy: dispenseList(bsn, world.dispenses),
};
const nothing = dispenseList(bsn, []);

describe('what one holder breaks', () => {
  let stage: MedicationStage;
  beforeAll(async () => {
    stage = await openMedicationStage(storeKind, { deadlineMs: 10_000, quietMs: 0, legacyList: true });
    await stage.choose('silent', false);
  });
  afterAll(() => stage.end());

  const well = (): void => {
    const { hospital, ada, legacy } = stage.servers;
    hospital.found = { Patient: [patient('p1', bsn)], ...world.hospitalResources() };
    ada.standard = said(whole.pharmacy, 'application/xml');
    legacy.standard = said(whole.legacy, 'application/xml');
  };

  const breaking = {
    hospital: (text: string) => {
      stage.servers.hospital.found.MedicationRequest = said(text, 'application/fhir+json');
    },
    pharmacy: (text: string) => {
      stage.servers.ada.standard = said(text, 'application/xml');
    },
    legacy: (text: string) => {
      stage.servers.legacy.standard = said(text, 'application/xml');
    },
  };
  type Breakable = keyof typeof breaking;

  const ask = (...more: object[]): Promise<FhirResponse> =>
    stage.post('$medication-overview', {
      resourceType: 'Parameters',
      parameter: [{ name: 'patient', valueIdentifier: { system: bsnSystem, value: bsn } }, ...more],
    });
  const answerAs = (form: string) => ({ name: 'answer', valueCode: form });
  const groups = ['current', 'future', 'ended', 'paused', 'useOnly'] as const;

  /** By holder, the building blocks that the overview knows of it. */
  function blocksOf(overview: Overview, holder: string): string[] {
    const blocks = [
      ...groups.flatMap((group) => overview[group].flatMap((line) => line.blocks)),
      ...overview.history,
    ];
    return [
      ...new Set(
        blocks
          .filter(({ holders }) => holders.includes(holder))
          .map(({ kind, record }) => `${kind} ${record}`),
      ),
    ].sort();
  }

  async function overview(): Promise<Overview> {
    const { status, resource } = await ask(answerAs('overview'), { name: 'since', valueDate: '2023-12-15' });
    expect(status).toBe(200);
    return JSON.parse(Buffer.from(String(resource?.data), 'base64').toString());
  }

  async function forms(): Promise<void> {
    const bundle = await ask({ name: 'link', valueBoolean: true });
    expect(bundle.status).toBe(200);
    for (const { resource } of entriesOf(bundle.resource as FhirResource).slice(0, 2))
      expect(isNarrative((resource.text as { div?: string }).div ?? '')).toBe(true);
    expect((await ask(answerAs('list'))).status).toBe(200);
    const search = await stage.post('$latest-stops', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'patient', valueIdentifier: { system: bsnSystem, value: bsn } },
        { name: 'include-details', valueBoolean: true },
      ],
    });
    expect(search.status).toBe(200);
  }

  async function othersKeepTheirs(broken: Breakable, text: string, expected: Overview): Promise<void> {
    well();
    breaking[broken](text);
    const made = await overview();
    for (const holder of Object.keys(breaking).filter((one) => one !== broken)) {
      expect(blocksOf(made, holder)).toEqual(blocksOf(expected, holder));
      expect(made.holders.find((one) => one.holder === holder)?.outcome).toBe('answered');
    }
    expect(made.holders.map(({ holder }) => holder)).toContain(broken);
    await forms();
  }

  const sent: readonly {
    form: string;
    holder: Breakable;
    text: string;
    mangled(text: string, how: readonly Mangling[]): string;
  }[] = [
    { form: 'R4', holder: 'hospital', text: whole.hospital, mangled: mangledJson },
    { form: 'ADA 9.3.0', holder: 'pharmacy', text: whole.pharmacy, mangled: mangledXml },
    { form: 'ADA 9.0.7', holder: 'pharmacy', text: whole.older, mangled: mangledXml },
    { form: '6.12', holder: 'legacy', text: whole.legacy, mangled: mangledXml },
  ];

  test.each(sent)(
    'in $form costs its own records and nobody else’s',
    async ({ holder, text, mangled }) => {
      well();
      const expected = await overview();
      const property = fc.asyncProperty(manglings, (how) =>
        othersKeepTheirs(holder, mangled(text, how), expected),
      );
      await fc.assert(property, { numRuns: 5 * often });
    },
    60_000 * often,
  );

  const monsters: readonly (readonly [string, string])[] = [
    ['nothing', ''],
    ['a page', '<!doctype html><title>Inloggen</title>'],
    ['half a character', '\ud83d'],
    ['nested arrays', '['.repeat(100_000)],
    ['nested elements', '<a>'.repeat(100_000)],
    ['another answer', nothing],
    ['an error of its own', dispenseList(bsn, [], { result: 'QE' })],
    ['another kind of JSON', '{"resourceType":"OperationOutcome"}'],
    ['an entity bomb', '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><adaxml>&b;</adaxml>'],
  ];
  test.each(monsters)('with %s costs nobody else’s records', async (_, text) => {
    well();
    const expected = await overview();
    for (const broken of ['hospital', 'pharmacy', 'legacy'] as const)
      await othersKeepTheirs(broken, text, expected);
  });
});
