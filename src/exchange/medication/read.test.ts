// Do R4 and ADA give the same building blocks, and is what cannot be read told with its place?
import { describe, expect, it } from 'vitest';
import type { FhirResource } from '../../model.ts';
import { parseMedication, readMedication } from './readContent.ts';
import { readFhir } from './readFhir.ts';

const base = 'http://nictiz.nl/fhir/StructureDefinition/';
const ext = (name: string, value: object) => ({ url: `${base}${name}`, ...value });
const category = (code: string) => ({ coding: [{ system: 'http://snomed.info/sct', code }] });

const agreement: FhirResource = {
  resourceType: 'MedicationRequest',
  id: 'ma',
  extension: [
    ext('ext-RegistrationDateTime', { valueDateTime: '2023-12-12T10:00:00+01:00' }),
    ext('ext-RenderedDosageInstruction', { valueString: '1 x per dag 1 stuk' }),
    ext('ext-TimeInterval.Period', {
      valuePeriod: {
        start: '2023-12-12T00:00:00+01:00',
        extension: [ext('ext-TimeInterval.Duration', { valueDuration: { value: 3, code: 'wk' } })],
      },
    }),
    ext('ext-PharmaceuticalTreatment.Identifier', {
      valueIdentifier: { system: 'urn:oid:2.999.1', value: 'T' },
    }),
  ],
  modifierExtension: [ext('ext-StopType', { valueCodeableConcept: category('410546004') })],
  identifier: [{ system: 'urn:oid:2.999.2', value: ' MA1 ' }],
  status: 'unknown',
  intent: 'order',
  category: [category('33633005')],
  medicationReference: { reference: 'urn:uuid:p' },
  priorPrescription: { type: 'MedicationRequest', identifier: { system: 'urn:oid:2.999.2', value: 'MA0' } },
  dosageInstruction: [
    { route: { coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.4.9', code: '9', display: 'Oraal' }] } },
  ],
};
const product: FhirResource = {
  resourceType: 'Medication',
  code: { coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.4.10', code: '1', display: 'Pil' }] },
};
const bundle = (...resources: FhirResource[]): FhirResource => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: [...resources.map((resource) => ({ resource })), { fullUrl: 'urn:uuid:p', resource: product }],
});

const ada = (body: string): Uint8Array =>
  Buffer.from(`<adaxml><data><beschikbaarstellen_medicatiegegevens><patient/><medicamenteuze_behandeling>
    <identificatie value="T" root="2.999.1"/>${body}</medicamenteuze_behandeling>
    <bouwstenen><farmaceutisch_product id="P"><product_code code="1" codeSystem="2.16.840.1.113883.2.4.4.10" displayName="Pil"/></farmaceutisch_product></bouwstenen>
    </beschikbaarstellen_medicatiegegevens></data></adaxml>`);

const adaAgreement = ada(`<medicatieafspraak>
  <identificatie value="MA1" root="2.999.2"/><registratie_datum_tijd value="2023-12-12T10:00:00+01:00"/>
  <gebruiksperiode><start_datum_tijd value="2023-12-12T00:00:00+01:00"/><tijds_duur value="3" unit="week"/></gebruiksperiode>
  <medicatieafspraak_stop_type code="410546004" codeSystem="2.16.840.1.113883.6.96"/>
  <relatie_medicatieafspraak><identificatie value="MA0" root="2.999.2"/></relatie_medicatieafspraak>
  <afgesproken_geneesmiddel><farmaceutisch_product value="P" datatype="reference"/></afgesproken_geneesmiddel>
  <gebruiksinstructie><omschrijving value="1 x per dag 1 stuk"/><toedieningsweg code="9" codeSystem="2.16.840.1.113883.2.4.4.9" displayName="Oraal"/></gebruiksinstructie>
  </medicatieafspraak>`);

describe('reading building blocks', () => {
  it('gives the same block from R4 and from ADA', () => {
    const fromFhir = readFhir([{ resource: bundle(agreement) }], 'h').blocks[0];
    const fromAda = readMedication([parseMedication(adaAgreement)], 'h').blocks[0];
    expect(fromFhir).toMatchObject({
      kind: 'MA',
      record: 'urn:oid:2.999.2|MA1',
      treatment: 'urn:oid:2.999.1|T',
      prior: 'urn:oid:2.999.2|MA0',
      stop: { type: 'stopped', old: false },
      medicine: { text: 'Pil' },
      route: { code: '9' },
      period: { endText: '2024-01-01T23:59:59+01:00' },
    });
    expect({ ...fromAda, place: '', product: '' }).toEqual({ ...fromFhir, place: '', product: '' });
  });

  it('reads 9.0.7: agreement date, flat periods, one relation for all, old stop codes', () => {
    const old = ada(`<medicatieafspraak>
      <gebruiksperiode_start value="2023-11-07T00:00:00+01:00"/><gebruiksperiode value="30" unit="dag"/>
      <identificatie value="MA1" root="2.999.2"/><afspraakdatum value="2023-11-07T11:30:00+01:00"/>
      <stoptype code="1" codeSystem="2.16.840.1.113883.2.4.3.11.60.20.77.5.2.1"/>
      <relatie_naar_afspraak_of_gebruik><identificatie value="MA0" root="2.999.2"/></relatie_naar_afspraak_of_gebruik>
      <afgesproken_geneesmiddel><product><product_code code="1" codeSystem="2.16.840.1.113883.2.4.4.10" displayName="Pil"/></product></afgesproken_geneesmiddel>
      </medicatieafspraak>`);
    expect(readMedication([parseMedication(old)], 'h').blocks[0]).toMatchObject({
      stop: { type: 'interrupted', old: true },
      prior: 'urn:oid:2.999.2|MA0',
      registered: { text: '2023-11-07T11:30:00+01:00' },
      period: { endText: '2023-12-06T23:59:59+01:00' },
      medicine: { text: 'Pil' },
    });
  });

  it('takes a stop type that it does not know for a stop, and tells it with its place', () => {
    const unknown = {
      ...agreement,
      modifierExtension: [ext('ext-StopType', { valueCodeableConcept: category('999') })],
    };
    const { blocks, findings } = readFhir([{ resource: bundle(unknown) }], 'h');
    expect(blocks[0]?.stop?.type).toBe('stopped');
    expect(findings).toMatchObject([
      { rule: 'unknown-stop-type', places: [{ path: 'Bundle.entry[0].resource' }] },
    ]);
  });

  it('passes over proposals and what is no building block, and says so', () => {
    const plan = { ...agreement, intent: 'plan' };
    const other = { ...agreement, category: [category('1')] };
    const { blocks, findings } = readFhir([{ resource: bundle(plan, other) }], 'h');
    expect(blocks).toEqual([]);
    expect(findings.map(({ rule }) => rule)).toEqual(['not-an-agreement', 'unknown-category']);
  });

  it('reads an order made from another order as an agreement', () => {
    const { blocks, findings } = readFhir(
      [{ resource: bundle({ ...agreement, intent: 'original-order' }) }],
      'h',
    );
    expect([blocks.length, findings]).toEqual([1, []]);
  });

  it('tells that there is more than it was given: a next page, an error among the answers', () => {
    const link = [{ relation: 'next', url: 'https://holder.example/next' }];
    const outcome = (severity: string) => ({
      resourceType: 'OperationOutcome',
      issue: [{ severity, code: 'processing' }],
    });
    const rulesIn = (resource: FhirResource) =>
      readFhir([{ resource }], 'h').findings.map(({ rule, detail }) => `${rule} ${detail}`);
    expect(rulesIn({ ...bundle(agreement), link })).toEqual(['list-incomplete next']);
    expect(rulesIn({ ...bundle(agreement), link: [{ relation: 'Next' }] })).toEqual(['list-incomplete next']);
    expect(rulesIn(bundle(agreement, outcome('error')))).toEqual(['list-incomplete outcome-error']);
    expect(rulesIn(outcome('fatal'))).toEqual(['list-incomplete outcome-error']);
    expect(rulesIn(bundle(agreement, outcome('warning')))).toEqual([]);
  });

  it('gives a block without treatment a generic one by its product', () => {
    const extension = (agreement.extension as { url: string }[]).filter(
      ({ url }) => !url.includes('Treatment'),
    );
    const { blocks } = readFhir([{ resource: bundle({ ...agreement, extension }) }], 'h');
    expect(blocks[0]?.treatment).toBe('urn:oid:2.16.840.1.113883.2.4.3.11.61.2|1');
  });

  it('reads that it is not taken, in the status of R4 and in `taken` of STU3', () => {
    const use = (more: object) =>
      readFhir(
        [{ resource: { resourceType: 'MedicationStatement', category: category('422979000'), ...more } }],
        'h',
      ).blocks[0]?.use?.used;
    expect(use({ status: 'not-taken' })).toBe(false);
    expect(use({ status: 'active', taken: 'n' })).toBe(false);
    expect(use({ status: 'active', taken: 'y' })).toBe(true);
  });

  it('keeps what has no identifier and no readable date', () => {
    const bare: FhirResource = {
      resourceType: 'MedicationStatement',
      category: category('422979000'),
      dateAsserted: 'soon',
    };
    const { blocks, findings } = readFhir([{ resource: bare }], 'h');
    expect(blocks).toHaveLength(1);
    expect(findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining([
        'no-identifier',
        'no-treatment',
        'no-registration',
        'missing-medicine',
        'unreadable-date',
      ]),
    );
  });

  it('names a compound without a name by its description, else by what is in it', () => {
    const compound = (more: object) => {
      const contained = [{ resourceType: 'Medication', id: 'c', ...more }];
      const { blocks, findings } = readFhir(
        [{ resource: { ...agreement, medicationReference: { reference: '#c' }, contained } }],
        'h',
      );
      return [blocks[0]?.medicine.text, findings.map(({ rule }) => rule).includes('missing-medicine')];
    };
    const description = ext('ext-PharmaceuticalProduct.Description', { valueString: 'Ureum 10% in creme' });
    const gram = (value: number) => ({ value, unit: 'gram', code: 'g' });
    const ingredient = [
      {
        itemCodeableConcept: { text: 'Ureum' },
        strength: { numerator: gram(10), denominator: gram(100) },
      },
      { itemCodeableConcept: { coding: [{ display: 'Creme' }] } },
    ];
    expect(compound({ extension: [description], ingredient })).toEqual(['Ureum 10% in creme', false]);
    expect(compound({ ingredient })).toEqual(['Ureum 10 gram per 100 gram + Creme', false]);
    expect(compound({})).toEqual(['', true]);
  });

  it('names a compound so in ADA too', () => {
    const part = (name: string, value: number) =>
      `<ingredient><ingredient_code code="${value}" codeSystem="2.999.3" displayName="${name}"/><sterkte>
        <ingredient_hoeveelheid><waarde value="${value}"/><eenheid code="215" codeSystem="2.999.4" displayName="gram"/></ingredient_hoeveelheid>
        <product_hoeveelheid><waarde value="100"/><eenheid code="215" codeSystem="2.999.4" displayName="gram"/></product_hoeveelheid></sterkte></ingredient>`;
    const document = ada(`<medicatieafspraak><afgesproken_geneesmiddel><farmaceutisch_product>
      <product_code code="OTH" codeSystem="2.16.840.1.113883.5.1008" displayName="overig"/>
      <product_specificatie>${part('Ureum', 10)}${part('Creme', 90)}</product_specificatie>
      </farmaceutisch_product></afgesproken_geneesmiddel></medicatieafspraak>`);
    expect(readMedication([parseMedication(document)], 'h').blocks[0]?.medicine.text).toBe(
      'Ureum 10 gram per 100 gram + Creme 90 gram per 100 gram',
    );
  });

  it('refuses XML that is neither FHIR nor ADA', () => {
    expect(() => readMedication([parseMedication(Buffer.from('<other/>'))], 'h')).toThrow(
      'not an ADA document',
    );
  });
});
