// Do MP9's own searches find what they should, whatever the holders make of them? Periods, stops, includes, documents.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import { answer } from '../../src/exchange/index.ts';
import { checkShape } from '../../src/fhir/shape.ts';
import type { FhirResource, FhirResponse, Requester } from '../../src/model.ts';
import { bsnSystem, linkOf, type Pairs, snomed, told, withMode } from './federatedStage.ts';
import { bsn, type MedicationStage, openMedicationStage, strangersBsn } from './medicationStage.ts';
import { agreement } from './medicationWorld.ts';
import { storeKinds } from './storesUnderTest.ts';

describe.each(storeKinds)('medication searches, on %s', (kind) => {
  let stage: MedicationStage;
  beforeEach(async () => {
    stage = await openMedicationStage(kind, { quietMs: 0 });
  });
  afterEach(() => stage.end());

  const requester = (): Requester => ({
    participant: stage.cast.nurses,
    clientId: 'nurses-system',
    scopes: ['medication'],
    tokenId: 'token-1',
    practitioner: {
      identifier: { system: 'http://fhir.nl/fhir/NamingSystem/uzi-nr-pers', value: '000095254' },
      role: '30.000',
    },
    purposeOfUse: 'TREAT',
  });

  const ask = (path: string, pairs: Pairs, resource?: FhirResource): Promise<FhirResponse> =>
    answer(
      {
        version: 'r4',
        method: 'POST',
        path: path.split('/'),
        query: new Map(),
        language: 'en',
        requestId: 'request-1',
        ...(resource === undefined ? { parameters: pairs } : { resource, parameters: [] }),
      },
      requester(),
      stage.deps,
    );
  const search = (type: string, code: string, ...more: Pairs) =>
    ask(`${type}/_search`, [
      ['patient.identifier', `${bsnSystem}|${bsn}`],
      ['category', `${snomed}|${code}`],
      ...more,
    ]);
  const agreements = (...more: Pairs) => search('MedicationRequest', '33633005', ...more);
  const recordsOf = (response: FhirResponse) =>
    withMode(response, 'match').map(({ identifier }) => (identifier as { value: string }[])[0]?.value);

  it('asks by category alone and works the period out, the stop with it when that is asked', async () => {
    expect(recordsOf(await agreements())).toEqual(['ma-enalapril', 'ma-tramadol', 'ma-tramadol-stop']);
    const body = decodeURIComponent(stage.servers.hospital.seen.at(-1)?.body ?? '');
    expect(body).toContain(`category=${snomed}|33633005`);
    expect(body).not.toMatch(/period-of-use|is-latest-stop|bsn/);
    const period: Pairs = [
      ['period-of-use', 'ge2024-01-12'],
      ['period-of-use', 'le2024-01-15'],
    ];
    expect(recordsOf(await agreements(...period))).toEqual(['ma-enalapril', 'ma-tramadol']);
    expect(recordsOf(await agreements(...period, ['is-latest-stop', 'true']))).toEqual([
      'ma-enalapril',
      'ma-tramadol',
      'ma-tramadol-stop',
    ]);
    expect(recordsOf(await agreements(['period-of-use', 'lt2023-12-01']))).toEqual([]);
  });

  it('brings the stop of what one holder has from another, also when that has a later one', async () => {
    const own = { treatment: 'mbh-1', prk: '1', name: 'ENALAPRIL', start: '2023-06-01' };
    const made = (id: string, registered: string, more: object) =>
      agreement({ ...own, id, registered: `${registered}T10:00:00+01:00`, ...more });
    stage.servers.hospital.found = {
      ...stage.servers.hospital.found,
      MedicationRequest: [made('open', '2023-06-01', {})],
    };
    const [end, stop] = ['2023-09-01', '410546004'];
    stage.servers.gp.found = {
      ...stage.servers.gp.found,
      MedicationRequest: [
        made('stop', end, { end, stop, prior: 'open' }),
        made('again', '2023-10-01', { start: '2023-10-01', end: '2023-11-01' }),
        made('stop-again', '2023-10-20', { start: '2023-10-01', end: '2023-10-20', stop, prior: 'again' }),
      ],
    };
    await stage.choose('gp', true);
    const asked: Pairs = [
      ['period-of-use', 'ge2024-01-12'],
      ['is-latest-stop', 'true'],
    ];
    expect(recordsOf(await agreements(...asked)).sort()).toEqual(['open', 'stop', 'stop-again']);
  });

  it('finds by identifier, treatment and product', async () => {
    const oid = 'urn:oid:2.999.77';
    expect(recordsOf(await agreements(['identifier', `${oid}|ma-tramadol`]))).toEqual(['ma-tramadol']);
    expect(recordsOf(await agreements(['pharmaceutical-treatment-identifier', `${oid}|mbh-2`]))).toEqual([
      'ma-tramadol',
      'ma-tramadol-stop',
    ]);
    const prk = ['medication.code', 'urn:oid:2.16.840.1.113883.2.4.4.10|3956'] as const;
    expect(recordsOf(await agreements(prk, ['_include', 'MedicationRequest:medication']))).toEqual([
      'ma-enalapril',
    ]);
  });

  it('brings products and patient along only when asked, under the asker’s own ids', async () => {
    expect(withMode(await agreements(), 'include')).toEqual([]);
    const found = await agreements(
      ['_include', 'MedicationRequest:medication'],
      ['_include', 'MedicationRequest:subject'],
    );
    const types = withMode(found, 'include').map(({ resourceType }) => resourceType);
    expect(types.toSorted()).toEqual(['Medication', 'Medication', 'Medication', 'Patient']);
    const [first] = withMode(found, 'match');
    const ids = new Set(withMode(found, 'include').map((one) => `${one.resourceType}/${one.id}`));
    for (const element of ['medicationReference', 'subject'])
      expect(ids).toContain((first?.[element] as { reference: string } | undefined)?.reference);
    expect(checkShape(found.resource ?? { resourceType: '' }, 'r4')).toEqual([]);
  });

  const dispenses = () =>
    search('MedicationDispense', '422037009', ['_include', 'MedicationDispense:medication']);

  it('makes R4 of ADA and of 6.12, and tells who did not give it', async () => {
    const found = await dispenses();
    expect(recordsOf(found).sort()).toEqual(['d-enalapril', 'd-ibuprofen', 'ta-enalapril']);
    const sources = withMode(found, 'match').map(({ meta }) => (meta as { source?: string }).source);
    expect(sources.sort()).toEqual([
      'http://fhir.nl/fhir/NamingSystem/ura|90001005',
      'http://fhir.nl/fhir/NamingSystem/ura|90001006',
      'http://fhir.nl/fhir/NamingSystem/ura|90001006',
    ]);
    const types = new Set(withMode(found, 'include').map(({ resourceType }) => resourceType));
    expect([...types]).toEqual(['Medication']);
    const texts = told(found).join('\n');
    expect(texts).toMatch(/Huisarts Aan de Kade \(URA 90001004\) may not give this/);
    expect(texts).toMatch(/Apotheek Stil \(URA 90001007\) did not answer/);
    expect(found.resource).not.toHaveProperty('total');
    expect(stage.servers.gp.seen).toEqual([]);
  });

  it('tells who gave something that cannot be shown as R4', async () => {
    stage.servers.said.ada = stage.servers.said.ada.replace('mp-mp93', 'mp-mp907');
    const found = await dispenses();
    expect(recordsOf(found)).not.toContain('ta-enalapril');
    expect(told(found).join('\n')).toMatch(
      /Apotheek De Nieuwe \(URA 90001005\): What this system gave cannot be given as resources/,
    );
  });

  it('shows no BSN in links and texts', async () => {
    const found = await agreements(['_count', '1']);
    expect(linkOf(found, 'self')).toMatch(/^MedicationRequest\?patient=Patient%2F[0-9a-f-]{36}&category=/);
    expect(linkOf(found, 'next')).toMatch(/^\$page\/[0-9a-f]{64}$/);
    expect(JSON.stringify(found.resource).replaceAll(bsnSystem, '')).not.toContain(bsn);
  });

  describe('$latest-stops', () => {
    type Parameter = { name: string; [value: `value${string}`]: unknown };
    const patient: Parameter = { name: 'patient', valueIdentifier: { system: bsnSystem, value: bsn } };
    const category = (code: string): Parameter => ({
      name: 'category',
      valueCodeableConcept: { coding: [{ system: snomed, code }] },
    });
    const mbh = (value: string): Parameter => ({
      name: 'mbh',
      valueIdentifier: { system: 'urn:oid:2.999.77', value },
    });
    const stops = (parameter: readonly Parameter[], path = '$latest-stops') =>
      ask(path, [], { resourceType: 'Parameters', parameter });

    it('gives the latest stop of each treatment, of long ago too, though no holder knows the operation', async () => {
      const found = await stops([patient]);
      expect(recordsOf(found)).toEqual(['ma-tramadol-stop']);
      expect(stage.servers.hospital.asked().filter((one) => one.includes('latest-stops'))).toEqual([]);
      expect(withMode(found, 'include')).toEqual([]);
      const detailed = await stops([patient, { name: 'include-details', valueBoolean: true }]);
      expect(withMode(detailed, 'include').map((one) => one.resourceType)).toContain('Medication');
      expect(linkOf(found, 'self')).toBe('$latest-stops');
    });

    it('looks at the blocks and treatments that are asked, and at its own type', async () => {
      expect(recordsOf(await stops([patient, category('33633005'), mbh('mbh-2')]))).toEqual([
        'ma-tramadol-stop',
      ]);
      expect(recordsOf(await stops([patient, mbh('mbh-1')]))).toEqual([]);
      expect(recordsOf(await stops([patient, category('422037009')]))).toEqual([]);
      expect(recordsOf(await stops([patient], 'MedicationRequest/$latest-stops'))).toEqual([
        'ma-tramadol-stop',
      ]);
      expect(recordsOf(await stops([patient], 'MedicationDispense/$latest-stops'))).toEqual([]);
    });

    it.each([
      ['no patient', []],
      [
        'two patients',
        [patient, { ...patient, valueIdentifier: { system: bsnSystem, value: strangersBsn } }],
      ],
      [
        'a number that is no BSN',
        [{ ...patient, valueIdentifier: { system: bsnSystem, value: '123456789' } }],
      ],
      ['a patient by name', [{ name: 'patient', valueString: 'x' }]],
      ['a parameter more', [patient, { name: 'period-of-use', valueString: 'ge2024' }]],
      ['a category without stops', [patient, category('373784005')]],
      ['a treatment without system', [patient, { name: 'mbh', valueIdentifier: {} }]],
      ['details that are no boolean', [patient, { name: 'include-details', valueString: 'true' }]],
    ] as const)('refuses %s', async (_, parameter) => {
      await expect(stops(parameter)).rejects.toMatchObject({ kind: 'unprocessable', reason: 'parameters' });
      expect(stage.servers.hospital.seen).toEqual([]);
    });

    it('is no GET and takes no other body', async () => {
      await expect(ask('$latest-stops', [], { resourceType: 'Patient' })).rejects.toBeInstanceOf(
        GatewayError,
      );
    });
  });
});
