// What does the medication overview tell, and what does it never tell? Real holders, real consent, both stores.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dispenseList } from '../../src/exchange/medication/fixtures612.ts';
import type { Overview } from '../../src/exchange/medication/overview.ts';
import { entriesOf } from '../../src/fhir/bundles.ts';
import { isNarrative } from '../../src/fhir/narrative.ts';
import { checkShape } from '../../src/fhir/shape.ts';
import type { FhirResource, FhirResponse } from '../../src/model.ts';
import { status } from './faultyReceiver.ts';
import { patient } from './holderServer.ts';
import { bsn, type MedicationStage, openMedicationStage, strangersBsn } from './medicationStage.ts';
import * as world from './medicationWorld.ts';
import { storeKinds } from './storesUnderTest.ts';

type Row = Record<string, unknown> & { name: string };
const bsnSystem = 'http://fhir.nl/fhir/NamingSystem/bsn';
const parameters = (...more: Row[]): FhirResource => ({
  resourceType: 'Parameters',
  parameter: [{ name: 'patient', valueIdentifier: { system: bsnSystem, value: bsn } }, ...more],
});
const answerAs = (form: string): Row => ({ name: 'answer', valueCode: form });
const resources = (response: FhirResponse): FhirResource[] =>
  entriesOf(response.resource ?? { resourceType: 'Bundle' }).map(({ resource }) => resource);
const jsonIn = (binary: FhirResource | undefined) =>
  JSON.parse(Buffer.from(String(binary?.data), 'base64').toString());

type Section = { title: string; text: object; entry?: { reference?: string }[] };
const sectionsOf = (composition: FhirResource | undefined): Section[] =>
  (composition?.section ?? []) as Section[];

const schema = JSON.parse(
  readFileSync(new URL('../../docs/medication-overview.schema.json', import.meta.url), 'utf8'),
);
const fitsSchema = new Ajv2020({ strict: false }).compile(schema);

describe.each(storeKinds)('the medication overview on %s', (kind) => {
  let stage: MedicationStage;
  const open = async (settings: object = {}) => {
    stage = await openMedicationStage(kind, settings);
  };
  beforeEach(() => open());
  afterEach(() => stage.end());

  const overview = async (...more: Row[]): Promise<Overview> => {
    const response = await stage.post('$medication-overview', parameters(answerAs('overview'), ...more));
    expect(response.status).toBe(200);
    return jsonIn(response.resource);
  };
  const outcomes = ({ holders }: Overview) =>
    Object.fromEntries(holders.map(({ holder, outcome }) => [holder, outcome]));
  const issues = async (...more: Row[]): Promise<string> => {
    const failed = await stage.post('$medication-overview', parameters(...more)).then(
      () => undefined,
      (error: { kind: string; issues: unknown }) => error,
    );
    return failed ? `${failed.kind} ${JSON.stringify(failed.issues)}` : 'answered';
  };

  test('joins hospital, ADA pharmacy and legacy pharmacy, and names who refused and who was silent', async () => {
    // the first question of a run reads maps and profiles
    await stage.end();
    await open({ deadlineMs: 4_000 });
    const made = await overview();
    expect(outcomes(made)).toEqual({
      gp: 'denied',
      hospital: 'answered',
      legacy: 'answered',
      pharmacy: 'answered',
      silent: 'silent',
    });
    expect(made.current.map(({ treatment }) => treatment).sort()).toEqual([
      'urn:oid:2.16.840.1.113883.2.4.3.11.61.2|3956',
      'urn:oid:2.16.840.1.113883.2.4.3.11.61.2|777',
      `${world.oid}|mbh-1`,
    ]);
    const enalapril = made.current.find(({ treatment }) => treatment.endsWith('mbh-1'));
    expect(enalapril?.records).toEqual([`${world.oid}|ma-enalapril`, 'urn:oid:2.999.78|ta-enalapril']);
    expect(enalapril?.blocks.map(({ holders }) => holders)).toEqual([['hospital'], ['pharmacy']]);
    expect(fitsSchema(made), JSON.stringify(fitsSchema.errors)).toBe(true);
  });

  test('never shows a stopped medicine as current, though its stop lies outside any period', async () => {
    const made = await overview();
    expect(JSON.stringify(made.current)).not.toContain('tramadol');
    expect(made.ended.map(({ treatment }) => treatment)).toEqual([`${world.oid}|mbh-2`]);
    const asked = stage.servers.hospital.seen.map(({ url, body }) => `${url} ${body}`).join(' ');
    expect(asked).not.toMatch(/period-of-use|is-latest-stop/);
  });

  test('suggests that a generic treatment may be a known one, and merges nothing', async () => {
    const { findings } = await overview();
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'same-treatment', detail: `${world.oid}|mbh-1` }),
    );
    expect(findings).toContainEqual(expect.objectContaining({ rule: 'supply-ended' }));
  });

  test('asks nobody who may not be asked, and the record says so', async () => {
    await overview();
    expect(stage.servers.gp.seen).toEqual([]);
    const records = await stage.audit();
    const asked = records.filter(({ event }) => event === 'medication.holderAsked');
    expect(asked).toHaveLength(5);
    const answered = records.filter(({ event }) => event === 'medication.overview');
    expect(answered).toMatchObject([{ outcome: 'success', detail: { holders: 5, denied: 1 } }]);
    expect(JSON.stringify(records)).not.toContain(bsn);
  });

  test('gives nothing of a holder that begins to refuse', async () => {
    await stage.choose('hospital', false);
    const made = await overview();
    expect(outcomes(made).hospital).toBe('denied');
    const shown = [made.current, made.ended, made.history].flat();
    expect(shown.length).toBeGreaterThan(0);
    expect(JSON.stringify(shown)).not.toContain('hospital');
    expect(stage.servers.hospital.seen).toEqual([]);
  });

  test('is a Bundle with the overview first, blocks by holder with Provenance, then who is missing', async () => {
    const response = await stage.post('$medication-overview', parameters());
    const found = resources(response);
    expect(found.slice(0, 3).map(({ resourceType }) => resourceType)).toEqual([
      'Composition',
      'List',
      'Binary',
    ]);
    const types = found.map(({ resourceType }) => resourceType);
    expect(types.filter((type) => type === 'Provenance')).toHaveLength(3);
    expect(types.slice(-2)).toEqual(['OperationOutcome', 'OperationOutcome']);
    const told = JSON.stringify(found.slice(-2));
    expect(told).toContain('Huisarts Aan de Kade');
    expect(told).toContain('Apotheek Stil');
    for (const resource of found) expect(checkShape(resource, 'r4')).toEqual([]);
    const urls = entriesOf(response.resource as FhirResource).map(({ fullUrl }) => fullUrl);
    expect(new Set(urls).size).toBe(urls.length);
  });

  test('leads from each line to the resource that it rests on, also those made of ADA and 6.12', async () => {
    const response = await stage.post('$medication-overview', parameters());
    const [composition] = resources(response);
    const entries = entriesOf(response.resource as FhirResource);
    const current = sectionsOf(composition).find(({ title }) => title === 'Huidige medicatie');
    const byUrl = new Map(entries.map(({ fullUrl, resource }) => [fullUrl, resource]));
    const reached = current?.entry?.flatMap(({ reference }) => byUrl.get(reference ?? '') ?? []);
    expect(reached?.map(({ resourceType }) => resourceType).sort()).toEqual([
      'MedicationDispense',
      'MedicationDispense',
      'MedicationDispense',
      'MedicationRequest',
    ]);
  });

  test('has narratives that are safe whatever a holder calls its medicine', async () => {
    const [composition, list] = resources(await stage.post('$medication-overview', parameters()));
    const texts = [composition?.text, list?.text, ...sectionsOf(composition).map(({ text }) => text)];
    for (const text of texts) {
      const { div } = text as { div: string };
      expect(isNarrative(div), div).toBe(true);
    }
    expect(JSON.stringify(composition)).toContain('Enalapril &lt;5mg&gt;');
  });

  test('tells what changed since a moment, gravest first', async () => {
    const made = (await overview({ name: 'since', valueDate: '2024-01-05' })) as Overview & {
      changes: { kind: string; medicine: string }[];
    };
    expect(made.changes[0]).toMatchObject({ kind: 'stopped', medicine: 'Tramadol' });
    expect(fitsSchema(made), JSON.stringify(fitsSchema.errors)).toBe(true);
  });

  test('looks from the moment that is asked for', async () => {
    const made = await overview({ name: 'at', valueDate: '2023-12-15' });
    expect(made.at.slice(0, 10)).toBe('2023-12-15');
    expect(made.current.map(({ treatment }) => treatment)).toContain(`${world.oid}|mbh-2`);
    const ahead = await overview({ name: 'at', valueDate: '2024-02-29' });
    expect(ahead.at.slice(0, 10)).toBe('2024-02-29');
    const lines = (group: 'current' | 'ended') => ahead[group].map(({ treatment }) => treatment);
    expect([lines('current'), lines('ended')].map((all) => all.includes(`${world.oid}|mbh-2`))).toEqual([
      false,
      true,
    ]);
  });

  test('keeps ended treatments as long as is asked', async () => {
    expect((await overview({ name: 'endedMonths', valueInteger: 0 })).ended).toEqual([]);
  });

  test('leaves out what is of another patient, and tells it', async () => {
    const foreign = world.agreement({
      id: 'ma-foreign',
      treatment: 'mbh-x',
      prk: '1',
      name: 'Vreemd',
      registered: '2023-12-01',
      start: '2023-12-01',
      subject: 'p2',
    });
    stage.servers.hospital.found = {
      Patient: [patient('p1', bsn)],
      ...world.hospitalResources([foreign, patient('p2', strangersBsn)]),
    };
    stage.servers.said.legacy = dispenseList(strangersBsn, world.dispenses);
    const made = await overview();
    expect(JSON.stringify(made)).not.toContain('mbh-x');
    expect(JSON.stringify(made)).not.toContain('Ibuprofen');
    const withheld = made.findings.filter(({ rule }) => rule === 'withheld');
    expect(withheld.flatMap(({ places }) => places.map(({ holder }) => holder))).toEqual(
      expect.arrayContaining(['hospital', 'legacy']),
    );
  });

  test('leaves out what was not asked for', async () => {
    const [own] = world.hospitalResources().MedicationRequest;
    const proposal = {
      ...own,
      id: 'other',
      category: [{ coding: [{ system: 'http://snomed.info/sct', code: '1' }] }],
    };
    stage.servers.hospital.found = {
      Patient: [patient('p1', bsn)],
      ...world.hospitalResources([proposal as FhirResource]),
    };
    const found = resources(await stage.post('$medication-overview', parameters()));
    expect(found.some(({ id }) => id === 'other')).toBe(false);
  });

  test('names a holder that fails or answers nonsense, and shows the others', async () => {
    stage.servers.ada.standard = status(500);
    stage.servers.said.legacy = dispenseList(bsn, [], { result: 'QE' });
    const made = await overview();
    expect(outcomes(made)).toMatchObject({
      pharmacy: 'unavailable',
      legacy: 'unavailable',
      hospital: 'answered',
    });
  });

  test('names a holder whose server is of a version that has no MP9, and asks it nothing', async () => {
    const [r4] = stage.cast.hospital.dataEndpoints ?? [];
    Object.assign(stage.cast.home, { dataEndpoints: [{ ...r4, fhirVersion: 'stu3' }] });
    const made = await overview();
    const told = { holder: '90001002', outcome: 'unavailable', reason: 'endpoint-unfit' };
    expect(made.holders).toContainEqual(expect.objectContaining(told));
    expect(made.holders.filter(({ outcome }) => outcome === 'answered')).toHaveLength(3);
    const outcome = resources(await stage.post('$medication-overview', parameters())).at(-1);
    expect(JSON.stringify(outcome)).toContain('Verpleeghuis Het Veer: kon niet worden gevraagd');
    expect(stage.servers.hospital.asked().filter((one) => one === 'POST Patient/_search')).toHaveLength(2);
  });

  test('refuses a question that it does not know, with the place', async () => {
    expect(await issues({ name: 'wat', valueString: 'x' })).toMatch(/unprocessable.*parameter\[1\]/);
    expect(await issues({ name: 'endedMonths', valueInteger: -1 })).toMatch(/unprocessable.*parameter\[1\]/);
    expect(await issues({ name: 'at', valueDate: 'gisteren' })).toMatch(/unprocessable.*parameter\[1\]/);
    expect(await issues(answerAs('pdf'))).toContain('answer-unknown');
    expect(stage.servers.hospital.seen).toEqual([]);
  });

  test('gives the overview alone to who asks for its content type', async () => {
    const native = 'application/vnd.sluis.overview+json';
    const { raw } = await stage.post('$medication-overview', parameters(), 'nurses', { native });
    expect(raw?.contentType).toBe(native);
    expect(fitsSchema(JSON.parse(Buffer.from(raw?.bytes ?? []).toString()))).toBe(true);
  });

  test('refuses a token without this exchange, and records it', async () => {
    stage.scopes = ['wishes'];
    const asked = stage.post('$medication-overview', parameters());
    await expect(asked).rejects.toMatchObject({ kind: 'denied', reason: 'scope-missing' });
    expect(await stage.audit()).toContainEqual(
      expect.objectContaining({ event: 'medication.overview', outcome: 'refused' }),
    );
    expect(stage.servers.hospital.seen).toEqual([]);
  });

  test('gives the List of before only where the region offers it, and labels it', async () => {
    expect(await issues(answerAs('list'))).toContain('answer-unknown');
    await stage.end();
    await open({ legacyList: true });
    const { resource } = await stage.post('$medication-overview', parameters(answerAs('list')));
    expect(resource).toMatchObject({ type: 'searchset', total: 5 });
    const [list, ...others] = resources({ status: 200, resource: resource as FhirResource });
    expect(list).toMatchObject({
      resourceType: 'List',
      meta: { tag: [{ code: 'legacy-medication-overview' }] },
    });
    expect(JSON.stringify(list)).toContain('Huisarts Aan de Kade');
    for (const one of others.filter(({ resourceType }) => resourceType === 'MedicationRequest'))
      expect(one.reportedBoolean).toBe(true);
  });
});
